import type { Command, Place } from '../command/command.ts'
import { host } from '../command/command.ts'
import { addressWord, linkName, parseIp, tunnelKind, tunnelName, valueAfter } from '../command/ip-argv.ts'
import { broughtLinks } from '../command/link-kinds.ts'
import { own } from '../command/own.ts'
import { placed } from '../command/undo.ts'
import { canonical, contains, familyOf } from '../model/address.ts'
import type { GraphRoute } from './graph.ts'

/** An interface as commands leave it. */
export interface ExpectedLink {
  up: boolean
  /** `10.0.0.11/24` */
  addresses: Set<string>
  /** The bridge that it is plugged into. */
  master?: string
  isBridge: boolean
  /** It wraps packets into others: the ends that it has to have; left out: any. */
  ipip?: { local?: string; remote?: string }
  /** The other end of a veth pair. */
  peer?: { place: Place; interface: string }
}

/** A network namespace as commands leave it. */
export interface ExpectedPlace {
  links: Map<string, ExpectedLink>
  /** By family and destination. */
  routes: Map<string, GraphRoute>
}

/** What commands of ip(8) leave behind in each network namespace. */
export type Expected = ReadonlyMap<Place, ExpectedPlace>

/** What these commands leave behind, one after the other; what is no command of ip(8) changes nothing. */
export function expectedAfter(commands: Iterable<Command>): Expected {
  const places: Places = new Map([[host, emptyPlace()]])
  for (const { argv, in: where } of commands) {
    const { argv: placedArgv, in: name } = placed(argv, where)
    const place = places.get(name)
    const ip = parseIp(placedArgv)
    if (place === undefined || ip === undefined) continue
    const { object, verb, words, options } = ip
    own(effects, `${object} ${verb}`)?.({ places, place, name, words, options })
  }
  return places
}

type Places = Map<Place, ExpectedPlace>

/** A command of ip(8), and the place that it changes. */
interface Change {
  places: Places
  place: ExpectedPlace
  name: Place
  words: readonly string[]
  options: readonly string[]
}

const effects: Readonly<Record<string, (change: Change) => void>> = {
  'netns add': ({ places, words }) => void places.set(words[0] ?? '', emptyPlace()),
  'netns delete': deleteNamespace,
  'link add': addLink,
  'link set': setLink,
  'link delete': ({ places, place, words }) => deleteLink(places, place, linkName(words) ?? ''),
  'tunnel add': ({ place, words }) => addTunnel(place, tunnelName(words), tunnelKind(words), words),
  'tunnel delete': ({ places, place, words }) => deleteLink(places, place, tunnelName(words) ?? ''),
  'address add': addAddress,
  'address replace': addAddress,
  'address delete': deleteAddress,
  'address flush': flushAddresses,
  'route add': addRoute,
  'route replace': addRoute,
  'route change': addRoute,
  'route append': addRoute,
  'route delete': deleteRoute,
}

function emptyPlace(): ExpectedPlace {
  return { links: new Map(), routes: new Map() }
}

function deleteNamespace({ places, words: [name = ''] }: Change): void {
  const gone = places.get(name)
  if (gone === undefined) return
  for (const link of [...gone.links.keys()]) deleteLink(places, gone, link)
  places.delete(name)
}

function addRoute({ place, words, options }: Change): void {
  if (isInMainTable(words)) place.routes.set(...routeOf(words, options))
}

function deleteRoute({ place, words, options }: Change): void {
  if (isInMainTable(words)) place.routes.delete(routeOf(words, options)[0])
}

/** Nobody asks the kernel for routes of other tables (ip-route(8): those of type `local` are in one of their own). */
function isInMainTable(words: readonly string[]): boolean {
  if (valueAfter(words, 'vrf') !== undefined) return false
  const table = valueAfter(words, 'table') ?? (words[0] === 'local' ? 'local' : 'main')
  return table === 'main' || table === '254'
}

function addLink({ places, place, name: here, words }: Change): void {
  const name = linkName(words)
  if (name === undefined) return
  const type = words.indexOf('type')
  const there = valueAfter(type === -1 ? words : words.slice(0, type), 'netns')
  const at = words.indexOf('peer')
  const isBridge = type !== -1 && words[type + 1] === 'bridge'
  const kind = type === -1 ? undefined : words[type + 1]
  const link: ExpectedLink = { ...{ up: false, addresses: new Set(), isBridge }, ...tunnelEnds(kind, words) }
  const target = places.get(there ?? here) ?? place
  target.links.set(name, link)
  if (at === -1) return
  const peerName = valueAfter(words.slice(at), 'name')
  const peerPlace = valueAfter(words.slice(at), 'netns') ?? there ?? here
  if (peerName === undefined) return
  link.peer = { place: peerPlace, interface: peerName }
  const peer = { place: there ?? here, interface: name }
  places.get(peerPlace)?.links.set(peerName, { up: false, addresses: new Set(), isBridge: false, peer })
}

function addTunnel(
  place: ExpectedPlace,
  name: string | undefined,
  kind: string | undefined,
  words: readonly string[] = [],
): void {
  if (name === undefined) return
  place.links.set(name, {
    ...{ up: false, addresses: new Set(), isBridge: false },
    ...tunnelEnds(kind, words),
  })
}

function tunnelEnds(kind: string | undefined, words: readonly string[]): Pick<ExpectedLink, 'ipip'> {
  if (kind !== 'ipip') return {}
  const [local, remote] = [valueAfter(words, 'local'), valueAfter(words, 'remote')]
  return {
    ipip: {
      ...(local === undefined || local === 'any' ? {} : { local }),
      ...(remote === undefined || remote === 'any' ? {} : { remote }),
    },
  }
}

/** A link that commands have made, or that the kernel brings along with its kind. */
function linkIn(place: ExpectedPlace, name: string): ExpectedLink | undefined {
  const kind = broughtLinks.get(name)
  if (!place.links.has(name) && kind !== undefined) addTunnel(place, name, kind)
  return place.links.get(name)
}

function setLink({ places, place, words }: Change): void {
  const name = linkName(words) ?? ''
  const link = linkIn(place, name)
  if (link === undefined) return
  const to = valueAfter(words, 'netns')
  const target = to === undefined ? place : to === '1' ? places.get(host) : places.get(to)
  const at = words.indexOf('name')
  // `ip link set NAME name OTHER`, but `ip link set name NAME up`.
  const other = at > 0 && words[at + 1] !== name ? words[at + 1] : undefined
  if (target !== undefined && (target !== place || other !== undefined)) {
    place.links.delete(name)
    target.links.set(other ?? name, link)
  }
  const master = valueAfter(words, 'master')
  if (master !== undefined) link.master = master
  if (words.includes('nomaster')) delete link.master
  if (words.includes('up')) link.up = true
  if (words.includes('down')) {
    link.up = false
    dropRoutes(place, name, link.addresses)
  }
}

function deleteLink(places: Places, place: ExpectedPlace, name: string): void {
  const link = place.links.get(name)
  if (link === undefined) return
  place.links.delete(name)
  dropRoutes(place, name, link.addresses)
  const other = link.peer === undefined ? undefined : places.get(link.peer.place)
  if (other !== undefined) deleteLink(places, other, link.peer!.interface)
}

function addAddress({ place, words }: Change): void {
  const address = addressIn(words)
  const link = linkIn(place, valueAfter(words, 'dev') ?? '')
  if (address !== undefined) link?.addresses.add(address)
}

function deleteAddress({ place, words }: Change): void {
  const address = addressIn(words)
  if (address !== undefined) loseAddress(place, valueAfter(words, 'dev') ?? '', address)
}

function flushAddresses({ place, words, options }: Change): void {
  const name = valueAfter(words, 'dev') ?? words[0] ?? ''
  const [only4, only6] = [options.includes('-4'), options.includes('-6')]
  for (const address of place.links.get(name)?.addresses ?? []) {
    const isKept = familyOf(address) === 'ipv6' ? only4 : only6
    if (!isKept) loseAddress(place, name, address)
  }
}

function loseAddress(place: ExpectedPlace, name: string, address: string): void {
  const link = place.links.get(name)
  if (link?.addresses.delete(address) !== true) return
  // The kernel forgets the routes over an interface with its last address of IPv4, and those to a next hop that is near no more.
  const hasOthers = [...link.addresses].some(each => familyOf(each) === familyOf(address))
  dropRoutes(place, hasOthers ? '' : name, new Set([address]))
}

function addressIn(words: readonly string[]): string | undefined {
  const word = addressWord(words)
  if (word === undefined) return undefined
  const [address = '', prefix = ''] = word.split('/')
  return `${canonical(address)}/${prefix}`
}

/** The routes over an interface, and those whose next hop is on a network of these addresses. */
function dropRoutes(place: ExpectedPlace, device: string, addresses: ReadonlySet<string>): void {
  const nets = [...addresses].map(each => {
    const [address = '', prefix = ''] = each.split('/')
    return { address, prefix: Number(prefix) }
  })
  for (const [key, { device: over, via }] of place.routes) {
    const isNear =
      over === undefined &&
      via !== undefined &&
      nets.some(net => familyOf(net.address) === familyOf(via) && contains(net, via))
    if (over === device || isNear) place.routes.delete(key)
  }
}

/** Ways that lead nowhere, as ip(8) calls them. */
const kinds: readonly string[] = ['blackhole', 'unreachable', 'prohibit', 'throw', 'unicast', 'local']

function routeOf(words: readonly string[], options: readonly string[]): [string, GraphRoute] {
  const [first = ''] = words
  const kind = kinds.includes(first) ? first : undefined
  const written = (kind === undefined ? first : words[1]) ?? ''
  // Of several next hops at once, the kernel tells none as the route's own.
  const hop = words.includes('nexthop') ? words.slice(0, words.indexOf('nexthop')) : words
  const [via, device] = [valueAfter(hop, 'via'), valueAfter(hop, 'dev')]
  const route = {
    to: routeTarget(written, kind === 'unicast' ? undefined : kind),
    ...(via === undefined ? {} : { via: canonical(via) }),
    ...(device === undefined ? {} : { device }),
  }
  return [routeKey(route, options.includes('-6')), route]
}

/** A destination as `ip route show` has it: `default`, `10.0.0.1`, `10.0.0.0/24`, `blackhole 10.0.0.0/24`. */
export function routeTarget(written: string, kind?: string): string {
  const isAll = /^(default|0\.0\.0\.0\/0|::\/0)$/.test(written)
  const [address = '', prefix] = written.split('/')
  const isOne = prefix === undefined || prefix === (address.includes(':') ? '128' : '32')
  const bare = isAll || !/[.:]/.test(address) ? 'default' : canonical(address)
  const range = isAll || isOne ? bare : `${bare}/${prefix}`
  return kind === undefined ? range : `${kind} ${range}`
}

/** By this a place tells its routes apart: a default route may be there once in each family. */
export function routeKey({ to, via }: GraphRoute, is6 = false): string {
  const address = via ?? to.split(' ').at(-1) ?? ''
  const family = is6 || address.includes(':') ? 'ipv6' : 'ipv4'
  return `${family} ${to}`
}
