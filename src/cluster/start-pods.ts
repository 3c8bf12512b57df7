import { Address4, Address6 } from 'ip-address'
import { familyOf } from '../model/address.ts'
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
  const names = new Set(pods.map(namespacedName))
  const made = byName(workloadsToStart({ pods, workloads })).flatMap(workload =>
    podsOf(workload, { nodes, most: mostReplicas, names }),
  )
  const placed = schedule([...byName(pods), ...made], nodes)
  const taken = new Set(placed.flatMap(pod => pod.addresses))
  const sources = new Map(
    nodes.map(({ name, podNetworks }) => [name, podNetworks.map(network => freeAddresses(network, taken))]),
  )
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
  /** Names that are taken. */
  names: Set<string>
}

function podsOf(workload: Workload, { nodes, most, names }: Making): ManifestPod[] {
  const { kind, namespace, name, template } = workload
  const isDaemon = kind === 'DaemonSet'
  const length = isDaemon ? nodes.length : Math.min(workload.replicas, most)
  const isStateful = kind === 'StatefulSet'
  let number = isStateful ? workload.firstOrdinal : 1
  return Array.from({ length }, (_, index): ManifestPod => {
    // A StatefulSet's pods are called by their ordinals, others as they like.
    while (!isStateful && names.has(`${namespace}/${name}-${number}`)) number += 1
    const podName = `${name}-${number}`
    number += 1
    names.add(`${namespace}/${podName}`)
    const node = isDaemon ? nodes[index]?.name : undefined
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

/** From the second address on: the first is the gateway's. */
function* freeAddresses(network: string, taken: ReadonlySet<string>): Generator<string> {
  const isIPv6 = familyOf(network) === 'ipv6'
  const range = isIPv6 ? new Address6(network) : new Address4(network)
  const last = range.endAddress().bigInt()
  for (let at = range.startAddress().bigInt() + 2n; at < last; at++) {
    const address = (isIPv6 ? Address6.fromBigInt(at) : Address4.fromBigInt(at)).correctForm()
    if (!taken.has(address)) yield address
  }
}

function byName<T extends { namespace: string; name: string }>(objects: readonly T[]): T[] {
  return objects.toSorted((one, other) => (namespacedName(one) < namespacedName(other) ? -1 : 1))
}
