import { Command, Option } from 'commander'
import { exitCode, NetlabError } from '../errors.ts'
import { graphOf } from '../graph/lab-graph.ts'
import { chainsInKernels, chainsOf, type PlaceChains } from '../graph/lab-rules.ts'
import { graphOfRunning } from '../graph/running-graph.ts'
import { namespacedName } from '../model/kubernetes.ts'
import type { Lab } from '../model/lab.ts'
import type { ObservedLab } from '../observe/tool.ts'
import { labAsBuilt, labIn } from '../plan/lab-in-condition.ts'
import { loadLab } from '../read/load-lab.ts'
import { findLab } from '../read/load-shipped.ts'
import { openLab, runningLabs } from '../run/lab-state.ts'
import { type GraphFormat, graphFormats, renderGraph, renderRules } from '../view/graph/graph-formats.ts'
import { openTerminal } from '../view/terminal.ts'
import { abortOnSignals } from './interrupt.ts'

interface GraphFlags {
  format: GraphFormat
  rules?: true
  service?: string
  on?: string
}

/** `netlab graph`: a lab, or its rules, drawn. */
export function graphCommand(): Command {
  return new Command('graph')
    .description('draw a lab: who is plugged in where, with addresses, routes, services and what is off')
    .argument(
      '[lab]',
      'a running lab, a lab file, or the name of a lab that ships; not needed where one lab runs',
    )
    .addOption(
      new Option('--format <format>', 'text to read, svg to print, mermaid or dot for other programs, json')
        .choices(graphFormats)
        .default('text'),
    )
    .option('--rules', 'draw the chains of its rules, of a running lab with how many packets have met each')
    .option('--service <name>', 'of the rules: only those that packets of this service meet')
    .option('--on <pod>', 'of the rules: only those of this node or machine')
    .action(runGraph)
}

async function runGraph(nameOrPath: string | undefined, flags: GraphFlags): Promise<void> {
  const { out } = openTerminal()
  const { signal, release } = abortOnSignals('interrupted')
  try {
    const text = isRunning(nameOrPath)
      ? await runningText(nameOrPath, flags, signal)
      : await fileText(nameOrPath!, flags)
    if (flags.format === 'text' || flags.format === 'json') out.write(text)
    else out.pass(text)
  } finally {
    release()
  }
}

/** A name means a lab that runs before one that ships. */
function isRunning(nameOrPath: string | undefined): boolean {
  return nameOrPath === undefined || runningLabs().includes(nameOrPath)
}

async function runningText(
  name: string | undefined,
  flags: GraphFlags,
  signal: AbortSignal,
): Promise<string> {
  const { sandbox, lab, condition } = openLab(name)
  const observed: ObservedLab = { sandbox, running: labIn(condition, lab), signal }
  const { out } = openTerminal()
  if (flags.rules === undefined) return renderGraph(out, await graphOfRunning(observed), flags.format)
  const service = serviceOf(lab, flags.service)
  return rulesText(lab, chosen(lab, await chainsInKernels(observed), flags.on), flags.format, service)
}

function fileText(nameOrPath: string, flags: GraphFlags): Promise<string> {
  const lab = loadLab(findLab(nameOrPath))
  const built = labAsBuilt(lab)
  if (flags.rules === undefined) return renderGraph(openTerminal().out, graphOf(built), flags.format)
  const service = serviceOf(lab, flags.service)
  const found = chainsOf(lab, built.condition.endpoints)
  return rulesText(lab, chosen(lab, found, flags.on), flags.format, service)
}

function rulesText(
  { name }: Lab,
  found: readonly PlaceChains[],
  format: GraphFormat,
  service: string | undefined,
): Promise<string> {
  return renderRules(openTerminal().out, { name, found }, format, service)
}

function chosen(lab: Lab, found: readonly PlaceChains[], place: string | undefined): readonly PlaceChains[] {
  if (place === undefined) return found
  const own = found.filter(each => each.place === place)
  if (own.length > 0) return own
  const places = [...new Set(found.map(each => each.place))]
  throw new NetlabError({
    what: `${lab.name} has no rules on ${place}`,
    fix: places.length === 0 ? 'it has none anywhere' : `there are some on: ${places.join(', ')}`,
    exitCode: exitCode.wrongInput,
  })
}

/** `name` or `namespace/name` of a lab's service, in full. */
function serviceOf({ name: lab, services }: Lab, asked: string | undefined): string | undefined {
  if (asked === undefined) return undefined
  const names = services.map(namespacedName)
  const found = names.filter(each => each === asked || each.endsWith(`/${asked}`))
  if (found.length === 1) return found[0]
  throw new NetlabError({
    what: found.length === 0 ? `${lab} has no service ${asked}` : `${lab} has several services ${asked}`,
    fix:
      names.length === 0
        ? 'it has none'
        : `there are: ${(found.length === 0 ? names : found).slice(0, 12).join(', ')}`,
    exitCode: exitCode.wrongInput,
  })
}
