import type { Place } from '../../command/command.ts'
import { endsText } from '../../trace/ends.ts'
import type { Ends, RuleMet, TraceItem, TraceReport, Translation, Visit, Way } from '../../trace/report.ts'
import { withoutComment } from '../../trace/texts.ts'
import { duration, listing } from '../format.ts'
import type { OnDrawing, Spot } from '../graph/on-drawing.ts'
import {
  byConnection,
  chainName,
  connectionWords,
  passageWords,
  routeWords,
  translationWords,
  verdictText,
  wayTitles,
} from '../trace/words.ts'

/** A rule that took the packet, with its number and how deep in jumps it stands. */
export interface RuleLine {
  depth: number
  number?: number
  text: string
  explain?: string
}

/** Where a traced packet stops to be looked at. */
export interface Stop {
  direction: Way['direction'] | 'end'
  place: Place
  spot: Spot
  kind: TraceItem['kind'] | 'end'
  /** `nat PREROUTING: passed` */
  title: string
  rules: readonly RuleLine[]
  /** `10.0.0.21:40001 → 10.100.100.100:8080`: the packet's ends when it comes here. */
  ends?: string
  /** What is written over its ends here. */
  changes: readonly Pick<Translation, 'what' | 'before' | 'after'>[]
  /** It goes no further. */
  isLost: boolean
}

/** A trace as the stops of its packets, in order, the last one being its end. */
export function stopsOf(report: TraceReport, on: OnDrawing): Stop[] {
  const { ways, end, saw, from } = report
  const stops = ways.flatMap(({ direction, visits }) =>
    visits.flatMap(visit => visitStops(direction, visit, on)),
  )
  const title = saw.ok ? `${saw.words} (${duration(saw.ms)})` : end.words
  const place = saw.ok ? from : end.place
  return [
    ...stops,
    {
      ...{ direction: 'end', place, spot: on.boxOf(place), kind: 'end', title },
      ...nothing,
      isLost: !saw.ok,
    },
  ]
}

const nothing = { rules: [], changes: [], isLost: false } as const

function visitStops(direction: Way['direction'], { place, items }: Visit, on: OnDrawing): Stop[] {
  const stops: Stop[] = []
  for (const [at, item] of items.entries()) {
    const last = stops.at(-1)
    // The rule that has decided stands with what it has decided.
    if (item.kind === 'translation' && item.by === 'rule' && last?.kind === 'chain') {
      stops[stops.length - 1] = { ...last, changes: [...last.changes, changeOf(item)] }
      continue
    }
    const ends = 'ends' in item ? item.ends : endsBefore(items, at)
    stops.push({
      ...{ direction, place, kind: item.kind, ...nothing },
      ...(ends === undefined ? {} : { ends: endsText(ends) }),
      ...stopAt(item, place, on),
    })
  }
  return stops
}

function endsBefore(items: readonly TraceItem[], at: number): Ends | undefined {
  const before = items.slice(0, at).findLast(item => 'ends' in item)
  return before !== undefined && 'ends' in before ? before.ends : undefined
}

function stopAt(item: TraceItem, place: Place, on: OnDrawing): Pick<Stop, 'spot' | 'title'> & Partial<Stop> {
  const here = { spot: on.boxOf(place) }
  switch (item.kind) {
    case 'in':
    case 'out': {
      const how = item.kind === 'in' ? 'comes in by' : 'goes out by'
      return { spot: on.interfaceOf(place, item.link), title: `${how} ${passageWords(item)}` }
    }
    case 'chain': {
      const title = `${chainName(item, item.chain)}: ${verdictText(item)}`
      return { ...here, title, rules: ruleLines(item.rules, 0), isLost: item.verdict === 'drop' }
    }
    case 'translation':
      return { ...here, title: `NAT: ${translationWords(item)}, ${byConnection}`, changes: [changeOf(item)] }
    case 'connection':
      return { ...here, title: `conntrack: the entry ${connectionWords(item)}` }
    case 'route':
      return { ...here, title: `route: ${routeWords(item)}` }
    case 'bridged':
      return { ...here, title: routeWords(item) }
  }
}

function changeOf({ what, before, after }: Translation): Stop['changes'][number] {
  return { what, before, after }
}

/** A jump to a chain where nothing takes the packet says little: such ones are told together. */
function ruleLines(rules: readonly RuleMet[], depth: number): RuleLine[] {
  const isVain = ({ to, inside = [] }: RuleMet) => to !== undefined && inside.length === 0
  const vain = rules.filter(isVain).map(({ to = '' }) => to)
  return [
    ...(vain.length === 0 ? [] : [{ depth, text: `in ${listing(vain, 'and')} no rule takes it` }]),
    ...rules
      .filter(rule => !isVain(rule))
      .flatMap(({ number, text, explain, inside = [] }) => [
        {
          depth,
          ...(number === undefined ? {} : { number }),
          text: text === undefined ? 'a rule that is not there any more' : withoutComment(text),
          ...(explain === undefined ? {} : { explain }),
        },
        ...ruleLines(inside, depth + 1),
      ]),
  ]
}

/** What a stop's packet is: `The request`. */
export function directionWords(direction: Stop['direction']): string {
  return direction === 'end' ? 'The end' : wayTitles[direction]
}
