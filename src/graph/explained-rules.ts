import { splitRestoreLine } from '../command/iptables-save.ts'
import type { ShownChain, ShownRule } from '../dataplane/dataplane.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import { explanationsOf } from '../trace/explanations.ts'
import { explanationKey } from '../trace/known-rules.ts'
import type { PlaceChains } from './lab-rules.ts'

/** A rule with what it is for, in a sentence without its full stop; left out: nobody knows. */
export interface ExplainedRule extends ShownRule {
  explain?: string
}

/** A chain whose rules are explained. */
export interface ExplainedChain extends ShownChain {
  rules: readonly ExplainedRule[]
}

/** Chains of a place whose rules are explained. */
export interface ExplainedChains extends PlaceChains {
  chains: readonly ExplainedChain[]
}

/** Adds to each rule that a running lab's kernels have what it is for, in the words of `netlab trace`. */
export function explainedRules(running: LabInCondition, found: readonly PlaceChains[]): ExplainedChains[] {
  const explanations = explanationsOf(running)
  return found.map(({ place, family, chains }) => ({
    ...{ place, family },
    chains: chains.map(chain => ({
      ...chain,
      rules: chain.rules.map(rule => {
        const { table, name } = chain
        const words = rule.text === undefined ? undefined : splitRestoreLine(rule.text)
        const explain =
          words === undefined ? undefined : explanations.get(explanationKey(place, table, name, words))
        return explain === undefined ? rule : { ...rule, explain }
      }),
    })),
  }))
}

/** How many packets rules have sent to each endpoint so far, by `endpointKey`: those of the service's rules. */
export function endpointPackets(found: readonly PlaceChains[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { chains } of found)
    for (const { rules } of chains)
      for (const { verdict, service, packets } of rules) {
        const [, target] = /^DNAT to (\S+)$/.exec(verdict) ?? []
        if (target === undefined || service === undefined || packets === undefined) continue
        const key = endpointKey(service, target)
        counts.set(key, (counts.get(key) ?? 0) + packets)
      }
  return counts
}

/** By this an endpoint of a service is found: `default/web 10.0.0.11:8080`. */
export function endpointKey(service: string, target: string): string {
  return `${service} ${target}`
}
