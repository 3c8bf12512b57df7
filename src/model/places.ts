import { host, type Place } from '../command/command.ts'
import type { LabMachine, Topology } from './lab.ts'

/** What has a network namespace of its own. */
interface Neighbour {
  name: Place
  /** One at least; by the first one others know it. */
  addresses: readonly string[]
}

type Neighbours = Pick<Topology, 'pods' | 'outside' | 'machines'>

/** Pods, machines outside and machines on networks: each has a network namespace of its own. */
export function machinesOf(lab: Neighbours): Neighbour[] {
  return [
    ...aroundHost(lab),
    ...lab.machines.map(machine => ({ name: machine.name, addresses: machineAddresses(machine) })),
  ]
}

/** All addresses of a machine, in the order of its interfaces. */
export function machineAddresses({ interfaces }: LabMachine): string[] {
  return interfaces.flatMap(each => each.addresses.map(({ address }) => address))
}

/** Where commands run and requests come from: the host, each pod, each machine outside, each machine on a network. */
export function placesOf(lab: Neighbours): Place[] {
  return [host, ...machinesOf(lab).map(({ name }) => name)]
}

/** Places whose packets meet the host's rules: all but the machines on networks, where the host is only the wires. */
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
