import { Address4, Address6 } from 'ip-address'
import { familyOf } from '../model/address.ts'
import type { Deployment, PodStatus } from '../model/kubernetes.ts'

/**
 * Plays scheduler and network plugin for pods that nobody has started: a deployment's pods, and pods without an
 * address, come to live on one node and get the next free addresses of its networks, one of each.
 */
export function startPods(
  pods: readonly PodStatus[],
  deployments: readonly Deployment[],
  node: { name: string; podNetworks: readonly string[] },
): PodStatus[] {
  const taken = new Set(pods.flatMap(pod => pod.addresses))
  const sources = node.podNetworks.map(network => freeAddresses(network, taken))
  const started = (pod: PodStatus): PodStatus => {
    if (pod.ended || pod.addresses.length > 0) return pod
    const addresses = sources.flatMap(source => source.next().value ?? [])
    return { ...pod, addresses, nodeName: pod.nodeName ?? node.name }
  }
  const inOrder = deployments.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  return [...pods.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)), ...inOrder.flatMap(podsOf)].map(started)
}

function podsOf({ namespace, name, replicas, labels, ports }: Deployment): PodStatus[] {
  return Array.from({ length: replicas }, (_, index) => ({
    namespace,
    name: `${name}-${index + 1}`,
    labels,
    addresses: [],
    ports,
    ready: true,
    terminating: false,
  }))
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

function keyOf({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}/${name}`
}
