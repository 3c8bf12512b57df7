import { own } from '../command/own.ts'
import type { CurlCheck, Expectation } from '../model/lab.ts'
import { tally } from '../observe/tally.ts'
import type { ObservedLab } from '../observe/tool.ts'
import type { Observation } from './observation.ts'
import { falseAlarmRate, pValue, requestsNeeded } from './statistics.ts'

type Shares = Extract<Expectation, { kind: 'shares' }>

/** Tries a check on shares: the counts must be ones that the expected shares bring about by chance. */
export async function sampleShares(
  context: ObservedLab,
  check: CurlCheck,
  expected: Shares,
): Promise<{ ok: boolean; seen: Observation }> {
  const names = Object.keys(expected.shares)
  const shares = [...names.map(name => expected.shares[name] ?? 0), expected.failed]
  const requests = check.requests ?? requestsNeeded(shares)
  const {
    backends,
    failed,
    requests: sent,
  } = await tally(context, check.url, check.from, requests, {
    someFail: expected.failed > 0,
  })
  const strangers = Object.keys(backends).filter(name => !names.includes(name))
  const counts = [...names.map(name => own(backends, name) ?? 0), failed]
  const p = pValue(counts, shares)
  const seen: Observation = {
    kind: 'shares',
    requests: sent,
    counts: [...names, ...strangers].map(name => ({ name, count: own(backends, name) ?? 0 })),
    failed,
    p: probabilityWords(p),
  }
  return { ok: strangers.length === 0 && p > falseAlarmRate, seen }
}

function probabilityWords(p: number): string {
  if (p < falseAlarmRate) return `< ${falseAlarmRate.toFixed(6)}`
  return `= ${p < 0.01 ? p.toFixed(6) : p.toFixed(2)}`
}
