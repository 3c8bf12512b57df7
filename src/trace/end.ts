import type { Place } from '../command/command.ts'
import type { KnownEnd } from '../diagnose/evidence.ts'
import type { Lab } from '../model/lab.ts'
import { machineAt } from '../model/places.ts'
import type { TraceEvent } from '../sandbox/trace/order.ts'
import { destinationText, sourceText } from './ends.ts'
import type { ChainMet, ClientSaw, RuleMet, TraceEnd, Visit, Way } from './report.ts'

/** Where a request came to its end, and how. */
export function endOf(
  ways: readonly Way[],
  saw: ClientSaw,
  from: Place,
  events: readonly TraceEvent[],
  lab: Lab,
): TraceEnd {
  const out = ways.find(({ direction }) => direction === 'out')
  const back = ways.find(({ direction }) => direction === 'back')
  const error = ways.find(({ direction }) => direction === 'error')
  const last = out?.visits.at(-1)
  if (saw.ok)
    return { kind: 'answered', place: back?.visits[0]?.place ?? last?.place ?? from, words: saw.words }
  if (back !== undefined && back.visits.length > 0) return endOfAnswer(out, back, saw, from, events, lab)
  if (last === undefined) return neverSent(from, events)
  const dropped = droppedIn(last)
  const place = last.place
  if (dropped !== undefined) {
    const end = droppedEnd(place, dropped, error !== undefined)
    return error === undefined && end.kind === 'rejected' && isTurnedBack(last) ? unheard(end, from) : end
  }
  if (error !== undefined) {
    const sender = error.visits[0]?.place ?? place
    // After three seconds in vain a kernel tells who has sent the packet.
    const asked = noNeighbour(events, sender)
    if (asked !== undefined) return asked
    return { kind: 'unreachable', place: sender, words: `${sender} sends an error back: ${saw.words}` }
  }
  return lostEnd(last, events, lab, 'the request')
}

/** The answer came back to whoever asked, or got lost on its way. */
function endOfAnswer(
  out: Way | undefined,
  back: Way,
  saw: ClientSaw,
  from: Place,
  events: readonly TraceEvent[],
  lab: Lab,
): TraceEnd {
  const first = back.visits[0]!
  const last = back.visits.at(-1)!
  const dropped = droppedIn(last)
  if (dropped !== undefined) return droppedEnd(last.place, dropped, false)
  if (last.place !== from) return lostEnd(last, events, lab, 'the answer')
  return (
    strangersAnswer(out, last, from) ?? {
      place: first.place,
      ...(isTaken(events, from)
        ? {
            kind: 'unfinished',
            words: `the connection to ${first.place} comes about, but no whole answer comes on it`,
          }
        : { kind: 'refused', words: `${first.place} refuses: ${saw.words}` }),
    }
  )
}

/** Whether the answer to the first packet of a connection has come to whoever asked, and says yes. */
function isTaken(events: readonly TraceEvent[], from: Place): boolean {
  return events.some(
    event =>
      event.kind === 'link' &&
      event.place === from &&
      !event.isOut &&
      (event.packet?.carries ?? event.packet)?.kind === 'syn-ack',
  )
}

/** Where packets end that the trace itself does not follow, or why they do where it saw it: the diagnosis may know more. */
export function endKnown(end: TraceEnd, told: KnownEnd | undefined): TraceEnd {
  if (told === undefined) return end
  const { place, words } = told
  if (end.kind === 'unfinished')
    return told.large === true ? { ...end, place, words: `the connection comes about, but ${words}` } : end
  return end.kind === 'lost' && end.place === place ? { ...end, words } : end
}

/** Whoever asks one address knows nothing of an answer from another one: so it is where a translation is not taken back. */
function strangersAnswer(out: Way | undefined, last: Visit, from: Place): TraceEnd | undefined {
  const asked = out?.visits[0]?.items.findLast(({ kind }) => kind === 'out')
  const came = last.items.find(({ kind }) => kind === 'in')
  if (asked?.kind !== 'out' || came?.kind !== 'in') return undefined
  const [wanted, sender] = [destinationText(asked.ends), sourceText(came.ends)]
  if (wanted === sender) return undefined
  const words = `the answer comes to ${from} from ${sender}, but ${from} waits for one from ${wanted}`
  return { kind: 'lost', place: from, words }
}

/** The packet was to go out by the link that it came in by. */
function isTurnedBack({ items }: Visit): boolean {
  const came = items.find(({ kind }) => kind === 'in')
  const route = items.find(({ kind }) => kind === 'route')
  if (came?.kind !== 'in' || route?.kind !== 'route') return false
  return ` ${route.text} `.includes(` dev ${came.link} `)
}

/** The kernel's limit on ICMP (net.ipv4.icmp_ratelimit) counts the redirect that it sends first. */
function unheard(end: TraceEnd, from: Place): TraceEnd {
  const words = end.words.replace(', and tells its sender', '')
  const why = `${end.place} has just sent ${from} a redirect, to the neighbour that the packet was to go on to, and the kernel sends a host one ICMP message a second`
  return { ...end, words: `${words}, but its message stays away: ${why}` }
}

function droppedIn({ items }: Visit): ChainMet | undefined {
  return items.findLast((item): item is ChainMet => item.kind === 'chain' && item.verdict === 'drop')
}

function droppedEnd(place: Place, met: ChainMet, isTold: boolean): TraceEnd {
  const where = `${met.table} ${met.chain} of ${place}`
  if (met.byPolicy)
    return { kind: 'dropped', place, words: `the policy of ${where} drops it: no rule there takes it` }
  const [chain, rule] = lastRule(met.chain, met.rules)
  const number = rule?.number === undefined ? 'a rule' : `rule ${rule.number}`
  const named = chain === met.chain ? where : `${met.table} ${chain} of ${place}`
  const rejects = isTold || rule?.text?.includes('REJECT') === true || rule?.text?.includes('reject') === true
  return rejects
    ? { kind: 'rejected', place, words: `${number} of ${named} rejects it, and tells its sender` }
    : { kind: 'dropped', place, words: `${number} of ${named} drops it, and tells nobody` }
}

function lastRule(chain: string, rules: readonly RuleMet[]): [string, RuleMet | undefined] {
  const last = rules.at(-1)
  const inside = last?.inside ?? []
  return inside.length > 0 && last?.to !== undefined ? lastRule(last.to, inside) : [chain, last]
}

/** A sender that has no route, or does not find its next hop, sends nothing. */
function neverSent(from: Place, events: readonly TraceEvent[]): TraceEnd {
  return noNeighbour(events, from) ?? { kind: 'lost', place: from, words: `no packet leaves ${from}` }
}

function noNeighbour(events: readonly TraceEvent[], place: Place): TraceEnd | undefined {
  const asked = unanswered(events, place)
  if (asked === undefined) return undefined
  const words = `${place} asks by ${asked.link} who has ${asked.address}, and nobody answers`
  return { kind: 'no-neighbour', place, words }
}

function lostEnd(last: Visit, events: readonly TraceEvent[], lab: Lab, what: string): TraceEnd {
  const { place, items } = last
  const asked = noNeighbour(events, place)
  if (asked !== undefined) return asked
  const passage = items.findLast(item => item.kind === 'in' || item.kind === 'out')
  if (passage?.kind === 'out')
    return { kind: 'lost', place, words: `${what} leaves ${place} by ${passage.link} and arrives nowhere` }
  const ends = items.findLast(item => 'ends' in item)
  const to = ends === undefined || !('ends' in ends) ? undefined : ends.ends.destination
  const refusal = items.find(item => item.kind === 'route' && item.text.startsWith('RTNETLINK '))
  if (refusal?.kind === 'route')
    return {
      kind: 'lost',
      place,
      words: `${place} does not pass ${what} on to ${to}, and throws it away (${refusal.text})`,
    }
  const owner = to === undefined ? undefined : machineAt(lab, to)?.name
  const words =
    owner === place
      ? `${what} arrives in ${place}, and nothing comes back out of there`
      : `${what} comes into ${place}, for ${ends !== undefined && 'ends' in ends ? destinationText(ends.ends) : 'somebody else'}, and does not leave it; no rule has dropped it`
  return { kind: 'lost', place, words }
}

/** A question for a neighbour that a place has asked, and that nobody has answered there. */
function unanswered(
  events: readonly TraceEvent[],
  place: Place,
): { link: string; address: string } | undefined {
  const asked = events.flatMap(event =>
    event.kind === 'link' && event.place === place && event.neighbour !== undefined
      ? [{ ...event.neighbour, link: event.link, isOut: event.isOut }]
      : [],
  )
  const questions = asked.filter(({ asks, isOut }) => asks && isOut)
  const answers = new Set(asked.filter(({ asks, isOut }) => !asks && !isOut).map(({ address }) => address))
  const last = questions.findLast(({ address }) => !answers.has(address))
  // A bridge asks before its ports do.
  return questions.find(({ address }) => address === last?.address)
}
