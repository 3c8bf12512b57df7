import type { Place } from '../command/command.ts'
import type { TraceEvent } from '../sandbox/trace/order.ts'
import type { Packet } from '../sandbox/trace/packet.ts'
import { isSame } from './ends.ts'
import type { Way } from './report.ts'

/** How the packets of one request are told from others, and what each of them is for. */
export interface Flow {
  key: string
  /** What a packet is for; undefined where it is another request's. */
  directionOf(packet: Packet): Way['direction'] | undefined
}

/** Whether a packet can be the first one of the request. */
type IsFirst = (packet: Packet) => boolean

/** The requests whose first packets were seen where they begin, in the order of their first packets. */
export function flowsOf(events: readonly TraceEvent[], from: Place, isFirst: IsFirst): Flow[] {
  const firsts = new Map<string, Packet>()
  for (const event of events) {
    if (event.place !== from || event.kind === 'connection' || event.packet === undefined) continue
    const { packet } = event
    if (event.kind === 'link' && !event.isOut) continue
    if (packet.key !== undefined && isFirst(packet) && !firsts.has(packet.key)) firsts.set(packet.key, packet)
  }
  const packets = packetsByKey(events)
  return [...firsts].map(([key, packet]) => flowOf(key, packet, packets.get(key) ?? []))
}

function packetsByKey(events: readonly TraceEvent[]): Map<string, Packet[]> {
  const packets = new Map<string, Packet[]>()
  for (const event of linksInTime(events)) {
    if (event.kind === 'connection' || event.packet?.key === undefined) continue
    const same = packets.get(event.packet.key)
    if (same === undefined) packets.set(event.packet.key, [event.packet])
    else same.push(event.packet)
  }
  return packets
}

const port = (address: string, number: number | undefined) => `${address} ${number ?? ''}`

/** `packets`: all that have its key, in their order. */
function flowOf(key: string, first: Packet, packets: readonly Packet[]): Flow {
  // Whoever sends from where the request went, answers.
  const destinations = new Set([port(first.destination, first.port)])
  const sources = new Set([first.source])
  const directionOf = (packet: Packet): Way['direction'] | undefined => {
    const inner = packet.carries ?? packet
    if (isError(inner)) {
      if (inner.about !== undefined && inner.key !== undefined) return inner.key === key ? 'error' : undefined
      // The kernel quotes too little of an error's packet at the rules to tell which one it is about.
      return sources.has(inner.destination) ? 'error' : undefined
    }
    if (packet.key !== key) return undefined
    if (inner.kind !== undefined) return inner.kind === 'syn' ? 'out' : 'back'
    if (inner.icmp !== undefined) return inner.icmp.type === 8 || inner.icmp.type === 128 ? 'out' : 'back'
    return destinations.has(port(inner.source, inner.sourcePort)) ? 'back' : 'out'
  }
  for (const packet of packets) {
    const inner = packet.carries ?? packet
    if (directionOf(packet) !== 'out') continue
    destinations.add(port(inner.destination, inner.port))
    sources.add(inner.source)
  }
  return { key, directionOf }
}

function isError({ protocol, icmp, key, about }: Packet): boolean {
  return protocol === 'icmp' && icmp !== undefined && (about !== undefined || key === undefined)
}

/** Those on links by their time, then what has none, in the order in which each place has told it. */
function linksInTime(events: readonly TraceEvent[]): TraceEvent[] {
  const onLinks = events.filter(event => event.kind === 'link')
  return [...onLinks.sort((a, b) => a.at - b.at), ...events.filter(({ kind }) => kind !== 'link')]
}

/** A request's events without those of its packets that were sent a second time; and how often that was. */
export function firstTry(
  events: readonly TraceEvent[],
  { directionOf }: Flow,
  from: Place,
): { events: TraceEvent[]; repeats: number } {
  const sent = events.filter(
    event =>
      event.kind === 'link' &&
      event.place === from &&
      event.isOut &&
      event.packet !== undefined &&
      directionOf(event.packet) === 'out',
  )
  const [first] = sent
  const again = sent.filter(
    event =>
      event !== first &&
      event.kind === 'link' &&
      first?.kind === 'link' &&
      event.link === first.link &&
      isSame(event.packet!, first.packet!),
  )
  const end = again[0]?.kind === 'link' ? again[0].at : Number.POSITIVE_INFINITY
  return {
    events: events.filter(event => event.kind !== 'link' || event.at < end),
    repeats: again.length,
  }
}
