import type { Family } from '../../model/address.ts'
import type { Chain, Container, Element, Hook, Rule, RuleSet } from './rules.ts'

/** What the objects that every node has depend on. */
export interface BaseFacts {
  family: Family
  /** `0x4000` */
  mark: string
  /** The node's addresses that serve node ports; undefined: all but loopback ones. */
  nodePortAddresses: readonly string[] | undefined
  /** The networks that the cluster takes cluster IPs from, of this family. */
  serviceCIDRs: readonly string[]
}

/** How rules of one family name addresses. */
export function addressWords(family: Family): { ip: 'ip' | 'ip6'; type: 'ipv4_addr' | 'ipv6_addr' } {
  return family === 'ipv4' ? { ip: 'ip', type: 'ipv4_addr' } : { ip: 'ip6', type: 'ipv6_addr' }
}

/** What all services share (`setupNFTables` in proxier.go). */
export function baseObjects(facts: BaseFacts): RuleSet['base'] {
  return {
    containers: [...baseSets(facts), ...baseMaps(facts)],
    // In the order in which a packet meets them.
    chains: [
      ...firewallChains(facts),
      ...serviceChains(facts),
      ...refusingChains(facts),
      ...masqueradingChains(facts),
    ],
    elements: (facts.nodePortAddresses ?? []).map(
      (key): Element => ({
        container: 'nodeport-ips',
        key,
        explain: `node ports answer on ${key} of this node`,
      }),
    ),
  }
}

function baseSets({ family, nodePortAddresses }: BaseFacts): Container[] {
  const { type } = addressWords(family)
  const set = (name: string, comment: string, explain: string): Container => ({
    kind: 'set',
    name,
    type,
    comment,
    explain,
  })
  const clusterIPs = set(
    'cluster-ips',
    'Active ClusterIPs',
    'the cluster IPs of all services: on their other ports nobody listens',
  )
  if (nodePortAddresses === undefined) return [clusterIPs]
  const nodeIPs = set(
    'nodeport-ips',
    'IPs that accept NodePort traffic',
    "this node's addresses on which node ports answer",
  )
  return [clusterIPs, nodeIPs]
}

function baseMaps({ family }: BaseFacts): Container[] {
  const toPort = 'inet_proto . inet_service : verdict'
  const toAddress = `${addressWords(family).type} . ${toPort}`
  const map = (name: string, type: string, comment: string, explain: string): Container => ({
    kind: 'map',
    name,
    type,
    comment,
    explain,
  })
  return [
    map(
      'firewall-ips',
      toAddress,
      'destinations that are subject to LoadBalancerSourceRanges',
      "load balancers' addresses that only some clients may use",
    ),
    map(
      'no-endpoint-nodeports',
      toPort,
      'vmap to drop or reject packets to service nodeports with no endpoints',
      'node ports of services without endpoints',
    ),
    map(
      'no-endpoint-services',
      toAddress,
      'vmap to drop or reject packets to services with no endpoints',
      'addresses of services without endpoints',
    ),
    map(
      'service-ips',
      toAddress,
      'ClusterIP, ExternalIP and LoadBalancer IP traffic',
      'an address, protocol and port, and the chain of its service: one look, however many services there are',
    ),
    map('service-nodeports', toPort, 'NodePort traffic', 'a node port, and the chain of its service'),
  ]
}

/** Before DNAT: the addresses that clients wrote. */
const beforeDnat = -110
const dnat = -100
/** After it: what still has a service's address was not translated. */
const filter = 0
const snat = 100

function hooked(name: string, hook: Hook, ...rules: Rule[]): Chain {
  return { name, hook, explain: `the kernel goes through at its hook ${hook.hook}`, rules }
}

const ofNewConnections = (to: string, explain: string): Rule => ({
  text: `ct state new jump ${to}`,
  explain,
})

/** Chains that ask before DNAT who may use a load balancer's address. */
function firewallChains({ family }: BaseFacts): Chain[] {
  const check = ofNewConnections(
    'firewall-check',
    "drop new connections that a load balancer's source ranges do not allow",
  )
  const before = { type: 'filter', priority: beforeDnat } as const
  return [
    hooked('filter-prerouting-pre-dnat', { ...before, hook: 'prerouting' }, check),
    hooked('filter-output-pre-dnat', { ...before, hook: 'output' }, check),
    {
      name: 'firewall-check',
      explain: "finds the load balancer's address that a packet is for",
      rules: [
        {
          text: `${toService(family)} vmap @firewall-ips`,
          explain: "a load balancer's address with source ranges has its chain in this map",
        },
      ],
    },
  ]
}

/** Chains that find the service of a connection. */
function serviceChains(facts: BaseFacts): Chain[] {
  const services: Rule = {
    text: 'jump services',
    explain: 'look for the service that a new connection is for',
  }
  const all = facts.nodePortAddresses === undefined
  return [
    hooked('nat-prerouting', { type: 'nat', hook: 'prerouting', priority: dnat }, services),
    hooked('nat-output', { type: 'nat', hook: 'output', priority: dnat }, services),
    {
      name: 'services',
      explain: 'finds the service that a packet is for',
      rules: [
        {
          text: `${toService(facts.family)} vmap @service-ips`,
          explain: 'go to the chain of the service with this address and port',
        },
        {
          text: `${all ? 'fib daddr type local ' : ''}${toNode(facts)} meta l4proto . th dport vmap @service-nodeports`,
          explain: all
            ? 'or, on an address of this node other than a loopback one, with this node port'
            : 'or, on an address that serves node ports, with this node port',
        },
      ],
    },
  ]
}

/** Chains that end what no service has translated. */
function refusingChains(facts: BaseFacts): Chain[] {
  const services = ofNewConnections(
    'service-endpoints-check',
    'refuse or drop new connections to services without endpoints',
  )
  const clusterIPs = ofNewConnections(
    'cluster-ips-check',
    'and those to cluster IPs that nothing has translated',
  )
  const nodePorts = ofNewConnections(
    'nodeport-endpoints-check',
    'refuse or drop new connections to node ports of services without endpoints',
  )
  const after = { type: 'filter', priority: filter } as const
  return [
    hooked('filter-input', { ...after, hook: 'input' }, nodePorts, services),
    hooked('filter-forward', { ...after, hook: 'forward' }, services, clusterIPs),
    hooked('filter-output', { ...after, hook: 'output' }, services, clusterIPs),
    {
      name: 'nodeport-endpoints-check',
      explain: 'ends what is for a node port without endpoints',
      rules: [
        {
          text: `${toNode(facts)} meta l4proto . th dport vmap @no-endpoint-nodeports`,
          explain: 'a node port without endpoints has its verdict in this map',
        },
      ],
    },
    {
      name: 'service-endpoints-check',
      explain: 'ends what is for a service without endpoints',
      rules: [
        {
          text: `${toService(facts.family)} vmap @no-endpoint-services`,
          explain: "a service's address without endpoints has its verdict in this map",
        },
      ],
    },
    {
      name: 'reject-chain',
      comment: 'helper for @no-endpoint-services / @no-endpoint-nodeports',
      explain: 'refuses all that comes to it',
      rules: [{ text: 'reject', explain: 'refuse at once: a map can only lead here, not refuse' }],
    },
    {
      name: 'cluster-ips-check',
      explain: 'ends what is for a cluster IP and was not translated',
      rules: clusterIPRules(facts),
    },
  ]
}

function clusterIPRules({ family, serviceCIDRs }: BaseFacts): Rule[] {
  const { ip } = addressWords(family)
  const closed: Rule = {
    text: `${ip} daddr @cluster-ips reject`,
    comment: 'Reject traffic to invalid ports of ClusterIPs',
    explain: 'refuse at once what asks a service for a port that it has not',
  }
  if (serviceCIDRs.length === 0) return [closed]
  const unallocated: Rule = {
    text: `${ip} daddr { ${serviceCIDRs.join(',')} } drop`,
    comment: 'Drop traffic to unallocated ClusterIPs',
    explain: 'drop what goes to a cluster IP that no service has (yet)',
  }
  return [closed, unallocated]
}

function masqueradingChains({ mark }: BaseFacts): Chain[] {
  return [
    {
      name: 'mark-for-masquerade',
      explain: 'marks packets for masquerading',
      rules: [
        { text: `mark set mark or ${mark}`, explain: 'mark the packet: masquerading will masquerade it' },
      ],
    },
    hooked(
      'nat-postrouting',
      { type: 'nat', hook: 'postrouting', priority: snat },
      { text: 'jump masquerading', explain: 'masquerade what was marked' },
    ),
    {
      name: 'masquerading',
      explain: 'masquerades what is marked',
      rules: [
        {
          text: `mark and ${mark} == 0 return`,
          explain: 'leave alone what is not marked for masquerading',
        },
        {
          text: `mark set mark xor ${mark}`,
          explain: 'take the mark off, so that the packet is not masqueraded twice',
        },
        {
          text: 'masquerade fully-random',
          explain:
            'replace the source by the address of the interface it leaves through, so that replies come back this way',
        },
      ],
    },
  ]
}

function toService(family: Family): string {
  return `${addressWords(family).ip} daddr . meta l4proto . th dport`
}

/** Unlike iptables mode it never serves node ports on loopback addresses. */
function toNode({ family, nodePortAddresses }: BaseFacts): string {
  if (nodePortAddresses !== undefined) return `${addressWords(family).ip} daddr @nodeport-ips`
  return family === 'ipv4' ? 'ip daddr != 127.0.0.0/8' : 'ip6 daddr != ::1'
}
