import type { CurlCheck, Expectation } from '../model/lab.ts'
import { type Tally, tally, togetherIn } from '../observe/tally.ts'
import type { ObservedLab } from '../observe/tool.ts'
import type { Observation } from './observation.ts'

type Stays = Extract<Expectation, { kind: 'stays' }>

/** Requests that show whether a client stays: with two endpoints, chance keeps it at one once in 2^49 samples. */
export const stayingRequests = 50

/** Asks as one client. The first request chooses: what is sent at the same moment would still throw dice of its own. */
export async function askAsOneClient(
  requests: number,
  ask: (requests: number) => Promise<Tally>,
): Promise<Tally> {
  return togetherIn(await ask(1), await ask(Math.max(1, requests - 1)))
}

/** Tries a check on a client that stays: one pod, of those that are meant, answers every request. */
export async function sampleStaying(
  context: ObservedLab,
  check: CurlCheck,
  { backends: wanted }: Stays,
): Promise<{ ok: boolean; seen: Observation; allAnswered: boolean }> {
  const { backends, failed, requests } = await askAsOneClient(check.requests ?? stayingRequests, some =>
    tally(context, check.url, check.from, some),
  )
  const counts = Object.entries(backends)
    .map(([name, count]) => ({ name, count }))
    .sort((one, other) => other.count - one.count)
  const [one, ...others] = counts
  return {
    ok:
      failed === 0 &&
      one !== undefined &&
      others.length === 0 &&
      (wanted.length === 0 || wanted.includes(one.name)),
    seen: { kind: 'staying', requests, counts, failed },
    allAnswered: failed === 0,
  }
}
