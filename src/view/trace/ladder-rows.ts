import type { Place } from '../../command/command.ts'
import type { ChainMet, Ends, RuleMet, TraceItem, Translation, Visit, Way } from '../../trace/report.ts'

/** A rule, and the chain in which it stands. */
export interface PlacedRule {
  chain: string
  rule: RuleMet
}

/** What a ladder shows below each other: one column for each place, time downwards. */
export type LadderRow =
  | { kind: 'way'; direction: Way['direction'] }
  /** Where an address is changed; `by`: the rule that has decided it. */
  | { kind: 'changed'; place: Place; change: Translation; by?: PlacedRule }
  | { kind: 'dropped'; place: Place; met: ChainMet; by?: PlacedRule }
  /** The packet goes to another place; a place that sends to itself is both. */
  | {
      kind: 'hop'
      from: Place
      to: Place
      ends?: Ends
      /** The packet that carries it, in a tunnel. */
      wrapped?: Ends
      /** By which it leaves, and by which it comes. */
      links: readonly string[]
    }

/** The places of some ways, in the order in which they are met. */
export function placesOnWay(ways: readonly Way[]): Place[] {
  return [...new Set(ways.flatMap(({ visits }) => visits.map(({ place }) => place)))]
}

/** What is worth a row of a picture: the packet on its way between places, what changes it there, and what stops it. */
export function ladderRows(ways: readonly Way[]): LadderRow[] {
  return ways.flatMap(({ direction, visits }) => [
    { kind: 'way', direction } as const,
    ...visits.flatMap((visit, at) => {
      const next = visits[at + 1]
      return [...changesIn(visit), ...(next === undefined ? [] : [hopTo(visit, next)])]
    }),
  ])
}

function changesIn({ place, items }: Visit): LadderRow[] {
  return items.flatMap((item, at): LadderRow[] => {
    if (item.kind === 'translation') {
      const before = items.slice(0, at).findLast(each => each.kind === 'chain')
      const isRule = item.by === 'rule' && before?.kind === 'chain'
      return [{ kind: 'changed', place, change: item, ...(isRule ? decidedBy(before) : {}) }]
    }
    if (item.kind === 'chain' && item.verdict === 'drop')
      return [{ kind: 'dropped', place, met: item, ...decidedBy(item) }]
    return []
  })
}

/** The rule that has decided in a chain, in whatever chain it stands. */
function decidedBy({ chain, rules, byPolicy }: ChainMet): { by?: PlacedRule } {
  if (byPolicy) return {}
  let [at, rule] = [chain, rules.at(-1)]
  while (rule?.to !== undefined && (rule.inside ?? []).length > 0) {
    at = rule.to
    rule = rule.inside?.at(-1)
  }
  return rule === undefined ? {} : { by: { chain: at, rule } }
}

function hopTo(visit: Visit, next: Visit): LadderRow {
  const last = visit.items.findLast(isPassage)
  const first = next.items.find(isPassage)
  const links = [last?.kind === 'out' ? last.link : undefined, first?.kind === 'in' ? first.link : undefined]
  return {
    kind: 'hop',
    ...{ from: visit.place, to: next.place },
    ...(last === undefined ? {} : { ends: last.ends }),
    ...(last?.wrapped === undefined ? {} : { wrapped: last.wrapped }),
    links: links.filter(link => link !== undefined),
  }
}

function isPassage(item: TraceItem): item is Extract<TraceItem, { kind: 'in' | 'out' }> {
  return item.kind === 'in' || item.kind === 'out'
}
