import type { Place } from '../command/command.ts'
import { joinHostPort } from '../model/address.ts'
import { runAtAnyway } from './enter.ts'
import { mustStillLive } from './lab-gone.ts'
import { insideProgram } from './program-files.ts'
import type { Sandbox } from './sandbox.ts'
import { toldJson } from './told-json.ts'

/** What to ask, and how often. */
export interface ProbeOrder {
  protocol: 'TCP' | 'UDP'
  address: string
  port: number
  /** What is sent, in base64. */
  payload: string
  requests: number
  /** Requests under way at once. */
  atOnce: number
  /** Seconds that each one gets. */
  timeout: number
  /** Whether to tell whom the kernel has connected each socket to. */
  tellsPeer: boolean
}

/** What came of one request. */
export interface ProbeSample {
  /** The client's end, `10.0.0.11:41234`. */
  client: string
  /** The address that its socket was connected to, if that was to be told: where a socket load balancer chose, not the one that was asked. */
  peer?: string
  /** Milliseconds. */
  ms: number
  /** Why no answer came: the system's word for it, or `timeout`. */
  error?: string
}

/** Sends what an order says from a place of a sandbox; returns a sample for each request. */
export async function probe(
  sandbox: Sandbox,
  order: ProbeOrder,
  from: Place,
  signal?: AbortSignal,
): Promise<ProbeSample[]> {
  const why = `asking ${joinHostPort(order.address, order.port)}/${order.protocol} from ${from}`
  const rounds = Math.ceil(order.requests / order.atOnce)
  const finished = await runAtAnyway(sandbox, [insideProgram.node, insideProgram.probe], {
    place: from,
    onlyNetwork: true,
    input: JSON.stringify(order),
    why,
    deadline: (rounds * order.timeout + startPatience) * 1000,
    ...(signal === undefined ? {} : { signal }),
  })
  if (finished.exitCode !== 0) await mustStillLive(sandbox, why)
  const isWhole = (value: unknown): value is ProbeSample[] =>
    Array.isArray(value) && value.length === order.requests && value.every(isSample)
  return toldJson(finished, isWhole, why)
}

/** Seconds within which Node has started, and ended. */
const startPatience = 20

function isSample(value: unknown): value is ProbeSample {
  if (typeof value !== 'object' || value === null) return false
  const { client, ms, peer, error } = value as Readonly<Record<string, unknown>>
  const areTexts = [peer, error].every(word => word === undefined || typeof word === 'string')
  return typeof client === 'string' && Number.isFinite(ms) && areTexts
}
