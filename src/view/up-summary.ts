import { host } from '../command/command.ts'
import { shellLine } from '../command/command-line.ts'
import { joinHostPort } from '../model/address.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import type { UpReport } from '../run/report.ts'
import { displayWidth } from './display-width.ts'
import { duration, inhabitants, plural } from './format.ts'
import { block, flow, hanging } from './layout.ts'
import { openTaskLines } from './task-lines.ts'
import type { Style } from './terminal.ts'

/** What stands now, and what to do with it. `several`: other labs run too, so that commands must name this one. */
export function renderUpSummary(
  style: Style,
  report: UpReport,
  lab: LabInCondition,
  several: boolean,
): string {
  const { color, width } = style
  // One with a cluster IP of each family is one service.
  const ports = new Set(lab.services.map(({ service, portName }) => `${service} ${portName}`))
  const services =
    report.services.length === 0 ? [] : [`${plural(ports.size, 'service')} (${someOf(report.services)})`]
  const parts = [
    inhabitants(report),
    ...services,
    report.task === undefined
      ? `${plural(report.steps.length, 'step')} verified in ${duration(report.ms)}`
      : `${report.steps.length} of ${report.task.of} steps run in ${duration(report.ms)}`,
  ]
  const lines = hanging('', `${color.green.bold(report.lab)} is up: ${parts.join(', ')}`, width, 2)
  if (report.task !== undefined)
    return block([...lines, '', ...openTaskLines(style, report.task, several ? report.lab : undefined)])
  return block([...lines, ...whatToTry(style, lab, several)])
}

/** Addresses that are named; of more, how many there are is enough. */
const mostNamed = 6

function someOf(addresses: readonly string[]): string {
  if (addresses.length <= mostNamed) return addresses.join(', ')
  return `${addresses.slice(0, 2).join(', ')} … ${addresses.at(-1)}`
}

/** What to do with a lab that is up. `several`: other labs run too, so that commands must name this one. */
export function whatToTry(style: Style, lab: LabInCondition, several: boolean): string[] {
  const name = several ? ` ${lab.lab.name}` : ''
  const { trace, exec } = tryOut(lab, name)
  return tryLine(style, [`verify${name}`, ...trace, `view${name}`, `shell${name}`, ...exec, `down${name}`])
}

/** `Try:  netlab verify · netlab down`; each is copied as a whole. */
export function tryLine({ color, width, words }: Style, verbs: readonly string[]): string[] {
  const [first, ...rest] = verbs.map(verb => color.cyan(`netlab ${verb}`))
  const lead = `${words.tryThis}  `
  return flow([lead + first, ...rest], width, displayWidth(lead), ' · ')
}

/** curl cannot ask a name server. */
const dnsPort = 53

/** A request that is answered, to be seen and to be made: to a service from a pod, else one that a step has checked. */
function tryOut(lab: LabInCondition, name: string): { trace: string[]; exec: string[] } {
  const request = answeredRequest(lab)
  if (request === undefined) return { trace: [], exec: [] }
  const { from, url } = request
  const place = from === host ? '' : ` --in ${from}`
  return {
    trace: [`trace${name} ${shellLine([from, url])}`],
    exec: [`exec${name}${place} -- ${shellLine(['curl', url])}`],
  }
}

function answeredRequest({ lab, plan, services }: LabInCondition): { from: string; url: string } | undefined {
  const service = services.find(
    target => target.protocol === 'TCP' && target.port !== dnsPort && target.endpoints.length > 0,
  )
  const pod = lab.pods[0]
  if (service !== undefined && pod !== undefined)
    return { from: pod.name, url: joinHostPort(service.clusterIP, service.port) }
  for (const check of plan.steps.flatMap(step => step.checks).reverse())
    if (check.kind === 'curl' && check.expect[0]?.kind === 'answers')
      return { from: check.from, url: check.url }
  return undefined
}
