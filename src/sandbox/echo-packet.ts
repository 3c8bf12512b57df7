/** What is read of an ICMP message that answers a ping. */
export interface EchoAnswer {
  /** Of the ping that it answers. */
  identifier: number
  sequence: number
  /** Who sent it. */
  sender: string
  /** A code of the system's, where it says that the ping did not arrive. */
  error?: string
}

/** Numbers of RFC 792. */
const type = { reply: 0, unreachable: 3, request: 8, timeExceeded: 11 } as const

/** Bits of types that a raw socket throws away (`ICMP_FILTER`): all but answers to a ping. */
export const unwantedTypes = ~((1 << type.reply) | (1 << type.unreachable) | (1 << type.timeExceeded)) >>> 0

/** Bytes: ICMP's header, and what an ECHO REQUEST carries, as much as ping(8) sends. */
const header = 8
const payload = 56

/** An ECHO REQUEST (RFC 792), as it follows the IP header. */
export function echoRequest(identifier: number, sequence: number): Buffer {
  const packet = Buffer.alloc(header + payload)
  packet.writeUInt8(type.request, 0)
  packet.writeUInt16BE(identifier, 4)
  packet.writeUInt16BE(sequence, 6)
  packet.writeUInt16BE(checksum(packet), 2)
  return packet
}

/** The complement of the sum of all words in one's complement (RFC 1071); of an even number of bytes. */
function checksum(bytes: Buffer): number {
  let sum = 0
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

/** Reads a packet, its IP header included, as a raw socket gets it; undefined where it answers no ping. */
export function readEchoAnswer(packet: Buffer): EchoAnswer | undefined {
  const icmp = behindHeader(packet)
  if (icmp === undefined) return undefined
  const sender = [...packet.subarray(12, 16)].join('.')
  switch (icmp[0]) {
    case type.reply:
      return { ...echoOf(icmp), sender }
    case type.unreachable:
    case type.timeExceeded: {
      // An error brings the beginning of the packet that it is about.
      const about = behindHeader(icmp.subarray(header))
      if (about?.[0] !== type.request) return undefined
      return { ...echoOf(about), sender, error: errorOf(icmp[0], icmp[1]) }
    }
    default:
      return undefined
  }
}

/** What follows an IPv4 header (RFC 791), where that is the beginning of an ICMP message. */
function behindHeader(packet: Buffer): Buffer | undefined {
  const [first = 0] = packet
  const length = (first & 0xf) * 4
  const isIcmp = first >>> 4 === 4 && packet[9] === 1
  return isIcmp && packet.length >= length + header ? packet.subarray(length) : undefined
}

function echoOf(icmp: Buffer): Pick<EchoAnswer, 'identifier' | 'sequence'> {
  return { identifier: icmp.readUInt16BE(4), sequence: icmp.readUInt16BE(6) }
}

/** As the kernel tells a socket of such errors (linux/net/ipv4/icmp.c, icmp_err_convert). */
function errorOf(kind: number, code: number | undefined): string {
  if (kind === type.unreachable && code === 0) return 'ENETUNREACH'
  return kind === type.unreachable && code === 3 ? 'ECONNREFUSED' : 'EHOSTUNREACH'
}
