import { host, type Place } from '../../command/command.ts'
import { type Family, familyOf, isLoopback } from '../../model/address.ts'
import { bridgesByPlugins, networkOf } from '../../model/cni.ts'
import { addressesOf, asGateways, gatewaysOf } from '../../model/families.ts'
import type { Bridge, Lab, LabMachine, MachineInterface, Overlay, Pod } from '../../model/lab.ts'
import { tunnelDevice } from '../../model/overlay.ts'
import { bridgeOf, vethOf } from '../../model/pod-link.ts'
import { ignoresPings, type Link, type MachineFacts, type Route } from '../../observe/facts.ts'
import {
  addressReading,
  forwardingReading,
  machineFacts,
  machineReadings,
  placeFacts,
  wayAnswer,
  wayReading,
} from '../../observe/readings.ts'
import { readAll, type Source } from '../gather.ts'
import { kernelSwitches, pathFilters } from '../kernel-switches.ts'

/** A bridge that is a network of a lab. */
export interface Segment {
  /** `network lan`, `bridge docker0 of hdss7-21` */
  called: string
  /** The bridge in words: `the switch of network lan` */
  device: string
  /** Where it is. */
  place: Place
  bridge: string
  /** Bytes: the largest packet on it, as the lab has it; left out: 1500. */
  mtu?: number
  /** The bridge itself. */
  link: Link | undefined
}

/** An interface on a segment, as the lab has it, with what the kernel says of it and of its cable's other end. */
export interface Port {
  machine: LabMachine
  declared: MachineInterface
  segment: Segment
  link: Link | undefined
  /** The other end, where the segment is; `none`: it is the segment's bridge itself. */
  end: Link | 'none' | undefined
}

/** All that a journey is followed in. */
export interface Surroundings {
  /** Of which all of it is. */
  family: Family
  machines: ReadonlyMap<Place, MachineFacts>
  ports: readonly Port[]
  overlay?: Overlay
  /** Asks a kernel for the way of a packet: `3.3.3.3 from 10.1.1.9 iif eth0`. */
  wayOf(place: Place, packet: string): Promise<Route | string>
}

/** Reads what the kernel says of one family in all nodes, their pods and machines of a lab; undefined where the lab has died meanwhile. */
export async function readMachines(source: Source, family: Family): Promise<Surroundings | undefined> {
  const { lab } = source.running
  const all = inhabitants(lab)
  const keysOf = ({ machine, bridges }: Inhabitant) => [
    ...[...Object.values(kernelSwitches[family] as object).map(String), ignoresPings[family]],
    ...new Set(
      [...machine.interfaces, ...bridges, ...tunnelsOf(lab, machine)].flatMap(({ name }) =>
        pathFilters(name, family),
      ),
    ),
  ]
  const texts = await readAll(source, [
    addressReading(host),
    ...all.flatMap(each => machineReadings(each.machine.name, keysOf(each), family)),
    ...all.flatMap(({ machine }) =>
      tunnelsOf(lab, machine).map(({ name }) => forwardingReading(machine.name, name)),
    ),
  ])
  const { links: hostLinks } = placeFacts(host, [], texts, family)
  if (hostLinks === undefined) return undefined
  const machines = new Map(all.map(({ machine: { name } }) => [name, machineFacts(name, texts, family)]))
  const linkAt = (place: Place, name: string) =>
    (place === host ? hostLinks : machines.get(place)?.links)?.find(link => link.name === name)
  return {
    machines,
    family,
    ports: portsOf(lab, all, linkAt).map(port => inFamily(port, family)),
    ...(lab.overlay === undefined ? {} : { overlay: lab.overlay }),
    wayOf: async (place, packet) => wayAnswer(place, await readAll(source, [wayReading(place, packet)])),
  }
}

/** The device of a node's tunnel. */
function tunnelsOf({ overlay }: Lab, machine: LabMachine): { name: string }[] {
  const has = overlay?.backend === 'vxlan' && overlay.leases.some(({ node }) => node === machine.name)
  return has ? [{ name: tunnelDevice }] : []
}

/** Who has a kernel of its own on a packet's way, and the bridges in it. */
interface Inhabitant {
  machine: LabMachine
  /** Where its cables end; the host, for those on networks. */
  node: Place
  bridges: readonly Bridge[]
}

/** Nodes, the pods on them, and machines. */
function inhabitants({ nodes, pods, machines, bridges, ...lab }: Lab): Inhabitant[] {
  const all = [...bridges, ...bridgesByPlugins(lab)]
  const bridgesOf = (name: Place) => all.filter(({ node }) => node === name)
  return [
    ...nodes.map(machine => ({ machine, node: host, bridges: bridgesOf(machine.name) })),
    ...pods
      .filter(({ node }) => node !== host)
      .map(pod => ({
        machine: podAsMachine(
          pod,
          bridges.find(({ name, node }) => name === bridgeOf(pod) && node === pod.node),
          networkOf(lab, pod)?.bridge,
        ),
        node: pod.node,
        bridges: [],
      })),
    ...machines.map(machine => ({ machine, node: host, bridges: [] })),
  ]
}

/** A pod is a machine with one interface; of a pod that CNI plugins wire they know the bridge, and what the node's end is called. */
function podAsMachine(pod: Pod, on: Bridge | undefined, plugins: string | undefined): LabMachine {
  const { name, containers } = pod
  const network = bridgeOf(pod) ?? plugins ?? ''
  const eth0 = { name: 'eth0', network, addresses: addressesOf(pod), port: vethOf(pod) ?? '', ...sizeOf(on) }
  return {
    ...{ name, interfaces: [eth0], ...asGateways(gatewaysOf(pod)) },
    ...{ routes: [], sysctls: {}, containers },
  }
}

/** What it has of the other family is left out. */
function inFamily(port: Port, family: Family): Port {
  const addresses = port.declared.addresses.filter(({ address }) => familyOf(address) === family)
  return { ...port, declared: { ...port.declared, addresses } }
}

/** The largest packet on a bridge, or a network, where the lab says it. */
function sizeOf(on: { mtu?: number } | undefined): { mtu?: number } {
  return on?.mtu === undefined ? {} : { mtu: on.mtu }
}

function portsOf(
  { networks, bridges: bridgesOfNodes }: Lab,
  all: readonly Inhabitant[],
  linkAt: (place: Place, name: string) => Link | undefined,
): Port[] {
  const segmentOf = (node: Place, network: string): Segment => {
    const on = networks.find(({ name }) => name === network)
    const bridge = node === host ? on?.bridge : network
    const called = node === host ? `network ${network}` : `bridge ${network} of ${node}`
    const device = node === host ? `the switch of ${called}` : `the ${called}`
    const size = sizeOf(
      node === host ? on : bridgesOfNodes.find(each => each.name === network && each.node === node),
    )
    const link = linkAt(node, bridge ?? network)
    return { called, device, place: node, bridge: bridge ?? network, link, ...size }
  }
  return all.flatMap(({ machine, node, bridges }) => [
    ...machine.interfaces.map(declared => ({
      ...{ machine, declared, segment: segmentOf(node, declared.network) },
      link: linkAt(machine.name, declared.name),
      end: declared.port === '' ? ('none' as const) : linkAt(node, declared.port),
    })),
    ...bridges.map((own): Port => {
      const { name } = own
      const segment = segmentOf(machine.name, name)
      const declared = { name, network: name, addresses: addressesOf(own), port: name }
      return { machine, declared, segment, link: segment.link, end: 'none' }
    }),
  ])
}

/** Whether an address is one of a machine's own. */
export function isOwn({ links = [] }: MachineFacts, address: string): boolean {
  return isLoopback(address) || links.some(link => link.addresses.some(own => own.address === address))
}
