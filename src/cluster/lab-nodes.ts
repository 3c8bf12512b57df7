import { exitCode, NetlabError } from '../errors.ts'
import { type Family, familyOf, subnetAt, usable } from '../model/address.ts'
import type { Cidr } from '../model/cidr.ts'
import type { ManifestPod } from '../model/kubernetes.ts'
import { namespacedName } from '../model/kubernetes.ts'
import { contains } from '../service/addresses.ts'
import { type ClusterNode, startPods } from './start-pods.ts'

/** How the machines of a made lab stand. */
export interface LabNodes {
  /** One called `host`, or several machines. */
  nodes: readonly ClusterNode[]
  isOneNode: boolean
  podCIDRs: readonly string[]
}

/** Where pods are, by their names. */
export type Homes = ReadonlyMap<string, { node: string; addresses: readonly string[] }>

/** The node's part of the pods' network, where there are several. */
const nodePrefix = 24

/** The nodes of these names, each with its networks for pods; none is named: the host is the only one. */
export function labNodes(names: readonly string[], podCIDRs: readonly string[]): LabNodes {
  if (names.length === 0)
    return { nodes: [{ name: 'host', podNetworks: podCIDRs, addresses: [] }], isOneNode: true, podCIDRs }
  const network = cidrOf(podCIDRs.find(each => familyOf(each) === 'ipv4') ?? '')
  const nodes = names.map((name, index) => ({
    name,
    podNetworks: [`${subnetAt(network, nodePrefix, index + 1)}/${nodePrefix}`],
    addresses: [],
  }))
  return { nodes, isOneNode: false, podCIDRs: podCIDRs.slice(0, 1) }
}

/** How many nodes a network for pods has room for. */
export function mostNodes(podCIDR: string): number {
  return Math.min(200, 2 ** Math.max(0, nodePrefix - cidrOf(podCIDR).prefix) - 1)
}

/** The address of a network that its machines take for the way out. */
export function gatewayOf(network: string): string {
  const cidr = cidrOf(network)
  return `${usable(cidr)[0]}/${cidr.prefix}`
}

/** A node's address on the network of the nodes. */
export function nodeAddress(index: number): string {
  return `192.168.1.${index + 11}`
}

/** The machine beyond the nodes: the first address on their network, or one on a wire of its own. */
export const outsideAddresses: Readonly<Record<Family, { client: string; host: string }>> = {
  ipv4: { client: '192.0.2.10/24', host: '192.0.2.1' },
  ipv6: { client: '2001:db8::10/64', host: '2001:db8::1' },
}

/**
 * Where each pod lives in the lab, and its addresses there with their prefix: where it is already (`before`, by namespaced name), else the
 * addresses that a cluster has given it, as far as they are its node's and nobody has them.
 */
export function settled(pods: readonly ManifestPod[], { nodes }: LabNodes, before: Homes): Homes {
  const byName = new Map(nodes.map(node => [node.name, node]))
  const gateways = nodes.flatMap(({ podNetworks }) => podNetworks.map(each => gatewayOf(each).split('/')[0]))
  const taken = new Set(gateways)
  const fits = ({ addresses, nodeName = nodes[0]?.name ?? '' }: ManifestPod) => {
    const networks = byName.get(nodeName)?.podNetworks ?? []
    const isOwn = (address: string) =>
      !taken.has(address) && networks.some(network => contains(network, address))
    return networks.length === addresses.length && addresses.every(isOwn)
  }
  const found = new Map<ManifestPod, ManifestPod>()
  const settle = (pod: ManifestPod, as: ManifestPod) => {
    if (found.has(pod) || !fits(as)) return
    for (const address of as.addresses) taken.add(address)
    found.set(pod, as)
  }
  for (const pod of pods) {
    const home = before.get(namespacedName(pod))
    if (home !== undefined) settle(pod, { ...pod, nodeName: home.node, addresses: home.addresses })
  }
  for (const pod of pods) if (pod.isKnown) settle(pod, pod)
  const asked = pods.map(pod => {
    const { nodeName, ...rest } = pod
    const node = nodeName !== undefined && byName.has(nodeName) ? { nodeName } : {}
    return found.get(pod) ?? { ...rest, ...node, addresses: [], isKnown: false }
  })
  const placed = startPods({ pods: asked, workloads: [] }, { nodes })
  return new Map(
    placed.map(pod => {
      const node = byName.get(pod.nodeName ?? '') ?? nodes[0]!
      if (pod.addresses.length < node.podNetworks.length) throw noAddressLeft(pod, node)
      const addresses = pod.addresses.map(address => {
        const network = node.podNetworks.find(each => familyOf(each) === familyOf(address)) ?? ''
        return `${address}/${cidrOf(network).prefix}`
      })
      return [namespacedName(pod), { node: node.name, addresses }]
    }),
  )
}

function noAddressLeft(pod: ManifestPod, { name, podNetworks }: ClusterNode): NetlabError {
  return new NetlabError({
    what: `there is no address left for the pod ${namespacedName(pod)} on ${name}, in ${podNetworks.join(' or ')}`,
    fix: 'say a larger network with --pod-cidr, spread the pods with --nodes, or let there be fewer with --replicas',
    exitCode: exitCode.wrongInput,
  })
}

function cidrOf(network: string): Cidr {
  const [address = '', prefix = ''] = network.split('/')
  return { address, prefix: Number(prefix) }
}
