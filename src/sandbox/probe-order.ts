import type { Place } from '../command/command.ts'
import { runAtAnyway } from './enter.ts'
import { insideProgram } from './program-files.ts'
import type { Sandbox } from './sandbox.ts'

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
}

/** What came of one request. */
export interface ProbeSample {
  /** The client's end, `10.0.0.11:41234`. */
  client: string
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
  const { stdout, stderr } = await runAtAnyway(sandbox, [insideProgram.node, insideProgram.probe], {
    place: from,
    onlyNetwork: true,
    input: JSON.stringify(order),
    why: `asking ${order.address}:${order.port}/${order.protocol} from ${from}`,
    ...(signal === undefined ? {} : { signal }),
  })
  if (stdout === '') throw new Error(`the probe said nothing: ${stderr}`)
  return JSON.parse(stdout) as ProbeSample[]
}
