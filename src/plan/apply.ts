import type { Command, Place } from '../command/command.ts'
import { type NodeView, type RulesChange, together } from '../dataplane/dataplane.ts'
import { modeChange } from '../dataplane/mode-change.ts'
import { dataplaneOf } from '../dataplane/modes.ts'
import { joinHostPort } from '../model/address.ts'
import type { EndpointsByService } from '../model/condition.ts'
import { addressesOf, hasAddress } from '../model/families.ts'
import { namespacedName } from '../model/kubernetes.ts'
import type { Check, Lab, Pod } from '../model/lab.ts'
import { type Proxier, proxierName, proxiersOf, proxyNodes } from '../model/places.ts'
import { vethOf } from '../model/pod-link.ts'
import { changedEndpoints, proxyView } from './apply-endpoints.ts'
import { joinStage, leaveStage, restartMachinesStage, sweepMachinesStage } from './apply-machines.ts'
import { addStage, mergedPods, removeStage, restartStage } from './apply-pods.ts'
import { type ApplyStage, action, type KernelFacts, type KernelRules } from './apply-stage.ts'
import { mappedPorts } from './cni.ts'
import type { LabDifference } from './difference.ts'
import { type LabInCondition, labIn } from './lab-in-condition.ts'
import { pinStage, unpinStage } from './pinning.ts'

/**
 * The stages that bring a lab from one state to another, so that nobody is sent to a pod that is not there: new pods first,
 * then the rules, then the pods that go. A pod that comes anew is out of the rules in between. What is left of the pods of an
 * apply that failed goes before all.
 */
export function applyStages(
  before: LabInCondition,
  after: LabInCondition,
  difference: LabDifference,
  kernel: KernelFacts,
): ApplyStage[] {
  const { endpoints, unfinished, halfMade, fullSync, brokenOff } = before.condition
  const { restarted } = difference
  const isNamed = (pods: readonly Pod[]) => (pod: Pod) => pods.some(({ name }) => name === pod.name)
  const gone = [...difference.removed, ...before.lab.pods.filter(isNamed(difference.replaced))]
  const staying = before.lab.pods.filter(pod => !isNamed(gone)(pod))
  const late = difference.added.filter(pod => gone.some(other => meet(other, pod)))
  const early = difference.added.filter(pod => !late.includes(pod))
  const anew = [...difference.replaced, ...late]
  const absent = new Set([...gone, ...late, ...restarted].map(({ name }) => name))
  const waits = anew.length > 0 || restarted.length > 0

  const adding = { kernel, anew: brokenOff }
  // Until its last stage is done an apply has not come to its end.
  const onTheWay = { ...after.condition, brokenOff: true }
  const stages: ApplyStage[] = []
  let standing = labIn({ ...onTheWay, endpoints, fullSync }, before.lab)
  const push = (stage: ApplyStage) => {
    standing = stage.leaves
    const { step, ends, rules } = stage
    if (step.actions.length > 0 || ends.length > 0 || (rules?.flushes.length ?? 0) > 0) stages.push(stage)
  }
  push(removeStage(standing, after.lab, unfinished, kernel, 'Sweep what a broken-off apply left'))
  if (halfMade !== undefined) push(sweepMachinesStage(standing, halfMade, kernel))
  push(pinStage(standing, after.lab, kernel, brokenOff))
  push(joinStage(standing, after.lab, difference.machines, kernel))
  push(addStage(standing, after.lab, early, [...before.lab.pods, ...early], adding))
  const between = waits ? without(after.condition.endpoints, absent) : after.condition.endpoints
  const merged = mergedPods(standing.lab.pods, after.lab.pods, absent)
  const now = labIn(
    { ...onTheWay, endpoints: between },
    { ...standing.lab, ...kubernetesOf(after.lab), pods: merged },
  )
  const fresh = new Set(difference.machines.nodesAdded.map(({ name }) => name))
  const rules = knownRules(dataplaneOf(before.lab.proxy).readBack(), now.lab, proxier =>
    fresh.has(proxier.node) ? undefined : kernel.rules.get(proxierName(proxier)),
  )
  const isOther = before.lab.proxy.mode !== now.lab.proxy.mode
  const ofMode = isOther ? knownRules(dataplaneOf(now.lab.proxy).readBack(), now.lab) : rules
  push(rulesStage(rulesChange(standing, now, rules, fullSync, fresh), standing, now))
  push(removeStage(standing, after.lab, gone, kernel))
  push(leaveStage(standing, after.lab, difference.machines, kernel))
  push(unpinStage(standing, after.lab, staying, kernel, brokenOff))
  push(restartMachinesStage(standing, after.lab, difference.machines))
  push(restartStage(standing, restarted))
  if (anew.length > 0) push(addStage(standing, after.lab, anew, after.lab.pods, { kernel, anew: false }))
  if (waits)
    push(
      rulesStage(
        rulesChange(labIn(standing.condition, after.lab), after, syncedRules(standing, ofMode)),
        standing,
        after,
      ),
    )
  return stages
}

/** What the kernels of a lab's nodes have of kube-proxy's; `none` where nothing is known. */
function knownRules(
  none: unknown,
  lab: Lab,
  known: (proxier: Proxier) => unknown = () => undefined,
): KernelRules {
  return new Map(proxiersOf(lab).map(proxier => [proxierName(proxier), known(proxier) ?? none]))
}

/** Two pods with one address, one interface or one port of their node must not be there at once. */
function meet(one: Pod, other: Pod): boolean {
  if (addressesOf(one).some(({ address }) => hasAddress(other, address))) return true
  if (one.node !== other.node) return false
  const taken = new Set(mappedPorts(one).map(({ hostPort, protocol }) => `${hostPort}/${protocol}`))
  return (
    (vethOf(one) !== undefined && vethOf(one) === vethOf(other)) ||
    mappedPorts(other).some(({ hostPort, protocol }) => taken.has(`${hostPort}/${protocol}`))
  )
}

/**
 * The change of the rules from one state to another, as kube-proxy makes it. `kernel` is what the mode of before has made of them; `full`
 * writes every rule, `fresh` are nodes that have none yet.
 */
export function rulesChange(
  before: LabInCondition,
  after: LabInCondition,
  kernel: KernelRules,
  full: boolean = false,
  fresh: ReadonlySet<Place> = new Set(),
): RulesChange {
  const dataplane = dataplaneOf(after.lab.proxy)
  return proxiersOf(after.lab)
    .map(proxier => {
      const { node } = proxier
      const was = fresh.has(node) ? undefined : proxyView(before, proxier)
      const now = proxyView(after, proxier)
      const known = kernel.get(proxierName(proxier))
      const change =
        before.lab.proxy.mode === after.lab.proxy.mode
          ? dataplane.sync(was, now, known, full)
          : otherMode(before.lab, was, after.lab, now, known)
      // The kernel's settings that kube-proxy makes as it starts.
      const isFirst = change.how === 'first' || change.flushed
      const first = isFirst && now !== undefined ? dataplane.prepare(now) : []
      return onNode(node, {
        ...change,
        commands: [...first.map(({ argv }) => ({ argv, in: node })), ...change.commands],
      })
    })
    .reduce(together)
}

/**
 * Another mode: its rules are made, and those of the old one taken away. A kube-proxy that starts anew would lose connections: it takes
 * away first (`Options.Run`), and makes its rules when it has heard of all services.
 */
function otherMode(
  before: Lab,
  was: NodeView | undefined,
  after: Lab,
  now: NodeView | undefined,
  kernel: unknown,
): RulesChange {
  const [old, other] = [dataplaneOf(before.proxy), dataplaneOf(after.proxy)]
  const made = other.sync(undefined, now, other.readBack(), true)
  const gone = old.sync(was, undefined, kernel, true)
  const commands = modeChange(
    { mode: old, commands: gone.commands },
    { mode: other, commands: made.commands },
  )
  return { ...together(gone, made), commands, how: made.how, flushes: [], stale: [] }
}

/** What a lab has beside its machines, their links and pods. */
function kubernetesOf({
  networks: _n,
  nodes: _d,
  machines: _m,
  bridges: _b,
  overlay: _o,
  pods: _p,
  ...rest
}: Lab) {
  return rest
}

function onNode(node: Place, change: RulesChange): RulesChange {
  const placed = (commands: readonly Command[]) => commands.map(command => ({ ...command, in: node }))
  return { ...change, commands: placed(change.commands), flushes: placed(change.flushes) }
}

/** What the kernels hold once a lab's rules are synced. */
function syncedRules(lab: LabInCondition, kernel: KernelRules): KernelRules {
  const dataplane = dataplaneOf(lab.lab.proxy)
  return new Map(
    proxiersOf(lab.lab).map(proxier => {
      const name = proxierName(proxier)
      return [name, dataplane.synced(proxyView(lab, proxier), kernel.get(name))]
    }),
  )
}

/** A sync of kube-proxy's rules alone. */
export function rulesStage(rules: RulesChange, before: LabInCondition, after: LabInCondition): ApplyStage {
  const changed = new Set([
    ...rules.services,
    ...changedEndpoints(before.condition.endpoints, after.condition.endpoints),
  ])
  const { loader, serves } = dataplaneOf(after.lab.proxy)
  return {
    step: {
      title: syncTitle(rules),
      why:
        `kube-proxy brings its rules to the new state in ${loader}. A connection that is open keeps the endpoint ` +
        `that ${serves === 'packets' ? 'conntrack remembers' : 'it was made to, or where a rule has sent it on, that conntrack remembers'}: new connections alone ask.`,
      from: 'topology',
      actions: rules.commands.map(action),
      checks: rules.how === 'none' ? [] : serviceChecks(after, changed),
    },
    ends: [],
    touches: [],
    rules,
    leaves: labIn({ ...after.condition, fullSync: false }, after.lab),
  }
}

function syncTitle({ how, rules }: RulesChange): string {
  const count = `${rules} rule${rules === 1 ? '' : 's'}`
  switch (how) {
    case 'first':
      return `kube-proxy's first sync: ${count}`
    case 'last':
      return `kube-proxy's rules go: ${count}`
    case 'full':
      return "kube-proxy's full sync"
    default:
      return `kube-proxy's partial sync: ${count} changed`
  }
}

/** From each node: each changed service answers with an endpoint of its own, or refuses where it has none. */
function serviceChecks({ lab, services }: LabInCondition, changed: ReadonlySet<string>): Check[] {
  const own = new Set(
    lab.pods.filter(pod => pod.containers.some(({ serve }) => serve.length > 0)).map(({ name }) => name),
  )
  return services
    .filter(target => target.protocol === 'TCP' && changed.has(target.service))
    .filter(target => {
      const service = lab.services.find(each => namespacedName(each) === target.service)
      // Whether a node without endpoints of its own answers is another question than whether the sync worked.
      return service?.internalTrafficPolicy === 'Cluster' && target.endpoints.every(({ pod }) => own.has(pod))
    })
    .flatMap(target => proxyNodes(lab).map(from => ({ target, from })))
    .map(({ target, from }) => ({
      kind: 'curl',
      url: joinHostPort(target.clusterIP, target.port),
      from,
      expect:
        target.endpoints.length === 0
          ? [{ kind: 'fails', how: ['refused'] }]
          : [{ kind: 'answers', backends: target.endpoints.map(({ pod }) => pod) }],
      within: 5,
      once: false,
    }))
}

function without(endpoints: EndpointsByService, gone: ReadonlySet<string>): EndpointsByService {
  return Object.fromEntries(
    Object.entries(endpoints).map(([service, pods]) => [service, pods.filter(pod => !gone.has(pod))]),
  )
}
