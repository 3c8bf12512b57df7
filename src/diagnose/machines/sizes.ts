import type { Command, Place } from '../../command/command.ts'
import { commandLine } from '../../command/command-line.ts'
import { ethernetMtu, tunnelDevice } from '../../model/overlay.ts'
import type { Link, MachineFacts } from '../../observe/facts.ts'
import type { Evidence } from '../evidence.ts'
import { finding } from '../evidence.ts'
import type { Packet } from '../packet.ts'
import type { Shown } from '../show.ts'
import type { Port } from './port.ts'

/** A link that a packet was sent over. */
export interface Crossed {
  /** Who has sent it. */
  place: Place
  device: string
  /** Bytes: the largest packet that the sender's device takes. */
  mtu: number
  /** It was not the sender's own. */
  forwards: boolean
  packet: Packet
  direction: 'there' | 'back'
  /** Bytes of it that carry another packet through a tunnel; 0: it carries none. */
  wrapper: number
  /** The two ends; left out for the tunnel's device, whose packets go on in others. */
  ports?: { own: Port; taker: Port }
}

/** The first link that is too small for a packet. */
export type Narrow = {
  index: number
  crossed: Crossed
  /** Of the packet, which the sender has made of `bytes`. */
  size: number
  bytes: number
  mtu: number
} & ({ kind: 'told' } | { kind: 'silent'; spot: Spot; lowered: readonly Spot[] })

/** An interface that throws away what is too large for it. */
interface Spot {
  place: Place
  link: Link
  /** Bytes: what the lab gave it. */
  declared: number
  /** The interface in words. */
  called: string
}

/** Where a packet of so many bytes does not get through, beginning with one of the links that it crosses. */
export function narrowFor(crossed: readonly Crossed[], bytes: number, from = 0): Narrow | undefined {
  for (const [index, each] of crossed.entries()) {
    if (index < from) continue
    // A wrapper that is too large for its card is sent in pieces, or the one in it is answered before: what is sent is no larger.
    const size = each.wrapper === 0 ? bytes : Math.min(bytes + each.wrapper, each.mtu)
    const common = { index, crossed: each, size, bytes }
    // A router tells the sender. TCP's own packets fit their own card.
    if (each.mtu < size && each.forwards) return { ...common, kind: 'told', mtu: each.mtu }
    const spots = spotsOf(each).filter(({ link }) => link.mtu < size)
    const lowered = spots.filter(({ link, declared }) => link.mtu < declared)
    const spot = lowered[0] ?? spots[0]
    if (spot !== undefined) return { ...common, kind: 'silent', mtu: spot.link.mtu, spot, lowered }
  }
  return undefined
}

/** What measures a frame under way: the ends of both cables at the segment, and the card that takes it (is_skb_forwardable in net/core/dev.c). */
function spotsOf({ ports }: Crossed): Spot[] {
  if (ports === undefined) return []
  const { own, taker } = ports
  const atSwitch = ({ machine, declared, segment, end }: Port): Spot[] =>
    end === undefined || end === 'none'
      ? []
      : [
          {
            ...{ place: segment.place, link: end, declared: segment.mtu ?? ethernetMtu },
            called: `${end.name}, the other end of ${declared.name} of ${machine.name},`,
          },
        ]
  const { machine, declared, link, end } = taker
  const card =
    link === undefined || end === 'none'
      ? []
      : [
          {
            ...{ place: machine.name, link, declared: declared.mtu ?? ethernetMtu },
            called: `${declared.name} of ${machine.name}`,
          },
        ]
  return [...atSwitch(own), ...atSwitch(taker), ...card]
}

/** What is told of packets that nobody misses. */
export function lostInSilence(
  { crossed, size, bytes, mtu, spot, lowered }: Extract<Narrow, { kind: 'silent' }>,
  machines: ReadonlyMap<Place, MachineFacts>,
  stuck: Shown,
): Evidence {
  const { place, ports, wrapper } = crossed
  const isLowered = lowered.length > 0
  const who = isLowered ? spot.called : (ports?.taker.segment.called ?? spot.called)
  const isWhole = wrapper > 0 && size === bytes + wrapper
  const large = `packets of ${size}${isWhole ? ` (${bytes}, and ${wrapper} of the tunnel's)` : ''}`
  const lower = [ports?.own, ports?.taker].flatMap(port => (port === undefined ? [] : loweredCard(port, mtu)))
  const tunnels = [ports?.own, ports?.taker].flatMap(port =>
    wrapper > 0 && port !== undefined ? loweredTunnel(port.machine.name, machines, mtu - wrapper) : [],
  )
  const raised = lowered.map(({ place: where, link, declared }) => sized(where, link.name, declared))
  const mend = isLowered ? raised : [...lower, ...tunnels]
  const found = finding(
    `${who} takes ${mtu} bytes, and ${place} sends ${large}: they get lost without a word, smaller ones arrive`,
    mend.length === 0 ? undefined : mend.map(commandLine).join(' && '),
    stuck,
    showSize(spot.place, spot.link),
    ...(ports?.own.link === undefined ? [] : [showSize(place, ports.own.link)]),
  )
  const whose = crossed.direction === 'there' ? "the request's" : "the answer's"
  const words = `${whose} packets of ${size} bytes leave ${place} and get lost behind it: ${who} takes ${mtu}`
  return { ...found, end: { place, words, large: true } }
}

function loweredCard({ machine, declared, link }: Port, mtu: number): Command[] {
  return link === undefined || link.mtu <= mtu ? [] : [sized(machine.name, declared.name, mtu)]
}

/** `room`: bytes that are left for what is in the tunnel. */
function loweredTunnel(place: Place, machines: ReadonlyMap<Place, MachineFacts>, room: number): Command[] {
  const links = machines.get(place)?.links ?? []
  return links
    .filter(
      ({ name, tunnel, up, mtu }) => (name === tunnelDevice || tunnel !== undefined) && up && mtu > room,
    )
    .map(({ name }) => sized(place, name, room))
}

function sized(place: Place, device: string, mtu: number): Command {
  return { argv: ['ip', 'link', 'set', 'dev', device, 'mtu', `${mtu}`], in: place }
}

/** `ip link show`, the part of it that matters. */
function showSize(place: Place, { name, mtu }: Link): Shown {
  return [`$ ${commandLine({ argv: ['ip', 'link', 'show', 'dev', name], in: place })}`, `${name}: mtu ${mtu}`]
}
