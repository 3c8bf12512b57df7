import { type Family, joinHostPort } from '../../model/address.ts'
import { addMasquerading } from '../iptables/base-rules.ts'
import type { LocalDetector } from '../iptables/local-detector.ts'
import type { Jump, TableName } from '../iptables/rules.ts'
import { comment, TableBuilder, words } from '../iptables/table-builder.ts'
import type { RuleSet } from './rules.ts'
import { nameOf, type SetBuilder, type SetName, setComment } from './sets.ts'

/** What these rules depend on. */
export interface RuleContext {
  family: Family
  sets: SetBuilder
  detector: LocalDetector | undefined
  masqueradeAll: boolean
  randomFully: boolean
  /** `0x4000` */
  mark: string
  /** Load balancers' addresses that the node itself may not use. */
  closedToNode: readonly { ip: string; protocol: string; port: number }[]
}

/** There are as many for one service as for ten thousand: what differs is in the sets (`writeIptablesRules` in proxier.go). */
export function iptablesRules(context: RuleContext): RuleSet['iptables'] {
  const [nat, filter] = [new TableBuilder(), new TableBuilder()]
  for (const name of natChains) nat.declare(name)
  for (const name of filterChains) filter.declare(name)
  addNat(context, nat)
  addFilter(context, filter)
  return { nat: nat.table('nat'), filter: filter.table('filter'), jumps }
}

const natChains = [
  'KUBE-SERVICES',
  'KUBE-POSTROUTING',
  'KUBE-NODE-PORT',
  'KUBE-LOAD-BALANCER',
  'KUBE-MARK-MASQ',
]

const filterChains = [
  'KUBE-FORWARD',
  'KUBE-NODE-PORT',
  'KUBE-PROXY-FIREWALL',
  'KUBE-SOURCE-RANGES-FIREWALL',
  'KUBE-IPVS-FILTER',
  'KUBE-IPVS-OUT-FILTER',
]

function matchSet({ family }: RuleContext, name: SetName, directions: string): readonly string[] {
  return ['-m', 'set', '--match-set', nameOf(name, family), directions]
}

function toldSet(context: RuleContext, name: SetName, directions: string): readonly string[] {
  return [...comment(setComment(name)), ...matchSet(context, name, directions)]
}

/** Rules for sets that have something in them, in the order of `ipsetWithIptablesChain`. */
const natJumps: readonly [SetName, string, string, string, string, string][] = [
  [
    'KUBE-LOOP-BACK',
    'KUBE-POSTROUTING',
    'MASQUERADE',
    'dst,dst,src',
    '',
    'hairpin: an endpoint that reaches itself would see its own address and not answer',
  ],
  [
    'KUBE-LOAD-BALANCER',
    'KUBE-SERVICES',
    'KUBE-LOAD-BALANCER',
    'dst,dst',
    '',
    "it is for a load balancer's address",
  ],
  [
    'KUBE-LOAD-BALANCER-LOCAL',
    'KUBE-LOAD-BALANCER',
    'RETURN',
    'dst,dst',
    '',
    "policy Local: the client's address is kept",
  ],
  ...(['TCP', 'UDP', 'SCTP'] as const).flatMap(
    (protocol): [SetName, string, string, string, string, string][] => {
      const suffix = protocol === 'SCTP' ? 'SCTP-HASH' : protocol
      const directions = protocol === 'SCTP' ? 'dst,dst' : 'dst'
      const lower = protocol.toLowerCase()
      return [
        [
          `KUBE-NODE-PORT-LOCAL-${suffix}` as SetName,
          'KUBE-NODE-PORT',
          'RETURN',
          directions,
          lower,
          "policy Local: the client's address is kept",
        ],
        [
          `KUBE-NODE-PORT-${suffix}` as SetName,
          'KUBE-NODE-PORT',
          'KUBE-MARK-MASQ',
          directions,
          lower,
          'the endpoint may be on another node: masquerade, so that replies come back through this one',
        ],
      ]
    },
  ),
]

function addNat(context: RuleContext, nat: TableBuilder): void {
  const { family, sets, mark, randomFully } = context
  const loopback = family === 'ipv4' ? '127.0.0.0/8' : '::1/128'
  nat.add(
    'KUBE-SERVICES',
    'what comes from a loopback address is for no service',
    words(`-s ${loopback} -j RETURN`),
  )
  for (const [name, chain, target, directions, protocol, explain] of natJumps) {
    if (!sets.has(name)) continue
    const ofProtocol = protocol === '' ? [] : ['-p', protocol]
    nat.add(chain, explain, [...ofProtocol, ...toldSet(context, name, directions), '-j', target])
  }
  addClusterIPs(context, nat)
  addExternalIPs(context, nat)
  nat.add('KUBE-SERVICES', "it is for one of this node's addresses: perhaps a node port", [
    ...words('-m addrtype --dst-type LOCAL -j KUBE-NODE-PORT'),
  ])
  nat.add('KUBE-LOAD-BALANCER', 'any endpoint may serve, so masquerade', words('-j KUBE-MARK-MASQ'))
  for (const name of ['KUBE-CLUSTER-IP', 'KUBE-LOAD-BALANCER'] as const) {
    if (!sets.has(name)) continue
    nat.add('KUBE-SERVICES', 'let it through to IPVS, whatever rules come after', [
      ...matchSet(context, name, 'dst,dst'),
      ...words('-j ACCEPT'),
    ])
  }
  addMasquerading(nat, { mark, randomFully })
  nat.add('KUBE-MARK-MASQ', 'mark the packet: KUBE-POSTROUTING will masquerade it', [
    ...words(`-j MARK --or-mark ${mark}`),
  ])
}

function addClusterIPs(context: RuleContext, nat: TableBuilder): void {
  const { sets, masqueradeAll, detector } = context
  if (!sets.has('KUBE-CLUSTER-IP')) return
  const add = (explain: string, directions: string, from: readonly string[] = []) =>
    nat.add('KUBE-SERVICES', explain, [
      ...toldSet(context, 'KUBE-CLUSTER-IP', directions),
      ...from,
      ...words('-j KUBE-MARK-MASQ'),
    ])
  const so = 'so that replies come back through this node'
  if (masqueradeAll) add(`masquerade everything, ${so}`, 'dst,dst')
  else if (detector !== undefined) {
    add(`masquerade what does not come from ${detector.explain}, ${so}`, 'dst,dst', detector.ifNotLocal)
  } else {
    add(
      'the node itself takes the cluster IP for its source, since kube-ipvs0 has it: masquerade that',
      'src,dst',
    )
  }
}

function addExternalIPs(context: RuleContext, nat: TableBuilder): void {
  const accept = (name: SetName) => {
    const match = toldSet(context, name, 'dst,dst')
    nat.add('KUBE-SERVICES', 'let through what comes from other machines', [
      ...match,
      ...words('-m physdev ! --physdev-is-in -m addrtype ! --src-type LOCAL -j ACCEPT'),
    ])
    nat.add('KUBE-SERVICES', "and what is for an address that is the node's own", [
      ...match,
      ...words('-m addrtype --dst-type LOCAL -j ACCEPT'),
    ])
  }
  if (context.sets.has('KUBE-EXTERNAL-IP')) {
    nat.add('KUBE-SERVICES', 'any endpoint may serve, so masquerade', [
      ...toldSet(context, 'KUBE-EXTERNAL-IP', 'dst,dst'),
      ...words('-j KUBE-MARK-MASQ'),
    ])
    accept('KUBE-EXTERNAL-IP')
  }
  if (context.sets.has('KUBE-EXTERNAL-IP-LOCAL')) accept('KUBE-EXTERNAL-IP-LOCAL')
}

function addFilter(context: RuleContext, filter: TableBuilder): void {
  const { sets, mark, closedToNode } = context
  const firewall = (name: SetName, chain: string, target: string, directions: string, explain: string) => {
    if (!sets.has(name)) return
    filter.add(chain, explain, [...toldSet(context, name, directions), '-j', target])
  }
  const ranges = 'KUBE-SOURCE-RANGES-FIREWALL'
  firewall('KUBE-LOAD-BALANCER-FW', 'KUBE-PROXY-FIREWALL', ranges, 'dst,dst', 'only some clients may use it')
  firewall('KUBE-LOAD-BALANCER-SOURCE-CIDR', ranges, 'RETURN', 'dst,dst,src', 'clients in these networks may')
  firewall('KUBE-LOAD-BALANCER-SOURCE-IP', ranges, 'RETURN', 'dst,dst,src', 'so may this node')
  filter.add(ranges, 'and nobody else', words('-j DROP'))
  for (const { ip, protocol, port } of closedToNode) {
    filter.add('KUBE-IPVS-OUT-FILTER', `this node may not use ${joinHostPort(ip, port)}`, [
      ...['-s', ip],
      ...words(`-m ipvs --vaddr ${ip} --vproto ${protocol} --vport ${port} -j DROP`),
    ])
  }
  filter.add('KUBE-FORWARD', 'forward packets marked for masquerading, whatever the policy of FORWARD', [
    ...comment('kubernetes forwarding rules'),
    ...words(`-m mark --mark ${mark}/${mark} -j ACCEPT`),
  ])
  filter.add('KUBE-FORWARD', 'and the rest of their connections', [
    ...comment('kubernetes forwarding conntrack rule'),
    ...words('-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'),
  ])
  filter.add('KUBE-NODE-PORT', 'load balancers ask these ports for the health of services', [
    ...toldSet(context, 'KUBE-HEALTH-CHECK-NODE-PORT', 'dst'),
    ...words('-j ACCEPT'),
  ])
  for (const name of [
    'KUBE-LOAD-BALANCER',
    'KUBE-CLUSTER-IP',
    'KUBE-EXTERNAL-IP',
    'KUBE-EXTERNAL-IP-LOCAL',
    'KUBE-HEALTH-CHECK-NODE-PORT',
  ] as const) {
    const directions = name === 'KUBE-HEALTH-CHECK-NODE-PORT' ? 'dst' : 'dst,dst'
    filter.add('KUBE-IPVS-FILTER', 'a port that a service has', [
      ...matchSet(context, name, directions),
      ...words('-j RETURN'),
    ])
  }
  filter.add(
    'KUBE-IPVS-FILTER',
    "refuse the others: the node's own servers are not to answer on services' addresses",
    [...words('-m conntrack --ctstate NEW'), ...matchSet(context, 'KUBE-IPVS-IPS', 'dst'), '-j', 'REJECT'],
  )
}

const jumpTable: readonly [TableName, string, string, string, string][] = [
  ['nat', 'OUTPUT', 'KUBE-SERVICES', 'kubernetes service portals', 'look whether it is for a service'],
  ['nat', 'PREROUTING', 'KUBE-SERVICES', 'kubernetes service portals', 'look whether it is for a service'],
  ['nat', 'POSTROUTING', 'KUBE-POSTROUTING', 'kubernetes postrouting rules', 'masquerade what was marked'],
  [
    'filter',
    'FORWARD',
    'KUBE-FORWARD',
    'kubernetes forwarding rules',
    'let traffic of services through, whatever the policy of FORWARD',
  ],
  [
    'filter',
    'INPUT',
    'KUBE-NODE-PORT',
    'kubernetes health check rules',
    'let load balancers ask for the health of services',
  ],
  ['filter', 'INPUT', 'KUBE-PROXY-FIREWALL', 'kube-proxy firewall rules', 'keep to the source ranges'],
  ['filter', 'FORWARD', 'KUBE-PROXY-FIREWALL', 'kube-proxy firewall rules', 'keep to the source ranges'],
  [
    'filter',
    'INPUT',
    'KUBE-IPVS-FILTER',
    'kubernetes ipvs access filter',
    "keep services' addresses from the node's own servers",
  ],
  [
    'filter',
    'OUTPUT',
    'KUBE-IPVS-OUT-FILTER',
    'kubernetes ipvs access filter',
    'keep the node from what it may not use',
  ],
]

/** In the order in which each is prepended (`iptablesJumpChain` in proxier.go). */
const jumps: readonly Jump[] = jumpTable.map(([table, from, to, text, explain]) => ({
  ...{ table, from, to, explain },
  argv: [...comment(text), '-j', to],
}))
