import type { Place } from '../command/command.ts'
import type { Protocol } from '../model/kubernetes.ts'

/** What is off in a running lab. */
export interface Mark {
  /** `changed`: somebody did what no step of the lab does. */
  kind: 'down' | 'gone' | 'not ready' | 'changed'
  /** `eth0 is down` */
  words: string
}

/** An interface of a place. */
export interface GraphInterface {
  name: string
  /** `10.0.0.11/24` */
  addresses: readonly string[]
}

/** A way that a place knows, beyond those to its own networks. */
export interface GraphRoute {
  /** `default`, `172.7.22.0/24` */
  to: string
  via?: string
  /** The interface, where it is known. */
  device?: string
}

/** What has a network namespace of its own. */
export interface GraphPlace {
  name: Place
  /** `host`: the sandbox's root namespace, where it is a machine of the lab; `outside`: beyond the host, on a wire. */
  kind: 'host' | 'node' | 'pod' | 'outside' | 'machine'
  /** Of a pod, where it is. */
  node?: Place
  interfaces: readonly GraphInterface[]
  routes: readonly GraphRoute[]
  /** What runs there: `:8080`, `dnsmasq :53`. */
  serves: readonly string[]
  marks: readonly Mark[]
}

/** A layer-2 segment: a bridge of a node, a network, or a tunnel between machines. */
export interface GraphSegment {
  id: string
  kind: 'bridge' | 'network' | 'tunnel'
  name: string
  /** Of a bridge, the node that it is in. */
  place?: Place
  /** The node's own, on a bridge. */
  addresses: readonly string[]
  /** Of a tunnel, the ids of the networks by which its packets go. */
  carriedBy?: readonly string[]
  marks: readonly Mark[]
}

/** An end of a link. */
export interface GraphEnd {
  place: Place
  /** Left out: nobody knows its name before it is there. */
  interface?: string
}

/** What joins a place to a segment, or to another place. */
export interface GraphLink {
  kind: 'veth' | 'macvlan' | 'tunnel'
  near: GraphEnd & { interface: string }
  /** Left out: it has no other end, as that of a tunnel. */
  far?: GraphEnd
  /** The id of the segment that the far end is plugged into; left out: the far end is an interface of its place. */
  segment?: string
  marks: readonly Mark[]
}

/** A pod behind a service port. */
export interface GraphEndpoint {
  pod: Place
  /** `10.0.0.11:8080` */
  target: string
}

/** A service port. */
export interface GraphService {
  /** `namespace/name` */
  service: string
  /** Empty where it has none. */
  portName: string
  protocol: Protocol
  /** Where it answers: `10.96.0.80:80`, `node port 30080`. */
  addresses: readonly string[]
  endpoints: readonly GraphEndpoint[]
  marks: readonly Mark[]
}

/** A lab as it is drawn. */
export interface Graph {
  lab: string
  title: string
  /** The kernel was asked: what stands here is there, and marks say what is off. */
  running: boolean
  places: readonly GraphPlace[]
  segments: readonly GraphSegment[]
  links: readonly GraphLink[]
  services: readonly GraphService[]
}
