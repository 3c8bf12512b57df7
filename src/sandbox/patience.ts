/**
 * How much longer than usual things take on this machine at this moment. Each waiting time in netlab is one that a fast,
 * idle machine keeps by far; where the machine is slow (an emulated one) or busy (a whole class at once) it is multiplied.
 */
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** Milliseconds within which a process has started on a machine that is not slow; a third of it is what it takes. */
const usualStart = 10
/** Programs that may want one processor before each of them is noticeably late. */
const usualQueue = 4
/** Below this many times what is usual nothing need be waited for longer: every waiting time is far more than what is usual. */
const noticeable = 2
/** Nothing is waited for longer than this many times what is usual. */
const most = 30
/** Milliseconds in which a busy moment counts half as much. */
const halfLife = 1000

/** Milliseconds that a process took to start of late, the latest ones counting most. */
let recentStart = 0
/** The slowest moment of late. */
let peak = { slowness: 1, at: 0 }

/** Tells how many milliseconds the start of a process took: the child's first turn at a processor is part of it. */
export function noteStart(ms: number): void {
  recentStart = recentStart === 0 ? Math.min(ms, usualStart) : recentStart * 0.8 + ms * 0.2
}

/** How many times longer than usual things take here and now, from 1 on. */
export function slowness(): number {
  const at = performance.now()
  const now = slownessFrom({ recentStart, runnable: runnable(), processors: availableParallelism() })
  const faded = peak.slowness * 0.5 ** ((at - peak.at) / halfLife)
  if (now >= faded) peak = { slowness: now, at }
  return Math.max(now, faded)
}

/** How many times busier a machine must have become for what it was late with to be tried again. */
const muchBusier = 2
const mostTries = 3

/**
 * Does something that gives up after a time, with the machine's slowness, by which it is to multiply that time; again where
 * it was late because the machine got slower meanwhile. So a lateness that comes of it is what it seems to be.
 */
export async function patiently<T>(
  work: (slowness: number) => Promise<T>,
  wasLate: (result: T) => boolean,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const before = slowness()
    const result = await work(before)
    if (!wasLate(result) || tries === mostTries || slowness() <= before * muchBusier) return result
  }
}

/** The same, from what was measured. */
export function slownessFrom(measured: {
  /** Milliseconds. */
  recentStart: number
  /** Threads that want a processor now. */
  runnable: number
  processors: number
}): number {
  const { recentStart, runnable, processors } = measured
  const times = Math.max(recentStart / usualStart, runnable / (usualQueue * processors))
  return times < noticeable ? 1 : Math.min(most, times)
}

/** Waiting time for this machine as it is now, in the unit that it is given in. */
export function fitting(time: number): number {
  return time * slowness()
}

/** Threads of this machine that want a processor now (proc_loadavg(5), the fourth field); the averages are a minute late. */
function runnable(): number {
  try {
    return Number(/^\S+ \S+ \S+ (\d+)\//.exec(readFileSync('/proc/loadavg', 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
