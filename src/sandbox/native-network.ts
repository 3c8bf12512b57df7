import { closeSync } from 'node:fs'
import { errorName, failed, libc } from './libc.ts'

const CLONE_NEWNET = 0x40000000

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
