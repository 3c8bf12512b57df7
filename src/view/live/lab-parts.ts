import type { Place } from '../../command/command.ts'
import { endpointKey, endpointPackets } from '../../graph/explained-rules.ts'
import type { Graph, GraphEnd, Mark } from '../../graph/graph.ts'
import type { PlaceChains } from '../../graph/lab-rules.ts'
import { joinHostPort } from '../../model/address.ts'
import type { OnDrawing } from '../graph/on-drawing.ts'
import type { Parts, PlacePart, Target } from './parts.ts'

/** The places of a running lab's graph. */
export function placeParts(graph: Graph): PlacePart[] {
  const endsAt = new Map<Place, MarkedEnd[]>(graph.places.map(({ name }) => [name, []]))
  for (const end of endsOf(graph)) endsAt.get(end.place)?.push(end)
  return graph.places.map(({ name, kind, marks, interfaces }) => {
    const own = endsAt.get(name) ?? []
    const far = own.flatMap(end => (end.isFar ? (end.interface ?? []) : []))
    const names = [...new Set([...interfaces.map(each => each.name), ...far])]
    const words = [...marks, ...own.flatMap(end => end.marks)].map(each => each.words)
    return {
      ...{ name, kind, marks: marks.map(each => each.words) },
      links: names
        .filter(link => !words.includes(`${link} is gone`))
        .map(link => ({ name: link, up: !words.includes(`${link} is down`) })),
    }
  })
}

/** An end of a cable, with what is off about it. */
interface MarkedEnd extends GraphEnd {
  isFar: boolean
  marks: readonly Mark[]
}

/** A cable's marks name an interface, and both of its ends may be called alike: the near one, which its place tells of too, comes first. */
function endsOf({ places, links }: Graph): MarkedEnd[] {
  const marksOf = placeMarks(places)
  return links.flatMap(({ near, far, marks }) => {
    const name = near.interface
    const off = [`${name} is down`, `${name} is gone`, 'its namespace is gone']
    const isOff = marksOf.get(near.place)?.some(({ words }) => off.includes(words)) === true
    const isNear = marks[0]?.words === `${name} is down` && (far?.interface !== name || isOff)
    const nearMarks = isNear ? marks.slice(0, 1) : []
    return [
      { ...near, isFar: false, marks: nearMarks },
      ...(far === undefined ? [] : [{ ...far, isFar: true, marks: marks.slice(nearMarks.length) }]),
    ]
  })
}

function placeMarks(places: Graph['places']): ReadonlyMap<Place, readonly Mark[]> {
  return new Map(places.map(({ name, marks }) => [name, marks]))
}

/** What is off about all that is no place: other ends of cables, bridges, networks, services. */
export function otherMarks(graph: Graph): string[] {
  const { places, segments, services } = graph
  const marksOf = placeMarks(places)
  const isTold = ({ place, isFar }: MarkedEnd, words: string) =>
    !isFar && marksOf.get(place)?.some(mark => mark.words === words) === true
  return [
    ...segments.flatMap(({ marks }) => marks.map(({ words }) => words)),
    ...endsOf(graph).flatMap(end =>
      end.marks.filter(({ words }) => !isTold(end, words)).map(({ words }) => `${end.place}: ${words}`),
    ),
    ...services.flatMap(({ service, marks }) => marks.map(({ words }) => `${service}: ${words}`)),
  ]
}

/** What a lab's places can ask for: its services, and what its pods serve. */
export function targetsOf({ services, places }: Graph): Target[] {
  return [
    ...services.flatMap(({ service, portName, protocol, addresses }) =>
      addresses
        .filter(address => /^\S+:\d+$/.test(address))
        .flatMap(address => {
          const name = portName === '' ? service : `${service}:${portName}`
          if (protocol === 'TCP') return [{ name, url: address }]
          return protocol === 'UDP' ? [{ name: `${name} (UDP)`, url: `udp://${address}` }] : []
        }),
    ),
    ...places.flatMap(({ name, serves, interfaces }) =>
      serves.flatMap(text => {
        const [, port] = /:(\d+)$/.exec(text) ?? []
        const [address] = interfaces.flatMap(({ addresses }) => addresses)
        if (port === undefined || address === undefined) return []
        const own = address.split('/')[0]!
        return [{ name, url: joinHostPort(own, Number(port)) }]
      }),
    ),
  ]
}

/** Chains without their counters, which tick. */
export function withoutCounters(found: readonly PlaceChains[]): readonly PlaceChains[] {
  return found.map(each => ({
    ...each,
    chains: each.chains.map(chain => ({
      ...chain,
      rules: chain.rules.map(({ packets: _, ...rule }) => rule),
    })),
  }))
}

/** The counters alone, in the same order. */
export function countersOf(found: readonly PlaceChains[]): Parts['packets'] {
  return found.flatMap(({ chains }) =>
    chains.flatMap(({ rules }) => rules.map(({ packets }) => packets ?? null)),
  )
}

/** How many connections rules have sent over each arrow; arrows of which nobody counts any are left out. */
export function arrowCounts({ arrows }: OnDrawing, found: readonly PlaceChains[]): Parts['arrows'] {
  const packets = endpointPackets(found)
  return Object.fromEntries(
    arrows.flatMap(({ line, endpoints }) => {
      const counts = endpoints.flatMap(
        ({ service, target }) => packets.get(endpointKey(service, target)) ?? [],
      )
      return counts.length === 0 ? [] : [[line, counts.reduce((sum, count) => sum + count, 0)]]
    }),
  )
}
