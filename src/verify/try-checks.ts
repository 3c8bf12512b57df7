import pMap from 'p-map'
import type { Place } from '../command/command.ts'
import type { Check, CurlCheck } from '../model/lab.ts'
import { askEach } from '../observe/curl.ts'
import type { ObservedLab } from '../observe/tool.ts'
import { fitting, slowness } from '../sandbox/patience.ts'
import { checksAtOnce, type Manner, tryCheck } from './check.ts'
import { type Observation, observationWords } from './observation.ts'
import type { CheckResult } from './report.ts'

/** A check, and the title of its step. */
export interface CheckOfStep {
  check: Check
  step: string
}

/** Tries checks, many at once; the results are in the order of the checks, `done` hears of each as it is there. */
export async function tryAll(
  context: ObservedLab,
  checks: readonly CheckOfStep[],
  done: (result: CheckResult) => void = () => {},
  manner: Manner = {},
): Promise<readonly CheckResult[]> {
  const answered = await askTogether(context, checks, done)
  return pMap(
    checks,
    async one => {
      context.signal?.throwIfAborted()
      const known = answered.get(one)
      if (known !== undefined) return known
      const result = await tryCheck(context, one.check, one.step, manner)
      done(result)
      return result
    },
    { concurrency: Math.ceil(checksAtOnce / slowness()) },
  )
}

/**
 * Asks for all checks from one place in one process, where they expect no more than that a certain pod answers: with a
 * process for each, they would be most of what a lab of many pods costs. What does not hold at once is left to be tried
 * by itself.
 */
async function askTogether(
  context: ObservedLab,
  checks: readonly CheckOfStep[],
  done: (result: CheckResult) => void,
): Promise<ReadonlyMap<CheckOfStep, CheckResult>> {
  const results = new Map<CheckOfStep, CheckResult>()
  const byPlace = new Map<Place, { one: CheckOfStep; check: CurlCheck; pods: readonly string[] }[]>()
  for (const one of checks) {
    const pods = expectedPods(one.check)
    if (one.check.kind !== 'curl' || pods === undefined) continue
    const place = byPlace.get(one.check.from) ?? []
    byPlace.set(one.check.from, place)
    place.push({ one, check: one.check, pods })
  }
  for (const [place, asked] of byPlace) {
    if (asked.length < 2) continue
    context.signal?.throwIfAborted()
    const urls = asked.map(({ check }) => check.url)
    const samples = await askEach(context.sandbox, urls, place, {
      timeout: fitting(1),
      signal: context.signal,
    })
    for (const { one, check, pods } of asked) {
      const sample = samples.get(check.url)
      const { pod = '' } = sample ?? {}
      if (sample?.status !== 200 || sample.failure !== undefined || !pods.includes(pod)) continue
      const seen: Observation = { kind: 'answered', status: 200, backend: pod }
      const observed = observationWords(seen)
      const facts = { from: place, target: check.url, observed, seen, ok: true, ms: sample.ms }
      const result = { ...one, ...facts }
      results.set(one, result)
      done(result)
    }
  }
  return results
}

/** The pods of which one must answer, where that is all that a check expects. */
function expectedPods(check: Check): readonly string[] | undefined {
  const [only, ...more] = check.kind === 'curl' ? check.expect : []
  if (only?.kind !== 'answers' || more.length > 0) return undefined
  const { backends, status = 200, body, client } = only
  const plain = status === 200 && body === undefined && client === undefined
  return plain && backends.length > 0 ? backends : undefined
}
