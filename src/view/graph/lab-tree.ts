import type {
  Graph,
  GraphLink,
  GraphPlace,
  GraphRoute,
  GraphSegment,
  GraphService,
  Mark,
} from '../../graph/graph.ts'
import { plural } from '../format.ts'
import { block, hanging } from '../layout.ts'
import { printable } from '../printable.ts'
import type { Style } from '../terminal.ts'
import { foldedGraph, type MorePods, serviceGroups } from './folded-graph.ts'
import { type TreeNode, treeLines } from './tree.ts'

/** A lab for the terminal: networks with whom they join, then each machine with its bridges, pods and routes, then services. */
export function renderLabTree(style: Style, whole: Graph): string {
  const { graph, more } = foldedGraph(whole)
  const page: Page = { style, graph, more }
  const trees = [...networks(page), ...machines(page), ...services(page)]
  const name = style.color.bold(printable(graph.lab))
  return block([
    ...hanging('', `${name}: ${printable(graph.title)}`, style.width, 2),
    ...trees.flatMap(root => ['', ...treeLines(style, root)]),
  ])
}

/** What the functions below draw on. */
interface Page {
  style: Style
  graph: Graph
  more: ReadonlyMap<string, MorePods>
}

function networks(page: Page): TreeNode[] {
  return page.graph.segments.filter(({ place }) => place === undefined).map(each => networkNode(page, each))
}

function machines(page: Page): TreeNode[] {
  const { places, links } = page.graph
  return places
    .filter(({ kind }) => kind !== 'pod' && kind !== 'outside')
    .map(place => machineNode(page, place))
    .filter(({ children }) => children.length > 0 || links.length === 0)
}

function services(page: Page): TreeNode[] {
  const groups = serviceGroups(page.graph.services)
  return groups.flatMap(({ services, left }) => [
    ...services.map(service => serviceNode(page, service)),
    ...(left === 0
      ? []
      : [leaf(page.style.color.dim(`and ${plural(left, 'more service port')} with the same pods`))]),
  ])
}

function networkNode(page: Page, segment: GraphSegment): TreeNode {
  const { id, kind, name, marks } = segment
  const { color } = page.style
  const plugged = page.graph.links.filter(link => link.segment === id)
  const what = kind === 'tunnel' ? 'a tunnel' : 'a network'
  const carriers = page.graph.segments.filter(other => segment.carriedBy?.includes(other.id))
  const over =
    carriers.length === 0
      ? []
      : [color.dim(`over ${carriers.map(other => printable(other.name)).join(', ')}`)]
  return {
    pieces: [nameText(page, name), color.dim(`(${what})`), ...over],
    children: [...plugged.map(link => pluggedMachine(page, link)), ...markNodes(page, marks)],
  }
}

function pluggedMachine(page: Page, { near, marks }: GraphLink): TreeNode {
  const addresses = addressesAt(page, near.place, near.interface)
  return {
    pieces: [nameText(page, near.place), printable(near.interface), ...addresses],
    children: markNodes(page, marks),
  }
}

function machineNode(page: Page, place: GraphPlace): TreeNode {
  const { name, routes, marks, serves } = place
  const { color } = page.style
  const { segments, links } = page.graph
  const beside = links.filter(({ far, segment }) => far?.place === name && segment === undefined)
  const rest = interfacesElsewhere(page, place)
  return {
    pieces: [nameText(page, name), ...serves.map(each => color.cyan(printable(each)))],
    children: [
      ...rest,
      ...segments.filter(each => each.place === name).map(each => bridgeNode(page, each)),
      ...beside.map(link => cableNode(page, link)),
      ...routes.map(route => routeNode(page, route)),
      ...markNodes(page, marks),
    ],
  }
}

/** Interfaces that are not on a network and not at the end of a cable that is shown. */
function interfacesElsewhere(page: Page, { name, interfaces }: GraphPlace): TreeNode[] {
  const shown = page.graph.links.flatMap(({ near, far }) => [near, ...(far === undefined ? [] : [far])])
  return interfaces
    .filter(each => !shown.some(end => end.place === name && end.interface === each.name))
    .map(each => leaf(printable(each.name), ...each.addresses.map(printable)))
}

function bridgeNode(page: Page, { id, name, addresses, marks }: GraphSegment): TreeNode {
  const plugged = page.graph.links.filter(({ segment }) => segment === id)
  return {
    pieces: [nameText(page, name), ...addresses.map(printable)],
    children: [...plugged.map(link => cableNode(page, link, addresses)), ...markNodes(page, marks)],
  }
}

/** A cable from a node to a pod or a machine outside. */
function cableNode(
  page: Page,
  { near, far, kind, marks }: GraphLink,
  gateways: readonly string[] = [],
): TreeNode {
  const { color } = page.style
  const standIn = page.more.get(near.place)
  if (standIn !== undefined) return leaf(color.dim(standIn.words))
  const place = page.graph.places.find(({ name }) => name === near.place)
  const isUsual = ({ to, via }: GraphRoute) =>
    to === 'default' && gateways.some(each => each.split('/')[0] === via)
  const own = far === undefined ? [] : addressesAt(page, far.place, far.interface ?? '')
  const cable = kind === 'macvlan' ? '── macvlan' : '──'
  return {
    pieces: [
      ...(far?.interface === undefined ? [] : [printable(far.interface)]),
      ...own,
      color.dim(`${cable} ${printable(near.interface)}`),
      nameText(page, near.place),
      ...addressesAt(page, near.place, near.interface),
      ...(place?.serves ?? []).map(each => color.cyan(printable(each))),
    ],
    children: [
      ...(place?.routes ?? []).filter(route => !isUsual(route)).map(route => routeNode(page, route)),
      ...markNodes(page, [...marks, ...(place?.marks ?? [])]),
    ],
  }
}

function routeNode(page: Page, { to, via, device }: GraphRoute): TreeNode {
  const { color } = page.style
  return leaf(
    color.dim('route'),
    printable(to),
    ...(via === undefined ? [] : [color.dim(`via ${printable(via)}`)]),
    ...(device === undefined ? [] : [color.dim(`dev ${printable(device)}`)]),
  )
}

function serviceNode(
  page: Page,
  { service, portName, protocol, addresses, endpoints, marks }: GraphService,
): TreeNode {
  const { color } = page.style
  const name = portName === '' ? service : `${service}:${portName}`
  return {
    pieces: [
      nameText(page, name),
      ...addresses.map((each, at) =>
        printable(at === 0 && protocol !== 'TCP' ? `${each}/${protocol}` : each),
      ),
    ],
    children: [
      ...endpoints.map(({ pod, target }) => {
        const standIn = page.more.get(pod)
        return standIn === undefined
          ? leaf(printable(pod), printable(target))
          : leaf(color.dim(standIn.words))
      }),
      ...(endpoints.length === 0 ? [leaf(color.yellow('no endpoints'))] : []),
      ...markNodes(page, marks),
    ],
  }
}

function addressesAt(page: Page, name: string, device: string): string[] {
  const place = page.graph.places.find(each => each.name === name)
  const found = place?.interfaces.find(each => each.name === device)
  return found?.addresses.map(printable) ?? []
}

function markNodes(page: Page, marks: readonly Mark[]): TreeNode[] {
  const { color } = page.style
  const told = new Set(marks.map(({ kind, words }) => (kind === 'changed' ? `by hand: ${words}` : words)))
  return [...told].map(words => leaf(color.red('✘'), color.red(printable(words))))
}

function nameText(page: Page, name: string): string {
  return page.style.color.bold(printable(name))
}

function leaf(...pieces: readonly string[]): TreeNode {
  return { pieces, children: [] }
}
