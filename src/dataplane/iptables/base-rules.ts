import type { Family } from '../../model/address.ts'
import type { KernelSwitches } from '../dataplane.ts'
import type { Jump, TableName } from './rules.ts'
import { comment, type TableBuilder, words } from './table-builder.ts'

/** What the rules that every node has depend on. */
export interface BaseFacts {
  family: Family
  /** `0x4000` */
  mark: string
  randomFully: boolean
  localhostNodePorts: boolean
  kernel: KernelSwitches
}

/** Chains of the filter table, before any service's rules (`syncProxyRules` in proxier.go). */
export function declareFilterBase(filter: TableBuilder, facts: BaseFacts): void {
  for (const name of [
    'KUBE-SERVICES',
    'KUBE-EXTERNAL-SERVICES',
    'KUBE-FORWARD',
    'KUBE-NODEPORTS',
    'KUBE-PROXY-FIREWALL',
  ]) {
    filter.declare(name)
  }
  if (facts.localhostNodePorts) {
    filter.declare('KUBE-FIREWALL')
    filter.add(
      'KUBE-FIREWALL',
      'drop what comes from elsewhere for a loopback address: route_localnet lets it in (CVE-2020-8558)',
      [
        ...comment('block incoming localnet connections'),
        ...words('-d 127.0.0.0/8 ! -s 127.0.0.0/8'),
        ...words('-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP'),
      ],
    )
  }
  addForward(filter, facts)
}

function addForward(filter: TableBuilder, { kernel, mark }: BaseFacts): void {
  const chain = 'KUBE-FORWARD'
  if (!kernel.tcpBeLiberal) {
    const counter = kernel.nfacct ? words('-m nfacct --nfacct-name ct_state_invalid_dropped_pkts') : []
    filter.add(
      chain,
      'drop packets that belong to no known connection: NAT would pass them by, and the peer would reset the connection',
      [...words('-m conntrack --ctstate INVALID'), ...counter, '-j', 'DROP'],
    )
  }
  filter.add(chain, 'forward packets marked for masquerading, whatever the policy of FORWARD', [
    ...comment('kubernetes forwarding rules'),
    ...words(`-m mark --mark ${mark}/${mark} -j ACCEPT`),
  ])
  filter.add(chain, 'and the rest of their connections', [
    ...comment('kubernetes forwarding conntrack rule'),
    ...words('-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'),
  ])
}

/** Chains of the nat table, before any service's rules, with the rules that masquerade. */
export function declareNatBase(nat: TableBuilder, { mark, randomFully }: BaseFacts): void {
  for (const name of ['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-POSTROUTING', 'KUBE-MARK-MASQ']) {
    nat.declare(name)
  }
  addMasquerading(nat, { mark, randomFully })
  nat.add(
    'KUBE-MARK-MASQ',
    'mark the packet: KUBE-POSTROUTING will masquerade it',
    words(`-j MARK --or-mark ${mark}`),
  )
}

/** KUBE-POSTROUTING: what is marked is masqueraded. */
export function addMasquerading(
  nat: TableBuilder,
  { mark, randomFully }: Pick<BaseFacts, 'mark' | 'randomFully'>,
): void {
  nat.add(
    'KUBE-POSTROUTING',
    'leave alone what is not marked for masquerading',
    words(`-m mark ! --mark ${mark}/${mark} -j RETURN`),
  )
  nat.add(
    'KUBE-POSTROUTING',
    'take the mark off, so that the packet is not masqueraded twice',
    words(`-j MARK --xor-mark ${mark}`),
  )
  nat.add(
    'KUBE-POSTROUTING',
    'replace the source by the address of the interface it leaves through, so that replies come back this way',
    [
      ...comment('kubernetes service traffic requiring SNAT'),
      ...words(randomFully ? '-j MASQUERADE --random-fully' : '-j MASQUERADE'),
    ],
  )
}

const newConnections = words('-m conntrack --ctstate NEW')

const jumpTable: readonly [TableName, string, string, string, readonly string[]][] = [
  [
    'filter',
    'INPUT',
    'KUBE-EXTERNAL-SERVICES',
    'kubernetes externally-visible service portals',
    newConnections,
  ],
  [
    'filter',
    'FORWARD',
    'KUBE-EXTERNAL-SERVICES',
    'kubernetes externally-visible service portals',
    newConnections,
  ],
  ['filter', 'INPUT', 'KUBE-NODEPORTS', 'kubernetes health check service ports', []],
  ['filter', 'FORWARD', 'KUBE-SERVICES', 'kubernetes service portals', newConnections],
  ['filter', 'OUTPUT', 'KUBE-SERVICES', 'kubernetes service portals', newConnections],
  ['filter', 'FORWARD', 'KUBE-FORWARD', 'kubernetes forwarding rules', []],
  ['filter', 'INPUT', 'KUBE-PROXY-FIREWALL', 'kubernetes load balancer firewall', newConnections],
  ['filter', 'OUTPUT', 'KUBE-PROXY-FIREWALL', 'kubernetes load balancer firewall', newConnections],
  ['filter', 'FORWARD', 'KUBE-PROXY-FIREWALL', 'kubernetes load balancer firewall', newConnections],
  ['nat', 'OUTPUT', 'KUBE-SERVICES', 'kubernetes service portals', []],
  ['nat', 'PREROUTING', 'KUBE-SERVICES', 'kubernetes service portals', []],
  ['nat', 'POSTROUTING', 'KUBE-POSTROUTING', 'kubernetes postrouting rules', []],
  ['filter', 'INPUT', 'KUBE-FIREWALL', '', []],
  ['filter', 'OUTPUT', 'KUBE-FIREWALL', '', []],
]

const jumpReasons: Readonly<Record<string, string>> = {
  'filter KUBE-EXTERNAL-SERVICES':
    'refuse or drop new connections to outside addresses that have no endpoints',
  'filter KUBE-NODEPORTS': 'let load balancers ask for the health of services',
  'filter KUBE-SERVICES': 'refuse or drop new connections to cluster IPs that have no endpoints',
  'filter KUBE-FORWARD': 'let traffic of services through, whatever the policy of FORWARD',
  'filter KUBE-PROXY-FIREWALL': "drop what a load balancer's source ranges do not allow",
  'filter KUBE-FIREWALL': 'keep others away from loopback addresses',
  'nat KUBE-SERVICES': 'look for the service that a new connection is for',
  'nat KUBE-POSTROUTING': 'masquerade what was marked',
}

/** The jumps from the built-in chains, in the order in which each is prepended (`iptablesJumpChains` in proxier.go). */
export const baseJumps: readonly Jump[] = jumpTable.map(([table, from, to, text, match]) => ({
  table,
  from,
  to,
  argv: [...match, ...(text === '' ? [] : comment(text)), '-j', to],
  explain: jumpReasons[`${table} ${to}`] ?? '',
}))
