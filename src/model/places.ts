import { host, type Place } from '../command/command.ts'
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

/** Places whose packets meet the host's rules, in a lab where the host is the only node: all but the machines on networks. */
export function placesOfHost(lab: Pick<Topology, 'pods' | 'outside'>): Place[] {
  return [host, ...aroundHost(lab).map(({ name }) => name)]
}

/** The machine of a lab that has an address. */
export function machineAt(lab: Neighbours, address: string): Neighbour | undefined {
  return machinesOf(lab).find(({ addresses }) => addresses.includes(address))
}

function aroundHost({ pods, outside }: Pick<Topology, 'pods' | 'outside'>): Neighbour[] {
  return [...pods, ...outside].map(({ name, address }) => ({ name, addresses: [address.address] }))
}
