import { host } from '../command/command.ts'
import type { Bridge, LabMachine, LabNetwork, OutsideMachine, Pod, Topology } from './lab.ts'
import type { BridgePort, Machine, Network, Segment, SegmentPort, Wire } from './machine.ts'

const noRoutes = { others: [] }

/** Machines, and the networks that join them. */
export interface Wiring {
  networks: readonly (Network | Segment)[]
  /** The nodes, which come before what is plugged into their bridges. */
  nodes: readonly Machine[]
  /** The pods, the machines outside, those on segments; the host, where the far ends of their links may be, is none of them. */
  machines: readonly Machine[]
}

/** Up to here a lab's neighbours, two entries for each pod, leave most of the kernel's table to others. */
const mostUnpinned = 200

/** Whether neighbours know a lab's pods for good: a kernel that has to ask for so many would run out of room for them. */
export function pinsPods({ pods }: Topology): boolean {
  return pods.length > mostUnpinned
}

/** The machines that a topology says in short, each with its links, and the networks between them. */
export function wiringOf(topology: Topology): Wiring {
  const { bridges, pods, outside, networks, nodes, machines } = topology
  const pinned = pinsPods(topology)
  return {
    networks: [
      ...networksOf(topology),
      ...networks.map(({ bridge }): Segment => ({ kind: 'segment', place: host, name: bridge })),
    ],
    nodes: nodes.map(node => segmentMachine(node, networks)),
    machines: [
      ...pods.map(pod => podMachine(pod, bridges, pinned)),
      ...outside.map((machine, index) => ({
        name: machine.name,
        links: [wire(machine, index === 0)],
        routes: noRoutes,
      })),
      ...machines.map(machine => segmentMachine(machine, networks)),
    ],
  }
}

/** The networks of a topology on which a node has an address. */
export function networksOf(topology: Topology): Network[] {
  const pinned = pinsPods(topology)
  return topology.bridges.map(({ name, node, address }) => ({
    ...{ kind: 'bridge', place: node, name, address, pinned },
  }))
}

/** A pod with its one link, a port of one of these bridges. */
export function podMachine(pod: Pod, bridges: readonly Bridge[], pinned: boolean): Machine {
  const { name, node, address, gateway, link } = pod
  // Its links are the plugins' matter.
  if (link.kind === 'cni') return { name, links: [], routes: noRoutes }
  const own = bridges.find(each => each.name === link.bridge && each.node === node)
  const mtu = sizeOf(own?.mtu)
  const port: BridgePort = {
    kind: 'bridge-port',
    near: { place: name, interface: 'eth0', address, gateway, ...mtu },
    far: { place: node, interface: link.veth, ...mtu },
    network: link.bridge,
    hairpin: own?.hairpin === true,
    pinned,
  }
  return { name, links: [port], routes: noRoutes }
}

function segmentMachine(
  { name, interfaces, gateway, routes }: LabMachine,
  networks: readonly LabNetwork[],
): Machine {
  return {
    name,
    links: interfaces.map(({ name: own, network: on, addresses, port, mtu }): SegmentPort => {
      const network = networks.find(each => each.name === on)
      const isNarrow = network?.mtu !== undefined
      return {
        kind: 'segment-port',
        near: {
          place: name,
          interface: own,
          addresses,
          ...sizeOf(mtu),
          ...(isNarrow ? { single: true } : {}),
        },
        far: { place: host, interface: port, ...sizeOf(network?.mtu) },
        network: network?.bridge ?? on,
      }
    }),
    routes: { ...(gateway === undefined ? {} : { gateway }), others: routes },
  }
}

function sizeOf(mtu: number | undefined): { mtu?: number } {
  return mtu === undefined ? {} : { mtu }
}

function wire(machine: OutsideMachine, isWayOut: boolean): Wire {
  const { name, address, hostAddress } = machine
  const far = { place: host, interface: machine.interface, address: hostAddress }
  return {
    kind: 'wire',
    near: {
      place: name,
      interface: 'eth0',
      address,
      ...(machine.gateway === 'none' ? {} : { gateway: hostAddress.address }),
    },
    far: isWayOut ? { ...far, gateway: address.address } : far,
  }
}
