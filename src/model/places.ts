import { host, type Place } from '../command/command.ts'
import { type Family, familyOf } from './address.ts'
import type { Cidr } from './cidr.ts'
import { cniGateways } from './cni.ts'
import { addressesOf, hasAddress } from './families.ts'
import type { LabMachine, Topology } from './lab.ts'
import { passesNode } from './pod-link.ts'
import { networkInterfaces } from './vxlan.ts'

/** What has a network namespace of its own. */
export interface Neighbour {
  name: Place
  /** One at least; by the first one others know it. */
  addresses: readonly string[]
}

type Neighbours = Pick<Topology, 'pods' | 'outside' | 'nodes' | 'machines'>

/** Nodes, pods, machines outside and machines on networks: each has a network namespace of its own. */
export function machinesOf(lab: Neighbours): Neighbour[] {
  const plugged = (machine: LabMachine) => ({ name: machine.name, addresses: machineAddresses(machine) })
  return [...lab.nodes.map(plugged), ...aroundHost(lab), ...lab.machines.map(plugged)]
}

/** Where kube-proxy runs: the host, or each of a lab's own nodes. */
export function proxyNodes({ nodes }: Pick<Topology, 'nodes'>): Place[] {
  return nodes.length === 0 ? [host] : nodes.map(({ name }) => name)
}

/** kube-proxy's part for one family on one node, which knows nothing of the other family. */
export interface Proxier {
  node: Place
  family: Family
}

/** All parts of kube-proxy: on each node one for each family that the lab has addresses of. */
export function proxiersOf(lab: ProxiedLab): Proxier[] {
  const families = familiesOf(lab)
  return proxyNodes(lab).flatMap(node => families.map(family => ({ node, family })))
}

/** By this one of its parts is told from others. */
export function proxierName({ node, family }: Proxier): string {
  return `${node} ${family}`
}

type ProxiedLab = Pick<Topology, 'bridges' | 'outside' | 'nodes'> & {
  services: readonly { clusterIPs: readonly string[] }[]
}

/** The families that nodes and services have addresses of, IPv4 first; IPv4, where none has any. */
export function familiesOf({ bridges, outside, nodes, services }: ProxiedLab): Family[] {
  const all = [
    ...[...bridges, ...outside].flatMap(each => addressesOf(each).map(({ address }) => address)),
    ...nodes.flatMap(machineAddresses),
    ...services.flatMap(({ clusterIPs }) => clusterIPs.filter(address => address !== 'None')),
  ]
  const found = (['ipv4', 'ipv6'] as const).filter(family => all.some(each => familyOf(each) === family))
  return found.length === 0 ? ['ipv4'] : found
}

/** The node whose rules a place's own packets meet first; the host for all that is on no node. */
export function nodeOf({ nodes, pods }: Pick<Topology, 'nodes' | 'pods'>, place: Place): Place {
  if (nodes.some(({ name }) => name === place)) return place
  const pod = pods.find(({ name }) => name === place)
  return pod !== undefined && passesNode(pod) ? pod.node : host
}

/** The nodes and their pods: whose sockets use services, each those of its node. */
export function serviceUsers({
  nodes,
  pods,
}: Pick<Topology, 'nodes' | 'pods'>): { place: Place; node: Place }[] {
  const own = proxyNodes({ nodes }).map(node => ({ place: node, node }))
  return [...own, ...pods.map(({ name, node }) => ({ place: name, node }))]
}

/** Nodes and machines: all that is plugged into networks. */
export function onNetworks({ nodes, machines }: Pick<Topology, 'nodes' | 'machines'>): LabMachine[] {
  return [...nodes, ...machines]
}

/** All addresses of a machine, in the order of its interfaces. */
export function machineAddresses(machine: LabMachine): string[] {
  return networkInterfaces(machine).flatMap(each => each.addresses.map(({ address }) => address))
}

/** Where commands run and requests come from: the host, each node, pod and machine. */
export function placesOf(lab: Neighbours): Place[] {
  return [host, ...machinesOf(lab).map(({ name }) => name)]
}

/** A node and the pods whose packets pass it; of a lab whose only node is the host, those machines on the host's wires as well to which it is the way out. */
export function placesOfNode(lab: Pick<Topology, 'pods' | 'outside'>, node: Place): Place[] {
  const pods = lab.pods.filter(pod => pod.node === node && passesNode(pod)).map(({ name }) => name)
  return [
    node,
    ...pods,
    ...(node === host ? lab.outside.filter(({ gateway }) => gateway !== 'none').map(({ name }) => name) : []),
  ]
}

/** Who can be asked by an address: all places, and the host where it has one. */
export function matrixPlaces(lab: Neighbours & Pick<Topology, 'bridges' | 'cni'>): Neighbour[] {
  const own = [
    ...lab.bridges.filter(({ node }) => node === host).flatMap(bridge => textsOf(addressesOf(bridge))),
    ...cniGateways(lab, host),
    ...lab.outside.flatMap(({ hostAddress, otherHostAddress }) => textsOf([hostAddress, otherHostAddress])),
  ]
  return [...(own.length === 0 ? [] : [{ name: host, addresses: firstOfEach(own) }]), ...machinesOf(lab)]
}

/** The address by which one place asks another: the first of a family that it has itself, or else the first. */
export function askedAddress(
  from: Pick<Neighbour, 'addresses'>,
  to: Pick<Neighbour, 'addresses'>,
): string | undefined {
  const isSpoken = (address: string) => from.addresses.some(own => familyOf(own) === familyOf(address))
  return to.addresses.find(isSpoken) ?? to.addresses[0]
}

/** The first address of each family. */
export function firstOfEach(addresses: readonly string[]): string[] {
  return addresses.filter(
    (address, at) => addresses.findIndex(other => familyOf(other) === familyOf(address)) === at,
  )
}

/** Who writes an address over another one's: the node, machine or host whose own it is, on whichever interface; undefined: nobody's. */
export function translatorAt(lab: Topology, address: string): Place | undefined {
  const lease = lab.overlay?.leases.find(({ subnet }) => subnet.address === address)
  const bridge = lab.bridges.find(each => hasAddress(each, address))
  const cni = lab.cni?.find(({ gateway }) => gateway?.address === address)
  const wire = lab.outside.find(
    ({ hostAddress, otherHostAddress }) =>
      hostAddress.address === address || otherHostAddress?.address === address,
  )
  return (
    machineAt(lab, address)?.name ??
    lease?.node ??
    bridge?.node ??
    cni?.node ??
    (wire === undefined ? undefined : host)
  )
}

/** The machine of a lab that has an address. */
export function machineAt(lab: Neighbours, address: string): Neighbour | undefined {
  return machinesOf(lab).find(({ addresses }) => addresses.includes(address))
}

/** Each address of each pod → the pod's name. */
export function podsByAddress({ pods }: Pick<Topology, 'pods'>): ReadonlyMap<string, string> {
  return new Map(pods.flatMap(pod => addressesOf(pod).map(({ address }) => [address, pod.name])))
}

function textsOf(cidrs: readonly (Cidr | undefined)[]): string[] {
  return cidrs.flatMap(cidr => cidr?.address ?? [])
}

function aroundHost({ pods, outside }: Pick<Topology, 'pods' | 'outside'>): Neighbour[] {
  return [...pods, ...outside].map(one => ({
    name: one.name,
    addresses: addressesOf(one).map(({ address }) => address),
  }))
}
