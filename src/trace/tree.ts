import type { Place } from '../command/command.ts'
import type { ChainMet, RuleMet } from './report.ts'

/** A rule that took packets of many requests. */
export interface Branch extends Pick<RuleMet, 'number' | 'text' | 'explain' | 'to'> {
  /** How many requests it took. */
  count: number
  /** How many it should have taken of those that came to it; left out where it throws no dice. */
  expected?: number
  inside: readonly Branch[]
}

/** A chain at a hook, with the way of many requests through it. */
export interface ChainTree extends Pick<ChainMet, 'family' | 'table' | 'chain'> {
  place: Place
  /** How many requests came to it. */
  count: number
  /** How many it has dropped. */
  dropped: number
  branches: readonly Branch[]
}

/** A chain that a request's first packet went through in a place. */
export interface PlaceChain {
  place: Place
  met: ChainMet
}

/** Lays the ways of many requests over each other; the chains in the order in which the first request met them. */
export function chainTrees(requests: readonly (readonly PlaceChain[])[]): ChainTree[] {
  const groups = new Map<string, PlaceChain[]>()
  for (const each of requests.flat()) {
    const { place, met } = each
    const key = `${place} ${met.family} ${met.table} ${met.chain}`
    const same = groups.get(key)
    if (same === undefined) groups.set(key, [each])
    else same.push(each)
  }
  return [...groups.values()].map(same => {
    const [{ place, met }] = same as [PlaceChain]
    return {
      ...{ place, family: met.family, table: met.table, chain: met.chain },
      count: same.length,
      dropped: same.filter(each => each.met.verdict === 'drop').length,
      branches: branchesOf(same.map(each => each.met.rules)),
    }
  })
}

/** The branches of a chain, from what each packet met there. */
function branchesOf(ways: readonly (readonly RuleMet[])[]): Branch[] {
  const keyOf = ({ number, text, to }: RuleMet) => `${number ?? ''} ${text ?? ''} ${to ?? ''}`
  const groups = new Map<string, RuleMet[]>()
  for (const rule of ways.flat()) {
    const key = keyOf(rule)
    const same = groups.get(key)
    if (same === undefined) groups.set(key, [rule])
    else same.push(rule)
  }
  const branches = [...groups.values()].map((same): Branch => {
    const [{ number, text, explain, to }] = same as [RuleMet]
    const count = same.length
    const expected = expectedOf(same[0]!, ways)
    return {
      ...(number === undefined ? {} : { number }),
      ...(text === undefined ? {} : { text }),
      ...(explain === undefined ? {} : { explain }),
      ...(to === undefined ? {} : { to }),
      count,
      ...(expected === undefined ? {} : { expected }),
      inside: branchesOf(same.map(({ inside = [] }) => inside)),
    }
  })
  return branches.sort((a, b) => (a.number ?? 0) - (b.number ?? 0) || (a.to ?? '').localeCompare(b.to ?? ''))
}

/**
 * How many of all that came to a chain's first dice a rule should have taken. Each of the following throws dice for what the ones before have
 * left, and the last one takes the rest. Undefined where a rule in between took nothing, so that its dice are not known.
 */
function expectedOf(
  { number, text = '' }: RuleMet,
  ways: readonly (readonly RuleMet[])[],
): number | undefined {
  // A map chooses among all of its chains by one throw.
  const [, choices] = /numgen random mod (\d+) vmap/.exec(text) ?? []
  if (choices !== undefined)
    return ways.filter(rules => rules.some(rule => rule.text === text)).length / Number(choices)
  const dice = diceOf(ways)
  const first = dice[0]?.number
  const isLast = number === (dice.at(-1)?.number ?? 0) + 1
  if (number === undefined || first === undefined || number < first) return undefined
  if (!isLast && dice.every(die => die.number !== number)) return undefined
  const before = dice.filter(die => die.number < number)
  if (before.length !== number - first) return undefined
  const came = ways.filter(rules => (rules.at(-1)?.number ?? 0) >= first).length
  const own = dice.find(die => die.number === number)?.probability ?? 1
  return before.reduce((left, { probability }) => left * (1 - probability), came) * own
}

/** The rules of a chain that throw dice, as far as they took anything. */
function diceOf(ways: readonly (readonly RuleMet[])[]): { number: number; probability: number }[] {
  const dice = new Map<number, number>()
  for (const { number, text = '' } of ways.flat()) {
    const [, probability] = /--probability ([\d.]+)/.exec(text) ?? []
    if (number !== undefined && probability !== undefined) dice.set(number, Number(probability))
  }
  return [...dice]
    .map(([number, probability]) => ({ number, probability }))
    .sort((a, b) => a.number - b.number)
}
