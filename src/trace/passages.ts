import type { Place } from '../command/command.ts'
import type { LinkFacts } from '../sandbox/trace/link-facts.ts'
import type { TraceEvent } from '../sandbox/trace/order.ts'
import { endsOf } from './ends.ts'
import type { Flow } from './flow.ts'
import type { Passage, Way } from './report.ts'

/** A packet on a link, and where. */
interface PlacePassage extends Passage {
  place: Place
  /** It is addressed to another one's hardware. */
  forOther?: true
}

/** The links of each place, as the kernel lists them. */
export type PlaceLinks = Readonly<Record<Place, readonly LinkFacts[]>>

/** A packet's passages in one network namespace, one after the other. */
export interface Stay {
  place: Place
  passages: readonly PlacePassage[]
}

/** Where a packet was on links, in order, for each direction. */
export function staysOf(
  events: readonly TraceEvent[],
  flow: Flow,
  direction: Way['direction'],
  links: PlaceLinks,
): Stay[] {
  const seen = withoutFloods(passagesOf(events, flow, direction, links), links)
  const stays: { place: Place; passages: PlacePassage[] }[] = []
  for (const passage of seen) {
    const last = stays.at(-1)
    const isOver = last?.passages.some(({ kind }) => kind === 'out') === true && passage.kind === 'in'
    if (last?.place === passage.place && !isOver) last.passages.push(passage)
    else stays.push({ place: passage.place, passages: [passage] })
  }
  return stays
}

function passagesOf(
  events: readonly TraceEvent[],
  flow: Flow,
  direction: Way['direction'],
  links: PlaceLinks,
): PlacePassage[] {
  const passages: PlacePassage[] = []
  for (const event of events) {
    if (event.kind !== 'link' || event.packet === undefined) continue
    const { place, link, isOut, at, packet, forOther } = event
    if (flow.directionOf(packet) !== direction) continue
    const portOf = linkNamed(links, place, link)?.master
    const kind = isOut ? 'out' : 'in'
    passages.push({
      ...{ place, kind, link, at },
      ...(portOf === undefined ? {} : { portOf }),
      ...(forOther === true ? { forOther } : {}),
      ends: endsOf(packet.carries ?? packet),
      ...(packet.carries === undefined ? {} : { wrapped: endsOf(packet) }),
    })
  }
  return passages.sort((a, b) => a.at - b.at)
}

/** The link of a place by its name. */
function linkNamed(links: PlaceLinks, place: Place, name: string): LinkFacts | undefined {
  return links[place]?.find(link => link.name === name)
}

function isBridge(links: PlaceLinks, place: Place, name: string): boolean {
  return links[place]?.some(({ master }) => master === name) === true
}

/**
 * A bridge itself is seen beside its ports. Where it does not know yet who is where, frames leave by each of them, and whoever they are
 * not for throws them away.
 */
function withoutFloods(passages: readonly PlacePassage[], links: PlaceLinks): PlacePassage[] {
  const onWires = passages.filter(({ place, link }) => !isBridge(links, place, link))
  const isStray = ({ kind, forOther, portOf }: PlacePassage) =>
    kind === 'in' && forOther === true && portOf === undefined
  const strays = onWires.filter(isStray)
  return onWires.filter(
    passage =>
      !isStray(passage) && !(passage.kind === 'out' && strays.some(stray => areCable(links, passage, stray))),
  )
}

/** Whether two links are the ends of a cable: each has the other one's number. */
function areCable(links: PlaceLinks, one: PlacePassage, other: PlacePassage): boolean {
  const [near, far] = [linkNamed(links, one.place, one.link), linkNamed(links, other.place, other.link)]
  return near?.peer !== undefined && near.peer === far?.index && far?.peer === near.index
}
