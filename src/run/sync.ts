import { own } from '../command/own.ts'
import { noRulesChange, type RulesChange } from '../dataplane/dataplane.ts'
import type { Condition, EndpointsByService, ProbeState } from '../model/condition.ts'
import type { Lab } from '../model/lab.ts'
import { proxiersOf } from '../model/places.ts'
import { afterProbe, type Probed, probedContainers, probeOnce } from '../observe/readiness.ts'
import { rulesChange, rulesStage } from '../plan/apply.ts'
import { changedEndpoints, readyEndpoints } from '../plan/apply-endpoints.ts'
import { endpointsAfterSteps, type LabInCondition, labIn } from '../plan/lab-in-condition.ts'
import type { PodState } from '../sandbox/kubelet/pod-state.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { carryOutStages, type Flushed, kernelRules } from './apply-stage.ts'
import { type LivingLab, mustHaveAllSteps } from './lab-state.ts'
import { containersOf, idlePods } from './pods.ts'
import type { StepResult } from './report.ts'
import { balancesSockets, openSocketLb } from './socket-lb.ts'
import { withLabLocked } from './sync-lock.ts'

/** What a sync saw and did. */
export interface SyncReport {
  lab: string
  ok: boolean
  /** Milliseconds. */
  ms: number
  /** Pods of which kubelet says something else than before. */
  pods: readonly { pod: string; ready: boolean; why: string }[]
  /** Every pod that is not ready, with why. */
  notReady: Readonly<Record<string, string>>
  /** How many pods there are. */
  podCount: number
  /** Services whose endpoints have changed. */
  endpoints: EndpointsByService
  rules: RulesChange
  flushed: readonly Flushed[]
  /** Undefined: there was nothing to do. */
  step?: StepResult
}

export interface SyncOptions {
  /**
   * Which containers to probe, once each; left out: all, as often as their thresholds ask for, so that one sync comes to the
   * same verdict as kubelet after some periods.
   */
  due?: (container: Probed) => boolean
  /** Look at the kernel's rules even where no endpoint has changed. */
  look: boolean
  signal?: AbortSignal
}

/** Does once what kubelet, the endpoint controller and kube-proxy would do together. */
export function sync(living: LivingLab, options: SyncOptions): Promise<SyncReport> {
  const { folder, sandbox } = living
  return withLabLocked(folder, options.signal, async () => {
    const start = performance.now()
    const lab = folder.readLab()
    const { steps } = folder.readState() ?? {}
    if (lab.firstMode !== undefined) mustHaveAllSteps(living.state, lab, 'synced')
    const before = folder.readCondition(lab)
    const containers = await containersOf(sandbox, lab.pods)
    const idle = await idlePods(sandbox, lab.pods, containers)
    const restarts = restartsOf(containers ?? [])
    const probes = await askKubelet(sandbox, lab, before, idle, restarts, options)
    const notReady = notReadyPods(lab, before, idle, probes)
    const seen: Condition = {
      ...before,
      ...(containers === undefined || containers.length === 0 ? {} : { restarts }),
      notReady: Object.fromEntries(notReady),
      probes: probes.states,
    }
    const endpoints = readyEndpoints(lab, endpointsAfterSteps(lab, steps), new Set(notReady.keys()))
    const changed = changedEndpoints(before.endpoints, endpoints)
    const news = lab.pods.flatMap(({ name }) => newsOf(name, before.notReady, notReady))
    const work = news.length > 0 || changed.length > 0 || before.fullSync || options.look
    const done = work
      ? await syncRules(
          living,
          labIn(seen, lab, steps),
          labIn({ ...seen, endpoints }, lab, steps),
          options.signal,
        )
      : nothingDone
    const report = {
      lab: lab.name,
      ok: done.step?.ok ?? true,
      ms: performance.now() - start,
      pods: news,
      notReady: seen.notReady,
      podCount: lab.pods.length,
      endpoints: Object.fromEntries(changed.map(service => [service, endpoints[service] ?? []])),
    }
    if (!work && JSON.stringify(seen) !== JSON.stringify(before)) folder.writeCondition(seen)
    return { ...report, ...done }
  })
}

const nothingDone: Pick<SyncReport, 'rules' | 'flushed' | 'step'> = { rules: noRulesChange, flushed: [] }

/** kube-proxy's part. */
async function syncRules(
  { folder, sandbox }: LivingLab,
  before: LabInCondition,
  after: LabInCondition,
  signal: AbortSignal | undefined,
): Promise<typeof nothingDone> {
  // Somebody may have ended it, or a pod may have another network namespace.
  if (balancesSockets(after.lab)) await openSocketLb(sandbox, after.lab)
  const rules = rulesChange(
    before,
    after,
    await kernelRules(sandbox, before.lab, proxiersOf(after.lab)),
    before.condition.fullSync,
  )
  if (rules.how === 'none' && rules.flushes.length === 0) {
    folder.writeCondition(after.condition)
    return nothingDone
  }
  folder.writeCondition({ ...before.condition, fullSync: true })
  const stage = rulesStage(rules, before, after)
  const { steps, flushed } = await carryOutStages(sandbox, [stage], { tell: () => {}, signal })
  const step = steps[0]!
  if (step.failure !== undefined) return { rules, flushed, step }
  folder.countRules(rules.more)
  folder.writeCondition(stage.leaves.condition)
  return { rules, flushed, step }
}

interface KubeletSays {
  states: Condition['probes']
  /** `pod/container` → what the last probe that failed saw. */
  why: ReadonlyMap<string, string>
}

/** `pod/container` → how often it was started again. */
function restartsOf(pods: readonly PodState[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    pods.flatMap(({ pod, containers }) =>
      containers.map(({ name, restarts }) => [`${pod}/${name}`, restarts] as const),
    ),
  )
}

/** Probes the containers of pods that run. */
async function askKubelet(
  sandbox: Sandbox,
  lab: Lab,
  before: Condition,
  idle: ReadonlyMap<string, string>,
  restarts: Readonly<Record<string, number>>,
  { due }: SyncOptions,
): Promise<KubeletSays> {
  const containers = probedContainers(lab)
  // A container that has ended starts anew, and a new one is not ready before its first success.
  const isAnew = (key: string) => (own(restarts, key) ?? 0) !== (own(before.restarts ?? {}, key) ?? 0)
  const states = new Map<string, ProbeState>(
    containers.map(({ key, pod }) => [
      key,
      idle.has(pod) || isAnew(key)
        ? { ready: false, against: 0 }
        : (before.probes[key] ?? { ready: true, against: 0 }),
    ]),
  )
  const why = new Map<string, string>()
  let asked = containers.filter(container => !idle.has(container.pod) && (due?.(container) ?? true))
  while (asked.length > 0) {
    for (const { key, ok, why: words } of await probeOnce(sandbox, asked)) {
      const probe = containers.find(container => container.key === key)!.probe
      states.set(key, afterProbe(states.get(key)!, ok, probe))
      if (!ok) why.set(key, words)
    }
    asked = due === undefined ? asked.filter(({ key }) => states.get(key)!.against > 0) : []
  }
  return { states: Object.fromEntries(states), why }
}

/** The pods that are not ready, with why: a program that does not run, or a probe. */
function notReadyPods(
  lab: Lab,
  before: Condition,
  idle: ReadonlyMap<string, string>,
  { states, why }: KubeletSays,
): Map<string, string> {
  const found = new Map<string, string>()
  for (const { key, pod } of probedContainers(lab)) {
    if (states[key]?.ready === false)
      found.set(pod, why.get(key) ?? own(before.notReady, pod) ?? 'its probe fails')
  }
  for (const [pod, why] of idle) {
    const how = own(before.ended, pod)
    found.set(pod, how === undefined ? why : `it was ${how}`)
  }
  return found
}

function newsOf(
  pod: string,
  before: Readonly<Record<string, string>>,
  now: ReadonlyMap<string, string>,
): SyncReport['pods'] {
  const why = now.get(pod)
  if ((why === undefined) === !Object.hasOwn(before, pod)) return []
  return [{ pod, ready: why === undefined, why: why ?? '' }]
}
