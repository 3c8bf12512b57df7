import { Address6 } from 'ip-address'
import { joinHostPort } from '../model/address.ts'
import { type MapContents, numberOf } from './socket-maps.ts'

/** What the maps say of one address. */
export interface ServedAddress {
  /** `ip:port`; undefined where the place of that number is empty. None at all: connections are refused. */
  endpoints: readonly (string | undefined)[]
  /** Seconds that a client stays with its endpoint; 0: it does not. */
  affinity: number
  /** Only for sockets of the node itself. */
  nodeOnly: boolean
}

/** What the maps say of the address with this key of `services`; undefined: it is no service's. */
export function servedAddress({ services, endpoints }: MapContents, key: string): ServedAddress | undefined {
  const value = services.get(key)
  if (value === undefined) return undefined
  const of = Buffer.from(value, 'hex')
  const numbers = Array.from({ length: of.readUInt32LE(8) }, (_, number) => number)
  return {
    endpoints: numbers.map(number => {
      const slot = Buffer.alloc(8)
      slot.writeUInt32LE(number)
      const found = endpoints.get(value.slice(0, 16) + slot.toString('hex'))
      return found === undefined ? undefined : endpointText(Buffer.from(found, 'hex'))
    }),
    affinity: of.readUInt32LE(12),
    nodeOnly: (of.readUInt32LE(16) & 1) === 1,
  }
}

/** The maps in words, a line for each address of a service on a node: what `netlab socket-lb list` prints. */
export function listText(contents: MapContents, nodes: readonly string[]): string {
  const names = new Map(nodes.map(node => [numberOf(node), node]))
  const lines = [...contents.services.keys()].map(key => {
    const node = names.get(Buffer.from(key, 'hex').readBigUInt64LE().toString(16).padStart(16, '0')) ?? '?'
    return `${nodes.length > 1 ? `${node}: ` : ''}${servedWords(contents, key)}`
  })
  return lines
    .sort()
    .map(line => `${line}\n`)
    .join('')
}

/** `10.96.0.1:80 TCP → 10.1.0.2:8080` */
export function servedWords(contents: MapContents, key: string): string {
  const bytes = Buffer.from(key, 'hex')
  const { endpoints = [], affinity = 0, nodeOnly = false } = servedAddress(contents, key) ?? {}
  const to = endpoints.map(endpoint => endpoint ?? '?')
  const where = `${endpointText(bytes.subarray(8))} ${bytes[26] === 17 ? 'UDP' : 'TCP'}`
  const only = nodeOnly ? ' (from the node itself)' : ''
  const stays = affinity === 0 ? '' : `; stays for ${affinity} s`
  return `${where}${only} → ${to.length === 0 ? 'refused' : to.join(', ')}${stays}`
}

/** An address of 16 bytes, and a port. */
function endpointText(bytes: Buffer): string {
  return joinHostPort(addressText(bytes.subarray(0, 16)), bytes.readUInt16BE(16))
}

function addressText(bytes: Buffer): string {
  const isIpv4 = bytes.toString('hex', 0, 12) === '00000000000000000000ffff'
  return isIpv4 ? bytes.subarray(12).join('.') : Address6.fromUnsignedByteArray([...bytes]).correctForm()
}
