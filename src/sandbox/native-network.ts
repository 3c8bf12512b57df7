import { closeSync } from 'node:fs'
import { errorName, failed, libc } from './libc.ts'

const CLONE_NEWNET = 0x40000000
const O_CLOEXEC = 0o2000000

/** Moves this thread into the network namespace that a file descriptor stands for. */
export function setns(fd: number): void {
  if (libc().setns(fd, CLONE_NEWNET) !== 0) throw failed('setns', 'a server listens in a pod', errorName())
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

const raw = 3
const icmp = 1
const levelRaw = 255
const icmpFilter = 1
const dontWait = 0x40
/** Bytes of a `struct sockaddr_in`, and where the address stands. */
const socketAddress = { size: 16, address: 4 }

/**
 * A socket for ICMP in the network namespace that this process is in; it stays there, and whoever called closes it. The bits of `unwanted`
 * are types of messages that it does not get. It needs CAP_NET_RAW, which the lab's root has, while a socket for pings only
 * (SOCK_DGRAM) would need a setting in each namespace (net.ipv4.ping_group_range).
 */
export function openIcmp(unwanted: number): number {
  const socket = libc().socket(inet, raw | O_CLOEXEC, icmp)
  if (socket === -1) throw failed('socket', 'places are to be pinged', errorName())
  const filter = Buffer.from(new Uint32Array([unwanted]).buffer)
  if (libc().setsockopt(socket, levelRaw, icmpFilter, filter, filter.length) === 0) return socket
  const name = errorName()
  closeSync(socket)
  throw failed('setsockopt', 'places are to be pinged', name)
}

/** Sends an ICMP message to an IPv4 address; returns the code of the system's where the kernel does not take it. */
export function sendIcmp(socket: number, address: string, message: Buffer): string | undefined {
  const to = Buffer.alloc(socketAddress.size)
  to.writeUInt16LE(inet, 0)
  for (const [at, octet] of address.split('.').entries()) to[socketAddress.address + at] = Number(octet)
  const sent = libc().sendto(socket, message, message.length, dontWait, to, to.length)
  return sent === -1 ? errorName() : undefined
}

/** The next packet that has come, with its IP header, into `buffer`; its length in bytes, or undefined where there is none. */
export function receivePacket(socket: number, buffer: Buffer): number | undefined {
  const length = libc().recv(socket, buffer, buffer.length, dontWait)
  return length === -1 ? undefined : length
}
