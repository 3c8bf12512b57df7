import { parseRule, type RuleOption } from '../command/iptables-argv.ts'
import { setMark } from '../command/iptables-rule.ts'
import { chainOf, type ListedRule, type Tables } from '../command/iptables-save.ts'
import type { Packet } from './packet.ts'
import { chanceOf, type Surroundings } from './rule-match.ts'

/** How the way of a packet through a table can end. */
export interface Outcome {
  /** Of 1. */
  chance: number
  /** `ACCEPT`, `DROP`, `DNAT`, …: a rule's target, or the policy of the chain that the packet came in by. */
  target: string
  /** The rule that decided; undefined for the policy. */
  rule?: ListedRule
  /** The chain whose policy decided. */
  byPolicyOf?: string
  /** What follows `--to-destination` or `--to-source`. */
  to?: string
  /** The rules that took the packet, in order. */
  path: readonly ListedRule[]
  /** The packet's mark at the end. */
  mark: number
}

/** The outcomes of a packet's way through a table, and the chains that it can come through. */
export interface Trace {
  outcomes: readonly Outcome[]
  chains: readonly string[]
}

/** A packet under way in a chain. */
interface State {
  chance: number
  mark: number
  path: readonly ListedRule[]
}

/** Targets after which the rules go on. */
const goesOn = new Set(['LOG', 'NFLOG', 'TRACE', 'CT', 'TCPMSS', 'CONNMARK'])

/** Sends a packet through a table as the kernel would, on each way that the dice allow. */
export function trace(
  tables: Tables,
  table: string,
  chain: string,
  packet: Packet,
  around: Surroundings,
): Trace {
  const outcomes: Outcome[] = []
  const chains = new Set<string>()
  const left = follow(chain, [{ chance: 1, mark: packet.mark, path: [] }], 0)
  const { policy = 'ACCEPT', afterwards = [] } = chainOf(tables, table, chain)
  for (const state of left) outcomes.push({ ...state, target: policy, byPolicyOf: chain })
  for (const next of afterwards) {
    const passed = outcomes.filter(({ target }) => target === 'ACCEPT')
    const others = outcomes.filter(outcome => !passed.includes(outcome))
    outcomes.splice(0, outcomes.length, ...others)
    for (const state of follow(
      next,
      passed.map(({ chance, mark, path }) => ({ chance, mark, path })),
      0,
    ))
      outcomes.push({ ...state, target: chainOf(tables, table, next).policy ?? 'ACCEPT', byPolicyOf: next })
  }
  return { outcomes, chains: [...chains] }

  /** Returns what comes out at the chain's end. */
  function follow(name: string, entering: readonly State[], depth: number): State[] {
    chains.add(name)
    const back: State[] = []
    let under = entering
    for (const rule of chainOf(tables, table, name).rules) {
      const next: State[] = []
      for (const state of under) {
        const chance = chanceOf(rule, { ...packet, mark: state.mark }, around)
        if (chance < 1) next.push({ ...state, chance: state.chance * (1 - chance) })
        if (chance > 0) {
          const taken = { ...state, chance: state.chance * chance, path: [...state.path, rule] }
          next.push(...take(rule, taken, back, depth))
        }
      }
      under = next
      if (under.length === 0) break
    }
    return [...back, ...under]
  }

  /** Does what a rule says; returns those that go on behind it. */
  function take(rule: ListedRule, state: State, back: State[], depth: number): State[] {
    const { target, targetOptions } = parseRule(rule)
    if (target === undefined || goesOn.has(target)) return [state]
    if (target === 'MARK') return [{ ...state, mark: marked(state.mark, targetOptions) }]
    if (target === 'RETURN') {
      back.push(state)
      return []
    }
    // The kernel refuses loops when rules are loaded; a list of rules in a test might have one.
    if (tables.get(table)?.has(target) && depth < 32) return follow(target, [state], depth + 1)
    const to = targetOptions.find(({ name }) => name.startsWith('--to-'))?.values[0]
    outcomes.push({ ...state, target, rule, ...(to === undefined ? {} : { to }) })
    return []
  }
}

/** The way of a packet on which nothing has been decided yet goes on: `next` sends it through a further chain, with its mark. */
export function continued({ outcomes, chains }: Trace, next: (mark: number) => Trace): Trace {
  const seen = new Set(chains)
  const all = outcomes.flatMap(outcome => {
    if (outcome.target !== 'ACCEPT') return [outcome]
    const further = next(outcome.mark)
    for (const chain of further.chains) seen.add(chain)
    return further.outcomes.map(each => ({
      ...each,
      chance: outcome.chance * each.chance,
      path: [...outcome.path, ...each.path],
    }))
  })
  return { outcomes: all, chains: [...seen] }
}

function marked(mark: number, options: readonly RuleOption[]): number {
  const { name = '', values = [] } = options[0] ?? {}
  const [value, mask] = setMark(name, values[0] ?? '')
  return ((mark & ~mask) ^ value) >>> 0
}
