import pMap from 'p-map'
import { type Check, host, type Place } from '../lab/lab.ts'
import { needsPod } from '../plan/apply-checks.ts'
import type { Plan, ServiceTarget } from '../plan/plan.ts'
import type { CheckContext } from './check.ts'
import { explainSample } from './evidence/explain.ts'
import type { Failures, ServiceSample, VerifyReport } from './report.ts'
import { tally } from './shares.ts'
import { falseAlarmRate, pValue, quantile, requestsNeeded } from './statistics.ts'
import { tryAll } from './try-checks.ts'

export interface VerifyOptions {
  /** Requests per service and place; left out: as many as the false-alarm rate asks for. */
  requests?: number
  /** Only from these places. */
  from?: readonly Place[]
}

/** Samples under way at once: more would make each other's answers late. */
const samplesAtOnce = 2

/** Tries a lab's checks again and samples each of its services from each place. */
export async function verify(context: CheckContext, options: VerifyOptions): Promise<VerifyReport> {
  const checks = await tryAll(context, lastingChecks(context.plan))
  const targets = context.plan.services.filter(target => target.protocol === 'TCP')
  const from = options.from ?? places(context.plan)
  const services = await pMap(
    targets.flatMap(target => from.map(place => ({ target, place }))),
    ({ target, place }) => sample(context, target, place, options.requests),
    { concurrency: samplesAtOnce },
  )
  const ok = checks.every(check => check.ok) && services.every(service => service.ok)
  return { lab: context.plan.lab, ok, checks, services }
}

/** Where requests can come from: the host, each pod, each machine outside. */
export function places(plan: Plan): Place[] {
  return [host, ...plan.pods.map(pod => pod.name), ...plan.outside.map(machine => machine.name)]
}

/** Later steps change what earlier ones saw: of the checks that ask the same from the same place, the last one holds. */
export function lastingChecks(plan: Plan): { check: Check; step: string }[] {
  const last = new Map<string, { check: Check; step: string }>()
  for (const step of plan.steps) {
    for (const check of step.checks) {
      const question = JSON.stringify([check.from, check.kind === 'curl' ? check.url : check.argv])
      last.delete(question)
      if (!check.once) last.set(question, { check, step: step.title })
    }
  }
  return [...last.values()].filter(({ check }) => !needsPod(check, plan.notReady ?? []))
}

/** Samples a service port from a place and compares who answered with what kube-proxy's rules promise. */
async function sample(
  context: CheckContext,
  target: ServiceTarget,
  from: Place,
  wanted?: number,
): Promise<ServiceSample> {
  const { service, portName, clusterIP, port, endpoints } = target
  const share = 1 / endpoints.length
  const expectedShare = Object.fromEntries(endpoints.map(({ pod }) => [pod, share]))
  const requests = wanted ?? requestsNeeded(endpoints.map(() => share))
  const counted = await tally(context, `${clusterIP}:${port}`, from, requests)
  const backends = { ...Object.fromEntries(endpoints.map(({ pod }) => [pod, 0])), ...counted.backends }
  const names = Object.keys(backends)
  const p = pValue(
    names.map(name => backends[name] ?? 0),
    names.map(name => expectedShare[name] ?? 0),
  )
  const complaint = complain({ ...counted, backends }, expectedShare, p)
  const evidence =
    complaint === undefined
      ? undefined
      : await explainSample(context, `${clusterIP}:${port}`, from, expectedShare)
  const p50 = quantile(counted.latencies, 0.5)
  const p99 = quantile(counted.latencies, 0.99)
  return {
    service,
    portName,
    clusterIP,
    port,
    from,
    requests: counted.requests,
    failed: counted.failed,
    failures: counted.failures,
    backends,
    expectedShare,
    pValue: p,
    ...(p50 === undefined || p99 === undefined ? {} : { latency: { p50, p99 } }),
    ok: complaint === undefined,
    ...(complaint === undefined ? {} : { complaint }),
    ...(evidence === undefined ? {} : { evidence }),
  }
}

function complain(
  counted: {
    requests: number
    failed: number
    failures: Failures
    backends: Readonly<Record<string, number>>
  },
  expected: Readonly<Record<string, number>>,
  p: number,
): string | undefined {
  const { requests, failed, failures, backends } = counted
  if (Object.keys(expected).length === 0)
    return failed === requests ? undefined : 'the service has no endpoints, and yet something answered'
  if (failed > 0) return `${failed} of ${requests} requests failed: ${failureWords(failures)}`
  const stranger = Object.keys(backends).find(name => !(name in expected) && (backends[name] ?? 0) > 0)
  if (stranger !== undefined) return `${stranger} answered, which is no endpoint of the service`
  const silent = Object.keys(expected).filter(name => backends[name] === 0)
  if (p > falseAlarmRate) return undefined
  if (silent.length > 0) return `${silent.join(', ')} never answered`
  return `the shares are not what the rules promise (p = ${p.toExponential(0)})`
}

function failureWords({ refused, unreachable, timeout, other }: Failures): string {
  const kinds: [number, string][] = [
    [refused, 'refused'],
    [unreachable, 'unreachable'],
    [timeout, 'not answered in time'],
    [other, 'broken off'],
  ]
  return kinds.flatMap(([count, words]) => (count > 0 ? [`${count} ${words}`] : [])).join(', ')
}
