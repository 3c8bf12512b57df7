import { host, type Place } from '../command/command.ts'
import { shellLine } from '../command/command-line.ts'
import { chainOf, type ListedChain, type ListedRule, ruleText } from '../command/iptables-save.ts'
import { hookText } from '../command/nft-list.ts'
import { familyOf } from '../model/address.ts'
import type { Connection, Link, Listener, Neighbour, Route } from '../observe/facts.ts'
import type { Way } from './way.ts'

/** A command and what it printed, or the part of it that matters. */
export type Shown = readonly string[]

const ip = (place: Place | undefined) => (place === undefined || place === host ? 'ip' : `ip -n ${place}`)

/** `ip -brief address show` */
export function showLink(place: Place | undefined, link: Link | undefined, name: string): Shown {
  const command = `$ ${ip(place)} -br addr show dev ${name}`
  if (link === undefined) return [command, `Device "${name}" does not exist.`]
  const addresses = link.addresses.map(({ address, prefix }) => `${address}/${prefix}`)
  return [command, `${name}  ${linkState(link)}  ${addresses.join(' ') || 'no address'}`]
}

function linkState({ up, carrier }: Link): string {
  if (!up) return 'DOWN'
  return carrier ? 'UP' : 'NO-CARRIER'
}

/** `bridge link show` */
export function showPort(link: Link | undefined, name: string): Shown {
  const command = `$ bridge -d link show dev ${name}`
  if (link === undefined) return [command, `Cannot find device "${name}"`]
  const { master, port } = link
  if (master === undefined) return [command, '(nothing: it is no port of a bridge)']
  const flags = port === undefined ? '' : ` state ${port.state} hairpin ${port.hairpin ? 'on' : 'off'}`
  const isolated = port?.isolated ? ' isolated on' : ''
  return [command, `${name} ${linkState(link)} master ${master}${flags}${isolated}`]
}

/** `ip route` */
export function showRoutes(way: Way, place: Place | undefined): Shown {
  const routes = way.place(place).routes ?? []
  return [
    `$ ${ip(place)}${way.family === 'ipv6' ? ' -6' : ''} route`,
    ...(routes.length === 0 ? ['(none)'] : routes.map(routeWords)),
  ]
}

/** `ip route get` */
export function showWayTo(way: Way, place: Place | undefined, address: string): Shown {
  const route = way.place(place).routesTo[address]
  if (route === undefined) return []
  const words = typeof route === 'string' ? route : routeWords(route)
  return [`$ ${ip(place)} route get ${address}`, words]
}

/** A route as `ip route` prints it. */
export function routeWords({ destination, gateway, device, source }: Route): string {
  const via = gateway === undefined ? '' : ` via ${gateway}`
  return `${destination}${via} dev ${device}${source === undefined ? '' : ` src ${source}`}`
}

/** `ip neigh show` */
export function showNeighbour(
  place: Place | undefined,
  entry: Neighbour | undefined,
  address: string,
): Shown {
  const command = `$ ${ip(place)} neigh show ${address}`
  if (entry === undefined) return [command, '(nothing)']
  const mac = entry.mac === undefined ? '' : ` lladdr ${entry.mac}`
  return [command, `${entry.address} dev ${entry.device}${mac} ${entry.state}`]
}

/** `ss -ltn` */
export function showListeners(place: Place | undefined, listeners: readonly Listener[]): Shown {
  const command = place === host ? '$ ss -ltn' : `$ ip netns exec ${place} ss -ltn`
  const lines = listeners.map(({ address, port }) => `LISTEN ${address}:${port}`)
  return [command, ...(lines.length === 0 ? ['(nothing listens)'] : lines)]
}

/** A chain with its counters, the rules that the tries have met marked; of a long one only those. */
export function showChain(way: Way, table: string, name: string, rules?: readonly ListedRule[]): Shown {
  const chain = chainOf(way.facts.after.tables, table, name)
  const nft = chain.nft ?? chainOf(way.declared.tables, table, name).nft
  if (nft !== undefined) return showNftChain(nft.table, chain, rules)
  const shown =
    rules ?? (chain.rules.length > 8 ? chain.rules.filter(rule => way.risen(rule) > 0) : chain.rules)
  const before = chainOf(way.facts.before.tables, table, name)
  const policy =
    chain.policy === undefined ? [] : [`policy ${chain.policy}${more(chain.packets - before.packets)}`]
  const lines = shown.map(rule =>
    rule.listed === undefined ? `[${rule.packets}] ${ruleText(rule)}${more(way.risen(rule))}` : rule.listed,
  )
  const left = chain.rules.length - shown.length
  const rest = left > 0 && rules === undefined ? [`(${left} more, which counted nothing)`] : []
  const content = [...lines, ...policy, ...rest]
  const shownBy =
    chain.ipvs === undefined
      ? way.iptables(table, '-v', '-S', name)
      : shellLine(['ipvsadm', '-L', '-n', ...chain.ipvs])
  return [`$ ${shownBy}`, ...(content.length === 0 ? ['(no rules)'] : content)]
}

/** kube-proxy's rules of nftables have no counters. */
function showNftChain(
  table: string,
  { name, nft }: ListedChain,
  rules: readonly ListedRule[] | undefined,
): Shown {
  const map = rules?.[0]?.element?.map
  const command = `$ nft list ${map === undefined ? `chain ${table} ${name}` : `map ${table} ${map}`}`
  if (nft === undefined) return [command, '(no such chain)']
  const { hook } = nft
  const hung = hook === undefined ? [] : [hookText(hook)]
  const lines = rules?.flatMap(({ listed }) => listed ?? []) ?? [...hung, ...nft.lines]
  return [command, ...(lines.length === 0 ? ['(no rules)'] : lines)]
}

function more(packets: number): string {
  return packets > 0 ? `   ← +${packets} with this try` : ''
}

/** `conntrack -L` */
export function showConnections(destination: string, connections: readonly Connection[]): Shown {
  const some = connections.slice(0, 3).map(connection => connection.text)
  const rest = connections.length - some.length
  const of = familyOf(destination) === 'ipv6' ? ' -f ipv6' : ''
  return [
    `$ conntrack -L${of} -p tcp --orig-dst ${destination}`,
    ...some,
    ...(rest > 0 ? [`(${rest} more)`] : []),
  ]
}

/** `sysctl` */
export function showSysctl(way: Way, ...keys: readonly string[]): Shown {
  return [`$ sysctl ${keys.join(' ')}`, ...keys.map(key => `${key} = ${way.facts.sysctls[key] ?? 'unknown'}`)]
}
