import type { Graph, GraphEndpoint, GraphLink, GraphPlace, GraphService } from '../../graph/graph.ts'
import { plural } from '../format.ts'

/** More pods of a node than this are not drawn one by one, nor more services with the same pods behind them. */
const mostPods = 8
const mostServices = 8

/** Pods that are not drawn one by one. */
export interface MorePods {
  /** The name of the place that stands for them. */
  name: string
  /** `and 992 more pods` */
  words: string
}

/** A graph that fits on a page, and what stands for the rest of it. */
export interface FoldedGraph {
  graph: Graph
  more: ReadonlyMap<string, MorePods>
}

/** A graph in which of many pods of a node the last ones are one place; those that something is wrong with stay. */
export function foldedGraph(graph: Graph): FoldedGraph {
  const standIns = new Map<string, MorePods>()
  for (const { name: node } of graph.places) {
    const own = graph.places.filter(place => place.node === node)
    if (own.length <= mostPods) continue
    const folded = foldable(own)
    const words = `and ${plural(folded.length, 'more pod')}`
    const standIn = { name: `more of ${node}`, words }
    for (const { name } of folded) standIns.set(name, standIn)
  }
  if (standIns.size === 0) return { graph, more: new Map() }
  const places = onlyOnce(
    graph.places.map(place => standing(place, standIns)),
    ({ name }) => name,
  )
  const links = onlyOnce(
    graph.links.map(link => ({ ...link, near: { ...link.near, place: nameOf(link.near.place, standIns) } })),
    linkKey,
  )
  const services = graph.services.map(service => ({ ...service, endpoints: endpointsOf(service, standIns) }))
  const more = new Map([...standIns.values()].map(each => [each.name, each]))
  return { graph: { ...graph, places, links, services }, more }
}

function foldable(pods: readonly GraphPlace[]): GraphPlace[] {
  const kept = new Set(pods.filter(({ marks }) => marks.length > 0).slice(0, mostPods - 1))
  for (const pod of pods) {
    if (kept.size === mostPods - 1) break
    kept.add(pod)
  }
  return pods.filter(pod => !kept.has(pod))
}

function nameOf(name: string, standIns: ReadonlyMap<string, MorePods>): string {
  return standIns.get(name)?.name ?? name
}

function standing(place: GraphPlace, standIns: ReadonlyMap<string, MorePods>): GraphPlace {
  const standIn = standIns.get(place.name)
  return standIn === undefined
    ? place
    : { ...place, name: standIn.name, interfaces: [], routes: [], serves: [] }
}

function linkKey({ near, far, segment }: GraphLink): string {
  return [near.place, near.interface, segment ?? `${far?.place} ${far?.interface}`].join(' ')
}

function endpointsOf({ endpoints }: GraphService, standIns: ReadonlyMap<string, MorePods>): GraphEndpoint[] {
  return onlyOnce(
    endpoints.map(endpoint => ({ ...endpoint, pod: nameOf(endpoint.pod, standIns) })),
    ({ pod }) => pod,
  )
}

function onlyOnce<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map([...items].reverse().map(item => [keyOf(item), item])).values()].reverse()
}

/** Services with the same pods behind them, of which only the first ones are told. */
export interface ServiceGroup {
  services: readonly GraphService[]
  /** How many more there are. */
  left: number
}

/** Services in groups that have the same pods: their lines would only cross. */
export function serviceGroups(services: readonly GraphService[]): ServiceGroup[] {
  const groups = new Map<string, GraphService[]>()
  for (const service of services) {
    const pods = service.endpoints.map(({ pod }) => pod).join(' ')
    const group = groups.get(pods)
    if (group === undefined) groups.set(pods, [service])
    else group.push(service)
  }
  return [...groups.values()].map(group => {
    const told = group.length > mostServices ? group.slice(0, mostServices - 2) : group
    return { services: told, left: group.length - told.length }
  })
}
