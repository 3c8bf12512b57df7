import { host, type Place } from '../../command/command.ts'
import { commandLine } from '../../command/command-line.ts'
import {
  addressWord,
  type IpCommand,
  linkName,
  parseIp,
  tunnelKind,
  tunnelName,
  valueAfter,
} from '../../command/ip-argv.ts'
import { broughtLinks } from '../../command/link-kinds.ts'
import { placed } from '../../command/undo.ts'
import { canonical, contains, type Family, familyOf, readRange } from '../../model/address.ts'
import type { Cidr } from '../../model/cidr.ts'
import type { Link, MachineFacts, Route } from '../../observe/facts.ts'
import type { StepOutline } from '../../plan/outline.ts'
import { type Evidence, finding } from '../evidence.ts'
import { type Shown, showLink } from '../show.ts'

/** A route that a lab's own command has made. */
export interface OwnRoute {
  to: Cidr
  via?: string
  device?: string
  /** As people type it. */
  command: string
  /** The same where another route to the destination is there. */
  replacing: string
}

/** An interface as a lab's own commands have it. */
export interface OwnLink {
  /** The command that makes it; left out: the kernel, or the topology, does. */
  made?: string
  kind?: string
  /** `10.244.219.64/32` → the command that gives it. */
  addresses: Map<string, string>
  /** The command that switches it on; left out: it is off. */
  up?: string
}

/** What a lab's own commands have made of a machine's links and routes. */
export interface OwnPlace {
  links: Map<string, OwnLink>
  /** By their destinations. */
  routes: Map<string, OwnRoute>
}

/** What a lab's own commands leave behind in each machine: what no declaration of the lab tells. */
export type OwnNetwork = ReadonlyMap<Place, OwnPlace>

/** What the commands of these steps leave behind; those that are no command of ip(8) change nothing. */
export function ownNetwork(steps: readonly Pick<StepOutline, 'run'>[]): OwnNetwork {
  const places = new Map<Place, OwnPlace>()
  for (const { argv, in: where } of steps.flatMap(({ run }) => run)) {
    const command = placed(argv, where)
    const ip = parseIp(command.argv)
    if (ip === undefined || command.in === host) continue
    const place = places.get(command.in) ?? { links: new Map(), routes: new Map() }
    places.set(command.in, place)
    change(place, ip, argv => commandLine({ argv, in: command.in }), command.argv)
  }
  return places
}

function change(
  place: OwnPlace,
  { object, verb, words, options }: IpCommand,
  typed: (argv: readonly string[]) => string,
  argv: readonly string[],
): void {
  const line = typed(argv)
  switch (`${object} ${verb}`) {
    case 'link add':
    case 'tunnel add': {
      const isTunnel = object === 'tunnel'
      const name = isTunnel ? tunnelName(words) : linkName(words)
      const kind = isTunnel ? tunnelKind(words) : valueAfter(words, 'type')
      if (name === undefined) return
      place.links.set(name, { made: line, addresses: new Map(), ...(kind === undefined ? {} : { kind }) })
      return
    }
    case 'link delete':
    case 'tunnel delete': {
      const name = object === 'tunnel' ? tunnelName(words) : linkName(words)
      if (name === undefined) return
      place.links.delete(name)
      forgetRoutes(place, name)
      return
    }
    case 'link set': {
      const name = linkName(words)
      if (name === undefined) return
      const link = linkOf(place, name)
      if (words.includes('up')) link.up = line
      if (!words.includes('down')) return
      delete link.up
      forgetRoutes(place, name)
      return
    }
    case 'address add':
    case 'address replace':
    case 'address delete': {
      const [name, word] = [valueAfter(words, 'dev'), addressWord(words)]
      if (name === undefined || word === undefined) return
      const address = asPrinted(word)
      if (verb === 'delete') place.links.get(name)?.addresses.delete(address)
      else linkOf(place, name).addresses.set(address, line)
      return
    }
    case 'route add':
    case 'route replace':
    case 'route change':
    case 'route delete': {
      const replacing = typed(['ip', ...options, 'route', 'replace', ...words])
      const route = routeOf(words, { command: line, replacing })
      if (route === undefined) return
      if (verb === 'delete') place.routes.delete(rangeKey(route.to))
      else place.routes.set(rangeKey(route.to), route)
    }
  }
}

/** An address as the kernel prints it. */
function asPrinted(cidr: string): string {
  const [address = '', prefix = ''] = cidr.split('/')
  return `${canonical(address)}/${prefix}`
}

function linkOf({ links }: OwnPlace, name: string): OwnLink {
  const known = links.get(name)
  if (known !== undefined) return known
  const kind = broughtLinks.get(name)
  const link = { addresses: new Map<string, string>(), ...(kind === undefined ? {} : { kind }) }
  links.set(name, link)
  return link
}

/** A link that goes, or goes down, takes the routes over it along. */
function forgetRoutes({ routes }: OwnPlace, name: string): void {
  for (const [key, { device }] of routes) if (device === name) routes.delete(key)
}

/** Routes that lead nowhere, and those of other tables, are not followed. */
function routeOf(
  words: readonly string[],
  commands: Pick<OwnRoute, 'command' | 'replacing'>,
): OwnRoute | undefined {
  const [first = ''] = words
  if (words.includes('table') || words.includes('vrf') || words.includes('nexthop')) return undefined
  const [via, device] = [valueAfter(words, 'via'), valueAfter(words, 'dev')]
  const to = rangeOf(first, via)
  if (to === undefined) return undefined
  return {
    to,
    ...commands,
    ...(via === undefined ? {} : { via: canonical(via) }),
    ...(device === undefined ? {} : { device }),
  }
}

/** A destination as ip(8) takes and prints it. */
function rangeOf(text: string, via: string | undefined): Cidr | undefined {
  if (text === 'default')
    return via?.includes(':') === true ? { address: '::', prefix: 0 } : { address: '0.0.0.0', prefix: 0 }
  const range = readRange(text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`)
  return 'refusal' in range ? undefined : range
}

function rangeKey({ address, prefix }: Cidr): string {
  return `${address}/${prefix}`
}

/** The route by which a lab's own commands send what is for an address: the most exact one. */
function ownRouteTo(own: OwnNetwork, place: Place, destination: string): OwnRoute | undefined {
  const leading = [...(own.get(place)?.routes.values() ?? [])].filter(
    ({ to }) => familyOf(to.address) === familyOf(destination) && contains(to, destination),
  )
  return leading.sort((a, b) => b.to.prefix - a.to.prefix)[0]
}

/** Whether a kernel has a route. */
function hasRoute(routes: readonly Route[], { to, via, device }: OwnRoute): boolean {
  return routes.some(
    route => isTo(route, to) && route.gateway === via && (device === undefined || route.device === device),
  )
}

function isTo({ destination, gateway }: Route, to: Cidr): boolean {
  const range = rangeOf(destination, gateway)
  return range !== undefined && rangeKey(range) === rangeKey(to)
}

/** Whether a packet has come for an address that a lab's own commands gave a machine, and that is gone. */
export function ownAddressLost(
  own: OwnNetwork,
  place: Place,
  destination: string,
  facts: MachineFacts,
): Evidence | undefined {
  for (const [device, { addresses }] of own.get(place)?.links ?? []) {
    const lost = [...addresses.keys()].find(address => address.split('/')[0] === destination)
    if (lost === undefined) continue
    return finding(
      `${device} of ${place} has lost its address ${lost}`,
      again(own, { place, device, family: familyOf(destination) }, facts),
      showLink(place, linkAt(facts, device), device),
    )
  }
  return undefined
}

/** A link of a machine, and of which family the facts are that it is compared with. */
interface AskedLink {
  place: Place
  device: string
  family: Family
}

/** What brings a link back as the lab's own commands have made it, with what went with it; undefined where they have not made it. */
export function again(
  own: OwnNetwork,
  { place, device, family }: AskedLink,
  facts: MachineFacts | undefined,
): string | undefined {
  const link = linkAt(facts, device)
  const known = own.get(place)
  const { made, addresses, up }: OwnLink = known?.links.get(device) ?? { addresses: new Map() }
  if (link === undefined && made === undefined) return undefined
  const isUp = link?.up === true
  // Of the other family nobody was asked: a link that goes down takes its addresses of IPv6 along (ip-sysctl, keep_addr_on_down), and all routes.
  const mayLack = (address: string) =>
    familyOf(address) === family || link === undefined || (!isUp && familyOf(address) === 'ipv6')
  return [
    ...(link === undefined ? [made] : []),
    ...[...addresses]
      .filter(([address]) => mayLack(address) && !hasAddress(link, address))
      .map(([, line]) => line),
    ...(isUp ? [] : [up ?? commandLine({ argv: ['ip', 'link', 'set', 'dev', device, 'up'], in: place })]),
    ...[...(known?.routes.values() ?? [])]
      .filter(route => route.device === device && (!isUp || familyOf(route.to.address) === family))
      .filter(route => !hasRoute(facts?.routes ?? [], route))
      .map(({ command }) => command),
  ].join(' && ')
}

function linkAt(facts: MachineFacts | undefined, device: string): Link | undefined {
  return facts?.links?.find(({ name }) => name === device)
}

function hasAddress(link: Link | undefined, cidr: string): boolean {
  return link?.addresses.some(({ address, prefix }) => `${address}/${prefix}` === cidr) === true
}

/** What is off with the route by which a lab's own commands send what is for an address; `instead`: where that goes now. */
export function ownRouteOff(
  own: OwnNetwork,
  { place, destination, instead }: { place: Place; destination: string; instead: string | undefined },
  facts: MachineFacts | undefined,
  shown: Shown,
): Evidence | undefined {
  const route = ownRouteTo(own, place, destination)
  if (route === undefined || hasRoute(facts?.routes ?? [], route)) return undefined
  const { device, to } = route
  const gone = `its route to ${rangeKey(to)}`
  if (device !== undefined) {
    const asked = { place, device, family: familyOf(destination) }
    const off = linkOff(own, asked, facts, gone)
    if (off !== undefined) return finding(off, again(own, asked, facts), shown)
  }
  const isTaken = (facts?.routes ?? []).some(each => isTo(each, to))
  return finding(
    instead === undefined
      ? `${place} has no route to ${destination}`
      : `${place} sends what is for ${destination} to ${instead}, since ${gone} is not there`,
    isTaken ? route.replacing : route.command,
    shown,
  )
}

/** Why a link has lost what leads over it; undefined: it is as the lab's own commands have made it. */
function linkOff(
  own: OwnNetwork,
  { place, device, family }: AskedLink,
  facts: MachineFacts | undefined,
  gone: string,
): string | undefined {
  const link = linkAt(facts, device)
  if (link === undefined) return `${place} has no ${device}, so ${gone} is gone`
  if (!link.up) return `${device} of ${place} is down, so ${gone} is gone`
  const addresses = [...(own.get(place)?.links.get(device)?.addresses.keys() ?? [])]
  const lost = addresses.find(address => familyOf(address) === family && !hasAddress(link, address))
  return lost === undefined
    ? undefined
    : `${device} of ${place} has lost its address ${lost}, and ${gone} is gone`
}

/**
 * Of two states of a lab the one that it is in: the later one, where something is there that only that one has. A check of an early step is
 * tried again when later steps have changed what it is about.
 */
export function currentOf(
  early: OwnNetwork,
  late: OwnNetwork,
  machines: ReadonlyMap<Place, MachineFacts>,
): OwnNetwork {
  const isThere = [...late].some(([place, { routes }]) =>
    [...routes].some(([key, route]) => {
      const before = early.get(place)?.routes.get(key)
      const isNew = before === undefined || before.via !== route.via || before.device !== route.device
      return isNew && hasRoute(machines.get(place)?.routes ?? [], route)
    }),
  )
  return isThere ? late : early
}
