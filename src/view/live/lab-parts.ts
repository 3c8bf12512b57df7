import { endpointKey, endpointPackets } from '../../graph/explained-rules.ts'
import type { Graph, GraphLink, GraphPlace, Mark } from '../../graph/graph.ts'
import type { PlaceChains } from '../../graph/lab-rules.ts'
import { joinHostPort } from '../../model/address.ts'
import type { OnDrawing } from '../graph/on-drawing.ts'
import type { Parts, PlacePart, Target } from './parts.ts'

/** The places of a running lab's graph. */
export function placeParts({ places, links }: Graph): PlacePart[] {
  return places.map(({ name, kind, marks, interfaces }) => {
    const far = links.flatMap(link => (link.far?.place === name ? (link.far.interface ?? []) : []))
    const names = [...new Set([...interfaces.map(each => each.name), ...far])]
    const atEnds = links.flatMap(link => {
      const ends = marksOfEnds(link, places)
      return [...(link.near.place === name ? ends.near : []), ...(link.far?.place === name ? ends.far : [])]
    })
    const words = [...marks, ...atEnds].map(each => each.words)
    return {
      ...{ name, kind, marks: marks.map(each => each.words) },
      links: names
        .filter(link => !words.includes(`${link} is gone`))
        .map(link => ({ name: link, up: !words.includes(`${link} is down`) })),
    }
  })
}

/** A cable's marks name an interface, and both of its ends may be called alike: the near one, which its place tells of too, comes first. */
function marksOfEnds(
  { near, far, marks }: GraphLink,
  places: readonly GraphPlace[],
): { near: readonly Mark[]; far: readonly Mark[] } {
  const own = places.find(({ name }) => name === near.place)?.marks ?? []
  const name = near.interface
  const off = [`${name} is down`, `${name} is gone`, 'its namespace is gone']
  const isOff = own.some(({ words }) => off.includes(words))
  const isNear = marks[0]?.words === `${name} is down` && (far?.interface !== name || isOff)
  return isNear ? { near: marks.slice(0, 1), far: marks.slice(1) } : { near: [], far: marks }
}

/** What is off about all that is no place: other ends of cables, bridges, networks, services. */
export function otherMarks({ places, segments, links, services }: Graph): string[] {
  const told = (place: string) => places.find(({ name }) => name === place)?.marks ?? []
  return [
    ...segments.flatMap(({ marks }) => marks.map(({ words }) => words)),
    ...links.flatMap(link => {
      const { near, far } = link
      const ends = marksOfEnds(link, places)
      return [
        ...ends.near
          .filter(({ words }) => told(near.place).every(mark => mark.words !== words))
          .map(({ words }) => `${near.place}: ${words}`),
        ...ends.far.map(({ words }) => `${(far ?? near).place}: ${words}`),
      ]
    }),
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
