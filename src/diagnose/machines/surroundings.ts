import { host, type Place } from '../../command/command.ts'
import { type Family, familyOf, isLoopback } from '../../model/address.ts'
import { bridgesByPlugins, networkOf } from '../../model/cni.ts'
import { addressesOf } from '../../model/families.ts'
import type { Bridge, Lab, LabMachine, Overlay, Pod } from '../../model/lab.ts'
import { tunnelDevice } from '../../model/overlay.ts'
import { bridgeOf } from '../../model/pod-link.ts'
import { networkInterfaces } from '../../model/vxlan.ts'
import { proxyArp } from '../../network/routed-pair.ts'
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
import { carriedOut } from '../../plan/carried-out.ts'
import type { LabInCondition } from '../../plan/lab-in-condition.ts'
import { type DeclaredRules, declaredRules } from '../declared-rules.ts'
import { modeAfter, readAll, type Source } from '../gather.ts'
import { kernelSwitches, pathFilters } from '../kernel-switches.ts'
import type { Question } from '../question.ts'
import { currentOf, type OwnNetwork, ownNetwork } from './own-network.ts'
import { type PairedPod, pairedPods, pairPorts, podAsMachine } from './paired-pods.ts'
import type { Port, Segment } from './port.ts'

/** All that a journey is followed in. */
export interface Surroundings {
  /** Of which all of it is. */
  family: Family
  lab: Lab
  machines: ReadonlyMap<Place, MachineFacts>
  ports: readonly Port[]
  /** The pods of nodes that are on no segment of more than two. */
  pairs: readonly PairedPod[]
  overlay?: Overlay
  /** What the lab's own commands have made. */
  own: OwnNetwork
  /** The rules that a node should have. */
  rulesOf(node: Place): DeclaredRules
  /** kube-proxy is in IPVS mode. */
  hasIpvs: boolean
  /** Asks a kernel for the way of a packet: `3.3.3.3 from 10.1.1.9 iif eth0`. */
  wayOf(place: Place, packet: string): Promise<Route | string>
}

/**
 * Reads what the kernel says of one family in all nodes, their pods and machines of a lab, of which so many steps count; undefined where
 * the lab has died meanwhile.
 */
export async function readMachines(
  source: Source,
  { family, steps }: Pick<Question, 'family' | 'steps'>,
): Promise<Surroundings | undefined> {
  const { running } = source
  const { lab, outlines } = running
  const mode = modeAfter(running, steps)
  const early = ownNetwork(outlines.slice(0, steps))
  const late = ownNetwork(outlines)
  const all = inhabitants(lab)
  const pairs = pairedPods(lab).filter(({ pod }) => pod.node !== host)
  const { forwards, bridged, localnet } = kernelSwitches[family]
  const keysOf = ({ machine, bridges }: Inhabitant) => [
    ...[forwards, bridged, ignoresPings[family], ...(localnet === undefined ? [] : [localnet])],
    ...new Set(
      [
        ...[...networkInterfaces(machine), ...bridges, ...tunnelsOf(lab, machine)].map(({ name }) => name),
        ...(late.get(machine.name)?.links.keys() ?? []),
      ].flatMap(name => pathFilters(name, family)),
    ),
    ...pairs.filter(({ pod }) => pod.node === machine.name).map(({ pair }) => proxyArp(pair.far.interface)),
  ]
  const texts = await readAll(source, [
    addressReading(host),
    ...all.flatMap(each => machineReadings(each.machine.name, keysOf(each), family, mode)),
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
    lab,
    ports: portsOf(lab, all, pairs, linkAt).map(port => inFamily(port, family)),
    pairs,
    own: currentOf(early, late, machines),
    ...(lab.overlay === undefined ? {} : { overlay: lab.overlay }),
    rulesOf: declaredOnce(running, steps, family),
    hasIpvs: mode === 'ipvs',
    wayOf: async (place, packet) => wayAnswer(place, await readAll(source, [wayReading(place, packet)])),
  }
}

/** Worked out once for each node that is asked for. */
function declaredOnce(
  running: LabInCondition,
  steps: number,
  family: Family,
): (node: Place) => DeclaredRules {
  const known = new Map<Place, DeclaredRules>()
  return node => {
    const rules = known.get(node) ?? declaredRules(carriedOut(running, steps), node, family)
    known.set(node, rules)
    return rules
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
  parent?: Port['parent']
}

/** Nodes, the pods on them, and machines. */
function inhabitants(lab: Lab): Inhabitant[] {
  const { nodes, pods, machines } = lab
  const all = [...lab.bridges, ...bridgesByPlugins(lab)]
  const bridgesOf = (name: Place) => all.filter(({ node }) => node === name)
  return [
    ...nodes.map(machine => ({ machine, node: host, bridges: bridgesOf(machine.name) })),
    ...pods.filter(({ node }) => node !== host).map(pod => podInhabitant(pod, lab)),
    ...machines.map(machine => ({ machine, node: host, bridges: [] })),
  ]
}

/** What it has of the other family is left out. */
function inFamily(port: Port, family: Family): Port {
  const addresses = port.declared.addresses.filter(({ address }) => familyOf(address) === family)
  return { ...port, declared: { ...port.declared, addresses } }
}

/** A pod on a macvlan is on the segment of its parent, and shares the cable; of one that CNI plugins wire they know the bridge. */
function podInhabitant(pod: Pod, lab: Lab): Inhabitant {
  const { link, node } = pod
  const parent =
    link.kind === 'macvlan'
      ? lab.nodes.find(({ name }) => name === node)?.interfaces.find(({ name }) => name === link.parent)
      : undefined
  if (parent !== undefined) {
    const { name, network, port } = parent
    return {
      machine: podAsMachine(pod, { network, port }),
      node: host,
      bridges: [],
      parent: { place: node, name },
    }
  }
  const bridge = lab.bridges.find(each => each.name === bridgeOf(pod) && each.node === node)
  const plugins = networkOf(lab, pod)?.bridge
  const on = { ...(plugins === undefined ? {} : { network: plugins }), ...sizeOf(bridge) }
  return { machine: podAsMachine(pod, on), node, bridges: [] }
}

/** The largest packet on a bridge, or a network, where the lab says it. */
function sizeOf(on: { mtu?: number } | undefined): { mtu?: number } {
  return on?.mtu === undefined ? {} : { mtu: on.mtu }
}

function portsOf(
  { networks, bridges: bridgesOfNodes }: Lab,
  all: readonly Inhabitant[],
  pairs: readonly PairedPod[],
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
  const isPaired = (place: Place) => pairs.some(({ pod }) => pod.name === place)
  const paired = pairs.flatMap(pair => {
    const node = all.find(({ machine }) => machine.name === pair.pod.node)?.machine
    return node === undefined ? [] : pairPorts(pair, node, linkAt)
  })
  const plugged = all.filter(({ machine }) => !isPaired(machine.name))
  const onSegments = plugged.flatMap(({ machine, node, bridges, parent }) => [
    ...machine.interfaces.map(declared => ({
      ...{ machine, declared, segment: segmentOf(node, declared.network) },
      link: linkAt(machine.name, declared.name),
      end: declared.port === '' ? ('none' as const) : linkAt(node, declared.port),
      ...(parent === undefined ? {} : { parent }),
    })),
    ...bridges.map((own): Port => {
      const { name } = own
      const segment = segmentOf(machine.name, name)
      const declared = { name, network: name, addresses: addressesOf(own), port: name }
      return { machine, declared, segment, link: segment.link, end: 'none' }
    }),
  ])
  return [...onSegments, ...paired]
}

/** Whether an address is one of a machine's own. */
export function isOwn({ links = [] }: MachineFacts, address: string): boolean {
  return isLoopback(address) || links.some(link => link.addresses.some(own => own.address === address))
}
