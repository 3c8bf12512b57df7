import { host, type Place } from '../command/command.ts'
import { addressesOf, gatewaysOf } from '../model/families.ts'
import { namespacedName } from '../model/kubernetes.ts'
import type { Bridge, Lab, LabService, Pod, PodLink } from '../model/lab.ts'
import { bridgeOf, vethOf } from '../model/pod-link.ts'
import { arrow, type Change, change, programsOf, programWords, same } from './change.ts'
import { mappedPorts } from './cni.ts'
import type { LabInCondition } from './lab-in-condition.ts'
import { type MachinesDifference, machinesDifference } from './machines-difference.ts'
import { commandsOf } from './task-steps.ts'

/** What lies between the pods of a lab as it runs and those of the lab that it is to be. */
export interface PodsDifference {
  changes: readonly Change[]
  added: readonly Pod[]
  removed: readonly Pod[]
  /** As they are to be. */
  replaced: readonly Pod[]
  /** As they are to be; those that are replaced are not among them. */
  restarted: readonly Pod[]
}

/** What lies between a lab as it runs and the lab that it is to be. */
export interface LabDifference extends PodsDifference {
  machines: MachinesDifference
  /** What a running lab cannot be given, in words. */
  impossible: readonly string[]
}

/** Compares the pods of a lab as it runs with those of the lab that it is to be. */
export function podsDifference(before: readonly Pod[], after: readonly Pod[]): PodsDifference {
  const old = byName(before)
  const now = byName(after)
  const added = after.filter(pod => !old.has(pod.name))
  const removed = before.filter(pod => !now.has(pod.name))
  const kept = after.flatMap(pod => {
    const was = old.get(pod.name)
    if (was === undefined) return []
    const details = [...otherPlace(was, pod), ...otherPrograms(was, pod), ...adjustments(was, pod)]
    if (details.length === 0) return []
    const how =
      otherPlace(was, pod).length > 0
        ? ('replaced' as const)
        : otherPrograms(was, pod).length > 0
          ? ('restarted' as const)
          : ('changed' as const)
    return [{ pod, how, details }]
  })
  const changes: Change[] = [
    ...added.map(pod => change('pod', pod.name, 'added', podWords(pod))),
    ...removed.map(pod => change('pod', pod.name, 'removed', [])),
    ...kept.map(({ pod, how, details }) => change('pod', pod.name, how, details)),
  ]
  return {
    changes,
    added,
    removed,
    replaced: kept.filter(({ how }) => how === 'replaced').map(({ pod }) => pod),
    restarted: kept.filter(({ how }) => how === 'restarted').map(({ pod }) => pod),
  }
}

/** Compares a lab as it runs with the lab that it is to be, between whose pods lies what is known. */
export function labDifference(
  before: LabInCondition,
  after: LabInCondition,
  pods: PodsDifference,
): LabDifference {
  const machines = machinesDifference(before.lab, after.lab)
  return {
    ...pods,
    machines,
    changes: [
      ...machines.changes,
      ...pods.changes,
      ...serviceChanges(before, after),
      ...fileChanges(before.lab, after.lab),
      ...labChanges(before.lab, after.lab),
    ],
    impossible: [...impossible(before.lab, after.lab), ...machines.impossible],
  }
}

function podWords(pod: Pod): string[] {
  return [
    `${addressWords(pod)} ${linkWords(pod.link)}${pod.node === host ? '' : ` of ${pod.node}`}`,
    ...pod.containers.map(programWords).filter(words => words !== ''),
  ]
}

function addressWords(pod: Pod): string {
  return addressesOf(pod)
    .map(({ address, prefix }) => `${address}/${prefix}`)
    .join(' and ')
}

function linkWords(link: PodLink): string {
  switch (link.kind) {
    case 'bridge':
      return `on ${link.bridge}`
    case 'routed':
      return `behind ${link.veth}`
    case 'macvlan':
      return `beside ${link.parent}`
    case 'cni':
      return 'by CNI plugins'
  }
}

/** Why a pod's network namespace cannot stay as it is: another address is another pod. */
function otherPlace(was: Pod, pod: Pod): string[] {
  return [
    ...arrow('address', addressWords(was), addressWords(pod)),
    ...arrow('node', was.node, pod.node),
    ...arrow('bridge', bridgeOf(was) ?? '', bridgeOf(pod) ?? ''),
    ...arrow('gateway', gatewaysOf(was).join(' and '), gatewaysOf(pod).join(' and ')),
    ...arrow('veth', vethOf(was) ?? '', vethOf(pod) ?? ''),
    ...arrow('link', was.link.kind, pod.link.kind),
    ...arrow('macvlan', macvlanWords(was), macvlanWords(pod)),
    ...arrow('hardware address', was.lladdr ?? '', pod.lladdr ?? ''),
    ...arrow('neighbours', neighbourWords(was), neighbourWords(pod)),
    ...arrow('host ports', hostPortWords(was), hostPortWords(pod)),
  ]
}

function macvlanWords({ link }: Pod): string {
  return link.kind === 'macvlan' ? `of ${link.parent}, ${link.mode}` : ''
}

function neighbourWords({ neighbours }: Pod): string {
  return neighbours.map(({ address, lladdr }) => `${address} ${lladdr}`).join(', ')
}

function hostPortWords(pod: Pod): string {
  return mappedPorts(pod)
    .map(({ hostIP, hostPort, port, protocol }) =>
      [...(hostIP === undefined ? [] : [hostIP]), `${hostPort}:${port}/${protocol}`].join(':'),
    )
    .join(', ')
}

function otherPrograms(was: Pod, pod: Pod): string[] {
  const names = ({ containers }: Pod) => containers.map(({ name }) => name).join(', ')
  return [
    ...arrow('programs', programsOf(was), programsOf(pod)),
    ...arrow('containers', names(was), names(pod)),
    ...arrow('pause', pauseWords(was), pauseWords(pod)),
  ]
}

function pauseWords({ pause }: Pod): string {
  if (pause === undefined) return ''
  return `${pause.restartPolicy}, processes ${pause.shareProcessNamespace ? 'shared' : 'apart'}`
}

/** What about a pod changes while it runs on. */
function adjustments(was: Pod, pod: Pod): string[] {
  const ports = ({ containers }: Pod) =>
    containers
      .flatMap(each => each.ports)
      .filter(({ name }) => name !== '')
      .map(({ name, port, protocol }) => `${name} ${port}/${protocol}`)
      .join(', ')
  const probes = ({ containers }: Pod) => JSON.stringify(containers.map(each => each.readiness ?? null))
  return [
    ...arrow('labels', labelWords(was.labels), labelWords(pod.labels)),
    ...arrow('namespace', was.namespace, pod.namespace),
    ...arrow('name servers', was.nameservers.join(', '), pod.nameservers.join(', ')),
    ...arrow('named ports', ports(was), ports(pod)),
    ...(probes(was) === probes(pod) ? [] : ['another readiness probe']),
  ]
}

function labelWords(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ')
}

function serviceChanges(before: LabInCondition, after: LabInCondition): Change[] {
  const old = new Map(before.lab.services.map(service => [namespacedName(service), service]))
  const now = new Map(after.lab.services.map(service => [namespacedName(service), service]))
  const pods = ({ condition }: LabInCondition, name: string) => condition.endpoints[name]?.join(', ') ?? ''
  const added = [...now].filter(([name]) => !old.has(name))
  const removed = [...old].filter(([name]) => !now.has(name))
  const kept = [...now].flatMap(([name, service]) => {
    const was = old.get(name)
    if (was === undefined) return []
    const details = [
      ...serviceDetails(was, service),
      ...arrow('endpoints', pods(before, name), pods(after, name)),
    ]
    return details.length === 0 ? [] : [change('service', name, 'changed', details)]
  })
  return [
    ...added.map(([name, service]) =>
      change('service', name, 'added', [
        `${service.clusterIPs.join(', ') || service.type} ${portWords(service)}`,
        `endpoints ${pods(after, name) || 'none'}`,
      ]),
    ),
    ...removed.map(([name]) => change('service', name, 'removed', [])),
    ...kept,
  ]
}

function portWords({ ports }: LabService): string {
  return ports
    .map(({ name, port, protocol, targetPort, nodePort }) => {
      const label = name === '' ? '' : `${name} `
      const node = nodePort === undefined ? '' : `, node port ${nodePort}`
      return `${label}${port}/${protocol} to ${targetPort}${node}`
    })
    .join('; ')
}

/** Fields of a service that people have names for; any other is named as Kubernetes does. */
function serviceDetails(was: LabService, service: LabService): string[] {
  const told = [
    ...arrow('cluster IP', was.clusterIPs.join(', '), service.clusterIPs.join(', ')),
    ...arrow('ports', portWords(was), portWords(service)),
    ...arrow('selector', labelWords(was.selector ?? {}), labelWords(service.selector ?? {})),
  ]
  const known = new Set(['namespace', 'name', 'clusterIPs', 'ports', 'selector', 'pods'])
  const fields = new Set([...Object.keys(was), ...Object.keys(service)].filter(key => !known.has(key)))
  const text = (of: LabService, key: string) => {
    const value = of[key as keyof LabService]
    return value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
  return [...told, ...[...fields].flatMap(key => arrow(key, text(was, key), text(service, key)))]
}

function fileChanges(before: Lab, after: Lab): Change[] {
  const all = new Set([...Object.keys(before.files), ...Object.keys(after.files)])
  return [...all].flatMap(path => {
    const [was, now] = [before.files[path], after.files[path]]
    if (was === now) return []
    const how = was === undefined ? 'added' : now === undefined ? 'removed' : 'changed'
    return [change('file', path, how, how === 'changed' ? ['a program reads it when it starts again'] : [])]
  })
}

function labChanges(before: Lab, after: Lab): Change[] {
  const details = [
    ...(same(before.proxy, after.proxy) ? [] : ["kube-proxy's settings: every rule is written anew"]),
    ...(same(withoutCommands(before), withoutCommands(after)) ? [] : ["the steps' words or checks"]),
    ...(same(before.reach, after.reach) ? [] : ['who reaches whom']),
    ...arrow('title', before.title, after.title),
  ]
  return details.length === 0 ? [] : [change('lab', after.name, 'changed', details)]
}

/** What is left of the steps when their commands, and the lines that they stand in, are taken away. */
function withoutCommands({ steps }: Lab): unknown {
  return steps.map(({ title, why, check, because, question, task }) => {
    const { text, goal, hints } = task ?? {}
    return { title, why, check, because, question, text, goal, hints }
  })
}

function impossible(before: Lab, after: Lab): string[] {
  const commands = ({ steps }: Lab) => steps.flatMap(step => [...(step.cni ?? []), ...commandsOf(step)])
  return [
    ...(same(before.sysctls, after.sysctls) ? [] : ['sysctls: the kernel settings are made before all else']),
    ...(same(...bridgesThatStay(before, after))
      ? []
      : ['bridges: every pod is plugged into one and routes by it']),
    ...(same(before.outside, after.outside) ? [] : ["outside: the host's way out leads through it"]),
    ...(same(before.cni, after.cni) ? [] : ['cni: the pods are taken away by the plugins that made them']),
    ...(same(commands(before), commands(after))
      ? []
      : ['steps: what their commands did cannot be told from what they are to do now']),
  ]
}

/** The bridges of nodes that are there before and after; the host is. */
function bridgesThatStay(before: Lab, after: Lab): [readonly Bridge[], readonly Bridge[]] {
  const stays = (node: Place) =>
    node === host || [before, after].every(({ nodes }) => nodes.some(({ name }) => name === node))
  const [was, now] = [before, after].map(({ bridges }) => bridges.filter(({ node }) => stays(node)))
  // Nodes may be written in another order.
  const sorted = (bridges: readonly Bridge[] = []) =>
    bridges.toSorted((one, other) => one.node.localeCompare(other.node))
  return [sorted(was), sorted(now)]
}

function byName(pods: readonly Pod[]): ReadonlyMap<string, Pod> {
  return new Map(pods.map(pod => [pod.name, pod]))
}
