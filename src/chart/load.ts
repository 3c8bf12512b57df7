import type { Lab } from '../model/lab.ts'
import type { EnterOptions } from '../sandbox/enter.ts'
import { runAtAnyway } from '../sandbox/enter.ts'
import { kernelMemory } from '../sandbox/kernel-memory.ts'
import { type TimedCommand, type TimedRun, timeCommands } from '../sandbox/measure-order.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { type Cell, viewOf } from './cells.ts'
import { middleOf } from './estimate.ts'
import type { ChartOptions } from './events.ts'
import { loadSockets } from './load-sockets.ts'
import type { ChartMode, ModeName } from './modes.ts'
import type { LeftOut, Load } from './report.ts'

/** A cell whose rules are loaded; one without services has none. */
export interface Loaded {
  cell: Cell
  load?: Load
}

/** What takes less, in milliseconds, is loaded three times: what else the machine does is a large part of it. */
const quick = 1000
/** How often, once it is loaded. */
const timesMore = 2

/** Loads the rules of all cells, one after the other, and times those that are quick some times more. A mode that the kernel does not take is left out, from where it does not on. */
export async function loadAll(
  { sandbox, lab }: { sandbox: Sandbox; lab: Lab },
  cells: readonly Cell[],
  options: Pick<ChartOptions, 'signal' | 'tell'>,
): Promise<{ cells: Loaded[]; leftOut: LeftOut[] }> {
  const loaded: Loaded[] = []
  const refused = new Map<ModeName, LeftOut>()
  for (const [at, cell] of cells.entries()) {
    const { mode, services } = cell
    if (refused.has(mode.name)) continue
    options.tell({ kind: 'loading', mode: mode.name, services, at: at + 1, count: cells.length })
    const isFirst = !loaded.some(other => other.cell.mode === mode)
    const whyNot = isFirst ? await trialOf(sandbox, cell, options.signal) : undefined
    const outcome = whyNot === undefined ? await load(sandbox, lab, cell, options.signal) : { whyNot }
    if ('whyNot' in outcome)
      refused.set(mode.name, { mode: mode.name, ...(isFirst ? {} : { from: services }), why: outcome.whyNot })
    else loaded.push({ cell, ...outcome })
  }
  const again = loaded.filter(isQuick)
  if (again.length > 0) options.tell({ kind: 'loading-again', count: again.length })
  for (const each of again) each.load = await loadAgain(sandbox, each, options.signal)
  return { cells: loaded, leftOut: [...refused.values()] }
}

type WithLoad = Loaded & { load: Load }

/** One of ebpf has been loaded several times already. */
function isQuick(loaded: Loaded): loaded is WithLoad {
  return loaded.load !== undefined && loaded.load.times === 1 && loaded.load.ms < quick
}

/** In network namespaces of their own: the kernel frees these when it likes, so that nobody counts memory any more. */
async function loadAgain(sandbox: Sandbox, { cell, load }: WithLoad, signal: AbortSignal): Promise<Load> {
  const all = [load.ms]
  for (let time = 0; time < timesMore; time += 1) {
    const runs = await timeCommands(sandbox, cell.node, commandsOf(cell), { signal, apart: true })
    // A mode that does not load a second time has been measured all the same, and the chart says how often.
    if (runs.every(({ exitCode }) => exitCode === 0)) all.push(timeOf(runs))
  }
  return { ...load, ms: middleOf(all), times: all.length }
}

function commandsOf(cell: Cell): TimedCommand[] {
  return (cell.mode.load?.(viewOf(cell)) ?? []).map(({ argv, input = '' }) => ({ argv, input }))
}

function timeOf(runs: readonly TimedRun[]): number {
  return runs.reduce((sum, { ms }) => sum + ms, 0)
}

/** Why a mode is not to be had in this kernel; undefined: it is. */
async function trialOf(
  sandbox: Sandbox,
  { mode, client }: Cell,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (mode.trial === undefined) return undefined
  // In a pod: what the trial leaves is in nobody's way there.
  const options: EnterOptions = { place: client, signal, why: `trying whether this kernel has ${mode.name}` }
  const { exitCode, stderr } = await runAtAnyway(sandbox, mode.trial, options)
  return exitCode === 0 ? undefined : refusal(mode, mode.trial, stderr)
}

async function load(
  sandbox: Sandbox,
  lab: Lab,
  cell: Cell,
  signal: AbortSignal,
): Promise<{ load?: Load } | { whyNot: string }> {
  const { mode, node } = cell
  if (mode.load === undefined) return {}
  if (mode.balancesSockets === true)
    return { load: await loadSockets(sandbox, lab, cell, mode.load(viewOf(cell))) }
  const commands = commandsOf(cell)
  const before = await kernelMemory(sandbox)
  const runs = await timeCommands(sandbox, node, commands, { signal })
  const failed = runs.find(run => run.exitCode !== 0)
  if (failed !== undefined) return { whyNot: refusal(mode, commands[runs.length - 1]!.argv, failed.stderr) }
  const after = await kernelMemory(sandbox)
  return {
    load: {
      ...{ ms: timeOf(runs), times: 1 },
      programs: runs.length,
      ...(before === undefined || after === undefined ? {} : { memory: Math.max(0, after - before) }),
    },
  }
}

function refusal({ because }: ChartMode, argv: readonly string[], stderr: string): string {
  const [complaint = ''] = stderr.trim().split('\n')
  const words = `${argv.slice(0, 3).join(' ')} failed: ${complaint}`
  return because === undefined ? words : `${because} (${words})`
}
