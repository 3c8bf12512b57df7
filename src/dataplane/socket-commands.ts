import { Address4, Address6 } from 'ip-address'
import { exitCode, NetlabError } from '../errors.ts'
import { familyOf, joinHostPort, splitHostPort } from '../model/address.ts'
import type { BalancedService, Frontend } from './balanced-service.ts'
import { type MapContents, reversed, type SocketMap, serviceKey } from './socket-maps.ts'
import { serviceEntries, serviceId } from './socket-services.ts'

/**
 * Commands for the load balancer of a node: `netlab socket-lb set shop/cart --at 10.96.0.1:80 --to 10.1.0.2:8080`. They run outside of
 * the lab, where it is.
 */

/** What lists the maps, for `contentsOf`. */
export const dumpCommand: readonly string[] = ['netlab', 'socket-lb', 'dump']

/** The command that makes a service, or brings it to this state. */
export function setCommand(service: BalancedService): readonly string[] {
  const { affinity, frontends, endpoints } = service
  return [
    ...named('set', service),
    ...(affinity === 0 ? [] : ['--affinity', String(affinity)]),
    ...frontends.flatMap(({ address, port, nodeOnly }) => [
      nodeOnly ? '--at-node' : '--at',
      joinHostPort(address, port),
    ]),
    ...endpoints.flatMap(endpoint => ['--to', endpoint]),
  ]
}

/** The command that takes a service away. */
export function deleteCommand(service: BalancedService): readonly string[] {
  return [
    ...named('delete', service),
    '--at',
    ...service.frontends.slice(0, 1).map(({ address, port }) => joinHostPort(address, port)),
  ]
}

function named(verb: string, { name, protocol, scope }: BalancedService): string[] {
  return [
    ...['netlab', 'socket-lb', verb, name],
    ...(protocol === 'TCP' ? [] : ['--protocol', protocol]),
    ...(scope === 'all' ? [] : ['--local']),
  ]
}

/** Whether a command is for a node's load balancer. */
export function isSocketLbCommand({ argv }: { argv: readonly string[] }): boolean {
  return argv[0] === 'netlab' && argv[1] === 'socket-lb'
}

/** Whether such a command changes the maps. */
export function isChange({ argv }: { argv: readonly string[] }): boolean {
  return argv[2] !== 'dump' && argv[2] !== 'list'
}

/** Throws NetlabError where such a command is not one that can be carried out. */
export function mustBeSocketLbCommand({ argv }: { argv: readonly string[] }): void {
  const [, , , unwanted] = argv
  if (isChange({ argv })) parse(argv)
  else if (unwanted !== undefined) throw unknown(unwanted)
}

/** A command, and for which node. */
export interface SocketLbCommand {
  argv: readonly string[]
  in: string
}

/** What the maps are to hold after these commands. Throws NetlabError where one is none of these. */
export function contentsAfter(before: MapContents, commands: readonly SocketLbCommand[]): MapContents {
  const contents: Record<SocketMap, Map<string, string>> = {
    networks: new Map(before.networks),
    services: new Map(before.services),
    endpoints: new Map(before.endpoints),
    members: new Map(before.members),
  }
  const keys = keysByService(before)
  for (const { argv, in: node } of commands) {
    const { verb, service } = parse(argv)
    const id = reversed(serviceId(node, service))
    // An address that another service has got meanwhile is that one's.
    const isAnothers = (map: SocketMap, key: string) =>
      map === 'services' && contents.services.get(key)?.startsWith(id) === false
    for (const { map, key } of keys.get(id) ?? []) if (!isAnothers(map, key)) contents[map].delete(key)
    keys.delete(id)
    if (verb === 'delete') continue
    const entries = serviceEntries(node, service)
    for (const { map, key, value } of entries) contents[map].set(key, value)
    keys.set(id, entries)
  }
  return contents
}

/** Whether the maps have something of the service that a command names. Throws NetlabError where it is none of these. */
export function isServiceThere(before: MapContents, { argv, in: node }: SocketLbCommand): boolean {
  return keysByService(before).has(reversed(serviceId(node, parse(argv).service)))
}

/** The addresses that a command takes from another service, whose name `known` commands tell. Throws NetlabError where one is none of these. */
export function takenAddresses(
  { services }: MapContents,
  { argv, in: node }: SocketLbCommand,
  known: readonly SocketLbCommand[],
): { place: string; owner: string | undefined }[] {
  const { service } = parse(argv)
  const { protocol, frontends } = service
  const names = new Map(
    known.map(one => {
      const { service: owner } = parse(one.argv)
      return [serviceId(one.in, owner), owner.name]
    }),
  )
  return frontends.flatMap(({ address, port }) => {
    const value = services.get(serviceKey({ node, address, port, protocol }))
    const id = value === undefined ? undefined : reversed(value.slice(0, 16))
    if (id === undefined || id === serviceId(node, service)) return []
    return [{ place: joinHostPort(address, port), owner: names.get(id) }]
  })
}

/** The keys of each service's entries, by the service's number as the maps have it. */
function keysByService({ services, endpoints, members }: MapContents) {
  const keys = new Map<string, { map: SocketMap; key: string }[]>()
  const add = (id: string, map: SocketMap, key: string) => {
    const list = keys.get(id)
    if (list === undefined) keys.set(id, [{ map, key }])
    else list.push({ map, key })
  }
  for (const [key, value] of services) add(value.slice(0, 16), 'services', key)
  for (const key of endpoints.keys()) add(key.slice(0, 16), 'endpoints', key)
  for (const key of members.keys()) add(key.slice(0, 16), 'members', key)
  return keys
}

type Change = { verb: 'set' | 'delete'; service: BalancedService }

function parse(argv: readonly string[]): Change {
  const [, , verb, name = '', ...words] = argv
  if (verb !== 'set' && verb !== 'delete') throw unknown(verb)
  const options = optionsOf(words)
  const values = (option: string) => options.filter(each => each.option === option).map(({ value }) => value)
  const protocol = values('--protocol')[0] ?? 'TCP'
  const affinity = Number(values('--affinity')[0] ?? 0)
  if (protocol !== 'TCP' && protocol !== 'UDP') throw unknown(protocol)
  if (!Number.isInteger(affinity) || affinity < 0 || affinity > longestAffinity) throw unknown(`${affinity}`)
  const frontends = options.flatMap(({ option, value }): Frontend[] => {
    if (option !== '--at' && option !== '--at-node') return []
    return [{ kind: 'cluster IP', ...placeOf(value), nodeOnly: option === '--at-node' }]
  })
  const endpoints = values('--to')
  for (const endpoint of endpoints) placeOf(endpoint)
  if (name === '' || frontends.length === 0) throw unknown(argv.join(' '))
  mustBeOfOneFamily(name, [
    ...frontends.map(({ address, port }) => joinHostPort(address, port)),
    ...endpoints,
  ])
  const scope = options.some(({ option }) => option === '--local') ? 'local' : 'all'
  return { verb, service: { name, protocol, scope, affinity, frontends, endpoints } }
}

/** Seconds: as many as Kubernetes lets a Service ask for. */
const longestAffinity = 86_400
const valued = ['--protocol', '--affinity', '--at', '--at-node', '--to']

function optionsOf(words: readonly string[]): { option: string; value: string }[] {
  const options: { option: string; value: string }[] = []
  for (let at = 0; at < words.length; at += 1) {
    const option = words[at] ?? ''
    if (option === '--local') options.push({ option, value: '' })
    else if (valued.includes(option)) options.push({ option, value: words[++at] ?? '' })
    else throw unknown(option)
  }
  return options
}

function placeOf(text: string): { address: string; port: number } {
  const { address, port = 0 } = splitHostPort(text)
  const isAddress = Address4.isValid(address) || Address6.isValid(address)
  if (!isAddress || address.includes('/') || port < 1 || port > 65_535) throw unknown(text)
  return { address, port }
}

function mustBeOfOneFamily(name: string, places: readonly string[]): void {
  const isIpv6 = (place = '') => familyOf(splitHostPort(place).address) === 'ipv6'
  const other = places.find(place => isIpv6(place) !== isIpv6(places[0]))
  if (other === undefined) return
  const words = (place = '') => `${place} is an address of ${isIpv6(place) ? 'IPv6' : 'IPv4'}`
  throw new NetlabError({
    what: `${name}: ${words(places[0])}, and ${words(other)}`,
    why: 'a socket that asks for an address of one family cannot be connected to one of the other',
    fix: 'name addresses and endpoints of one family; a service of both is set twice, once for each',
    exitCode: exitCode.wrongInput,
  })
}

function unknown(word = ''): NetlabError {
  return new NetlabError({
    what: `netlab socket-lb does not understand "${word}"`,
    fix: 'netlab socket-lb set NAME --at ADDRESS:PORT --to ADDRESS:PORT, delete NAME --at ADDRESS:PORT, list, dump',
    exitCode: exitCode.wrongInput,
  })
}
