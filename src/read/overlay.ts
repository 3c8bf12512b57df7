import {
  contains,
  familyOf,
  overlap,
  readCidr,
  readRange,
  subnetAt,
  subnetOf,
  usable,
} from '../model/address.ts'
import type { Cidr } from '../model/cidr.ts'
import type { Bridge, LabMachine, Lease, Overlay, Pod } from '../model/lab.ts'
import { ethernetMtu, isNextDoor, vxlanOverhead } from '../model/overlay.ts'
import type { Findings } from '../text/findings.ts'
import type { Refusal } from '../text/problem.ts'
import { writtenAddresses } from './own-addresses.ts'
import type { LabInput } from './schema/lab.ts'
import type { NodeInput } from './schema/machine.ts'

/** The parts of an overlay's network that nodes have, by node. */
export type Subnets = ReadonlyMap<string, Cidr>

/**
 * Leases each node its subnet: the one that is stated, that of its bridge, or the next that nobody has. flannel's own are of 24 bits, and the
 * first one of the network is left out (`SubnetLen` and `SubnetMin` in pkg/subnet/config.go).
 */
export function leaseSubnets(input: LabInput, findings: Findings): Subnets {
  const nodes = Object.entries(input.nodes ?? {})
  const subnets = new Map<string, Cidr>()
  if (input.overlay === undefined) {
    for (const [name] of nodes.filter(([, node]) => node.subnet !== undefined))
      findings.report(
        ['nodes', name, 'subnet'],
        'a subnet, and no "overlay" that it is a part of',
        'remove it',
        'key',
      )
    return subnets
  }
  if (nodes.length === 0) {
    const fix = 'write "nodes", or remove it'
    findings.report(['overlay'], 'an overlay is a matter of several nodes, and there are none', fix, 'key')
  }
  const network = findings.accept(['overlay', 'network'], readIPv4Range(input.overlay.network))
  if (network === undefined) return subnets
  if (network.prefix > mostPrefix) {
    const message = `${input.overlay.network} is too small to be divided among nodes`
    findings.report(['overlay', 'network'], message, `a prefix is at most ${mostPrefix}: 172.7.0.0/16, say`)
    return subnets
  }
  for (const [name, node] of nodes) {
    const stated = statedSubnet(name, node, findings)
    if (stated !== undefined && fits(stated, { name, node, network, subnets }, findings))
      subnets.set(name, stated)
  }
  for (const [name, node] of nodes) {
    if (subnets.has(name) || node.subnet !== undefined || node.bridge || node.bridges) continue
    const free = freeSubnet(network, subnets)
    if (free !== undefined) subnets.set(name, free)
    else
      findings.report(
        ['nodes', name],
        `no part of ${input.overlay.network} is left for it`,
        'make the network wider',
        'key',
      )
  }
  return subnets
}

/** The subnet that a node states, or that its bridge has; undefined where there is none, or it cannot be read. */
function statedSubnet(
  name: string,
  { subnet, bridge, bridges }: NodeInput,
  findings: Findings,
): Cidr | undefined {
  const [first] = bridge === undefined ? (bridges ?? []) : [bridge]
  // A bridge that cannot be read is told elsewhere.
  const ofBridge = writtenAddresses(first ?? {}, [])
    .map(([, text]) => readCidr(text))
    .flatMap(read => ('refusal' in read || familyOf(read.address) === 'ipv6' ? [] : subnetOf(read)))[0]
  if (subnet === undefined) {
    const range = ofBridge === undefined ? undefined : readRange(ofBridge)
    return range === undefined || 'refusal' in range ? undefined : range
  }
  const stated = findings.accept(['nodes', name, 'subnet'], readIPv4Range(subnet))
  if (stated !== undefined && ofBridge !== undefined && ofBridge !== subnetOf(stated)) {
    const message = `the bridge of ${name} has ${ofBridge}, and its subnet is ${subnetOf(stated)}`
    findings.report(
      ['nodes', name, 'subnet'],
      message,
      'write the same twice, or leave one of them out',
      'key',
    )
  }
  return stated
}

/** An overlay is of IPv4: what lies beside it goes by the lab's own routes. */
function readIPv4Range(text: string): Cidr | Refusal {
  const read = readRange(text)
  if ('refusal' in read || familyOf(read.address) === 'ipv4') return read
  const fix = 'write a network of IPv4: 172.7.0.0/16, say; "routes" of the nodes lead IPv6'
  return { refusal: `${text} is IPv6, and an overlay is of IPv4`, fix }
}

/** A node among those whose subnets are known. */
interface Leasing {
  name: string
  node: NodeInput
  network: Cidr
  subnets: Subnets
}

/** Whether a subnet is a part of the network that nobody else has. */
function fits(stated: Cidr, { name, node, network, subnets }: Leasing, findings: Findings): boolean {
  const path = node.subnet === undefined ? ['nodes', name] : ['nodes', name, 'subnet']
  if (!contains(network, stated.address) || stated.prefix <= network.prefix) {
    const message = `${subnetOf(stated)}, the pods of ${name}, is no part of ${subnetOf(network)}`
    const free = freeSubnet(network, subnets)
    const fix =
      free === undefined ? 'make the network wider' : `write one of its parts: ${subnetOf(free)}, say`
    findings.report(path, message, fix, 'key')
    return false
  }
  const other = [...subnets].find(([, each]) => overlap(each, stated))
  if (other === undefined) return true
  const message = `${subnetOf(stated)} overlaps ${subnetOf(other[1])} of ${other[0]}`
  findings.report(path, message, 'give each node its own subnet', 'key')
  return false
}

/** Bits, of a network that is to be divided (pkg/subnet/config.go). */
const mostPrefix = 28

/** Bits of flannel's subnets. */
function subnetLength({ prefix }: Cidr): number {
  return prefix <= 22 ? 24 : prefix + 2
}

function freeSubnet(network: Cidr, taken: Subnets): Cidr | undefined {
  const prefix = subnetLength(network)
  const many = 2 ** (prefix - network.prefix)
  for (let index = 1; index < many; index += 1) {
    const subnet = { address: subnetAt(network, prefix, index), prefix }
    if (![...taken.values()].some(each => overlap(each, subnet))) return subnet
  }
  return undefined
}

/** Reads an overlay whose subnets are leased; undefined where there is none, or not all of it can be understood. */
export function readOverlay(
  input: LabInput,
  nodes: readonly LabMachine[],
  subnets: Subnets,
  findings: Findings,
): Overlay | undefined {
  const { overlay } = input
  const network = overlay && readIPv4Range(overlay.network)
  if (overlay === undefined || network === undefined || 'refusal' in network) return undefined
  const { backend, directRouting = false } = overlay
  if (directRouting && backend === 'host-gw') {
    const message = 'host-gw routes always: "directRouting" is for vxlan'
    findings.report(['overlay', 'directRouting'], message, 'remove it', 'key')
  }
  const leases = nodes.flatMap((node): Lease[] => {
    const [first] = node.interfaces
    const publicIP = first?.addresses.find(({ address }) => familyOf(address) === 'ipv4')
    const subnet = subnets.get(node.name)
    if (first !== undefined && first.addresses.length > 0 && publicIP === undefined) {
      const message = `${first.name} of ${node.name} has no IPv4 address, by which an overlay's nodes reach each other`
      findings.report(
        ['nodes', node.name, 'interfaces', first.name],
        message,
        'add one to "addresses"',
        'key',
      )
    }
    if (first === undefined || publicIP === undefined || subnet === undefined) return []
    const { mtu = ethernetMtu, name, network: on } = first
    const room = backend === 'vxlan' ? mtu - vxlanOverhead : mtu
    return [{ node: node.name, subnet, publicIP, interface: name, network: on, mtu: room }]
  })
  if (backend === 'host-gw') checkNextDoor(leases, findings)
  return { network, backend, directRouting, leases }
}

/** A route needs a next hop on a link. */
function checkNextDoor(leases: readonly Lease[], findings: Findings): void {
  const [first] = leases
  const far = first && leases.find(each => each !== first && !isNextDoor(first, each))
  if (first === undefined || far === undefined) return
  const message = `host-gw needs all nodes on one segment, and ${far.node} is on another one than ${first.node}`
  findings.report(['overlay', 'backend'], message, 'write "backend: vxlan"')
}

/** The bridge that a node has where it says none, as flannel's CNI configuration has it (`hairpinMode` in kube-flannel.yml). */
export function overlayBridge(subnet: Cidr): NonNullable<LabInput['bridge']> {
  return {
    name: 'cni0',
    address: `${usable(subnet)[0]}/${subnet.prefix}`,
    hairpin: true,
    masquerade: 'never',
  }
}

/** Gives bridges what the overlay leaves of their packets, where they say nothing else. */
export function withMtu(bridges: readonly Bridge[], overlay: Overlay | undefined): Bridge[] {
  return bridges.map(bridge => {
    const mtu = bridge.mtu ?? leased(overlay, bridge.node)
    return mtu === undefined || (bridge.mtu === undefined && mtu === ethernetMtu)
      ? bridge
      : { ...bridge, mtu }
  })
}

/** Gives pods that are on no bridge what the overlay leaves of their packets. */
export function withPodMtu(pods: readonly Pod[], overlay: Overlay | undefined): Pod[] {
  return pods.map(pod => {
    const mtu = leased(overlay, pod.node)
    return pod.link.kind !== 'routed' || mtu === undefined || mtu === ethernetMtu
      ? pod
      : { ...pod, link: { ...pod.link, mtu } }
  })
}

/** Bytes that the overlay leaves of a packet on a node. */
function leased(overlay: Overlay | undefined, node: string): number | undefined {
  return overlay?.leases.find(lease => lease.node === node)?.mtu
}
