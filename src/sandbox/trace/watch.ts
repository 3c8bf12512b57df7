import type { Place } from '../../command/command.ts'
import { readConnectionEvent } from './connection-event.ts'
import { isFirstOf } from './first-packet.ts'
import { type LinkFacts, linkFacts } from './link-facts.ts'
import type { NetlinkMessage } from './netlink.ts'
import type { LinkEvent, TracedRequest, TraceEvent } from './order.ts'
import { type Packet, readNeighbour, readPacket } from './packet.ts'
import { readRuleEvent } from './rule-event.ts'
import { type Frame, nextFrame, nextMessages, openLinks, openNetfilter, readable } from './sockets.ts'
import { tracingTable } from './tracing-table.ts'

/** A place that is watched. */
export interface Watched {
  place: Place
  rules: number
  connections: number
  links: number
  /** As it has them before the request. */
  facts: readonly LinkFacts[]
}

/** What has been seen so far. */
export interface Sightings {
  request: TracedRequest
  events: TraceEvent[]
  /** The kernel told more than could be read, or is kept. */
  lost: boolean
  /** Nanoseconds since 1970, of the first packet. */
  start?: bigint
}

/** Events that are kept until it is known which are the request's; of one request there are a few hundred. */
const mostEvents = 200_000
/** So many are read from a place before the next one's turn comes. */
const mostAtOnce = 1024

/** Opens the ears of a place; to be called in its network namespace. */
export function openWatched(place: Place): Watched {
  return {
    place,
    rules: openNetfilter('trace'),
    connections: openNetfilter('connections'),
    links: openLinks(),
    facts: linkFacts(),
  }
}

/** Reads all that the places have told; false where they have told nothing. */
export function takeAll(watched: readonly Watched[], sightings: Sightings): boolean {
  const ready = new Set(
    readable(watched.flatMap(({ links, rules, connections }) => [links, rules, connections])),
  )
  for (const each of watched) {
    if (ready.has(each.links)) takeFrames(each, sightings)
    if (ready.has(each.rules)) takeRules(each, sightings)
    if (ready.has(each.connections)) takeConnections(each, sightings)
  }
  return ready.size > 0
}

function keep(sightings: Sightings, event: TraceEvent): void {
  if (sightings.events.length < mostEvents) sightings.events.push(event)
  else sightings.lost = true
}

function takeFrames(watched: Watched, sightings: Sightings): void {
  for (let taken = 0; taken < mostAtOnce; taken += 1) {
    const frame = nextFrame(watched.links)
    if (frame === undefined) return
    const event = linkEvent(watched, frame, sightings)
    if (event !== undefined) keep(sightings, { ...event, place: watched.place })
  }
}

function takeRules(watched: Watched, sightings: Sightings): void {
  for (const message of messagesOf(watched.rules, sightings)) {
    const event = readRuleEvent(message)
    if (event === undefined || event.table === tracingTable) continue
    keep(sightings, { ...event, place: watched.place })
  }
}

/** Where some of them get lost, the way is seen all the same. */
function takeConnections({ place, connections }: Watched, sightings: Sightings): void {
  for (const message of messagesOf(connections, { ...sightings })) {
    const event = readConnectionEvent(message)
    if (event !== undefined) keep(sightings, { ...event, place })
  }
}

function* messagesOf(socket: number, sightings: Pick<Sightings, 'lost'>): Generator<NetlinkMessage> {
  for (let taken = 0; taken < mostAtOnce; taken += 1) {
    const told = nextMessages(socket)
    if (told === undefined) return
    if (told === 'lost') sightings.lost = true
    else yield* told
  }
}

function nameOf({ facts }: Watched, index: number): string {
  return facts.find(link => link.index === index)?.name ?? `${index}`
}

function linkEvent(watched: Watched, frame: Frame, sightings: Sightings): LinkEvent | undefined {
  const neighbour = readNeighbour(frame.etherType, frame.bytes)
  const packet = neighbour === undefined ? readPacket(frame.bytes) : undefined
  if (neighbour === undefined && (packet === undefined || !isWanted(packet, sightings.request)))
    return undefined
  sightings.start ??= frame.at
  return {
    kind: 'link',
    link: nameOf(watched, frame.index),
    isOut: frame.isOut,
    ...(frame.isForOther ? { forOther: true } : {}),
    at: Number(frame.at - sightings.start),
    ...(packet === undefined ? {} : { packet }),
    ...(neighbour === undefined ? {} : { neighbour }),
  }
}

/** Whether a packet can be one of the request's, or an error about one. */
function isWanted({ key = '' }: Packet, request: TracedRequest): boolean {
  switch (request.kind) {
    case 'datagram':
      return key === `udp ${request.key}`
    case 'ping':
      return key === `icmp ${request.key}`
    case 'command':
      return key.startsWith('tcp ')
  }
}

/**
 * The events of the request's own packets, of all that were seen: a request begins where `from` sends its first packet, and an error names
 * the packet that it is about. A connection is one of those whose first packet has been seen in its place.
 */
export function ownEvents({ events, request }: Sightings, from: Place): TraceEvent[] {
  const keys = new Set<string>()
  const isFirst = isFirstOf(request)
  for (const event of events)
    if (event.place === from && event.kind !== 'connection' && event.packet?.key !== undefined)
      if ((event.kind === 'rule' || event.isOut) && isFirst(event.packet)) keys.add(event.packet.key)
  const isOwn = ({ key, icmp }: Packet) => (key === undefined ? icmp !== undefined : keys.has(key))
  const starts = new Set(
    events.flatMap(event =>
      event.kind !== 'connection' && event.packet !== undefined && isOwn(event.packet)
        ? [startKey(event.place, event.packet)]
        : [],
    ),
  )
  const underWay = new Map<string, boolean>()
  return events.filter(event => {
    if (event.kind === 'connection') return starts.has(startKey(event.place, event.original))
    if (event.kind === 'link') return event.neighbour !== undefined || isOwn(event.packet!)
    const id = `${event.place} ${event.id}`
    if (event.packet !== undefined) underWay.set(id, isOwn(event.packet))
    return underWay.get(id) ?? true
  })
}

function startKey(place: Place, { source, sourcePort }: Pick<Packet, 'source' | 'sourcePort'>): string {
  return `${place} ${source} ${sourcePort ?? ''}`
}
