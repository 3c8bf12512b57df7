import { hash as digestOf } from 'node:crypto'
import { Address6 } from 'ip-address'
import type { Protocol } from '../model/kubernetes.ts'

/**
 * The maps of a socket load balancer, byte by byte as `bpf/socket-lb.c` has them on a little-endian machine. Keys and values are hexadecimal
 * digits: they are compared, sorted and printed.
 */

/** The maps that are filled from outside; the programs fill the others themselves. */
export const socketMaps = ['networks', 'services', 'endpoints', 'members'] as const

export type SocketMap = (typeof socketMaps)[number]

/** What the maps hold: key → value. */
export type MapContents = Readonly<Record<SocketMap, ReadonlyMap<string, string>>>

/** Entries to be written, or keys to be deleted. */
export type MapOperation =
  | { map: SocketMap; write: readonly (readonly [key: string, value: string])[] }
  | { map: SocketMap; delete: readonly string[] }

/** What `netlab socket-lb dump` prints, read; nothing: the maps are empty. */
export function readContents(text: string): MapContents {
  const told = JSON.parse(text || '{}') as Partial<Record<SocketMap, Record<string, string>>>
  const read = (map: SocketMap) => new Map(Object.entries(told[map] ?? {}))
  return {
    networks: read('networks'),
    services: read('services'),
    endpoints: read('endpoints'),
    members: read('members'),
  }
}

/** The same as text. */
export function contentsText(contents: MapContents): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(contents).map(([map, entries]) => [map, Object.fromEntries(entries)])),
  )
}

/** An entry of a map. */
export interface MapEntry {
  map: SocketMap
  key: string
  value: string
}

/** A network namespace whose sockets are served. */
export interface ServedNetwork {
  /** By which number the kernel knows it (SO_NETNS_COOKIE), as decimal digits. */
  cookie: string
  /** Whose services. */
  node: string
  /** It is the node's own, not a pod's. */
  own: boolean
}

/** The entry that says whose services the sockets of a network namespace may use. */
export function networkEntry({ cookie, node, own }: ServedNetwork): MapEntry {
  const key = reversed(BigInt(cookie).toString(16).padStart(16, '0'))
  return { map: 'networks', key, value: `${nodeBytes(node)}${u32(own ? 1 : 0)}${u32(0)}` }
}

/** What makes these entries all that the map of networks has. */
export function networkOperations({ networks }: MapContents, entries: readonly MapEntry[]): MapOperation[] {
  const write = entries.filter(({ key, value }) => networks.get(key) !== value)
  const wanted = new Set(entries.map(({ key }) => key))
  const gone = [...networks.keys()].filter(key => !wanted.has(key))
  return [
    ...(write.length === 0
      ? []
      : [{ map: 'networks' as const, write: write.map(({ key, value }) => [key, value] as const) }]),
    ...(gone.length === 0 ? [] : [{ map: 'networks' as const, delete: gone }]),
  ]
}

/** A number that no two texts have alike, 16 hexadecimal digits. */
export function numberOf(text: string): string {
  return digestOf('sha256', text, 'hex').slice(0, 16)
}

const protocolNumbers: Readonly<Record<Exclude<Protocol, 'SCTP'>, number>> = { TCP: 6, UDP: 17 }

/** An address of a service on a node. */
export interface ServicePlace {
  node: string
  address: string
  port: number
  protocol: 'TCP' | 'UDP'
}

/** The key of `services` for an address. */
export function serviceKey({ node, address, port, protocol }: ServicePlace): string {
  const number = u8(protocolNumbers[protocol])
  return `${nodeBytes(node)}${addressBytes(address)}${portBytes(port)}${number}00${u32(0)}`
}

/** What leads from an address to a service; `id` is one of `numberOf`. */
export function serviceEntry(
  at: ServicePlace,
  service: { id: string; count: number; affinity: number; nodeOnly: boolean },
): MapEntry {
  return {
    map: 'services',
    key: serviceKey(at),
    value: `${reversed(service.id)}${u32(service.count)}${u32(service.affinity)}${u32(service.nodeOnly ? 1 : 0)}${u32(0)}`,
  }
}

/** A service's endpoint, by its number from 0. */
export function endpointEntry(id: string, number: number, address: string, port: number): MapEntry {
  return {
    map: 'endpoints',
    key: `${reversed(id)}${u32(number)}${u32(0)}`,
    value: endpointBytes(address, port),
  }
}

/** That an address is one of a service's endpoints. */
export function memberEntry(id: string, address: string, port: number): MapEntry {
  return { map: 'members', key: `${reversed(id)}${endpointBytes(address, port)}${u32(0)}`, value: u32(1) }
}

function nodeBytes(node: string): string {
  return reversed(numberOf(node))
}

function endpointBytes(address: string, port: number): string {
  return `${addressBytes(address)}${portBytes(port)}0000`
}

/** An address of IPv4 is ::ffff:a.b.c.d. */
function addressBytes(address: string): string {
  if (address.includes(':')) return new Address6(address).canonicalForm().replaceAll(':', '')
  const octets = address.split('.').map(octet => u8(Number(octet)))
  return `00000000000000000000ffff${octets.join('')}`
}

/** In network order. */
function portBytes(port: number): string {
  return port.toString(16).padStart(4, '0')
}

function u8(value: number): string {
  return value.toString(16).padStart(2, '0')
}

function u32(value: number): string {
  return reversed(value.toString(16).padStart(8, '0'))
}

/** The bytes of a number, the least one first. */
export function reversed(hex: string): string {
  return (hex.match(/../g) ?? []).reverse().join('')
}
