import { parseRule } from '../../command/iptables-argv.ts'
import type { Rule as IptablesRule } from '../../command/iptables-rule.ts'
import type { Tables } from '../../command/iptables-save.ts'

/** Which packets a rule takes, in its words up to its target. */
export function matchOf({ argv }: IptablesRule): readonly string[] {
  const at = argv.findIndex(word => word === '-j' || word === '-g')
  return at === -1 ? argv : argv.slice(0, at)
}

/** Where a rule leads. */
export function targetOf(rule: IptablesRule): string | undefined {
  return parseRule(rule).target
}

/** Where a rule sends connections, of DNAT. */
export function destinationOf(rule: IptablesRule): string | undefined {
  return parseRule(rule).targetOptions.find(({ name }) => name === '--to-destination')?.values[0]
}

/** The value of an option of a rule's matches; of one with an exclamation mark where `negated` says so. */
export function optionOf(rule: IptablesRule, name: string, negated = false): string | undefined {
  return parseRule(rule).conditions.find(option => option.name === name && option.negated === negated)
    ?.values[0]
}

/** `namespace/name` of the service that kube-proxy's comment names, with its port, or with what follows. */
export function serviceIn(rule: IptablesRule): string | undefined {
  const [, service] =
    /^([a-z0-9.-]+\/[a-z0-9.-]+)(?::[a-z0-9-]+)?(?: |$)/.exec(optionOf(rule, '--comment') ?? '') ?? []
  return service
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
      const source = targetOf(rule) === 'KUBE-MARK-MASQ' ? optionOf(rule, '-s', true) : undefined
      if (source !== undefined) return source
    }
  }
  return undefined
}
