import { host, type Place } from '../command/command.ts'
import { cniGateways } from './cni.ts'
import type { LabMachine, Topology } from './lab.ts'

/** What has a network namespace of its own. */
interface Neighbour {
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

/** The node whose rules a place's own packets meet first; the host for all that is on no node. */
export function nodeOf({ nodes, pods }: Pick<Topology, 'nodes' | 'pods'>, place: Place): Place {
  if (nodes.some(({ name }) => name === place)) return place
  return pods.find(({ name }) => name === place)?.node ?? host
}

/** Nodes and machines: all that is plugged into networks. */
export function onNetworks({ nodes, machines }: Pick<Topology, 'nodes' | 'machines'>): LabMachine[] {
  return [...nodes, ...machines]
}

/** All addresses of a machine, in the order of its interfaces. */
export function machineAddresses({ interfaces }: LabMachine): string[] {
  return interfaces.flatMap(each => each.addresses.map(({ address }) => address))
}

/** Where commands run and requests come from: the host, each node, pod and machine. */
export function placesOf(lab: Neighbours): Place[] {
  return [host, ...machinesOf(lab).map(({ name }) => name)]
}

/** A node and its pods; of a lab whose only node is the host, those machines on the host's wires as well to which it is the way out. */
export function placesOfNode(lab: Pick<Topology, 'pods' | 'outside'>, node: Place): Place[] {
  const pods = lab.pods.filter(pod => pod.node === node).map(({ name }) => name)
  return [
    node,
    ...pods,
    ...(node === host ? lab.outside.filter(({ gateway }) => gateway !== 'none').map(({ name }) => name) : []),
  ]
}

/** Who can be asked by an address: all places, and the host where it has one. */
export function matrixPlaces(
  lab: Neighbours & Pick<Topology, 'bridges' | 'cni'>,
): { name: Place; address: string }[] {
  const own = [
    ...lab.bridges.filter(({ node }) => node === host).map(({ address }) => address.address),
    ...cniGateways(lab, host),
    ...lab.outside.map(({ hostAddress }) => hostAddress.address),
  ]
  return [...own.slice(0, 1).map(address => ({ name: host, address })), ...machinesOf(lab).map(firstAddress)]
}

function firstAddress({ name, addresses }: Neighbour): { name: Place; address: string } {
  return { name, address: addresses[0] ?? '' }
}

/** Who writes an address over another one's: the node, machine or host whose own it is, on whichever interface; undefined: nobody's. */
export function translatorAt(lab: Topology, address: string): Place | undefined {
  const lease = lab.overlay?.leases.find(({ subnet }) => subnet.address === address)
  const bridge = lab.bridges.find(each => each.address.address === address)
  const cni = lab.cni?.find(({ gateway }) => gateway?.address === address)
  const wire = lab.outside.find(({ hostAddress }) => hostAddress.address === address)
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

function aroundHost({ pods, outside }: Pick<Topology, 'pods' | 'outside'>): Neighbour[] {
  return [...pods, ...outside].map(({ name, address }) => ({ name, addresses: [address.address] }))
}
