import { Address6 } from 'ip-address'
import type { Family } from '../../model/address.ts'

/** What of a packet tells where it goes, and to which request it belongs. */
export interface Packet {
  family: Family
  protocol: 'tcp' | 'udp' | 'icmp' | 'other'
  source: string
  destination: string
  sourcePort?: number
  port?: number
  /** Of TCP: what it does for a connection; undefined: it carries data, confirms or ends. */
  kind?: 'syn' | 'syn-ack' | 'rst'
  /** Of ICMP (RFC 792) or ICMPv6 (RFC 4443). */
  icmp?: { type: number; code: number }
  /**
   * What stays as it is on the whole way, whoever writes addresses anew: of TCP the number with which the client begins, of a datagram
   * or a ping its first bytes. Undefined where the packet has none.
   */
  key?: string
  /** The packet that an ICMP error is about. */
  about?: Packet
  /** The packet that a tunnel carries in this one. */
  carries?: Packet
}

/** A question for a neighbour's hardware address, or the answer. */
export interface NeighbourPacket {
  asks: boolean
  address: string
}

const protocols: Readonly<Record<number, Packet['protocol']>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmp' }
const flag = { syn: 2, rst: 4, ack: 16 } as const

/** Reads a packet from its IP header on, as much as there is of it; undefined where it is none. */
export function readPacket(bytes: Buffer, isInner = false): Packet | undefined {
  const version = (bytes[0] ?? 0) >>> 4
  if (version === 4 && bytes.length >= 20) {
    const length = (bytes[0]! & 0xf) * 4
    const isFirst = (bytes.readUInt16BE(6) & 0x1fff) === 0
    return readTransport(
      { family: 'ipv4', source: dotted(bytes, 12), destination: dotted(bytes, 16), protocol: bytes[9]! },
      isFirst ? bytes.subarray(length) : Buffer.alloc(0),
      isInner,
    )
  }
  if (version === 6 && bytes.length >= 40)
    return readTransport(
      { family: 'ipv6', source: colons(bytes, 8), destination: colons(bytes, 24), protocol: bytes[6]! },
      bytes.subarray(40),
      isInner,
    )
  return undefined
}

function readTransport(
  { protocol, ...ends }: Pick<Packet, 'family' | 'source' | 'destination'> & { protocol: number },
  bytes: Buffer,
  isInner: boolean,
): Packet {
  const packet: Packet = { ...ends, protocol: protocols[protocol] ?? 'other' }
  if (bytes.length < 8) return packet
  switch (packet.protocol) {
    case 'tcp':
      return { ...packet, ...portsOf(bytes), ...tcpPart(bytes) }
    case 'udp':
      return { ...packet, ...portsOf(bytes), ...keyOf('udp', bytes, 2), ...carriedPart(bytes, isInner) }
    case 'icmp':
      return { ...packet, ...icmpPart(packet.family, bytes, isInner) }
    default:
      return { ...packet, ...(protocol === ipInIp && !isInner ? carriedBehind(bytes) : {}) }
  }
}

function portsOf(bytes: Buffer): Pick<Packet, 'sourcePort' | 'port'> {
  return { sourcePort: bytes.readUInt16BE(0), port: bytes.readUInt16BE(2) }
}

/** An answer to a SYN confirms the number after the client's first one (RFC 9293). */
function tcpPart(bytes: Buffer): Pick<Packet, 'kind' | 'key'> {
  const sequence = bytes.readUInt32BE(4)
  // An ICMP error need not quote more than eight bytes: those of a SYN, as nothing else is looked for.
  if (bytes.length < 14) return { key: `tcp ${sequence}` }
  const flags = bytes[13]!
  const answers = { key: `tcp ${(bytes.readUInt32BE(8) - 1) >>> 0}` }
  if ((flags & flag.rst) !== 0) return { kind: 'rst', ...answers }
  if ((flags & flag.syn) === 0) return {}
  return (flags & flag.ack) === 0 ? { kind: 'syn', key: `tcp ${sequence}` } : { kind: 'syn-ack', ...answers }
}

/** The first bytes behind the header, in hexadecimal. */
function keyOf(protocol: string, bytes: Buffer, length: number): Pick<Packet, 'key'> {
  return bytes.length < 8 + length ? {} : { key: `${protocol} ${bytes.toString('hex', 8, 8 + length)}` }
}

const echoTypes = { ipv4: [8, 0], ipv6: [128, 129] } as const
const errorTypes = { ipv4: [3, 11], ipv6: [1, 2, 3] } as const
/** Bytes at the beginning of a ping's payload by which netlab knows its own. */
const echoKeyLength = 4

function icmpPart(family: Family, bytes: Buffer, isInner: boolean): Pick<Packet, 'icmp' | 'key' | 'about'> {
  const icmp = { type: bytes[0]!, code: bytes[1]! }
  if ((echoTypes[family] as readonly number[]).includes(icmp.type))
    return { icmp, ...keyOf('icmp', bytes, echoKeyLength) }
  const isError = (errorTypes[family] as readonly number[]).includes(icmp.type)
  const about = isError && !isInner ? readPacket(bytes.subarray(8), true) : undefined
  return {
    icmp,
    ...(about === undefined ? {} : { about, ...(about.key === undefined ? {} : { key: about.key }) }),
  }
}

/** Ports of VXLAN: the registered one (RFC 7348), and the kernel's own. */
const tunnelPorts: readonly number[] = [4789, 8472]

/** A frame in a VXLAN packet: behind UDP's header and VXLAN's, both of eight bytes, is an Ethernet header of fourteen. */
function carriedPart(bytes: Buffer, isInner: boolean): Pick<Packet, 'carries' | 'key'> {
  if (isInner || !tunnelPorts.includes(bytes.readUInt16BE(2)) || bytes.length < 50) return {}
  return carriedBehind(bytes.subarray(30))
}

/** The protocol of a packet that is nothing but a header before another one (RFC 2003). */
const ipInIp = 4

function carriedBehind(bytes: Buffer): Pick<Packet, 'carries' | 'key'> {
  const carries = readPacket(bytes, true)
  return carries === undefined ? {} : { carries, ...(carries.key === undefined ? {} : { key: carries.key }) }
}

const etherTypes = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const

/** Reads what asks for a neighbour, or answers that: ARP (RFC 826) or neighbour discovery (RFC 4861); undefined where it is neither. */
export function readNeighbour(etherType: number, bytes: Buffer): NeighbourPacket | undefined {
  if (etherType === etherTypes.arp && bytes.length >= 28) {
    const asks = bytes.readUInt16BE(6) === 1
    return { asks, address: dotted(bytes, asks ? 24 : 14) }
  }
  if (etherType !== etherTypes.ipv6 || bytes[6] !== 58 || bytes.length < 64) return undefined
  const type = bytes[40]!
  return type === 135 || type === 136 ? { asks: type === 135, address: colons(bytes, 48) } : undefined
}

function dotted(bytes: Buffer, at: number): string {
  return [...bytes.subarray(at, at + 4)].join('.')
}

function colons(bytes: Buffer, at: number): string {
  return Address6.fromUnsignedByteArray([...bytes.subarray(at, at + 16)]).correctForm()
}
