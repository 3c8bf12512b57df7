import { closeSync, openSync } from 'node:fs'
import { Address4, Address6 } from 'ip-address'
import { host, namespacesFolder, type Place } from '../command/command.ts'
import { type Family, familyOf } from '../model/address.ts'
import { errorName, failed, libc } from './libc.ts'

const CLONE_NEWNET = 0x40000000
const O_CLOEXEC = 0o2000000

/** Moves this thread into the network namespace that a file descriptor stands for. */
export function setns(fd: number): void {
  if (libc().setns(fd, CLONE_NEWNET) !== 0) throw failed('setns', 'a server listens in a pod', errorName())
}

let home: number | undefined

/** The network namespace in which this process began, as a file descriptor. */
export function homeNetwork(): number {
  home ??= openSync('/proc/self/ns/net', 'r')
  return home
}

/** Does something in a place's network namespace; sockets that it makes stay there. To be called where this process is at home. */
export function withinNetwork<T>(place: Place, act: () => T): T {
  const home = homeNetwork()
  const namespace = place === host ? home : openSync(`${namespacesFolder}/${place}`, 'r')
  setns(namespace)
  try {
    return act()
  } finally {
    setns(home)
    if (namespace !== home) closeSync(namespace)
  }
}

/** A neighbour as `/proc/net/arp` has it. */
export interface ArpEntry {
  address: string
  device: string
}

const inet = 2
const datagram = 2
/** Linux, sockios.h. */
const deleteArpEntry = 0x8953
/** Bytes of a `struct arpreq` (if_arp.h), and where its parts begin. */
const arpRequest = { size: 68, address: 4, device: 52, longestDevice: 15 }

/** Makes the kernel forget neighbours in the network namespace that this process is in; those that it does not have are left out. */
export function forgetNeighbours(entries: readonly ArpEntry[]): void {
  if (entries.length === 0) return
  const socket = libc().socket(inet, datagram, 0)
  if (socket === -1) throw failed('socket', 'neighbours are to be forgotten', errorName())
  try {
    for (const { address, device } of entries) {
      const request = Buffer.alloc(arpRequest.size)
      request.writeUInt16LE(inet, 0)
      for (const [at, octet] of address.split('.').entries()) request[arpRequest.address + at] = Number(octet)
      request.write(device.slice(0, arpRequest.longestDevice), arpRequest.device, 'latin1')
      libc().ioctl(socket, deleteArpEntry, request)
    }
  } finally {
    closeSync(socket)
  }
}

const inet6 = 10
const raw = 3
const dontWait = 0x40

/** The numbers of a family's ICMP (icmp.h, icmpv6.h), and bytes of its socket address with the place of the address in it. */
const icmp = {
  ipv4: {
    ...{ domain: inet, protocol: 1, level: 255, filter: 1 },
    ...{ size: 16, at: 4, bytes: (address: string) => new Address4(address).toArray() },
    text: (bytes: readonly number[]) => bytes.join('.'),
  },
  ipv6: {
    ...{ domain: inet6, protocol: 58, level: 58, filter: 1 },
    ...{ size: 28, at: 8, bytes: (address: string) => sixteen(new Address6(address).toUnsignedByteArray()) },
    text: (bytes: readonly number[]) => Address6.fromUnsignedByteArray([...bytes]).correctForm(),
  },
}

/** Leading zeros are left out. */
function sixteen(bytes: readonly number[]): number[] {
  return [...Array.from({ length: Math.max(0, 16 - bytes.length) }, () => 0), ...bytes.slice(-16)]
}

/**
 * A socket for ICMP in the network namespace that this process is in; it stays there, and whoever called closes it. The bits of `unwanted`
 * are types of messages that it does not get. It needs CAP_NET_RAW, which the lab's root has, while a socket for pings only
 * (SOCK_DGRAM) would need a setting in each namespace (net.ipv4.ping_group_range).
 */
export function openIcmp(family: Family, unwanted: Uint32Array): number {
  const { domain, protocol, level, filter } = icmp[family]
  const socket = libc().socket(domain, raw | O_CLOEXEC, protocol)
  if (socket === -1) throw failed('socket', 'places are to be pinged', errorName())
  const bits = Buffer.from(unwanted.buffer)
  if (libc().setsockopt(socket, level, filter, bits, bits.length) === 0) return socket
  const name = errorName()
  closeSync(socket)
  throw failed('setsockopt', 'places are to be pinged', name)
}

/** Sends an ICMP message to an address of the socket's family; returns the code of the system's where the kernel does not take it. */
export function sendIcmp(socket: number, address: string, message: Buffer): string | undefined {
  const { domain, size, at, bytes } = icmp[familyOf(address)]
  const to = Buffer.alloc(size)
  to.writeUInt16LE(domain, 0)
  to.set(bytes(address), at)
  const sent = libc().sendto(socket, message, message.length, dontWait, to, to.length)
  return sent === -1 ? errorName() : undefined
}

/** The next packet that has come, into `buffer`, with its IP header in IPv4 only: its bytes, and its sender; undefined where there is none. */
export function receivePacket(
  family: Family,
  socket: number,
  buffer: Buffer,
): { packet: Buffer; sender: string } | undefined {
  const { size, at, text } = icmp[family]
  const from = Buffer.alloc(size)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(size)
  const bytes = libc().recvfrom(socket, buffer, buffer.length, dontWait, from, length)
  if (bytes === -1) return undefined
  const sender = text([...from.subarray(at, at + (family === 'ipv4' ? 4 : 16))])
  return { packet: buffer.subarray(0, bytes), sender }
}

const stream = 1
const socketLevel = 1
/** Linux, asm-generic/socket.h; from 5.14 on. */
const cookieOption = 71

/** The number by which the kernel knows the network namespace that this process is in: no other one ever has it. */
export function netnsCookie(): bigint {
  const why = "a socket load balancer knows a node's pods by their network namespaces"
  const socket = libc().socket(inet, stream | O_CLOEXEC, 0)
  if (socket === -1) throw failed('socket', why, errorName())
  const [value, length] = [Buffer.alloc(8), Buffer.alloc(4)]
  length.writeUInt32LE(value.length)
  try {
    if (libc().getsockopt(socket, socketLevel, cookieOption, value, length) === 0)
      return value.readBigUInt64LE()
    throw failed('getsockopt(SO_NETNS_COOKIE)', why, errorName())
  } finally {
    closeSync(socket)
  }
}

/** Linux, sockios.h. */
const SIOCGIFNAME = 0x8910

/** The name of a link by its number, in the network namespace of a socket; undefined where it is gone. */
export function linkName(socket: number, index: number): string | undefined {
  const request = Buffer.alloc(40)
  request.writeInt32LE(index, 16)
  if (libc().ioctl(socket, SIOCGIFNAME, request) !== 0) return undefined
  return request.toString('utf8', 0, request.indexOf(0))
}
