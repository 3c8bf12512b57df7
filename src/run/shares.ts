import type { CurlCheck, Expectation, Place } from '../lab/lab.ts'
import type { CheckContext } from './check.ts'
import { ask, askMany, backendsByPort, type Sample } from './curl.ts'
import type { Failures } from './report.ts'
import { falseAlarmRate, pValue, requestsNeeded } from './statistics.ts'

/** Requests from one place to one address, sorted by who answered. */
export interface Tally {
  requests: number
  failures: Failures
  failed: number
  /** Pod → answers. */
  backends: Record<string, number>
  /** Milliseconds of each answered request, in rising order. */
  latencies: number[]
}

/** Seconds that each connection of a sample gets: shorter than the second after which TCP tries again. */
const connectTimeout = 0.7

/** Asks a URL many times and sorts the answers by the pod that the kernel sent each connection to. */
export async function tally(
  context: CheckContext,
  url: string,
  from: Place,
  requests: number,
): Promise<Tally> {
  const { sandbox, plan, signal } = context
  const samples = await askMany(sandbox, url, from, {
    requests,
    timeout: connectTimeout,
    ...(signal === undefined ? {} : { signal }),
  })
  const pods = new Map(plan.pods.map(pod => [pod.address, pod.name]))
  const chosen = await backendsByPort(sandbox, url, pods)
  const backends: Record<string, number> = {}
  const answered = samples.filter(sample => sample.failure === undefined && sample.status < 500)
  for (const { localPort } of answered) {
    const pod = chosen.get(localPort) ?? 'unknown'
    backends[pod] = (backends[pod] ?? 0) + 1
  }
  const failures = await failureCounts(context, url, from, samples)
  return {
    requests: samples.length,
    failures,
    failed: samples.length - answered.length,
    backends,
    latencies: answered.map(sample => sample.ms).sort((one, other) => one - other),
  }
}

/** curl's parallel mode does not say why a connection could not be made; one that fails alone does. */
async function failureCounts(
  context: CheckContext,
  url: string,
  from: Place,
  samples: readonly Sample[],
): Promise<Failures> {
  const timeout = samples.filter(sample => sample.failure === 'timeout').length
  const unclear = samples.filter(sample => sample.failure === 'other' || sample.status >= 500).length
  const counts: Failures = { refused: 0, unreachable: 0, timeout, other: 0 }
  if (unclear === 0) return counts
  for (let tries = 0; tries < 30; tries += 1) {
    const { failure } = await ask(context.sandbox, url, from, connectTimeout, context.signal)
    if (failure === 'refused' || failure === 'unreachable') return { ...counts, [failure]: unclear }
  }
  return { ...counts, other: unclear }
}

type Shares = Extract<Expectation, { kind: 'shares' }>

/** Tries a check on shares: the counts must be ones that the expected shares bring about by chance. */
export async function sampleShares(
  context: CheckContext,
  check: CurlCheck,
  expected: Shares,
): Promise<{ ok: boolean; observed: string }> {
  const names = Object.keys(expected.shares)
  const shares = [...names.map(name => expected.shares[name] ?? 0), expected.failed]
  const requests = check.requests ?? requestsNeeded(shares)
  const { backends, failed } = await tally(context, check.url, check.from, requests)
  const strangers = Object.keys(backends).filter(name => !names.includes(name))
  const counts = [...names.map(name => backends[name] ?? 0), failed]
  const p = pValue(counts, shares)
  const words = [
    ...names.map((name, at) => `${name} ${counts[at]}`),
    ...strangers.map(name => `${name} ${backends[name]}`),
  ]
  const observed = `${requests} requests: ${[...words, `${failed} failed`].join(', ')} (p = ${probabilityWords(p)})`
  return { ok: strangers.length === 0 && p > falseAlarmRate, observed }
}

function probabilityWords(p: number): string {
  return p < 0.001 ? p.toExponential(0) : p.toFixed(2)
}
