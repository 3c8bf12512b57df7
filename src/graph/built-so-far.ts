import { host, type Place } from '../command/command.ts'
import type { Lab } from '../model/lab.ts'
import { isWiredByPlugins } from '../model/pod-link.ts'
import type { DrawnFacts } from '../observe/facts.ts'
import type { Plan } from '../plan/plan.ts'
import type { Expected } from './expected.ts'
import type { Graph, GraphLink, GraphPlace, GraphSegment } from './graph.ts'

/** How far a lab is built: by its steps so far, and in its kernel. */
interface Built {
  lab: Lab
  plan: Pick<Plan, 'steps'>
  /** What these steps leave behind. */
  expected: Expected
  facts: ReadonlyMap<Place, Pick<DrawnFacts, 'links'>>
}

/**
 * A graph without what no step has built yet, half-way through a lesson. What a step has built and the kernel has no more stays: that it
 * is gone is to be seen.
 */
export function builtSoFar(graph: Graph, built: Built): Graph {
  const places = graph.places
    .filter(({ name }) => built.expected.has(name) || built.facts.has(name))
    .map(place => withoutUnwired(place, built))
  const names = new Set([host, ...places.map(({ name }) => name)])
  const isPlace = (name: Place) => names.has(name)
  const links = graph.links.filter(
    link =>
      isPlace(link.near.place) && (link.far === undefined || isPlace(link.far.place)) && isLink(link, built),
  )
  const segments = graph.segments.filter(
    segment => links.some(link => link.segment === segment.id) || isSegment(segment, built),
  )
  return {
    ...graph,
    ...{ places, links },
    segments: segments.map(segment => carriedBy(segment, segments)),
    services: graph.services.map(service => ({
      ...service,
      endpoints: service.endpoints.filter(({ pod }) => isPlace(pod)),
    })),
  }
}

/** Of what CNI plugins make there is no command of ip(8), but their own call. */
function isLink({ near }: GraphLink, built: Built): boolean {
  return isWired(near.place, built) || hasLink(near.place, near.interface, built)
}

function isSegment({ kind, name, place }: GraphSegment, built: Built): boolean {
  if (kind === 'tunnel') return false
  const bridge = kind === 'network' ? built.lab.networks.find(each => each.name === name)?.bridge : name
  return bridge !== undefined && hasLink(place ?? host, bridge, built)
}

function hasLink(place: Place, name: string, { expected, facts }: Built): boolean {
  return (
    expected.get(place)?.links.has(name) === true ||
    facts.get(place)?.links.some(link => link.name === name) === true
  )
}

/** The interfaces of a pod that plugins wire are there once they have been called. */
function withoutUnwired(place: GraphPlace, built: Built): GraphPlace {
  const pod = built.lab.pods.find(({ name }) => name === place.name)
  if (pod === undefined || !isWiredByPlugins(pod) || isWired(place.name, built)) return place
  return { ...place, interfaces: [], routes: [] }
}

function isWired(pod: Place, { plan }: Built): boolean {
  return plan.steps.some(({ actions }) =>
    actions.some(({ command: { plugin } }) => plugin?.verb === 'ADD' && plugin.pod === pod),
  )
}

function carriedBy(segment: GraphSegment, kept: readonly GraphSegment[]): GraphSegment {
  if (segment.carriedBy === undefined) return segment
  return { ...segment, carriedBy: segment.carriedBy.filter(id => kept.some(each => each.id === id)) }
}
