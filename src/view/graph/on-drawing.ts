import type { Place } from '../../command/command.ts'
import type { Graph, GraphLink } from '../../graph/graph.ts'
import { foldedGraph, serviceGroups } from './folded-graph.ts'
import { arrowId, isAbove, linkId, placeId, serviceId } from './lab-drawing.ts'

/** A place of a lab's drawing: a box, or an end of a line. */
export type Spot = { box: string } | { line: string; end: 'upper' | 'lower' }

/** An arrow from a service to a pod, and the endpoints that it stands for. */
export interface ServiceArrow {
  line: string
  endpoints: readonly { service: string; target: string }[]
}

/** Where what a lab has is on its drawing. */
export interface OnDrawing {
  /** The box of a place; of a pod that is not drawn by itself, the one that stands for it. */
  boxOf(place: Place): Spot
  /** The end of the cable that is an interface of a place; its box where no line is one. */
  interfaceOf(place: Place, name: string): Spot
  arrows: readonly ServiceArrow[]
  /** The places that have a box of their own, by its id. */
  places: Readonly<Record<string, Place>>
}

/** Finds places, interfaces and endpoints on the drawing of a graph (`labDrawing`). */
export function onDrawing(whole: Graph): OnDrawing {
  const { graph, more } = foldedGraph(whole)
  const drawn = new Set(graph.places.map(({ name }) => name))
  const drawnName = (place: Place) => {
    if (drawn.has(place)) return place
    const node = whole.places.find(({ name }) => name === place)?.node
    const standIn = `more of ${node}`
    return drawn.has(standIn) ? standIn : undefined
  }
  const boxOf = (place: Place): Spot => ({ box: placeId(drawnName(place) ?? place) })
  const names = graph.places.map(({ name }) => name).filter(name => !more.has(name))
  return {
    boxOf,
    interfaceOf: (place, name) => {
      const own = drawnName(place)
      const at = graph.links.findIndex(link => endOf(link, own, name) !== undefined)
      if (at === -1) return boxOf(place)
      const link = graph.links[at]!
      const isUpper = (endOf(link, own, name) === 'near') === isAbove(graph, link)
      return { line: linkId(at), end: isUpper ? 'upper' : 'lower' }
    },
    arrows: serviceGroups(graph.services).flatMap(group =>
      group.services[0]!.endpoints.map(({ pod }, at) => ({
        line: arrowId(serviceId(group), at),
        endpoints: group.services.flatMap(({ service, endpoints }) =>
          endpoints.filter(each => each.pod === pod).map(({ target }) => ({ service, target })),
        ),
      })),
    ),
    places: Object.fromEntries(names.map(name => [placeId(name), name])),
  }
}

function endOf({ near, far }: GraphLink, place: Place | undefined, name: string): 'near' | 'far' | undefined {
  if (near.place === place && near.interface === name) return 'near'
  return far?.place === place && far?.interface === name ? 'far' : undefined
}
