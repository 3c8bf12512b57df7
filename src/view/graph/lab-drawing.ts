import type { Graph, GraphLink, GraphPlace, GraphSegment, GraphService, Mark } from '../../graph/graph.ts'
import { contains } from '../../model/address.ts'
import { plural } from '../format.ts'
import type { Box, Drawing, Line, Row } from './drawing.ts'
import { foldedGraph, type MorePods, type ServiceGroup, serviceGroups } from './folded-graph.ts'

/** Characters between two labels below a bridge. */
const labelGap = 3

/**
 * A lab as boxes and lines: a network is below the machine that is the way out of it and above all others on it, bridges and pods are in
 * their nodes, services at the bottom.
 */
export function labDrawing(whole: Graph): Drawing {
  const { graph, more } = foldedGraph(whole)
  const { places, segments, links } = graph
  const groups = serviceGroups(graph.services)
  return {
    title: graph.title,
    direction: 'down',
    boxes: [
      ...segments.filter(({ place }) => place === undefined).map(segment => segmentBox(graph, segment)),
      ...places.filter(({ kind }) => kind === 'outside' || kind === 'machine').map(machineBox),
      ...places
        .filter(({ kind }) => kind === 'host' || kind === 'node')
        .map(place => nodeBox(graph, place, more)),
      ...groups.map(serviceBox),
    ],
    lines: [
      ...links.map((link, at) => linkLine(graph, link, at)),
      ...segments.flatMap(segmentLines),
      ...groups.flatMap(group => serviceLines(graph, group)),
      ...orderLines(groups),
    ],
  }
}

/** The id of a place's box. */
export function placeId(name: string): string {
  return `place ${name}`
}

function row(kind: Row['kind'], text: string): Row {
  return { kind, text }
}

function off(marks: readonly Mark[]): Row[] {
  return marks.map(({ words }) => row('off', words))
}

function segmentBox({ links }: Graph, { id, kind, name, addresses, marks }: GraphSegment): Box {
  const ends = links.filter(({ segment }) => segment === id).map(({ far }) => far?.interface?.length ?? 0)
  return {
    ...{ id, kind, children: [], isOff: marks.length > 0 },
    rows: [row('name', name), ...addresses.map(each => row('address', each)), ...off(marks)],
    // Lines begin at even distances.
    least: (ends.length + 1) * (Math.max(0, ...ends) + labelGap),
  }
}

function machineBox(place: GraphPlace): Box {
  const { name, marks, serves } = place
  return {
    ...{ id: placeId(name), kind: 'machine', children: [], isOff: marks.length > 0 },
    rows: [
      row('name', name),
      ...serves.map(each => row('detail', each)),
      ...interfaceRows(place),
      ...routeRows(place),
      ...off(marks),
    ],
  }
}

function nodeBox(graph: Graph, place: GraphPlace, more: ReadonlyMap<string, MorePods>): Box {
  const { name, marks, serves } = place
  const stack = [
    ...serves.map(each => row('detail', each)),
    ...interfaceRows(place),
    ...routeRows(place),
    ...off(marks),
  ]
  return {
    ...{ id: `frame ${name}`, kind: 'frame', isOff: false },
    rows: [row('name', name)],
    children: [
      {
        ...{ id: placeId(name), kind: 'machine', children: [], isOff: marks.length > 0 },
        rows: stack.length === 0 ? [row('detail', 'no address')] : stack,
      },
      ...graph.segments.filter(each => each.place === name).map(each => segmentBox(graph, each)),
      ...graph.places.filter(({ node }) => node === name).map(pod => podBox(pod, more.get(pod.name))),
    ],
  }
}

function podBox({ name, interfaces, routes, serves, marks }: GraphPlace, more: MorePods | undefined): Box {
  if (more !== undefined)
    return { id: placeId(name), kind: 'more', children: [], isOff: false, rows: [row('detail', more.words)] }
  const way = routes.find(({ to, via }) => to === 'default' && via !== undefined)
  return {
    ...{ id: placeId(name), kind: 'pod', children: [], isOff: marks.length > 0 },
    rows: [
      row('name', name),
      ...interfaces.flatMap(({ addresses }) => addresses.map(each => row('address', each))),
      ...(serves.length === 0 ? [] : [row('detail', serves.join(' '))]),
      ...(way === undefined ? [] : [row('detail', `default via ${way.via}`)]),
      ...off(marks),
    ],
  }
}

function interfaceRows({ interfaces }: GraphPlace): Row[] {
  return interfaces.flatMap(({ name, addresses }) =>
    addresses.map(each => row('address', `${name}  ${each}`)),
  )
}

function routeRows({ routes }: GraphPlace): Row[] {
  return routes.map(({ to, via, device }) => {
    const words = [
      to,
      ...(via === undefined ? [] : ['via', via]),
      ...(device === undefined ? [] : ['dev', device]),
    ]
    return row('detail', words.join(' '))
  })
}

function serviceBox(group: ServiceGroup): Box {
  const { services, left } = group
  return {
    ...{ id: serviceId(group), kind: 'service', children: [] },
    isOff: services.some(({ marks }) => marks.length > 0),
    rows: [
      ...services.flatMap(serviceRows),
      ...(left === 0 ? [] : [row('detail', `and ${plural(left, 'more service port')}`)]),
    ],
  }
}

/** A service with an address of each family, or several ports, stands there once. */
function serviceRows(service: GraphService, at: number, all: readonly GraphService[]): Row[] {
  const { protocol, addresses, endpoints, marks } = service
  const name = serviceName(service)
  const before = all[at - 1]
  return [
    ...(before !== undefined && serviceName(before) === name ? [] : [row('name', name)]),
    ...addresses.map(each => row('address', protocol === 'TCP' ? each : `${each}/${protocol}`)),
    ...(endpoints.length === 0 ? [row('off', 'no endpoints')] : []),
    ...off(marks),
  ]
}

function serviceName({ service, portName }: GraphService): string {
  return portName === '' ? service : `${service}:${portName}`
}

/** The id of the box of services. */
export function serviceId({ services: [first] }: ServiceGroup): string {
  return `service ${first!.service} ${first!.portName} ${first!.addresses[0]}`
}

/** A bridge is an interface of its node; a tunnel's packets go by other networks. */
function segmentLines({ id, place, carriedBy = [] }: GraphSegment): Line[] {
  const own = place === undefined ? [] : [placeId(place)]
  return [
    ...own.map((from): Line => ({ id: `own ${id}`, from, to: id, kind: 'cable', isOff: false })),
    ...carriedBy.map((from): Line => ({ id: `${from} ${id}`, from, to: id, kind: 'carrier', isOff: false })),
  ]
}

/** The id of the line of a graph's link, 0-based. */
export function linkId(at: number): string {
  return `link ${at}`
}

function linkLine(graph: Graph, link: GraphLink, at: number): Line {
  const { kind, near, far, segment, marks } = link
  const [own, other] = [placeId(near.place), segment ?? placeId(far?.place ?? '')]
  const line = {
    ...{ id: linkId(at), isOff: marks.length > 0 },
    kind: kind === 'tunnel' ? ('tunnel' as const) : ('cable' as const),
  }
  const otherEnd = marks.find(({ words }) => words.startsWith(`${far?.interface} `))?.words ?? far?.interface
  return isAbove(graph, link)
    ? {
        ...line,
        from: own,
        to: other,
        upper: near.interface,
        ...(otherEnd === undefined ? {} : { lower: otherEnd }),
      }
    : {
        ...line,
        from: other,
        to: own,
        lower: near.interface,
        ...(otherEnd === undefined ? {} : { upper: otherEnd }),
      }
}

/** Whether the near end of a link is the upper one: machines outside are above the host, and machines above their networks, but for the one on which their own way out is. */
export function isAbove({ places }: Graph, { near }: GraphLink): boolean {
  const place = places.find(({ name }) => name === near.place)
  if (place?.kind === 'outside') return true
  if (place?.kind !== 'machine') return false
  const addresses = place.interfaces.find(({ name }) => name === near.interface)?.addresses ?? []
  const gateways = place.routes.filter(({ to }) => to === 'default').flatMap(({ via }) => via ?? [])
  return !addresses.some(cidr => gateways.some(gateway => isOn(cidr, gateway)))
}

function isOn(cidr: string, address: string): boolean {
  const [own = '', prefix = ''] = cidr.split('/')
  return contains({ address: own, prefix: Number(prefix) }, address)
}

/** The id of the line to a box of services from the first one's endpoint, 0-based. */
export function arrowId(service: string, at: number): string {
  return `${service} ${at}`
}

function serviceLines({ places }: Graph, group: ServiceGroup): Line[] {
  const to = serviceId(group)
  const pods = group.services[0]!.endpoints.map(({ pod }) => pod)
  const arrows = pods.map(
    (pod, at): Line => ({
      ...{ id: arrowId(to, at), from: placeId(pod), to },
      ...{ kind: 'service', arrow: 'upper', isOff: false },
    }),
  )
  // One that has no pods stands below all the same.
  const lowest = places.findLast(({ kind }) => kind === 'pod') ?? places[0]
  if (arrows.length > 0 || lowest === undefined) return arrows
  return [{ id: `${to} below`, from: placeId(lowest.name), to, kind: 'unseen', isOff: false }]
}

/** Of two services that share two pods or more, the one with more pods stands lower: its lines go around the other one. */
function orderLines(groups: readonly ServiceGroup[]): Line[] {
  const podsOf = ({ services: [first] }: ServiceGroup) => first!.endpoints.map(({ pod }) => pod)
  return groups.flatMap(upper =>
    groups
      .filter(lower => podsOf(lower).length > podsOf(upper).length)
      .filter(lower => podsOf(upper).filter(pod => podsOf(lower).includes(pod)).length > 1)
      .map((lower): Line => {
        const [from, to] = [serviceId(upper), serviceId(lower)]
        return { id: `${from} above ${to}`, from, to, kind: 'unseen', isOff: false }
      }),
  )
}
