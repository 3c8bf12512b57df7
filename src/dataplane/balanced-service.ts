import type { Family } from '../model/address.ts'
import type { EntryKind } from './dataplane.ts'

/** What a socket load balancer is told about one node in one IP family. */

/** SCTP is left out: the kernel asks no program about its sockets' peers in the way of TCP and UDP. */
export type BalancedProtocol = 'TCP' | 'UDP'

/** An address at which a service is reached. */
export interface Frontend {
  kind: EntryKind
  address: string
  port: number
  /** Only for sockets of the node itself: 127.0.0.1 is another place in a pod. */
  nodeOnly: boolean
}

/** Addresses of a service port that lead to the same endpoints. */
export interface BalancedService {
  /** `namespace/service:port` */
  name: string
  protocol: BalancedProtocol
  /** Which of the service port's endpoints serve: those of the node alone, or all. No two with one name and protocol have the same. */
  scope: 'local' | 'all'
  /** Seconds that a client stays with its endpoint; 0: it does not. */
  affinity: number
  frontends: readonly Frontend[]
  /** `ip:port` or `[ip]:port`, sorted. */
  endpoints: readonly string[]
}

export interface RuleSet {
  /** The node's name. */
  node: string
  family: Family
  services: readonly BalancedService[]
}
