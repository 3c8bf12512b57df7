import { type Estimate, medianOf } from './estimate.ts'
import type { ModeName } from './modes.ts'
import type { Growth } from './report.ts'

/** A cell's rounds: microseconds, in the order of the rounds. */
export interface CellRounds {
  mode: ModeName
  services: number
  /** Medians of connect(2). */
  connect: readonly number[]
  /** Medians of ab's requests; empty: it was not asked. */
  request: readonly number[]
  /** Milliseconds; left out: nothing is loaded. */
  load?: number
}

/** Growth that counts as none, in a mode of which nothing else is said. */
const flatGrowth = 1.05

/** Milliseconds: where the longer of two loads takes less, what starts programs decides and not their rules. */
const leastLoad = 200

/** What each mode may grow at most from one service to many. */
const goals: Partial<Record<ModeName, number>> = { ebpf: 1.05, nftables: 1.2 }

/** How each mode has grown from its fewest services to its most; none of a mode that was measured with one number only. */
export function growthOf(cells: readonly CellRounds[]): Growth[] {
  const modes = [...new Set(cells.map(({ mode }) => mode))]
  return modes.flatMap(mode => {
    const own = cells.filter(cell => cell.mode === mode).sort((a, b) => a.services - b.services)
    const [few, many] = [own[0], own.at(-1)]
    if (few === undefined || many === undefined || few === many) return []
    const connect = ratio(few.connect, many.connect)
    const goal = goals[mode]
    const seenFrom = own.find(cell => cell !== few && isSlower(ratio(few.connect, cell.connect)))?.services
    return {
      ...{ mode, from: few.services, to: many.services, connect },
      more: medianOf(many.connect.map((time, round) => time - few.connect[round]!)),
      verdict: verdictOf(connect, goal ?? flatGrowth),
      ...(few.request.length === 0 ? {} : { request: ratio(few.request, many.request) }),
      ...loadGrowth(few.load, many.load),
      ...(seenFrom === undefined ? {} : { seenFrom }),
      ...(goal === undefined ? {} : { goal }),
    }
  })
}

/** Round by round, so that what slows down a whole round slows down both. */
function ratio(few: readonly number[], many: readonly number[]): Estimate {
  return medianOf(many.map((time, round) => time / few[round]!))
}

function loadGrowth(few: number | undefined, many: number | undefined): Pick<Growth, 'load'> {
  if (few === undefined || many === undefined || Math.max(few, many) < leastLoad) return {}
  return { load: many / few }
}

function isSlower({ low }: Estimate): boolean {
  return low !== undefined && low >= flatGrowth
}

/** `open`: the interval has both sides of the limit. */
function verdictOf({ low, high }: Estimate, limit: number): Growth['verdict'] {
  if (low === undefined || high === undefined) return 'open'
  if (high <= limit) return 'flat'
  return low > limit ? 'grows' : 'open'
}
