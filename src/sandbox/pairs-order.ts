import type { Place } from '../command/command.ts'
import { exitCode, NetlabError } from '../errors.ts'
import type { Neighbour } from '../model/places.ts'
import { runAtAnyway } from './enter.ts'
import { mustStillLive } from './lab-gone.ts'
import { fitting } from './patience.ts'
import { insideProgram } from './program-files.ts'
import type { Sandbox } from './sandbox.ts'
import { toldJson } from './told-json.ts'

/** What pairs.ts is told. */
export interface PairsOrder {
  /** With all their addresses: each is asked by one of a family that the asker has. */
  places: readonly Neighbour[]
  /** Those of them who ask. */
  from: readonly Place[]
  /** Seconds that a connection gets, and a ping. */
  timeout: number
  /** How many places ask at the same time. */
  sourcesAtOnce: number
  /** Whether neighbours are forgotten in between, since the kernel has no room for all of them. */
  forget: boolean
}

/** How one place was reached from another: as whom it saw the client, whose own address is `own`; or why not. */
export interface Pair {
  from: Place
  to: Place
  /** The port that was asked. */
  port: number
  own?: string
  client?: string
  /** A code of the system's, ECONNREFUSED say, or `timeout`. */
  error?: string
  /** What came of a ping: `ok`, `timeout`, or a code of the system's. */
  ping: string
}

/** Seconds that a connection gets on a machine that is not busy. */
const patience = 1
/** Of a kernel's 1,024 neighbours so many are taken at once: other labs need some, too. */
const mostNeighbours = 300

/** More pairs than this take minutes, and nobody reads them. */
const mostPairs = 100_000

/** Asks each place from each of some, over TCP and by ping. Throws NetlabError where there are too many pairs, or what came of it is not whole. */
export async function tryPairs(
  sandbox: Sandbox,
  places: PairsOrder['places'],
  from: readonly Place[],
  signal?: AbortSignal,
): Promise<Pair[]> {
  const why = `asking each of ${places.length} places from each other one`
  const count = from.length * (places.length - 1)
  if (count > mostPairs)
    throw new NetlabError({
      what: `who reaches whom is asked for ${mostPairs} pairs of places at most, and these are ${count}`,
      fix: `ask from some of them: netlab verify --matrix --from ${from.slice(0, 2).join(' ')}`,
      exitCode: exitCode.wrongInput,
    })
  const forget = count > mostNeighbours
  // Each connection is remembered at both of its ends.
  const sourcesAtOnce = forget ? Math.max(1, Math.floor(mostNeighbours / 2 / places.length)) : from.length
  const order: PairsOrder = { places, from, timeout: fitting(patience), sourcesAtOnce, forget }
  // What gets lost is asked a second time.
  const rounds = 2 * Math.ceil(from.length / sourcesAtOnce)
  const finished = await runAtAnyway(sandbox, [insideProgram.node, insideProgram.pairs], {
    input: JSON.stringify(order),
    why,
    deadline: (startPatience + rounds * (order.timeout + places.length * entryPatience)) * 1000,
    ...(signal === undefined ? {} : { signal }),
  })
  if (finished.exitCode !== 0) await mustStillLive(sandbox, why)
  const isWhole = (value: unknown): value is Pair[] =>
    Array.isArray(value) && value.length === count && value.every(isPair)
  return toldJson(finished, isWhole, why)
}

/** Seconds within which Node has started, and ended; and that going into a place may take on a busy machine. */
const startPatience = 30
const entryPatience = 0.2

function isPair(value: unknown): value is Pair {
  if (typeof value !== 'object' || value === null) return false
  const { from, to, port, own, client, error, ping } = value as Readonly<Record<string, unknown>>
  const isNamed = typeof from === 'string' && typeof to === 'string' && typeof port === 'number'
  if (typeof ping !== 'string') return false
  return isNamed && (typeof error === 'string' || (typeof own === 'string' && typeof client === 'string'))
}
