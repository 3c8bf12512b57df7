import type { Family } from '../../model/address.ts'
import type { Protocol } from '../../model/kubernetes.ts'
import type { Jump, Table } from '../iptables/rules.ts'

/** What kube-proxy in IPVS mode sets up on a node in one IP family. */

/** A set of the kernel's ip_set. */
export interface IpSet {
  name: string
  type: 'hash:ip' | 'hash:ip,port' | 'hash:ip,port,ip' | 'hash:ip,port,net' | 'bitmap:port'
  /** Sorted. */
  entries: readonly string[]
  explain: string
}

export interface VirtualServer {
  protocol: Protocol
  /** `ip:port` or `[ip]:port` */
  address: string
  scheduler: string
  /** Seconds that a client stays with its real server; 0: it does not. */
  persistent: number
  /** `ip:port` or `[ip]:port`, each of weight 1 and reached by address translation. */
  realServers: readonly string[]
  explain: string
  /** `namespace/name` */
  service: string
}

export interface RuleSet {
  family: Family
  /** All families in which this node has a kube-proxy: the first one makes kube-ipvs0, the last one takes it away. */
  families: readonly Family[]
  /** Kernel settings, key and value. */
  sysctls: readonly { key: string; value: string; explain: string }[]
  /** Addresses that kube-ipvs0 has: a packet to one of them is for the node itself, which is where IPVS looks. */
  addresses: readonly string[]
  sets: readonly IpSet[]
  iptables: { nat: Table; filter: Table; jumps: readonly Jump[] }
  servers: readonly VirtualServer[]
}
