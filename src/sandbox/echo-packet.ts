import type { Family } from '../model/address.ts'

/** What is read of an ICMP message that answers a ping. */
export interface EchoAnswer {
  /** Of the ping that it answers. */
  identifier: number
  sequence: number
  /** A code of the system's, where it says that the ping did not arrive. */
  error?: string
}

/** Numbers of RFC 792, and of RFC 4443. */
const types = {
  ipv4: { reply: 0, unreachable: 3, request: 8, timeExceeded: 11 },
  ipv6: { reply: 129, unreachable: 1, request: 128, timeExceeded: 3 },
} as const

/** Bits of types that a raw socket throws away (`ICMP_FILTER`, `ICMP6_FILTER`): all but answers to a ping. */
export function unwantedTypes(family: Family): Uint32Array<ArrayBuffer> {
  const { reply, unreachable, timeExceeded } = types[family]
  const bits = new Uint32Array(family === 'ipv4' ? 1 : 8).fill(0xffffffff)
  for (const type of [reply, unreachable, timeExceeded]) {
    const word = type >>> 5
    bits[word] = (bits[word] ?? 0) & ~(1 << (type & 31))
  }
  return bits
}

/** Bytes: ICMP's header, and what an ECHO REQUEST carries, as much as ping(8) sends. */
const header = 8
const payload = 56

/**
 * An ECHO REQUEST (RFC 792, RFC 4443), as it follows the IP header, with the `first` bytes of what it carries; of IPv6 the kernel makes the checksum, which is of
 * addresses too (RFC 3542).
 */
export function echoRequest(
  family: Family,
  identifier: number,
  sequence: number,
  first: Buffer = Buffer.alloc(0),
): Buffer {
  const packet = Buffer.alloc(header + payload)
  packet.writeUInt8(types[family].request, 0)
  packet.writeUInt16BE(identifier, 4)
  packet.writeUInt16BE(sequence, 6)
  first.copy(packet, header)
  if (family === 'ipv4') packet.writeUInt16BE(checksum(packet), 2)
  return packet
}

/** The complement of the sum of all words in one's complement (RFC 1071); of an even number of bytes. */
function checksum(bytes: Buffer): number {
  let sum = 0
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

/** Reads a packet as a raw socket gets it, of IPv4 with its IP header; undefined where it answers no ping. */
export function readEchoAnswer(family: Family, packet: Buffer): EchoAnswer | undefined {
  const icmp = family === 'ipv4' ? behindHeader(family, packet) : packet
  if (icmp === undefined || icmp.length < header) return undefined
  const { reply, unreachable, timeExceeded, request } = types[family]
  const [type = 0, code] = icmp
  if (type === reply) return echoOf(icmp)
  if (type !== unreachable && type !== timeExceeded) return undefined
  // An error brings the beginning of the packet that it is about.
  const about = behindHeader(family, icmp.subarray(header))
  return about?.[0] === request ? { ...echoOf(about), error: errorOf(family, type, code) } : undefined
}

/** What follows an IPv4 header (RFC 791), or an IPv6 one (RFC 8200), where that is the beginning of an ICMP message. */
function behindHeader(family: Family, packet: Buffer): Buffer | undefined {
  const [first = 0] = packet
  const length = family === 'ipv4' ? (first & 0xf) * 4 : 40
  const isIcmp =
    family === 'ipv4' ? first >>> 4 === 4 && packet[9] === 1 : first >>> 4 === 6 && packet[6] === 58
  return isIcmp && packet.length >= length + header ? packet.subarray(length) : undefined
}

function echoOf(icmp: Buffer): Pick<EchoAnswer, 'identifier' | 'sequence'> {
  return { identifier: icmp.readUInt16BE(4), sequence: icmp.readUInt16BE(6) }
}

/** As the kernel tells a socket of such errors (icmp_err_convert in net/ipv4/icmp.c, icmpv6_err_convert in net/ipv6/icmp.c). */
function errorOf(family: Family, type: number, code: number | undefined): string {
  if (type !== types[family].unreachable) return 'EHOSTUNREACH'
  if (code === 0) return 'ENETUNREACH'
  if (family === 'ipv6' && (code === 1 || code === 5 || code === 6)) return 'EACCES'
  return code === (family === 'ipv4' ? 3 : 4) ? 'ECONNREFUSED' : 'EHOSTUNREACH'
}
