import type { Place } from '../command/command.ts'
import type { TraceSeen } from '../sandbox/trace/order.ts'
import { type Told, toldBy } from './chain-groups.ts'
import { type Flow, firstTry } from './flow.ts'
import type { FindRule } from './known-rules.ts'
import { staysOf } from './passages.ts'
import type { RouteTaken, Way } from './report.ts'
import { type Between, betweenOf, visitOf } from './visits.ts'

/** The way of a packet before the routes that it took are known. */
export interface WayBetween {
  direction: Way['direction']
  betweens: readonly Between[]
}

const directions = ['out', 'back', 'error'] as const

/** What happened to a request's first packet, to the answer and to an error about it, place by place. */
export function waysBetween(
  seen: Pick<TraceSeen, 'events' | 'chains' | 'links'>,
  flow: Flow,
  from: Place,
  find: FindRule,
): WayBetween[] {
  const { events } = firstTry(seen.events, flow, from)
  const places = [...new Set(events.map(({ place }) => place))]
  const told = new Map<Place, readonly Told[]>(
    places.map(place => {
      const known = { chains: seen.chains, links: seen.links[place] ?? [], find }
      return [place, toldBy(place, seen.events, flow, known)]
    }),
  )
  return directions
    .map(direction => ({
      direction,
      betweens: betweenOf(staysOf(events, flow, direction, seen.links), told, direction),
    }))
    .filter(({ betweens }) => betweens.length > 0)
}

/** Puts the routes that were taken to where they were: `routes` has those of all ways' visits, in their order. */
export function withRoutes(ways: readonly WayBetween[], routes: readonly (readonly RouteTaken[])[]): Way[] {
  let at = 0
  return ways.map(({ direction, betweens }) => ({
    direction,
    visits: betweens.map(between => visitOf(between, routes[at++] ?? [])),
  }))
}
