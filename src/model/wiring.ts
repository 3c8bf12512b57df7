import { host, type Place } from '../command/command.ts'
import type { Addressed } from './cidr.ts'
import { addressesOf, asGateways, gatewaysOf } from './families.ts'
import type {
  Bridge,
  LabMachine,
  LabNetwork,
  OutsideMachine,
  Pod,
  PodLink,
  Topology,
  VxlanInterface,
} from './lab.ts'
import {
  type BridgePort,
  type Link,
  type Machine,
  type Macvlan,
  type Network,
  pinnedHardwareAddress,
  type RoutedPair,
  routedPairAddress,
  routedPairGateway,
  type Segment,
  type SegmentPort,
  type Vxlan,
  type Wire,
} from './machine.ts'
import { deriveInterfaces } from './names.ts'

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
export const mostUnpinned = 200

/** Whether neighbours know a lab's pods for good: a kernel that has to ask for so many would run out of room for them. */
export function pinsPods({ pods }: Pick<Topology, 'pods'>): boolean {
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
        neighbours: [],
      })),
      ...machines.map(machine => segmentMachine(machine, networks)),
    ],
  }
}

/** The networks of a topology on which a node has an address. */
export function networksOf(topology: Topology): Network[] {
  const pinned = pinsPods(topology)
  return topology.bridges.map(bridge => ({
    ...{ kind: 'bridge', place: bridge.node, name: bridge.name, pinned },
    ...ownAddresses(bridge),
  }))
}

/** A pod with its one link; `bridges`: those that it may be plugged into. */
export function podMachine(pod: Pod, bridges: readonly Bridge[], pinned: boolean): Machine {
  return {
    name: pod.name,
    links: linksOf(pod, bridges, pinned),
    routes: noRoutes,
    neighbours: pod.neighbours,
  }
}

function linksOf(pod: Pod, bridges: readonly Bridge[], pinned: boolean): Link[] {
  const { link } = pod
  switch (link.kind) {
    case 'bridge':
      return [bridgePort(pod, link, bridges, pinned)]
    case 'routed':
      return [routedPair(pod, link, pinned)]
    case 'macvlan':
      return [macvlanOf(pod, link)]
    case 'cni':
      // Its links are the plugins' matter.
      return []
  }
}

/** Its hardware address follows from its address, so that whoever remembers it is right when another pod has come; with passthru it is the parent's. */
function macvlanOf(pod: Pod, { parent, mode }: LinkOf<'macvlan'>): Macvlan {
  const { name, node, address, lladdr = pinnedHardwareAddress(address.address) } = pod
  return {
    kind: 'macvlan',
    near: {
      ...{ place: name, interface: 'eth0', address },
      ...asGateways(gatewaysOf(pod)),
      ...(mode === 'passthru' ? {} : { lladdr }),
    },
    far: { place: node, interface: parent },
    ...{ mode, madeAs: [...deriveInterfaces('macvlan_', [name], new Set([parent])).values()][0]! },
  }
}

type LinkOf<Kind extends PodLink['kind']> = Extract<PodLink, { kind: Kind }>

function routedPair(
  { name, node, address, gateway = routedPairGateway, lladdr }: Pod,
  link: LinkOf<'routed'>,
  pinned: boolean,
): RoutedPair {
  const mtu = sizeOf(link.mtu)
  return {
    kind: 'routed-pair',
    near: { place: name, interface: 'eth0', address, gateway, ...lladdrOf(lladdr), ...mtu },
    far: { place: node, interface: link.veth, lladdr: routedPairAddress, ...mtu },
    pinned,
  }
}

function bridgePort(
  pod: Pod,
  link: LinkOf<'bridge'>,
  bridges: readonly Bridge[],
  pinned: boolean,
): BridgePort {
  const { name, node, lladdr } = pod
  const own = bridges.find(each => each.name === link.bridge && each.node === node)
  const mtu = sizeOf(own?.mtu)
  return {
    kind: 'bridge-port',
    near: {
      ...{ place: name, interface: 'eth0', ...ownAddresses(pod), ...asGateways(gatewaysOf(pod)) },
      ...lladdrOf(lladdr),
      ...mtu,
    },
    far: { place: node, interface: link.veth, ...mtu },
    network: link.bridge,
    hairpin: own?.hairpin === true,
    pinned,
  }
}

/** A node or a machine with its links, ports of segments. */
export function segmentMachine(machine: LabMachine, networks: readonly LabNetwork[]): Machine {
  const { name, interfaces, vxlans = [], routes, neighbours } = machine
  return {
    name,
    links: [
      ...interfaces.map(({ name: own, network: on, addresses, port, mtu, lladdr }): SegmentPort => {
        const network = networks.find(each => each.name === on)
        const isNarrow = network?.mtu !== undefined
        return {
          kind: 'segment-port',
          near: {
            place: name,
            interface: own,
            addresses,
            ...lladdrOf(lladdr),
            ...sizeOf(mtu),
            ...(isNarrow ? { single: true } : {}),
          },
          far: { place: host, interface: port, ...sizeOf(network?.mtu) },
          network: network?.bridge ?? on,
        }
      }),
      ...vxlans.map(each => vxlanOf(name, each)),
    ],
    routes: { ...asGateways(gatewaysOf(machine)), others: routes },
    neighbours,
  }
}

function vxlanOf(place: Place, { name, dev, addresses, mtu, ...vxlan }: VxlanInterface): Vxlan {
  const { id, local, remotes, port } = vxlan
  return {
    kind: 'vxlan',
    near: { place, interface: name, addresses, ...sizeOf(mtu) },
    far: { place, interface: dev },
    ...{ id, local, remotes, port },
  }
}

function lladdrOf(lladdr: string | undefined): { lladdr?: string } {
  return lladdr === undefined ? {} : { lladdr }
}

function sizeOf(mtu: number | undefined): { mtu?: number } {
  return mtu === undefined ? {} : { mtu }
}

function wire(machine: OutsideMachine, isWayOut: boolean): Wire {
  const { name, hostAddress, otherHostAddress: otherAddress } = machine
  const ofHost = { address: hostAddress, ...(otherAddress === undefined ? {} : { otherAddress }) }
  const far = { place: host, interface: machine.interface, ...ofHost }
  const hops = (of: Addressed) => asGateways(addressesOf(of).map(({ address }) => address))
  return {
    kind: 'wire',
    near: {
      ...{ place: name, interface: 'eth0', ...ownAddresses(machine) },
      ...(machine.gateway === 'none' ? {} : hops(ofHost)),
    },
    far: isWayOut ? { ...far, ...hops(machine) } : far,
  }
}

function ownAddresses({ address, otherAddress }: Addressed): Addressed {
  return otherAddress === undefined ? { address } : { address, otherAddress }
}
