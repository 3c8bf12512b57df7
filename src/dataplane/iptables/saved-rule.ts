import { parseRule } from '../../command/iptables-argv.ts'
import type { Rule as IptablesRule } from '../../command/iptables-rule.ts'
import type { Tables } from '../../command/iptables-save.ts'

/** What of a rule is looked at to tell whose it is. */
export interface SavedRule {
  /** Which packets it takes: its words up to its target. */
  match: readonly string[]
  /** Where it sends their connections, of DNAT. */
  destination: string | undefined
}

/** Takes a rule apart. */
export function ruleOf({ argv }: IptablesRule): SavedRule {
  const at = argv.findIndex(word => word === '-j' || word === '-g')
  const to = argv.indexOf('--to-destination')
  return { match: at === -1 ? argv : argv.slice(0, at), destination: to === -1 ? undefined : argv[to + 1] }
}

/** Where a rule leads. */
export function targetOf({ argv }: IptablesRule): string | undefined {
  const at = argv.findIndex(word => word === '-j' || word === '-g')
  return at === -1 ? undefined : argv[at + 1]
}

/** `namespace/name` of the service that kube-proxy's comment names, with its port, or with what follows. */
export function serviceIn({ argv }: IptablesRule): string | undefined {
  const at = argv.indexOf('--comment')
  const [, service] = /^([a-z0-9.-]+\/[a-z0-9.-]+)(?::[a-z0-9-]+)?(?: |$)/.exec(argv[at + 1] ?? '') ?? []
  return at === -1 ? undefined : service
}

/** What comes of it where a rule of kube-proxy's is not there, in words. */
export function consequence(rule: IptablesRule): string {
  const target = targetOf(rule) ?? ''
  if (/^KUBE-(SVC|SVL|EXT|FW)-/.test(target))
    return 'without it nobody translates these connections, and mostly they time out'
  if (target.startsWith('KUBE-SEP-'))
    return 'without it this endpoint gets none of them, or none of its clients back'
  switch (target) {
    case 'DNAT':
      return 'without it connections that have chosen this endpoint are not translated'
    case 'KUBE-MARK-MASQ':
      return 'without it the client keeps its address, and replies may pass this node by'
    case 'REJECT':
      return 'without it they time out instead of being refused'
    case 'DROP':
      return 'without it they get through'
    case 'ACCEPT':
      return 'without it the policy of the chain decides'
    case 'MASQUERADE':
      return 'without it what is marked keeps its source address'
    default:
      return ''
  }
}

/** By what the node's rules tell its own pods from others, which a cluster's dump does not say; undefined: by nothing, or not by a network. */
export function clusterCidrIn(saved: Tables): string | undefined {
  for (const [name, { rules }] of saved.get('nat') ?? []) {
    if (!name.startsWith('KUBE-SVC-')) continue
    for (const rule of rules) {
      if (targetOf(rule) !== 'KUBE-MARK-MASQ') continue
      const source = parseRule(rule).conditions.find(
        ({ name: option, negated }) => option === '-s' && negated,
      )
      if (source?.values[0] !== undefined) return source.values[0]
    }
  }
  return undefined
}
