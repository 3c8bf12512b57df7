import type { ShownChain, ShownRule } from '../../dataplane/dataplane.ts'
import { roundPercentage } from '../format.ts'

/** More rules of services in a chain than this are not told one by one. */
const mostRules = 8

/** Chains of one network namespace, and of one family. */
export interface ChainSet {
  /** `IPv4 on node-1` where there are several; empty: there is one. */
  title: string
  chains: readonly ShownChain[]
}

/** A chain with the rules of it that are told, and how many others there are. */
export interface ChosenChain {
  chain: ShownChain
  rules: readonly ShownRule[]
  left: number
}

/** By this a chain is told from those of other tables. */
export function chainKey({ table, name }: Pick<ShownChain, 'table' | 'name'>): string {
  return `${table} ${name}`
}

/**
 * The chains that are worth telling, each with its rules: without those in which nothing happens, and with some of very many rules of
 * services only; of one service those that its packets meet.
 */
export function chosenChains(
  chains: readonly ShownChain[],
  service?: string,
): ReadonlyMap<string, ChosenChain> {
  const byKey = new Map(chains.map(chain => [chainKey(chain), chain]))
  const met = service === undefined ? undefined : metBy(byKey, service)
  return new Map(
    chains.map(chain => {
      const own = chain.rules.filter(rule => isTold(chain, rule, service, met))
      const rules = service === undefined ? folded(own) : own
      return [chainKey(chain), { chain, rules, left: chain.rules.length - rules.length }]
    }),
  )
}

function folded(rules: readonly ShownRule[]): readonly ShownRule[] {
  const several = rules.filter(rule => rule.service !== undefined)
  if (several.length <= mostRules) return rules
  const hidden = new Set(several.slice(mostRules - 2))
  return rules.filter(rule => !hidden.has(rule))
}

/** The chains from which packets come to a rule of the service. */
function concernedChains(chains: ReadonlyMap<string, ShownChain>, service: string): ReadonlySet<string> {
  const concerned = new Set<string>()
  let grown = true
  while (grown) {
    grown = false
    for (const [key, { table, rules }] of chains) {
      if (concerned.has(key)) continue
      const leads = rules.some(
        rule =>
          rule.service === service ||
          (rule.to !== undefined &&
            rule.service === undefined &&
            concerned.has(chainKey({ table, name: rule.to }))),
      )
      if (!leads) continue
      concerned.add(key)
      grown = true
    }
  }
  return concerned
}

/** Chains that a service's packets come through, and those to which its own rules send them besides. */
interface Met {
  concerned: ReadonlySet<string>
  followed: ReadonlySet<string>
}

function metBy(chains: ReadonlyMap<string, ShownChain>, service: string): Met {
  const followed = new Set<string>()
  const follow = (key: string) => {
    const chain = chains.get(key)
    if (chain === undefined || followed.has(key)) return
    followed.add(key)
    for (const { to } of chain.rules) if (to !== undefined) follow(chainKey({ table: chain.table, name: to }))
  }
  for (const [key, { table, name, isHook, rules }] of chains) {
    // What was marked on the way is masqueraded at its end.
    if (isHook && /postrouting$/i.test(name)) follow(key)
    for (const rule of rules)
      if (rule.service === service && rule.to !== undefined) follow(chainKey({ table, name: rule.to }))
  }
  return { concerned: concernedChains(chains, service), followed }
}

function isTold(
  { table, name }: ShownChain,
  rule: ShownRule,
  service: string | undefined,
  met: Met | undefined,
): boolean {
  if (met === undefined) return true
  if (rule.service !== undefined) return rule.service === service
  const key = chainKey({ table, name })
  if (met.followed.has(key)) return true
  return rule.to === undefined
    ? met.concerned.has(key)
    : met.concerned.has(chainKey({ table, name: rule.to }))
}

/** `33.3 %`, `50 % of the rest`, `the rest`: which share of the packets that come to a chain a rule takes; empty: no matter of chance. */
export function shareWords(rules: readonly ShownRule[], at: number): string {
  const { share, match } = rules[at]!
  const isFirst = rules.slice(0, at).every(before => before.share === undefined)
  if (share === undefined) return isFirst || match !== '' ? '' : 'the rest'
  return `${roundPercentage(share)}${isFirst ? '' : ' of the rest'}`
}

/** The hooks at which a tree begins: those of which there is something to tell. */
export function rootsOf(chosen: ReadonlyMap<string, ChosenChain>): ChosenChain[] {
  return [...chosen.values()].filter(({ chain, rules, left }) => {
    const isPolicyAlone = left === 0 && (chain.policy ?? 'ACCEPT') !== 'ACCEPT'
    return chain.isHook && (rules.length > 0 || isPolicyAlone)
  })
}

/** Chains to which no told rule leads, although they have rules; not those that wait for some. */
export function unreached(chosen: ReadonlyMap<string, ChosenChain>): ChosenChain[] {
  const reached = new Set<string>()
  const visit = (key: string) => {
    if (reached.has(key)) return
    reached.add(key)
    const found = chosen.get(key)
    for (const { to } of found?.chain.rules ?? [])
      if (to !== undefined) visit(chainKey({ table: found!.chain.table, name: to }))
  }
  for (const { chain } of chosen.values()) if (chain.isHook) visit(chainKey(chain))
  return [...chosen.values()].filter(
    ({ chain, rules }) =>
      !chain.isHook && !chain.isHelper && rules.length > 0 && !reached.has(chainKey(chain)),
  )
}
