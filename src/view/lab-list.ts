import { own } from '../command/own.ts'
import { pauseName } from '../command/pause.ts'
import type { Evidence } from '../diagnose/evidence.ts'
import { joinHostPort } from '../model/address.ts'
import type { Addressed } from '../model/cidr.ts'
import type { Condition } from '../model/condition.ts'
import { addressesOf } from '../model/families.ts'
import type { LabMachine, Pod } from '../model/lab.ts'
import { machineAddresses } from '../model/places.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import type { LabStatus } from '../run/report.ts'
import type { PodState } from '../sandbox/kubelet/pod-state.ts'
import { evidenceLines } from './failure.ts'
import { duration, inhabitants, listing, plural } from './format.ts'
import { block, flow, hanging, padEnd, padStart, widest } from './layout.ts'
import { printable } from './printable.ts'
import { progressWords } from './task-lines.ts'
import type { Style } from './terminal.ts'

/** Which labs there are, one per line; `now` in milliseconds since 1970. */
export function renderLabList(style: Style, labs: readonly LabStatus[], now: number): string {
  const { color } = style
  if (labs.length === 0) return block(['no lab is running'])
  const pods = labs.map(inhabitants)
  const cells = labs.map((lab, index) => [
    color.bold(padEnd(lab.lab, widest(labs.map(other => other.lab)))),
    padEnd(stateWord(style, lab), widest(labs.map(shownState))),
    padStart(pods[index]!, widest(pods)),
    `for ${age(lab, now)}`,
    ...(lab.state === 'gone' ? [] : [color.dim(`pid ${lab.pid}`)]),
    ...(lab.kernel === undefined ? [] : [`on ${lab.kernel}`]),
  ])
  const lines = cells.flatMap(row => flow(row, style.width, 2, '  '))
  const gone = labs.filter(lab => lab.state === 'gone').map(lab => lab.lab)
  if (gone.length > 0)
    lines.push(
      '',
      ...hanging(
        '',
        `${listing(gone, 'and')} died; sweep with: ${color.cyan('netlab down --all')}`,
        style.width,
        2,
      ),
    )
  return block(lines)
}

/** A lab, and how the containers are that netlab's kubelet has in its care; undefined: it has ended. */
type StandingLab = Omit<LabInCondition, 'plan'> & {
  containers: readonly PodState[] | undefined
  /** Its socket load balancer has ended, or is stopped. */
  socketLb?: Evidence | undefined
}

/** One lab: its state, its pods and machines, its services, its steps. */
export function renderStatus(
  style: Style,
  status: LabStatus,
  { lab, condition, services, outlines, containers, socketLb }: StandingLab,
  now: number,
): string {
  const { color, width } = style
  const state =
    status.lesson === undefined
      ? `${color.bold(status.lab)} is ${stateWord(style, status)}, for ${age(status, now)}`
      : `${color.yellow('a lesson')} of ${color.bold(status.lab)} is under way (process ${status.lesson}), for ${age(status, now)}`
  const lines = [
    ...hanging(
      '',
      status.state === 'gone'
        ? `${state}; sweep with: ${color.cyan(`netlab down ${status.lab}`)}`
        : `${state} (pid ${status.pid})`,
      width,
      2,
    ),
    ...(status.progress === undefined ? [] : hanging('', progressWords(status.progress), width, 2)),
    ...section('nodes', lab.nodes.map(machineCells)),
    ...section(
      'pods',
      lab.pods.map(pod => [
        pod.name,
        addressWords(pod),
        ...(lab.nodes.length === 0 ? [] : [`on ${pod.node}`]),
        podWords(style, pod, condition),
      ]),
    ),
    ...section('containers', [
      ...(containers ?? []).flatMap(containerCells),
      ...(status.state === 'up' && containers !== undefined
        ? lab.pods.flatMap(pod => unattendedCells(status.lab, pod, condition, containers))
        : []),
    ]),
    ...(containers === undefined ? ['', ...hanging('', color.red(noKubelet(status.lab)), width, 2)] : []),
    ...section(
      'outside',
      lab.outside.map(machine => [machine.name, addressWords(machine)]),
    ),
    ...section('machines', lab.machines.map(machineCells)),
    ...section(
      'services',
      services.map(target => [
        target.portName === '' ? target.service : `${target.service}:${target.portName}`,
        `${joinHostPort(target.clusterIP, target.port)}${target.protocol === 'TCP' ? '' : `/${target.protocol}`}`,
        target.endpoints.length === 0
          ? 'no endpoints'
          : listing(
              target.endpoints.map(endpoint => endpoint.pod),
              'and',
            ),
      ]),
    ),
    ...(socketLb === undefined ? [] : ['', ...evidenceLines(style, socketLb, 0)]),
    ...section(
      'steps',
      outlines.map((step, index) => [
        `${index + 1}`,
        index < (status.progress?.steps ?? outlines.length)
          ? printable(step.title)
          : color.dim(`${printable(step.title)}, not run yet`),
      ]),
    ),
  ]
  return block(lines)

  function section(title: string, rows: readonly (readonly string[])[]): string[] {
    if (rows.length === 0) return []
    const widths = rows[0]!.map((_, column) => widest(rows.map(row => row[column] ?? '')))
    const filled = rows.map(row =>
      row.map((cell, column) => (column === row.length - 1 ? cell : padEnd(cell, widths[column]!))),
    )
    return [
      '',
      color.bold(title),
      ...filled.flatMap(row => flow([`  ${row[0]}`, ...row.slice(1)], width, 4, '  ')),
    ]
  }
}

function machineCells(machine: LabMachine): string[] {
  return [
    machine.name,
    machineAddresses(machine).join(' '),
    machine.containers.map(({ name }) => name).join(', '),
  ]
}

function noKubelet(lab: string): string {
  return `netlab's kubelet has ended: containers that end are not started again. netlab pod start POD --lab ${lab} brings it back, and starts that pod anew`
}

/** Pause and the containers that have joined it, one per row. */
function containerCells({ pod, pause, containers }: PodState): string[][] {
  return [
    [`${pod}/${pauseName}`, ...runsAs(pause.pid), timesWord(pause.restarts)],
    ...containers.map(({ name, state, pid, restarts, exitCode, startsIn = 0 }) => [
      `${pod}/${name}`,
      ...(state === 'waiting' ? [`starts in ${Math.ceil(startsIn / 1000)} s`, ''] : runsAs(pid)),
      [timesWord(restarts), exitCode === undefined ? '' : `last exit code ${exitCode}`]
        .filter(word => word !== '')
        .join(', '),
    ]),
  ]
}

/** A pod that netlab's kubelet should have in its care, and has not: it was killed, and another one has begun since. */
function unattendedCells(
  lab: string,
  { name, pause }: Pod,
  { ended }: Pick<Condition, 'ended'>,
  states: readonly PodState[],
): string[][] {
  if (pause === undefined || own(ended, name) !== undefined || states.some(({ pod }) => pod === name))
    return []
  return [[name, 'unattended', '', `netlab pod start ${name} --lab ${lab} starts it anew`]]
}

function runsAs(pid: number | undefined): string[] {
  return pid === undefined ? ['has ended', ''] : ['runs', `pid ${pid}`]
}

function timesWord(restarts: number): string {
  return restarts === 0 ? '' : `restarted ${restarts === 1 ? 'once' : `${restarts} times`}`
}

/** A pod's containers, and what is wrong with them. */
function podWords(
  { color }: Style,
  { name, containers }: Pod,
  condition: Pick<Condition, 'ended' | 'notReady'>,
): string {
  const ended = own(condition.ended, name)
  const notReady = own(condition.notReady, name)
  const words = [
    ...(ended === undefined ? [] : [ended]),
    ...(notReady === undefined ? [] : [`not ready: ${notReady}`]),
  ]
  const told = ended !== undefined && notReady?.includes(ended) ? [ended, 'not ready'] : words
  const programs = containers.map(container => container.name).join(', ')
  return [programs, ...told.map(word => color.red(word))].filter(word => word !== '').join('  ')
}

function stateWord({ color }: Style, lab: LabStatus): string {
  const word = shownState(lab)
  if (lab.state === 'up') return color.green(word)
  return lab.state === 'starting' ? color.yellow(word) : color.red(word)
}

function shownState({ state, lesson }: LabStatus): string {
  return lesson === undefined ? state : 'lesson'
}

function age(lab: LabStatus, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(lab.since)) / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return duration(seconds * 1000)
  const hours = Math.floor(seconds / 3600)
  return hours < 48
    ? `${hours} h ${Math.floor((seconds % 3600) / 60)} min`
    : plural(Math.floor(hours / 24), 'day')
}

function addressWords(addressed: Addressed): string {
  return addressesOf(addressed)
    .map(({ address }) => address)
    .join(' ')
}
