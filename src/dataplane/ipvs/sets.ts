import type { Family } from '../../model/address.ts'
import type { IpSet } from './rules.ts'

/** The sets of IPVS mode, by the names that IPv4 has for them: type, the comment of rules that ask it, what it is (ipset.go). */
const setTable = {
  'KUBE-LOOP-BACK': [
    'hash:ip,port,ip',
    'Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose',
    "this node's endpoints, each as destination and source at once: hairpin",
  ],
  'KUBE-CLUSTER-IP': [
    'hash:ip,port',
    'Kubernetes service cluster ip + port for masquerade purpose',
    'the cluster IPs with their ports',
  ],
  'KUBE-EXTERNAL-IP': [
    'hash:ip,port',
    'Kubernetes service external ip + port for masquerade and filter purpose',
    'external IPs under policy Cluster',
  ],
  'KUBE-EXTERNAL-IP-LOCAL': [
    'hash:ip,port',
    'Kubernetes service external ip + port with externalTrafficPolicy=local',
    'external IPs under policy Local',
  ],
  'KUBE-LOAD-BALANCER': ['hash:ip,port', 'Kubernetes service lb portal', "load balancers' addresses"],
  'KUBE-LOAD-BALANCER-FW': [
    'hash:ip,port',
    'Kubernetes service load balancer ip + port for load balancer with sourceRange',
    'those that only some clients may use',
  ],
  'KUBE-LOAD-BALANCER-LOCAL': [
    'hash:ip,port',
    'Kubernetes service load balancer ip + port with externalTrafficPolicy=local',
    'those under policy Local',
  ],
  'KUBE-LOAD-BALANCER-SOURCE-IP': [
    'hash:ip,port,ip',
    'Kubernetes service load balancer ip + port + source IP for packet filter purpose',
    'those that the node itself may use',
  ],
  'KUBE-LOAD-BALANCER-SOURCE-CIDR': [
    'hash:ip,port,net',
    'Kubernetes service load balancer ip + port + source cidr for packet filter purpose',
    'which networks may use them',
  ],
  'KUBE-NODE-PORT-TCP': [
    'bitmap:port',
    'Kubernetes nodeport TCP port for masquerade purpose',
    'node ports of TCP',
  ],
  'KUBE-NODE-PORT-LOCAL-TCP': [
    'bitmap:port',
    'Kubernetes nodeport TCP port with externalTrafficPolicy=local',
    'those under policy Local',
  ],
  'KUBE-NODE-PORT-UDP': [
    'bitmap:port',
    'Kubernetes nodeport UDP port for masquerade purpose',
    'node ports of UDP',
  ],
  'KUBE-NODE-PORT-LOCAL-UDP': [
    'bitmap:port',
    'Kubernetes nodeport UDP port with externalTrafficPolicy=local',
    'those under policy Local',
  ],
  'KUBE-NODE-PORT-SCTP-HASH': [
    'hash:ip,port',
    "Kubernetes nodeport SCTP port for masquerade purpose with type 'hash ip:port'",
    'node ports of SCTP, on each address of the node',
  ],
  'KUBE-NODE-PORT-LOCAL-SCTP-HASH': [
    'hash:ip,port',
    "Kubernetes nodeport SCTP port with externalTrafficPolicy=local with type 'hash ip:port'",
    'those under policy Local',
  ],
  'KUBE-HEALTH-CHECK-NODE-PORT': [
    'bitmap:port',
    'Kubernetes health check node port',
    'ports on which load balancers ask for the health of services',
  ],
  'KUBE-IPVS-IPS': ['hash:ip', 'Addresses bound to the ipvs interface', 'the addresses of kube-ipvs0'],
} as const satisfies Record<string, readonly [IpSet['type'], string, string]>

/** A set, by its name in IPv4. */
export type SetName = keyof typeof setTable

/** The comment of rules that ask a set. */
export function setComment(name: SetName): string {
  return setTable[name][1]
}

/** ip_set has no more characters for a name (`NewIPSet` in ipset.go). */
const longestName = 31

/** A set's name in its family: both families' sets are in one list. */
export function nameOf(name: SetName, family: Family): string {
  return family === 'ipv4' ? name : name.replace('KUBE-', 'KUBE-6-').slice(0, longestName)
}

/** Collects the entries of all sets. */
export class SetBuilder {
  readonly #entries = new Map<SetName, Set<string>>()

  add(name: SetName, entry: string): void {
    const entries = this.#entries.get(name)
    if (entries === undefined) this.#entries.set(name, new Set([entry]))
    else entries.add(entry)
  }

  has(name: SetName): boolean {
    return this.#entries.has(name)
  }

  /** All sets, the empty ones, too: kube-proxy makes them all. */
  sets(family: Family): IpSet[] {
    return (Object.keys(setTable) as SetName[]).map(name => ({
      name: nameOf(name, family),
      type: setTable[name][0],
      entries: [...(this.#entries.get(name) ?? [])].sort(),
      explain: setTable[name][2],
    }))
  }
}
