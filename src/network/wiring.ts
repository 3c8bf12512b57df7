import { type Action, type Command, host, onHost, type Place } from '../command/command.ts'
import { familyOf } from '../model/address.ts'
import type { Cidr } from '../model/cidr.ts'
import { addressIn } from '../model/families.ts'
import type { Link, LinkEnd, Machine } from '../model/machine.ts'
import type { Wiring } from '../model/wiring.ts'
import { raiseBridge } from './bridge.ts'
import { bridgePortDriver } from './bridge-port.ts'
import { namespace, routed, up, withoutProbing } from './cable.ts'
import type { LinkDriver } from './driver.ts'
import { macvlanDriver } from './macvlan.ts'
import { knownFor } from './pinned.ts'
import { routedPairDriver } from './routed-pair.ts'
import { raiseSegment, segmentPortDriver } from './segment.ts'
import { vxlanDriver } from './vxlan.ts'
import { wireDriver } from './wire.ts'

const drivers: { readonly [Kind in Link['kind']]: LinkDriver<Extract<Link, { kind: Kind }>> } = {
  'bridge-port': bridgePortDriver,
  'routed-pair': routedPairDriver,
  macvlan: macvlanDriver,
  wire: wireDriver,
  'segment-port': segmentPortDriver,
  vxlan: vxlanDriver,
}

/** The driver of a link's kind. */
function driverOf<Kind extends Link>(link: Kind): LinkDriver<Kind> {
  return drivers[link.kind] as LinkDriver<Kind>
}

/** Brings a whole wiring: networks before who is plugged into them, and nodes before what they have inside. */
export function attachAll({ networks, nodes, machines }: Wiring): Action[] {
  const within = (place: Place) => nodes.some(({ name }) => name === place)
  const raised = (those: Wiring['networks']) =>
    those.flatMap(each => (each.kind === 'bridge' ? raiseBridge(each) : raiseSegment(each)))
  const passing = passingIPv6({ networks, nodes, machines })
  return [
    ...(passing.has(host) ? [withoutProbing(host)] : []),
    ...raised(networks.filter(({ place }) => !within(place))),
    ...attachLinks(nodes, passing),
    ...raised(networks.filter(({ place }) => within(place))),
    ...attachMachines(machines, passing),
    // A node may know somebody on a bridge of its own.
    ...knownNeighbours(nodes),
  ]
}

/** Those who may pass IPv6 on: the host and nodes with bridges or wires of it, machines on segments. Pods pass nothing on. */
export function passingIPv6({ networks, nodes, machines }: Wiring): ReadonlySet<Place> {
  const places = new Set<Place>()
  for (const network of networks)
    if (network.kind === 'bridge' && addressIn(network, 'ipv6') !== undefined) places.add(network.place)
  for (const { name, links } of [...nodes, ...machines]) {
    for (const link of links) {
      if (link.kind === 'wire' && addressIn(link.far, 'ipv6') !== undefined) places.add(host)
      const isOnNetwork = link.kind === 'segment-port' || link.kind === 'vxlan'
      if (isOnNetwork && link.near.addresses.some(isIPv6)) places.add(name)
    }
  }
  return places
}

function isIPv6({ address }: Cidr): boolean {
  return familyOf(address) === 'ipv6'
}

/** Brings machines, whose networks are there. `passing`: those who pass IPv6 on. */
export function attachMachines(
  machines: readonly Machine[],
  passing: ReadonlySet<Place> = new Set(),
): Action[] {
  return [...attachLinks(machines, passing), ...knownNeighbours(machines)]
}

/** What machines know for good of their neighbours. */
export function knownNeighbours(machines: readonly Machine[]): Action[] {
  return machines.flatMap(({ name, neighbours }) => neighbours.map(each => knownFor(name, each)))
}

function attachLinks(machines: readonly Machine[], passing: ReadonlySet<Place>): Action[] {
  const attached = machines.map(machine => ({
    machine,
    links: machine.links.map(link => driverOf(link).attach(link)),
  }))
  const all = attached.flatMap(({ links }) => links)
  return [
    ...machines.map(({ name }) => namespace(name)),
    ...machines.filter(({ name }) => passing.has(name)).map(({ name }) => withoutProbing(name)),
    ...all.flatMap(({ cable }) => cable),
    ...phaseByPhase(all.map(({ settings }) => settings.map(each => [each]))),
    ...all.flatMap(({ known }) => known),
    ...attached.flatMap(({ machine, links }) => [
      up({ place: machine.name, interface: 'lo' }),
      ...links.flatMap(({ near }) => near),
      ...routed(machine),
    ]),
    ...all.flatMap(({ wayOut }) => wayOut),
  ]
}

/** What is there of machines that go: of one that came half, not all is. */
export interface Remains {
  namespaces: ReadonlySet<string>
  hasLink(end: Pick<LinkEnd, 'place' | 'interface'>): boolean
}

/** Takes machines away. `left`: those that stay. */
export function detachMachines(
  machines: readonly Machine[],
  left: readonly Machine[],
  { namespaces, hasLink }: Remains,
): Command[] {
  const staying = left.flatMap(machine => machine.links)
  const going = machines.flatMap(machine => machine.links)
  const detached = going.map(link => ({ link, ...driverOf(link).detach(link, staying) }))
  return [
    ...detached.filter(({ link }) => hasLink(link.far)).flatMap(({ cable }) => cable),
    ...machines
      .filter(({ name }) => namespaces.has(name))
      .map(({ name }) => onHost(['ip', 'netns', 'delete', name])),
    ...byPlace(detached.flatMap(({ forgetting }) => forgetting)),
  ]
}

/** Pins links that are there, or unpins them: as they are to be. */
export function repinLinks(links: readonly Link[]): Command[] {
  return phaseByPhase(links.map(link => driverOf(link).repin(link)))
}

/** The first phase of all of them, then the second. */
function phaseByPhase<Item>(each: readonly (readonly (readonly Item[])[])[]): Item[] {
  const phases: Item[][] = []
  for (const one of each) {
    for (const [index, items] of one.entries()) {
      phases[index] ??= []
      phases[index].push(...items)
    }
  }
  return phases.flat()
}

/** Commands of one place together, since each entry into another costs, and none of them twice. */
function byPlace(commands: readonly Command[]): Command[] {
  const places = new Map<Place, Map<string, Command>>()
  for (const command of commands) {
    const there = places.get(command.in) ?? new Map<string, Command>()
    places.set(command.in, there.set(command.argv.join(' '), command))
  }
  return [...places.values()].flatMap(there => [...there.values()])
}
