import { host } from '../command/command.ts'
import type { OutsideMachine, Pod, Topology } from './lab.ts'
import type { BridgePort, Machine, Network, Wire } from './machine.ts'

/** Machines, and the networks that join them. */
export interface Wiring {
  networks: readonly Network[]
  /** The pods, then the machines outside; the host, where the far ends of their links are, is none of them. */
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
  const { bridges, pods, outside } = topology
  const pinned = pinsPods(topology)
  const hairpins = new Set(bridges.filter(({ hairpin }) => hairpin).map(({ name }) => name))
  return {
    networks: bridges.map(({ name, address }) => ({ kind: 'bridge', place: host, name, address, pinned })),
    machines: [
      ...pods.map(pod => ({
        name: pod.name,
        links: [bridgePort(pod, { hairpin: hairpins.has(pod.bridge), pinned })],
      })),
      ...outside.map((machine, index) => ({ name: machine.name, links: [wire(machine, index === 0)] })),
    ],
  }
}

function bridgePort(
  { name, address, gateway, veth, bridge }: Pod,
  { hairpin, pinned }: Pick<BridgePort, 'hairpin' | 'pinned'>,
): BridgePort {
  return {
    kind: 'bridge-port',
    near: { place: name, interface: 'eth0', address, gateway },
    far: { place: host, interface: veth },
    network: bridge,
    hairpin,
    pinned,
  }
}

function wire(machine: OutsideMachine, isWayOut: boolean): Wire {
  const { name, address, hostAddress } = machine
  const far = { place: host, interface: machine.interface, address: hostAddress }
  return {
    kind: 'wire',
    near: { place: name, interface: 'eth0', address, gateway: hostAddress.address },
    far: isWayOut ? { ...far, gateway: address.address } : far,
  }
}
