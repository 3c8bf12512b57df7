import { addressAt, addressRange } from '../allocation/ranges.ts'
import {
  type KubernetesObjects,
  type ManifestPod,
  namespacedName,
  type Workload,
} from '../model/kubernetes.ts'
import { workloadsToStart } from './owned.ts'

/** A node on which pods are started. */
export interface ClusterNode {
  name: string
  /** Where its pods get their addresses: a network of each family. */
  podNetworks: readonly string[]
  /** Its own addresses, which pods of its network have; none: not known. */
  addresses: readonly string[]
}

export interface StartOptions {
  nodes: readonly ClusterNode[]
  /** No workload makes more pods than these; left out: as many as it says. */
  mostReplicas?: number
}

/**
 * Plays controllers, scheduler and network plugin: workloads make their pods, and pods that nobody has started come to live on a node and
 * get the next free addresses of its networks, one of each. The order of input does not matter.
 */
export function startPods(
  { pods, workloads }: Pick<KubernetesObjects, 'pods' | 'workloads'>,
  { nodes, mostReplicas = Number.POSITIVE_INFINITY }: StartOptions,
): ManifestPod[] {
  const there = new Set(pods.map(namespacedName))
  const toStart = byName(workloadsToStart({ pods, workloads }))
  const ordinals = toStart.flatMap(workload =>
    ordinalNames(workload, mostReplicas).map(name => namespacedName({ ...workload, name })),
  )
  const making = { nodes, most: mostReplicas, there, taken: new Set([...there, ...ordinals]) }
  const made = toStart.flatMap(workload => podsOf(workload, making))
  const placed = schedule([...byName(pods), ...made], nodes)
  const taken = new Set(placed.flatMap(pod => pod.addresses))
  // Nodes may share a network: each of its addresses is given once.
  const byNetwork = new Map<string, Generator<string>>()
  const sourceOf = (network: string) => {
    const source = byNetwork.get(network) ?? freeAddresses(network, taken)
    byNetwork.set(network, source)
    return source
  }
  const sources = new Map(nodes.map(({ name, podNetworks }) => [name, podNetworks.map(sourceOf)]))
  return placed.map(pod => {
    if (!isToStart(pod)) return pod
    const node = nodes.find(({ name }) => name === pod.nodeName) ?? nodes[0]
    if (pod.hostNetwork && node !== undefined && node.addresses.length > 0)
      return { ...pod, addresses: node.addresses }
    return {
      ...pod,
      addresses: (sources.get(node?.name ?? '') ?? []).flatMap(source => source.next().value ?? []),
    }
  })
}

/** One that a kubelet has told of has the addresses that it has. */
function isToStart({ ended, addresses, isKnown }: ManifestPod): boolean {
  return !ended && !isKnown && addresses.length === 0
}

/** Gives each pod that is to start a node, if it names none: the one with the fewest pods like it, and then of all. */
function schedule(pods: readonly ManifestPod[], nodes: readonly ClusterNode[]): ManifestPod[] {
  const counts = new Map<string, number>()
  const count = (key: string) => counts.get(key) ?? 0
  const isNode = new Set(nodes.map(({ name }) => name))
  return pods.map(pod => {
    if (!isToStart(pod) && pod.nodeName !== undefined && !isNode.has(pod.nodeName)) return pod
    const like = `${pod.namespace} ${pod.owner?.kind} ${pod.owner?.name}`
    const [first, ...others] = nodes
    let chosen = first?.name
    for (const { name } of others) {
      const load = (node = '') => count(`${node} ${like}`) * 10_000 + count(node)
      if (load(name) < load(chosen)) chosen = name
    }
    const nodeName = pod.nodeName ?? (isToStart(pod) ? chosen : undefined)
    if (nodeName === undefined) return pod
    counts.set(`${nodeName} ${like}`, count(`${nodeName} ${like}`) + 1)
    counts.set(nodeName, count(nodeName) + 1)
    return { ...pod, nodeName }
  })
}

interface Making {
  nodes: readonly ClusterNode[]
  most: number
  /** Names of pods that nobody has to make. */
  there: ReadonlySet<string>
  /** These, and all that have been given. */
  taken: Set<string>
}

function podsOf(workload: Workload, making: Making): ManifestPod[] {
  const { kind, namespace, name, template } = workload
  const isDaemon = kind === 'DaemonSet'
  const isStateful = kind === 'StatefulSet'
  const names = isStateful
    ? ordinalNames(workload, making.most).filter(each => !making.there.has(`${namespace}/${each}`))
    : freeNames(workload, making)
  return names.map((podName, index): ManifestPod => {
    const node = isDaemon ? making.nodes[index]?.name : undefined
    return {
      ...template,
      namespace,
      name: podName,
      ...(isStateful ? { hostname: podName } : {}),
      ...(node === undefined ? {} : { nodeName: node }),
      owner: { kind, name },
      addresses: [],
      ports: template.containers.flatMap(({ ports }) => ports),
      ready: true,
      terminating: false,
      isKnown: false,
    }
  })
}

/** What the pods of a StatefulSet are called, which leaves them no choice; none of another workload. */
function ordinalNames({ kind, name, replicas, firstOrdinal }: Workload, most: number): string[] {
  const length = kind === 'StatefulSet' ? Math.min(replicas, most) : 0
  return Array.from({ length }, (_, index) => `${name}-${firstOrdinal + index}`)
}

/** Names for the pods of a workload that may call them as it likes. */
function freeNames({ kind, namespace, name, replicas }: Workload, { nodes, most, taken }: Making): string[] {
  const length = kind === 'DaemonSet' ? nodes.length : Math.min(replicas, most)
  let number = 1
  return Array.from({ length }, () => {
    while (taken.has(`${namespace}/${name}-${number}`)) number += 1
    taken.add(`${namespace}/${name}-${number}`)
    return `${name}-${number}`
  })
}

/** From the second address on: the first is the gateway's. */
function* freeAddresses(network: string, taken: ReadonlySet<string>): Generator<string> {
  const { size } = addressRange(network)
  for (let index = 1; index < size; index++) {
    const address = addressAt(network, index)
    if (!taken.has(address)) yield address
  }
}

/** By name, and of one name by kind, so that the order of input decides nothing. */
function byName<T extends { namespace: string; name: string; kind?: string }>(objects: readonly T[]): T[] {
  const key = (object: T) => `${namespacedName(object)} ${object.kind ?? ''}`
  return objects.toSorted((one, other) => (key(one) < key(other) ? -1 : 1))
}
