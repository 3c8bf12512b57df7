import { closeSync } from 'node:fs'
import { errorName, failed, libc } from '../libc.ts'
import { headSize, linksRequest, listRequest, type NetlinkMessage, readMessages } from './netlink.ts'
import { packetFilter } from './packet-filter.ts'

/** Linux, socket.h, netlink.h, if_packet.h, sockios.h. */
const netlink = { domain: 16, routes: 0, netfilter: 12 } as const
const packet = { domain: 17, everyType: 0x0300, addressSize: 20 } as const
const raw = 3
const datagram = 2
const O_CLOEXEC = 0o2000000
const dontWait = 0x40
const SOL_SOCKET = 1
const SO_RCVBUF = 8
const SOL_PACKET = 263
const PACKET_STATISTICS = 6
const SO_ATTACH_FILTER = 26
/** Bytes of a `struct sock_fprog`. */
const filterProgramSize = 16
const SIOCGSTAMPNS = 0x80108907
const POLLIN = 1

/** Groups of netfilter's that tell what happens, as bits: new and changed connections, and traced packets. */
const groups = { connections: 0b11, trace: 1 << 8 } as const

const why = 'what the kernel does with a packet is to be seen'
/** Bytes; the kernel gives as many as net.core.rmem_max allows. */
const room = 1_048_576

function opened(domain: number, type: number, protocol: number): number {
  const socket = libc().socket(domain, type | O_CLOEXEC, protocol)
  if (socket === -1) throw failed('socket', why, errorName())
  const size = Buffer.alloc(4)
  size.writeInt32LE(room)
  libc().setsockopt(socket, SOL_SOCKET, SO_RCVBUF, size, size.length)
  return socket
}

function bound(socket: number, address: Buffer): number {
  if (libc().bind(socket, address, address.length) === 0) return socket
  const name = errorName()
  closeSync(socket)
  throw failed('bind', why, name)
}

/** A socket that hears of traced packets, or of connections, in the network namespace that this process is in; it stays there. */
export function openNetfilter(what: keyof typeof groups): number {
  return bound(opened(netlink.domain, raw, netlink.netfilter), netlinkAddress(groups[what]))
}

function netlinkAddress(groups: number): Buffer {
  const address = Buffer.alloc(12)
  address.writeUInt16LE(netlink.domain, 0)
  address.writeUInt32LE(groups, 8)
  return address
}

/** A socket that hears of every packet on every link of the network namespace that this process is in; it stays there. */
export function openLinks(): number {
  const address = Buffer.alloc(packet.addressSize)
  address.writeUInt16LE(packet.domain, 0)
  address.writeUInt16LE(packet.everyType, 2)
  const socket = bound(filtered(opened(packet.domain, datagram, 0)), address)
  // The first question for a time makes the kernel note one for each packet from then on.
  libc().ioctl(socket, SIOCGSTAMPNS, Buffer.alloc(16))
  return socket
}

/** The kernel hands over only what may tell of a request: others' data would take all of the room. */
function filtered(socket: number): number {
  const attached = libc().attachFilter(
    ...[socket, SOL_SOCKET, SO_ATTACH_FILTER, packetFilter(), filterProgramSize],
  )
  if (attached === 0) return socket
  const name = errorName()
  closeSync(socket)
  throw failed('setsockopt', why, name)
}

/** The sockets, of some, that have something to be read. */
export function readable(sockets: readonly number[]): number[] {
  const entries = Buffer.alloc(sockets.length * 8)
  for (const [at, socket] of sockets.entries()) {
    entries.writeInt32LE(socket, at * 8)
    entries.writeInt16LE(POLLIN, at * 8 + 4)
  }
  if (libc().poll(entries, sockets.length, 0) <= 0) return []
  return sockets.filter((_, at) => entries.readInt16LE(at * 8 + 6) !== 0)
}

const buffer = Buffer.alloc(65_536)
const from = Buffer.alloc(packet.addressSize)
const fromLength = Buffer.alloc(4)

/** The bytes of what comes next, and in `from` by whom; `lost` where the kernel had no room for all of it. */
function received(socket: number): Buffer | 'lost' | undefined {
  fromLength.writeUInt32LE(from.length)
  const bytes = libc().recvfrom(socket, buffer, buffer.length, dontWait, from, fromLength)
  if (bytes >= 0) return Buffer.from(buffer.subarray(0, bytes))
  return errorName() === 'ENOBUFS' ? 'lost' : undefined
}

/** The next messages on a socket of openNetfilter's; undefined where there are none. */
export function nextMessages(socket: number): NetlinkMessage[] | 'lost' | undefined {
  const bytes = received(socket)
  return typeof bytes === 'object' ? readMessages(bytes).messages : bytes
}

/** A packet on a link. */
export interface Frame {
  /** Nanoseconds since 1970: when the link got it, or gave it. */
  at: bigint
  /** The link's number. */
  index: number
  /** It leaves this namespace by the link. */
  isOut: boolean
  /** It is addressed to another one's hardware. */
  isForOther: boolean
  etherType: number
  /** From the IP header on. */
  bytes: Buffer
}

/** `PACKET_OTHERHOST`, `PACKET_OUTGOING` */
const otherHost = 3
const outgoing = 4

/** The next packet on a socket of openLinks'; undefined where there is none. */
export function nextFrame(socket: number): Frame | undefined {
  const bytes = received(socket)
  if (typeof bytes !== 'object') return undefined
  const time = Buffer.alloc(16)
  libc().ioctl(socket, SIOCGSTAMPNS, time)
  return {
    at: time.readBigInt64LE(0) * 1_000_000_000n + time.readBigInt64LE(8),
    index: from.readInt32LE(4),
    isOut: from[10] === outgoing,
    isForOther: from[10] === otherHost,
    etherType: from.readUInt16BE(2),
    bytes,
  }
}

/** Whether the kernel had no room for some of the packets on a socket of openLinks'. */
export function framesLost(socket: number): boolean {
  const counts = Buffer.alloc(8)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(counts.length)
  return (
    libc().getsockopt(socket, SOL_PACKET, PACKET_STATISTICS, counts, length) === 0 &&
    counts.readUInt32LE(4) > 0
  )
}

/** Milliseconds for an answer of the kernel's, which comes at once. */
const listPatience = 5000

/** Asks for a list of nf_tables' in the network namespace that this process is in: messages of a type, those that texts narrow it down to. */
export function listTables(
  type: number,
  family: number,
  texts: ReadonlyMap<number, string> = new Map(),
): NetlinkMessage[] {
  return listOf(netlink.netfilter, listRequest(type, family, texts), headSize.netfilter)
}

/** Asks for the links of the network namespace that this process is in. */
export function listLinks(): NetlinkMessage[] {
  return listOf(netlink.routes, linksRequest(), headSize.links)
}

/** All messages with which the kernel answers. Throws where it does not come to an end. */
function listOf(protocol: number, request: Buffer, size: number): NetlinkMessage[] {
  const socket = bound(opened(netlink.domain, raw, protocol), netlinkAddress(0))
  try {
    const kernel = netlinkAddress(0)
    if (libc().sendto(socket, request, request.length, 0, kernel, kernel.length) === -1)
      throw failed('sendto', why, errorName())
    const messages: NetlinkMessage[] = []
    const late = performance.now() + listPatience
    while (performance.now() < late) {
      const bytes = received(socket)
      if (bytes === 'lost') throw failed('recvfrom', why, 'ENOBUFS')
      if (bytes === undefined) continue
      const read = readMessages(bytes, size)
      messages.push(...read.messages)
      if (read.done) return messages
    }
    throw failed('recvfrom', why, 'ETIMEDOUT')
  } finally {
    closeSync(socket)
  }
}
