import { namespacedName } from '../lab/kubernetes.ts'
import { type Check, host, type Lab, type Pod } from '../lab/lab.ts'
import { changedEndpoints, type Standing } from './apply-endpoints.ts'
import { type KernelRules, kernelAfter } from './apply-kernel.ts'
import { type RulesChange, rulesChange } from './apply-rules.ts'
import { topologyChecks } from './checks.ts'
import type { LabDifference } from './difference.ts'
import type { EndpointsByService } from './kube-proxy.ts'
import { serviceTargets } from './kube-proxy.ts'
import type { Command, Step } from './plan.ts'
import { hostsFile, resolvConf } from './pod-files.ts'
import { cableCommands, podCommands, podPrograms } from './topology.ts'

/** A part of an `apply`, after which the lab stands in a state that is known. */
export interface ApplyStage {
  step: Step
  /** Pods whose programs are ended before the commands run. */
  ends: readonly string[]
  /** Pods that the commands make or take away: half-made if they fail. */
  touches: readonly string[]
  rules?: RulesChange
  /** What stands afterwards. */
  leaves: Standing
}

/** What of the sandbox decides which commands are needed. */
export interface KernelFacts {
  rules: KernelRules
  /** Network namespaces that `ip netns` knows. */
  namespaces: ReadonlySet<string>
  /** Interfaces of the host. */
  links: ReadonlySet<string>
}

export interface ApplyOptions {
  kernel: KernelFacts
  /** Pods of an `apply` that failed: what is left of them goes first. */
  unfinished: readonly Pod[]
  /** Every rule is written anew. */
  fullSync: boolean
}

/**
 * The stages that bring a lab from one state to another, so that nobody is sent to a pod that is not there: new pods first,
 * then the rules, then the pods that go. A pod that is replaced is out of the rules in between.
 */
export function applyStages(
  before: Standing,
  after: Standing,
  difference: LabDifference,
  options: ApplyOptions,
): ApplyStage[] {
  const { added, removed, replaced } = difference
  const { kernel, unfinished } = options
  const gone = [...removed, ...before.lab.pods.filter(pod => replaced.some(({ name }) => name === pod.name))]
  const stages: ApplyStage[] = []
  let standing = before
  const push = (stage: ApplyStage) => {
    standing = stage.leaves
    const { step, ends } = stage
    if (step.actions.length > 0 || ends.length > 0 || stage.rules?.flushes.length) stages.push(stage)
  }
  push(removeStage(before, unfinished, kernel, 'Sweep what a broken-off apply left'))
  const goneNames = new Set(gone.map(({ name }) => name))
  const arrived = [...before.lab.pods, ...added]
  push(addStage(before, after.lab, added, { ...before.lab, pods: arrived }))
  const between: Standing =
    replaced.length === 0 ? after : { lab: after.lab, endpoints: without(after.endpoints, goneNames) }
  const merged = mergedPods(arrived, after.lab.pods, goneNames)
  const first = rulesChange(standing, between, kernel.rules, options.fullSync)
  push(rulesStage(first, standing, { lab: { ...between.lab, pods: merged }, endpoints: between.endpoints }))
  push(removeStage(standing, gone, kernel))
  if (replaced.length > 0) {
    push(addStage(standing, after.lab, replaced, after.lab))
    push(
      rulesStage(rulesChange({ ...standing, lab: after.lab }, after, kernelAfter(standing)), standing, after),
    )
  }
  return stages
}

/** A sync of kube-proxy's rules alone. */
export function rulesStage(rules: RulesChange, before: Standing, after: Standing): ApplyStage {
  const changed = new Set([...rules.services, ...changedEndpoints(before.endpoints, after.endpoints)])
  return {
    step: {
      title: syncTitle(rules),
      why:
        'kube-proxy brings its rules to the new state in one iptables-restore. A connection that is open keeps the endpoint ' +
        'that conntrack remembers: the rules are asked for new connections only.',
      from: 'topology',
      actions: rules.commands.map(action),
      checks: rules.how === 'none' ? [] : serviceChecks(after, changed),
    },
    ends: [],
    touches: [],
    rules,
    leaves: after,
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

function addStage(before: Standing, lab: Lab, added: readonly Pod[], leaves: Lab): ApplyStage {
  const old = new Map(before.lab.pods.map(pod => [pod.name, pod]))
  const fresh = new Set(added.map(({ name }) => name))
  const here = lab.pods.filter(pod => old.has(pod.name) || fresh.has(pod.name))
  const commands = [
    ...added.map(pod => onHost(['ip', 'netns', 'add', pod.name])),
    ...added.flatMap(pod => cableCommands(pod, lab)),
    ...added.flatMap(podCommands),
    ...nameFiles(before.lab, lab, here, fresh),
    ...labFiles(before.lab, lab),
    ...added.flatMap(podPrograms),
  ]
  const names = added.map(({ name }) => name)
  return {
    step: {
      title: added.length > 0 ? `Add ${listed(names)}` : 'Names and files',
      why:
        added.length > 0
          ? 'A new pod must answer before kube-proxy sends anybody to it.'
          : 'The pods know each other and the services by their hosts files.',
      from: 'topology',
      actions: commands.map(action),
      checks: added.length > 0 ? topologyChecks('servers', { ...lab, pods: [...added] }) : [],
    },
    ends: [],
    touches: names,
    leaves: { lab: leaves, endpoints: before.endpoints },
  }
}

function removeStage(
  before: Standing,
  gone: readonly Pod[],
  { namespaces, links }: KernelFacts,
  title?: string,
): ApplyStage {
  const names = gone.map(({ name }) => name)
  const there = names.filter(name => namespaces.has(name))
  const commands = [
    ...gone
      .filter(({ veth }) => links.has(veth))
      .map(({ veth }) => onHost(['ip', 'link', 'delete', 'dev', veth])),
    ...there.map(name => onHost(['ip', 'netns', 'delete', name])),
    ...(gone.length === 0 ? [] : [onHost(['rm', '-r', '-f', ...names.map(name => `/etc/netns/${name}`)])]),
  ]
  return {
    step: {
      title: title ?? `Remove ${listed(names)}`,
      why: 'Its endpoint is out of the rules, so that nobody new comes; now the pod itself can go.',
      from: 'topology',
      actions: commands.map(action),
      checks: [],
    },
    ends: there,
    touches: names,
    leaves: {
      lab: { ...before.lab, pods: before.lab.pods.filter(({ name }) => !names.includes(name)) },
      endpoints: before.endpoints,
    },
  }
}

/** The hosts files of all pods where a name has changed, and the resolv.conf files that are new or other. */
function nameFiles(before: Lab, lab: Lab, pods: readonly Pod[], fresh: ReadonlySet<string>): Command[] {
  const folder = (pod: Pod) => `/etc/netns/${pod.name}`
  const hosts = hostsFile(lab)
  const asking = pods.filter(pod => {
    const was = before.pods.find(({ name }) => name === pod.name)
    return fresh.has(pod.name)
      ? pod.nameservers.length > 0
      : was?.nameservers.join(' ') !== pod.nameservers.join(' ')
  })
  const toTell = hosts === hostsFile(before) ? pods.filter(pod => fresh.has(pod.name)) : pods
  return [
    ...(fresh.size === 0
      ? []
      : [onHost(['mkdir', '-p', ...pods.filter(pod => fresh.has(pod.name)).map(folder)])]),
    ...(toTell.length === 0
      ? []
      : [{ ...onHost(['tee', ...toTell.map(pod => `${folder(pod)}/hosts`)]), input: hosts }]),
    ...asking.map(pod => {
      const file = `${folder(pod)}/resolv.conf`
      return pod.nameservers.length === 0
        ? onHost(['rm', '-f', file])
        : { ...onHost(['tee', file]), input: resolvConf(pod.nameservers) }
    }),
  ]
}

function labFiles(before: Lab, lab: Lab): Command[] {
  const written = Object.entries(lab.files).filter(([path, text]) => before.files[path] !== text)
  const unneeded = Object.keys(before.files).filter(path => !(path in lab.files))
  return [
    ...written.map(([path, input]) => ({ ...onHost(['tee', path]), input })),
    ...(unneeded.length === 0 ? [] : [onHost(['rm', '-f', ...unneeded])]),
  ]
}

/** From the host: each changed service answers with an endpoint of its own, or refuses where it has none. */
function serviceChecks({ lab, endpoints }: Standing, changed: ReadonlySet<string>): Check[] {
  const own = new Set(
    lab.pods.filter(pod => pod.containers.some(({ serve }) => serve.length > 0)).map(({ name }) => name),
  )
  return serviceTargets(lab, endpoints)
    .filter(target => target.protocol === 'TCP' && changed.has(target.service))
    .filter(target => {
      const service = lab.services.find(each => namespacedName(each) === target.service)
      // Whether a node without endpoints of its own answers is another question than whether the sync worked.
      return service?.internalTrafficPolicy === 'Cluster' && target.endpoints.every(({ pod }) => own.has(pod))
    })
    .map(target => ({
      kind: 'curl',
      url: `${target.clusterIP}:${target.port}`,
      from: host,
      expect:
        target.endpoints.length === 0
          ? [{ kind: 'fails', how: ['refused'] }]
          : [{ kind: 'answers', backends: target.endpoints.map(({ pod }) => pod) }],
      within: 5,
      once: false,
    }))
}

/** Pods as they are to be, and those that go as they were. */
function mergedPods(before: readonly Pod[], after: readonly Pod[], gone: ReadonlySet<string>): Pod[] {
  const now = new Map(after.map(pod => [pod.name, pod]))
  return before.map(pod => (gone.has(pod.name) ? pod : (now.get(pod.name) ?? pod)))
}

function without(endpoints: EndpointsByService, gone: ReadonlySet<string>): EndpointsByService {
  return Object.fromEntries(
    Object.entries(endpoints).map(([service, pods]) => [service, pods.filter(pod => !gone.has(pod))]),
  )
}

function action(command: Command): Step['actions'][number] {
  return { command, undo: [] }
}

function onHost(argv: readonly string[]): Command {
  return { argv, in: host }
}

function listed(names: readonly string[]): string {
  return names.length > 4 ? `${names.length} pods` : names.join(', ')
}
