import type { Place } from '../command/command.ts'
import type { Addressed, Cidr } from './cidr.ts'
import type { MacvlanMode, StaticNeighbour, StaticRoute } from './lab.ts'

/** An end of a link: an interface, and whose network namespace it is in. */
export interface LinkEnd {
  place: Place
  interface: string
  /** Its hardware address; left out: the kernel chooses. */
  lladdr?: string
  /** Bytes: the largest packet that it sends, and takes from the other end; left out: the kernel's 1500. */
  mtu?: number
  /** No packet of many segments leaves it in one piece, as offload would have it: those pass wherever each of them would not. */
  single?: boolean
}

/** An end that has an address of its own. */
export interface AddressedEnd extends LinkEnd, Addressed {
  /** The next hop of its place's default route, where that leads over this link. */
  gateway?: string
  /** Of the other family. */
  otherGateway?: string
}

/** A veth pair between a machine and a port of a bridge. */
export interface BridgePort {
  kind: 'bridge-port'
  /** The machine's own end. */
  near: AddressedEnd
  /** The end that is plugged into the bridge, in the bridge's place. */
  far: LinkEnd
  /** The bridge's name. */
  network: string
  /** The port may send a frame back out of itself. */
  hairpin: boolean
  /** Its neighbours know it for good, by `pinnedHardwareAddress`, and it has no IPv6 address. */
  pinned: boolean
}

/**
 * A veth pair between a machine with an address of its own alone, a /32, and its node, as Calico wires pods: no network, but a route at
 * each end. The machine's gateway is an address that nobody has, for which the node answers.
 */
export interface RoutedPair {
  kind: 'routed-pair'
  /** The machine's own end. */
  near: AddressedEnd & { gateway: string }
  /** The node's end, which has the `routedPairAddress`. */
  far: LinkEnd
  /** Both ends know each other for good, and the near one has the `pinnedHardwareAddress` and no IPv6 address. */
  pinned: boolean
}

/** The hardware address of each node's end: one for all, as Calico has it, since each has one neighbour only. */
export const routedPairAddress = 'ee:ee:ee:ee:ee:ee'

/** The gateway of a routed pair where nothing is said: a link-local address that nobody has (Calico's). */
export const routedPairGateway = '169.254.1.1'

/** A macvlan: a machine's interface that is one with another one's, but for the hardware address. */
export interface Macvlan {
  kind: 'macvlan'
  /** The machine's own end. */
  near: AddressedEnd
  /** The interface that it is made from, where that is. */
  far: LinkEnd
  mode: MacvlanMode
  /** A name that no interface there has, by which it goes until it is in its place. */
  madeAs: string
}

/** A veth pair that is a network of its own. */
export interface Wire {
  kind: 'wire'
  /** The machine's own end. */
  near: AddressedEnd
  far: AddressedEnd
}

/** A veth pair between a machine and a segment, on which the host has no part but the wires. */
export interface SegmentPort {
  kind: 'segment-port'
  /** The machine's own end. */
  near: LinkEnd & { addresses: readonly Cidr[] }
  /** The end that is plugged into the segment's bridge. */
  far: LinkEnd
  /** The bridge's name. */
  network: string
}

/** A machine's own end of a VXLAN. */
export interface Vxlan {
  kind: 'vxlan'
  near: LinkEnd & { addresses: readonly Cidr[] }
  /** The interface whose packets carry its frames, of the same machine. */
  far: LinkEnd
  /** As VxlanInterface has them. */
  id: number
  local: string
  remotes: readonly string[]
  port: number
}

export type Link = BridgePort | RoutedPair | Macvlan | Wire | SegmentPort | Vxlan

/** A layer-2 segment of more than two, with an address of the place that it is in: a bridge. */
export interface Network extends Addressed {
  kind: 'bridge'
  /** Whose network namespace the bridge is in. */
  place: Place
  name: string
  /** It has the `pinnedHardwareAddress` of its address. */
  pinned: boolean
}

/** A layer-2 segment of more than two, on which the place that it is in has no address: a bridge as well. */
export interface Segment {
  kind: 'segment'
  place: Place
  name: string
}

/** The kernel's limit for one bridge (BR_MAX_PORTS less port 0). */
export const mostBridgePorts = 1023

/** A network namespace with links. */
export interface Machine {
  name: Place
  links: readonly Link[]
  /** Routes that are no link's own. */
  routes: Routes
  neighbours: readonly StaticNeighbour[]
}

/** The routes of a machine with several links: each leads over the one that its next hop is on. */
export interface Routes {
  gateway?: string
  /** Of the other family. */
  otherGateway?: string
  others: readonly StaticRoute[]
}

/** A locally administered hardware address (IEEE 802) that says which IPv4 address it belongs to. */
export function pinnedHardwareAddress(address: string): string {
  const octets = address.split('.').map(octet => Number(octet).toString(16).padStart(2, '0'))
  return ['02', '00', ...octets].join(':')
}
