import { type ListedNftTable, parseNftTable } from '../../command/nft-list.ts'
import { NftState } from '../../command/nft-state.ts'
import type { Family } from '../../model/address.ts'
import { nftTableOf } from '../../model/families.ts'
import type { ShownChain } from '../dataplane.ts'
import { withNftTable } from '../nft-tables.ts'
import { shownRule } from '../shown-rule.ts'
import { ruleSteps } from './change.ts'
import type { RuleSet } from './rules.ts'

/** The chains of a rule set. */
export function chainsOfRules(rules: RuleSet): readonly ShownChain[] {
  const state = new NftState(nftTableOf(rules.family))
  for (const { argv } of ruleSteps(undefined, rules)) state.note(argv)
  return shownChains(state.table, rules.family)
}

/** The chains of kube-proxy's table that nft has listed; its rules have no counters. */
export function chainsInKernel(text: string): readonly ShownChain[] {
  return (['ipv4', 'ipv6'] as const).flatMap(family =>
    shownChains(parseNftTable(text, nftTableOf(family)), family),
  )
}

/** Chains that kube-proxy makes whether or not a service leads there. */
const helpers = new Set(['reject-chain', 'mark-for-masquerade'])

function shownChains(table: ListedNftTable | undefined, family: Family): readonly ShownChain[] {
  const name = nftTableOf(family)
  const asRules = withNftTable(new Map(), table, name).get('filter')
  return [...(table?.chains.values() ?? [])].map(
    ({ name: chain, hook }): ShownChain => ({
      ...{ table: name, name: chain, isHook: hook !== undefined },
      ...(helpers.has(chain) ? { isHelper: true } : {}),
      ...(hook === undefined || hook.policy === 'accept' ? {} : { policy: hook.policy.toUpperCase() }),
      rules: (asRules?.get(chain)?.rules ?? []).map(rule => {
        const shown = shownRule(rule, undefined)
        const service = serviceOf(shown.to ?? '') ?? serviceOf(chain)
        return { ...shown, ...(service === undefined ? {} : { service }) }
      }),
    }),
  )
}

/** `namespace/name` in the name of a service port's chain. */
function serviceOf(chain: string): string | undefined {
  return /^\w+-[A-Z0-9]{8}-([^/]+\/[^/]+)\//.exec(chain)?.[1]
}
