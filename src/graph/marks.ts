import { host, type Place } from '../command/command.ts'
import { own } from '../command/own.ts'
import type { Condition } from '../model/condition.ts'
import type { Lab } from '../model/lab.ts'
import { isWiredByPlugins } from '../model/pod-link.ts'
import type { DrawnFacts, Link, Route } from '../observe/facts.ts'
import { type Expected, type ExpectedLink, type ExpectedPlace, routeKey, routeTarget } from './expected.ts'
import type { Graph, GraphLink, GraphPlace, GraphRoute, GraphSegment, GraphService, Mark } from './graph.ts'

/** How a lab is, besides what it is. */
export interface Seen {
  lab: Lab
  condition: Pick<Condition, 'ended' | 'notReady'>
  expected: Expected
  facts: ReadonlyMap<Place, DrawnFacts>
  /** What differs in a place's rules from what the lab has made, in words. */
  rules: ReadonlyMap<Place, readonly string[]>
}

/** The graph of a running lab: with the addresses and routes that the kernel has, and marks where something is off. */
export function markedGraph(graph: Graph, seen: Seen): Graph {
  return {
    ...graph,
    running: true,
    places: graph.places.map(place => markedPlace(place, seen)),
    segments: graph.segments.map(segment => markedSegment(segment, seen)),
    links: graph.links.map(link => markedLink(link, seen)),
    services: graph.services.map(service => markedService(service, seen)),
  }
}

function mark(kind: Mark['kind'], words: string): Mark {
  return { kind, words }
}

function markedPlace(place: GraphPlace, seen: Seen): GraphPlace {
  const facts = seen.facts.get(place.name)
  const readiness = place.kind === 'pod' ? readinessMarks(place.name, seen) : []
  if (facts === undefined)
    return {
      ...place,
      interfaces: [],
      routes: [],
      marks: [mark('gone', 'its namespace is gone'), ...readiness],
    }
  const known = expectedPlace(place, seen)
  return {
    ...place,
    interfaces: place.interfaces.map(one => ({
      name: one.name,
      addresses: addressesOf(facts.links.find(({ name }) => name === one.name)),
    })),
    routes: drawnRoutes(facts.routes).map(({ protocol: _, ...route }) => route),
    marks: [
      ...place.interfaces.flatMap(({ name }) => interfaceMarks(name, known, facts)),
      ...strangeInterfaces(place, known, facts, seen),
      ...routeMarks(known, facts, isByPlugins(place.name, seen.lab)),
      ...(seen.rules.get(place.name) ?? []).map(words => mark('changed', words)),
      ...readiness,
    ],
  }
}

/** Of what CNI plugins make there is no command, so that of their places only the graph itself knows what should be there. */
function expectedPlace(
  { name, kind, interfaces, routes }: GraphPlace,
  { lab, expected }: Seen,
): ExpectedPlace {
  const known = expected.get(name)
  if (known !== undefined && !(kind === 'pod' && isByPlugins(name, lab))) return known
  return {
    links: new Map(
      interfaces.map(each => [each.name, { up: true, isBridge: false, addresses: new Set(each.addresses) }]),
    ),
    routes: new Map(routes.map(route => [routeKey(route), route])),
  }
}

function addressesOf(link: Link | undefined): string[] {
  return (link?.addresses ?? []).map(({ address, prefix }) => `${address}/${prefix}`)
}

/** What is off about an interface of a place. */
function interfaceMarks(name: string, known: ExpectedPlace, { links }: DrawnFacts): Mark[] {
  const wanted = known.links.get(name)
  const link = links.find(each => each.name === name)
  if (link === undefined) return [mark('gone', `${name} is gone`)]
  return [
    // kube-ipvs0 is never switched on.
    ...(link.up || wanted?.up === false ? [] : [mark('down', `${name} is down`)]),
    ...(wanted === undefined ? [] : addressMarks(name, wanted, link)),
  ]
}

function addressMarks(name: string, { addresses: wanted }: ExpectedLink, link: Link): Mark[] {
  const present = addressesOf(link)
  return [
    ...[...wanted]
      .filter(each => !present.includes(each))
      .map(each => mark('changed', `${name} lost ${each}`)),
    ...present.filter(each => !wanted.has(each)).map(each => mark('changed', `${name} got ${each}`)),
  ]
}

/** Interfaces that every network namespace has, wanted or not, where the kernel's modules are loaded. */
const everywhere = /^(lo|tunl0|gre0|gretap0|erspan0|ip_vti0|ip6_vti0|sit0|ip6tnl0|ip6gre0|teql0|kube-ipvs0)$/

function strangeInterfaces(
  { name: place }: GraphPlace,
  known: ExpectedPlace,
  { links }: DrawnFacts,
  { lab }: Seen,
): Mark[] {
  // The host has the switches, and what CNI plugins plug into a node has names of their own.
  if (place === host || isByPlugins(place, lab)) return []
  return links
    .filter(({ name }) => !known.links.has(name) && !everywhere.test(name))
    .map(({ name }) => mark('changed', `${name} is no step's`))
}

/** Whether CNI plugins make interfaces, routes and rules there, of which no command tells. */
export function isByPlugins(place: Place, { cni, pods }: Pick<Lab, 'cni' | 'pods'>): boolean {
  const pod = pods.find(({ name }) => name === place)
  return cni?.some(({ node }) => node === place) === true || (pod !== undefined && isWiredByPlugins(pod))
}

interface SeenRoute extends GraphRoute {
  protocol?: string
}

/** The routes that somebody made: not those that come with an address. */
function drawnRoutes(routes: readonly Route[]): SeenRoute[] {
  return routes
    .filter(({ protocol, type }) => protocol !== 'kernel' && protocol !== 'ra' && type !== 'multicast')
    .map(({ destination, gateway, device, type, protocol }) => ({
      to: routeTarget(destination, type),
      ...(gateway === undefined ? {} : { via: gateway }),
      ...(device === '' || type !== undefined ? {} : { device }),
      ...(protocol === undefined ? {} : { protocol }),
    }))
}

function routeMarks(known: ExpectedPlace, { routes }: DrawnFacts, mayHaveMore: boolean): Mark[] {
  const present = new Map(drawnRoutes(routes).map(route => [routeKey(route), route]))
  const gone = [...known.routes].filter(([key, route]) => {
    const other = present.get(key)
    return other === undefined || leadsElsewhere(route, other)
  })
  const strange = [...present].filter(([key, route]) => {
    const wanted = known.routes.get(key)
    return wanted === undefined ? !mayHaveMore : leadsElsewhere(wanted, route)
  })
  return [
    ...gone.map(([key, route]) => mark('changed', `lost ${routeWords(route, present.get(key))}`)),
    ...strange.map(([key, route]) => mark('changed', `got ${routeWords(route, known.routes.get(key))}`)),
  ]
}

/** A command need not name the interface: the kernel finds that of the next hop. */
function leadsElsewhere(wanted: GraphRoute, seen: GraphRoute): boolean {
  const isOtherDevice =
    wanted.device !== undefined && seen.device !== undefined && wanted.device !== seen.device
  return wanted.via !== seen.via || isOtherDevice
}

/** A route as it is or should be; `other` stands in its place. */
function routeWords({ to, via, device }: GraphRoute, other: GraphRoute | undefined): string {
  const isDeviceTold = device !== undefined && (via === undefined || via === other?.via)
  const way = [...(via === undefined ? [] : ['via', via]), ...(isDeviceTold ? ['dev', device] : [])]
  return ['the route', to, ...way].join(' ')
}

function readinessMarks(pod: Place, { condition }: Seen): Mark[] {
  const ended = own(condition.ended, pod)
  const why = own(condition.notReady, pod)
  if (why !== undefined) return [mark('not ready', `not ready: ${why}`)]
  return ended === undefined ? [] : [mark('not ready', ended)]
}

function markedSegment(segment: GraphSegment, seen: Seen): GraphSegment {
  const { place, name, kind } = segment
  if (kind === 'tunnel') return segment
  const bridge = kind === 'network' ? seen.lab.networks.find(each => each.name === name)?.bridge : name
  const node = place ?? host
  const facts = seen.facts.get(node)
  const link = facts?.links.find(each => each.name === bridge)
  if (link === undefined) return { ...segment, addresses: [], marks: [mark('gone', `${bridge} is gone`)] }
  const wanted = seen.expected.get(node)?.links.get(link.name)
  const known: ExpectedLink = wanted ?? { up: true, isBridge: true, addresses: new Set(segment.addresses) }
  return {
    ...segment,
    addresses: addressesOf(link),
    marks: [
      ...(link.up ? [] : [mark('down', `${link.name} is down`)]),
      ...addressMarks(link.name, known, link),
    ],
  }
}

/** What is off at the far end of a cable; the near one is told with its place. */
function markedLink(link: GraphLink, seen: Seen): GraphLink {
  const { near, far, segment, kind } = link
  const nearFacts = seen.facts.get(near.place)
  const own = nearFacts?.links.find(({ name }) => name === near.interface)
  const nearMarks = own === undefined || !own.up ? [mark('down', `${near.interface} is down`)] : []
  if (kind !== 'veth' || far === undefined) return { ...link, marks: nearMarks }
  const links = seen.facts.get(far.place)?.links
  const other = links?.find(each =>
    far.interface === undefined
      ? each.index !== undefined && each.index === own?.peer
      : each.name === far.interface,
  )
  const name = far.interface ?? other?.name
  if (other === undefined)
    return { ...link, marks: [...nearMarks, mark('gone', `${name ?? 'its other end'} is gone`)] }
  const bridge = segment === undefined ? undefined : bridgeOf(segment, seen)
  const isUnplugged = bridge !== undefined && other.master !== bridge
  return {
    ...link,
    far: { place: far.place, interface: other.name },
    marks: [
      ...nearMarks,
      ...(other.up ? [] : [mark('down', `${other.name} is down`)]),
      ...(isUnplugged ? [mark('changed', `${other.name} is not plugged into ${bridge}`)] : []),
    ],
  }
}

function bridgeOf(segment: string, { lab }: Seen): string | undefined {
  const [kind, ...words] = segment.split(' ')
  if (kind === 'network') return lab.networks.find(({ name }) => name === words.join(' '))?.bridge
  return words.at(-1)
}

function markedService(service: GraphService, { condition }: Seen): GraphService {
  const idle = service.endpoints.filter(
    ({ pod }) => own(condition.notReady, pod) !== undefined || own(condition.ended, pod) !== undefined,
  )
  const marks = idle.map(({ pod }) => mark('not ready', `its rules still send to ${pod}`))
  return { ...service, marks }
}
