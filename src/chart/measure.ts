import { cpus, loadavg, release } from 'node:os'
import { exitCode, NetlabError } from '../errors.ts'
import type { Lab } from '../model/lab.ts'
import { labAsBuilt } from '../plan/lab-in-condition.ts'
import { labOfDocuments } from '../read/load-lab.ts'
import { down } from '../run/down.ts'
import { openSandbox } from '../run/lab-state.ts'
import { up } from '../run/up.ts'
import { socketLbLack } from '../sandbox/bpf/socket-lb-control.ts'
import { runAt } from '../sandbox/enter.ts'
import { abRequestsPerRound, measureConnects, type WayRounds } from '../sandbox/measure-order.ts'
import { fitting } from '../sandbox/patience.ts'
import { isThere } from '../sandbox/programs.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { readDocuments } from '../text/document.ts'
import { type Cell, cellsOf, labText, lastAddress, wayOf } from './cells.ts'
import { medianOf, middleOf, mostRounds, p99Of } from './estimate.ts'
import type { ChartOptions, Wanted } from './events.ts'
import { type CellRounds, growthOf } from './growth.ts'
import { type Loaded, loadAll } from './load.ts'
import type { ChartMode } from './modes.ts'
import type { LatencyChart, LeftOut, Point } from './report.ts'

/** Connections of a round that are not timed: neighbours are asked for, caches are another cell's. */
const warmUp = 20
/** Seconds that a connection gets on a machine that is not busy: a SYN that gets lost is sent again after one. */
const connectPatience = 10

/**
 * Measures new connections through the last of so many services, in a lab of its own that is gone afterwards, however this ends.
 * Throws NetlabError where connections do not come about, and where none of the modes is to be had.
 */
export async function chartLatency(wanted: Wanted, options: ChartOptions): Promise<LatencyChart> {
  const before = loadavg()[0] ?? 0
  const { modes, leftOut } = modesHere(wanted.modes)
  mustBeSome(modes, leftOut)
  const cells = cellsOf(modes, wanted.services)
  const name = `chart-${process.pid}`
  const lab = await buildLab(name, cells, options)
  try {
    const { sandbox } = openSandbox(name)
    const loaded = await loadAll({ sandbox, lab }, cells, options)
    mustBeSome(loaded.cells, [...leftOut, ...loaded.leftOut])
    const plan = planOf(wanted.connects)
    const told = await measureConnects(
      sandbox,
      { ...plan, ways: loaded.cells.map(({ cell }) => wayOf(cell)) },
      {
        signal: options.signal,
        done: done => options.tell({ kind: 'measuring', done, rounds: plan.rounds }),
      },
    )
    const counts = await countsOf(sandbox, loaded.cells, told)
    return {
      date: new Date().toISOString(),
      machine: machine(),
      loadAverage: { before, after: loadavg()[0] ?? 0 },
      services: wanted.services,
      modes: modes
        .map(mode => mode.name)
        .filter(mode => loaded.cells.some(({ cell }) => cell.mode.name === mode)),
      ...{ rounds: plan.rounds, connects: plan.connects, requests: plan.abRequests },
      points: loaded.cells.map((each, at) => pointOf(each, told[at]!, counts[at])),
      growth: growthOf(loaded.cells.map((each, at) => roundsOf(each, told[at]!))),
      leftOut: [...leftOut, ...loaded.leftOut],
    }
  } finally {
    await down(name)
  }
}

/** Modes whose programs are here, and that whoever runs this may have. */
function modesHere(all: readonly ChartMode[]): { modes: ChartMode[]; leftOut: LeftOut[] } {
  const whyNot = ({ balancesSockets, programs }: ChartMode) => {
    const missing = programs.filter(program => !isThere(program))
    if (missing.length > 0) return `this machine lacks ${missing.join(' and ')}`
    const lack = balancesSockets === true ? socketLbLack() : undefined
    return lack && `it needs a program in the kernel, and ${lack.what}; ${lack.fix}`
  }
  const leftOut = all.flatMap(mode => {
    const why = whyNot(mode)
    return why === undefined ? [] : [{ mode: mode.name, why }]
  })
  return { modes: all.filter(mode => whyNot(mode) === undefined), leftOut }
}

function mustBeSome(measured: readonly unknown[], leftOut: readonly LeftOut[]): void {
  if (measured.length > 0) return
  throw new NetlabError({
    what: 'there is nothing to measure',
    details: leftOut.map(({ mode, why }) => `${mode}: ${why}`).join('\n'),
    fix: 'name other modes; netlab doctor says what this machine lacks',
    exitCode: exitCode.machineLacks,
  })
}

/** Rounds, and what is done in each. */
function planOf(wanted: number) {
  const rounds = Math.min(mostRounds, wanted)
  const connects = Math.ceil(wanted / rounds)
  const abRequests = isThere('ab') ? abRequestsPerRound : 0
  return { rounds, connects, warmUp, abRequests, timeout: fitting(connectPatience) }
}

async function buildLab(name: string, cells: readonly Cell[], options: ChartOptions): Promise<Lab> {
  const text = labText(name, cells)
  const file = 'netlab chart latency'
  const lab = labOfDocuments(readDocuments(text, file), text, file)
  const { start, signal, tell } = options
  tell({ kind: 'building', nodes: cells.length })
  const { report } = await up(labAsBuilt(lab), {
    file,
    start,
    signal,
    apart: false,
    keep: false,
    tell: () => {},
  })
  if (report.ok) return lab
  const failure = report.steps.at(-1)?.failure
  throw new NetlabError({
    what: 'the nodes for the measurement could not be made',
    details: failure === undefined ? '' : `${failure.command.argv.join(' ')}\n${failure.stderr}`,
    fix: 'netlab doctor says what this machine lacks',
  })
}

/** What the kernel counted at the last services' rules. Throws NetlabError where that is not as many connections as were opened. */
async function countsOf(
  sandbox: Sandbox,
  loaded: readonly Loaded[],
  told: readonly WayRounds[],
): Promise<(number | undefined)[]> {
  const counts: (number | undefined)[] = []
  for (const [at, { cell }] of loaded.entries()) {
    const { node, mode, services } = cell
    const { opened, accepted } = told[at]!
    const counted = mode.counter === undefined ? undefined : await countAt(sandbox, cell)
    counts.push(counted)
    if (accepted === opened && (counted ?? opened) === opened) continue
    throw new NetlabError({
      what: `not every connection of ${mode.name} went through the last of ${services} services`,
      details: `opened ${opened}, accepted by the pod ${accepted}, counted at the rule ${counted}`,
      where: node,
    })
  }
  return counts
}

async function countAt(sandbox: Sandbox, cell: Cell): Promise<number | undefined> {
  const { argv, read } = cell.mode.counter!
  const { stdout } = await runAt(sandbox, argv, {
    place: cell.node,
    why: "counting at the last service's rule",
  })
  return read(stdout, lastAddress(cell)) ?? 0
}

const medianPerRound = (rounds: readonly (readonly number[])[]) => rounds.map(middleOf)

function pointOf({ cell, load }: Loaded, told: WayRounds, counted: number | undefined): Point {
  const { connects, ab, opened, accepted } = told
  const p99s = connects.flatMap(times => p99Of(times) ?? [])
  return {
    ...{ mode: cell.mode.name, services: cell.services },
    connect: {
      median: medianOf(medianPerRound(connects)),
      ...(p99s.length === 0 ? {} : { p99: medianOf(p99s) }),
    },
    ...(ab.length === 0
      ? {}
      : {
          request: {
            median: medianOf(ab.map(({ median }) => median)),
            p99: medianOf(ab.map(({ p99 }) => p99)),
          },
        }),
    ...(load === undefined ? {} : { load }),
    ...{ opened, accepted },
    ...(counted === undefined ? {} : { counted }),
  }
}

function roundsOf({ cell, load }: Loaded, { connects, ab }: WayRounds): CellRounds {
  return {
    ...{ mode: cell.mode.name, services: cell.services },
    connect: medianPerRound(connects),
    request: ab.map(({ median }) => median),
    ...(load === undefined ? {} : { load: load.ms }),
  }
}

function machine(): LatencyChart['machine'] {
  const processors = cpus()
  return {
    kernel: release(),
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    node: process.versions.node,
  }
}
