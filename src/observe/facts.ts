import type { Place } from '../command/command.ts'
import type { ListedSets } from '../command/ipset-list.ts'
import type { Tables } from '../command/iptables-save.ts'
import type { ListedServers } from '../command/ipvs-list.ts'
import type { Family } from '../model/address.ts'
import type { Cidr } from '../model/cidr.ts'
import type { Answer } from './curl.ts'

/** The setting by which a kernel answers no pings (ip-sysctl, icmp_echo_ignore_all). */
export const ignoresPings = {
  ipv4: 'net.ipv4.icmp_echo_ignore_all',
  ipv6: 'net.ipv6.icmp.echo_ignore_all',
} as const

/** An interface as `ip addr` shows it. */
export interface Link {
  name: string
  /** Its number in its namespace, and the number of the cable's other end in that one's namespace. */
  index?: number
  peer?: number
  /** Switched on by somebody. */
  up: boolean
  /** The other end of its cable is switched on too. */
  carrier: boolean
  mac: string
  /** Bytes: the largest packet that it sends, or takes from the other end of its cable. */
  mtu: number
  addresses: readonly Cidr[]
  /** The bridge that it is plugged into. */
  master?: string
  /** What it is as a port of that bridge. */
  port?: { state: string; hairpin: boolean; isolated: boolean }
  /** What it wraps packets into. */
  tunnel?: LinkTunnel
}

/** A tunnel whose packets are IP packets in others. */
export interface LinkTunnel {
  kind: 'ipip'
  /** The ends that it has to; left out: any. */
  local?: string
  remote?: string
}

/** A route, or what `ip route get` answers. */
export interface Route {
  destination: string
  /** `blackhole`, `local`; left out: it leads somewhere. */
  type?: string
  /** Who made it: `kernel`, `boot`. */
  protocol?: string
  gateway?: string
  device: string
  /** The source address that a packet would get. */
  source?: string
}

export interface Neighbour {
  address: string
  device: string
  /** Undefined: the question for it has not been answered. */
  mac?: string
  /** `REACHABLE`, `PERMANENT`, `FAILED`, … */
  state: string
}

export interface Listener {
  /** `*`, `0.0.0.0`, `[::]` or an address of its own. */
  address: string
  port: number
}

/** What the kernel says in one network namespace; undefined where it was not asked, or did not answer. */
export interface PlaceFacts {
  links?: readonly Link[]
  routes?: readonly Route[]
  neighbours?: readonly Neighbour[]
  listeners?: readonly Listener[]
  tables?: Tables
  /** It has been told to answer no pings. */
  ignoresPings?: boolean
  /** Address → the way there, or the kernel's words where there is none. */
  routesTo: Readonly<Record<string, Route | string>>
}

/** Where a tunnel's device sends frames for a hardware address. */
export interface Forwarding {
  mac: string
  /** The address of the machine at the other end. */
  to: string
}

/** What IPVS mode has in a kernel beside rules and addresses, of both families. */
export interface IpvsFacts {
  servers: ListedServers
  sets: ListedSets
}

/** What the kernel says in a machine on networks. */
export interface MachineFacts extends PlaceFacts {
  tables: Tables
  /** Where kube-proxy is in IPVS mode. */
  ipvs?: IpvsFacts
  /** `net.ipv4.ip_forward` → `1` */
  sysctls: Readonly<Record<string, string>>
  /** Of its tunnel's device, where it has one. */
  forwarding?: readonly Forwarding[]
}

/** What the kernel says in a place of a lab that is drawn. */
export interface DrawnFacts {
  /** With the addresses of both families. */
  links: readonly Link[]
  /** Of both families. */
  routes: readonly Route[]
  /** What iptables-save has printed, with counters. */
  rules: ReadonlyMap<Family, string>
  /** What nft has printed, where kube-proxy has its rules there. */
  nft?: ReadonlyMap<Family, string>
}

/** An entry of the host's table of connections. */
export interface Connection {
  source: string
  sourcePort: number
  destination: string
  port: number
  /** Who is expected to answer: the destination after DNAT. */
  replySource: string
  replySourcePort: number
  /** To whom the answer is sent: the source after masquerading. */
  replyDestination: string
  unreplied: boolean
  /** As `conntrack -L` prints it. */
  text: string
}

/** What the host's counters and connections were before the tries, or after them. */
export interface Moment {
  tables: Tables
  /** Where kube-proxy is in IPVS mode. */
  ipvs?: IpvsFacts
  connections: readonly Connection[]
}

/** What came of asking once more, or of asking a few more times. */
export interface Tries {
  failed: number
  /** How those failed that failed. */
  failures: readonly NonNullable<Answer['failure']>[]
  /** Who answered, and whom they saw as their client, where they said so. */
  answers: readonly { pod?: string; client?: string }[]
}

/** All that a diagnosis is made from. */
export interface Facts {
  /** The host's are under `host`. */
  places: Readonly<Record<Place, PlaceFacts>>
  /** The host's: `net.ipv4.ip_forward` → `1`. */
  sysctls: Readonly<Record<string, string>>
  before: Moment
  after: Moment
  tries: Tries
}
