import type { Place } from '../../command/command.ts'
import { familyOf, splitHostPort } from '../../model/address.ts'
import type { MachineFacts } from '../../observe/facts.ts'
import type { Packet } from '../packet.ts'
import { trace } from '../trace.ts'
import { around } from './stopped.ts'

/** What a machine's nat table made of the first packet of a connection. */
interface Translation {
  place: Place
  before: Packet
  after: Packet
}

/** What the nat tables of all machines on the way remember of a connection, as conntrack does in each. */
export class Translations {
  readonly #made: Translation[] = []

  /** Sends the first packet through a chain of the nat table. */
  translated(place: Place, facts: MachineFacts, chain: string, before: Packet): Packet {
    const after = natted(facts, chain, before)
    if (after !== before) this.#made.push({ place, before, after })
    return after
  }

  /** An answer as it comes in: its receiver is put back. */
  withReceiver(place: Place, packet: Packet): Packet {
    const made = this.#made.findLast(
      one => one.place === place && isOtherSource(one) && one.after.source === packet.destination,
    )
    return made === undefined ? packet : { ...packet, destination: made.before.source }
  }

  /** An answer as it goes out: its sender is put back. */
  withSender(place: Place, packet: Packet): Packet {
    const made = this.#made.find(
      one => one.place === place && isOtherTarget(one) && one.after.destination === packet.source,
    )
    return made === undefined ? packet : { ...packet, source: made.before.destination }
  }

  /** What `--ctstate` finds in a packet of the connection at a place. */
  statesAt(place: Place): string[] {
    const here = this.#made.filter(one => one.place === place)
    return [...(here.some(isOtherTarget) ? ['DNAT'] : []), ...(here.some(isOtherSource) ? ['SNAT'] : [])]
  }

  /** The one who gave the connection its last source, its first target. */
  lastOf(kind: 'source' | 'target'): Translation | undefined {
    return kind === 'source' ? this.#made.findLast(isOtherSource) : this.#made.find(isOtherTarget)
  }
}

function isOtherSource({ before, after }: Translation): boolean {
  return before.source !== after.source
}

function isOtherTarget({ before, after }: Translation): boolean {
  return before.destination !== after.destination || before.port !== after.port
}

/** What a chain of the nat table makes of a packet: the likeliest of what it may; the same packet where nothing. */
function natted(facts: MachineFacts, chain: string, packet: Packet): Packet {
  const { outcomes } = trace(facts.tables, 'nat', chain, packet, around(facts))
  const likely = outcomes.toSorted((one, other) => other.chance - one.chance)[0]
  const addressOf = (device: string | undefined) =>
    facts.links?.find(({ name }) => name === device)?.addresses[0]?.address
  switch (likely?.target) {
    case 'DNAT': {
      const { address = packet.destination, port = packet.port } = partsOf(likely.to)
      return { ...packet, destination: address, ...(port === undefined ? {} : { port }) }
    }
    case 'REDIRECT':
      return {
        ...packet,
        destination: addressOf(packet.in) ?? (familyOf(packet.destination) === 'ipv4' ? '127.0.0.1' : '::1'),
        ...(likely.to === undefined ? {} : { port: Number(likely.to) }),
      }
    case 'SNAT':
      return { ...packet, source: partsOf(likely.to).address ?? packet.source }
    case 'MASQUERADE':
      return { ...packet, source: addressOf(packet.out) ?? packet.source }
    default:
      return packet
  }
}

/** What stands behind `--to-destination` or `--to-source`; the port may be missing, and the address. */
function partsOf(to: string | undefined): { address?: string; port?: number } {
  if (to === undefined) return {}
  const { address, ...port } = splitHostPort(to)
  return { ...port, ...(address === '' ? {} : { address }) }
}
