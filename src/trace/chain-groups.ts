import type { Place } from '../command/command.ts'
import type { LinkFacts } from '../sandbox/trace/link-facts.ts'
import type { ChainFacts, TraceEvent } from '../sandbox/trace/order.ts'
import type { Packet } from '../sandbox/trace/packet.ts'
import type { RuleEvent, Verdict } from '../sandbox/trace/rule-event.ts'
import { endsOf, isSame } from './ends.ts'
import type { Flow } from './flow.ts'
import type { FindRule } from './known-rules.ts'
import type { ChainMet, ConnectionNoted, RuleMet, Way } from './report.ts'

/** What a place's kernel told of one packet: a chain that it went through, or what was noted of its connection. */
export interface Told {
  direction: Way['direction']
  item: ChainMet | ConnectionNoted
  /** Names of the interfaces, as the hook knows them. */
  in?: string
  out?: string
}

type Group = { first: RuleEvent; events: RuleEvent[] }

/** What a place has told of a request, in its order; of several tries the first one. */
export function toldBy(
  place: Place,
  events: readonly TraceEvent[],
  flow: Flow,
  known: { chains: readonly ChainFacts[]; links: readonly LinkFacts[]; find: FindRule },
): Told[] {
  // What a packet has met in a chain is whole when all events have been seen.
  const told: (() => Told)[] = []
  const noted: ConnectionNoted[] = []
  const open: Group[] = []
  const own = events.flatMap(event => {
    if (event.place !== place || event.kind === 'connection' || event.packet === undefined) return []
    return flow.directionOf(event.packet) === 'out' ? [event.packet] : []
  })
  for (const event of events) {
    if (event.place !== place || event.kind === 'link') continue
    if (event.kind === 'connection') {
      const item = notedOf(event, noted, own)
      if (item === undefined) continue
      noted.push(item)
      told.push(() => ({ direction: item.what === 'made' ? 'out' : 'back', item }))
      continue
    }
    if (event.packet !== undefined) {
      const group = { first: event, events: [event] }
      open.push(group)
      const direction = flow.directionOf(event.packet)
      if (direction === undefined) continue
      const interfaces = interfacesOf(event, known.links)
      told.push(() => ({ direction, item: chainMet(group, place, known), ...interfaces }))
    } else groupOf(open, event)?.events.push(event)
  }
  return withoutRepeats(told.map(tell => tell()))
}

/** The kernel's number of a packet may change under way, where a REJECT answers it: then its chain tells. */
function groupOf(open: readonly Group[], event: RuleEvent): Group | undefined {
  const isOf = ({ events }: Group) =>
    events.some(
      ({ table, chain, to }) => table === event.table && (chain === event.chain || to === event.chain),
    )
  return (
    open.findLast(group => group.first.id === event.id && isOf(group)) ?? open.findLast(group => isOf(group))
  )
}

function interfacesOf({ in: from, out }: RuleEvent, links: readonly LinkFacts[]): Pick<Told, 'in' | 'out'> {
  const name = (index: number | undefined) =>
    index === undefined ? undefined : links.find(link => link.index === index)?.name
  const [inName, outName] = [name(from), name(out)]
  return {
    ...(inName === undefined ? {} : { in: inName }),
    ...(outName === undefined ? {} : { out: outName }),
  }
}

const tcpStates: ReadonlySet<string | undefined> = new Set([undefined, 'SYN_SENT', 'SYN_RECV', 'CLOSE'])

/** Of a connection's many changes those that the first packet and its answer make. */
function notedOf(
  event: Extract<TraceEvent, { kind: 'connection' }>,
  noted: readonly ConnectionNoted[],
  own: readonly Packet[],
): ConnectionNoted | undefined {
  const { what, original, reply, state } = event
  if (what === 'destroy' || !tcpStates.has(state)) return undefined
  const isOwn = own.some(packet => isSame(packet, { ...packet, ...original }))
  const become = what === 'new' ? 'made' : 'answered'
  // A packet that comes by a second time has another connection there.
  const isNoted = noted.some(one => one.what === become && isSame(one.original, original))
  if (!isOwn || isNoted || (what === 'update' && !event.replied)) return undefined
  return {
    ...{ kind: 'connection', what: become, original, reply },
    ...(state === undefined ? {} : { state }),
  }
}

/** Packets that are sent again meet their first chain with the same ends once more. */
function withoutRepeats(told: readonly Told[]): Told[] {
  const kept: Told[] = []
  for (const one of told) {
    const { item, direction } = one
    const isAgain =
      item.kind === 'chain' &&
      kept.some(
        ({ item: other, direction: its }) =>
          its === direction &&
          other.kind === 'chain' &&
          other.table === item.table &&
          other.chain === item.chain &&
          other.family === item.family &&
          isSame(other.ends, item.ends),
      )
    if (isAgain) {
      const rest = told.slice(told.indexOf(one)).filter(({ direction: its }) => its !== direction)
      return [...kept, ...withoutRepeats(rest)]
    }
    kept.push(one)
  }
  return kept
}

function chainMet(
  { first, events }: Group,
  place: Place,
  { chains, find }: { chains: readonly ChainFacts[]; find: FindRule },
): ChainMet {
  const { family, table, chain } = first
  const hook = chains.find(
    each => each.place === place && each.family === family && each.table === table && each.name === chain,
  )?.hook
  const rules = nestedRules(events, chain, event =>
    event.handle === undefined ? {} : find(place, { family, table, name: event.chain }, event.handle),
  )
  const last = events.at(-1)!
  const byPolicy = last.what === 'policy'
  return {
    kind: 'chain',
    hook: hook?.name ?? chain.toLowerCase(),
    ...{ family, table, chain },
    type: hook?.type ?? '',
    ends: endsOf(first.packet!),
    rules,
    verdict: decided(last),
    byPolicy,
  }
}

/** A chain at a hook whose last rule decides nothing has let the packet pass. */
function decided({ verdict, what }: RuleEvent): Verdict {
  if (what === 'policy') return verdict
  return verdict === 'drop' || verdict === 'queue' || verdict === 'stolen' ? verdict : 'accept'
}

interface Level {
  chain: string
  rules: RuleMet[]
}

/** Rules under the rule that jumped to their chain. */
function nestedRules(
  events: readonly RuleEvent[],
  chain: string,
  known: (event: RuleEvent) => Pick<RuleMet, 'number' | 'text' | 'explain'>,
): RuleMet[] {
  const top: Level = { chain, rules: [] }
  const levels = [top]
  for (const event of events) {
    // The end of a chain, or a policy: no rule.
    if (event.handle === undefined) continue
    while (levels.length > 1 && levels.at(-1)!.chain !== event.chain) levels.pop()
    const { verdict, to } = event
    const { rules } = levels.at(-1)!
    if (to === undefined) rules.push({ ...known(event), verdict })
    else {
      const inside: RuleMet[] = []
      rules.push({ ...known(event), verdict, to, inside })
      levels.push({ chain: to, rules: inside })
    }
  }
  return top.rules
}
