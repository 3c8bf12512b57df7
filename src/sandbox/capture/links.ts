import { readFileSync } from 'node:fs'
import { libc } from '../libc.ts'
import { ethernet, loopback, rawHardware } from './link-filter.ts'
import type { LinkType } from './pcapng.ts'

/** Linux, sockios.h, if.h; bytes of a `struct ifreq`, and where its value is. */
const ask = { flags: 0x8913, hardware: 0x8927, index: 0x8933 } as const
const request = { size: 40, value: 16 } as const
const IFF_UP = 1

/** A link of a network namespace. */
export interface FoundLink {
  name: string
  index: number
  isUp: boolean
  /** Its kind (`ARPHRD_…`). */
  hardware: number
}

/** The links of the network namespace that this process is in, and that the socket is of. */
export function linksHere(socket: number): FoundLink[] {
  return readFileSync('/proc/thread-self/net/dev', 'utf8')
    .split('\n')
    .flatMap(line => /^ *([^ ]+): /.exec(line)?.[1] ?? [])
    .flatMap(name => {
      const index = askedOf(socket, ask.index, name)?.readInt32LE(request.value)
      const flags = askedOf(socket, ask.flags, name)?.readUInt16LE(request.value)
      const hardware = askedOf(socket, ask.hardware, name)?.readUInt16LE(request.value)
      // It has gone meanwhile.
      if (index === undefined || flags === undefined || hardware === undefined) return []
      return [{ name, index, isUp: (flags & IFF_UP) !== 0, hardware }]
    })
    .sort((a, b) => a.index - b.index)
}

function askedOf(socket: number, question: number, name: string): Buffer | undefined {
  const bytes = Buffer.alloc(request.size)
  bytes.write(name)
  return libc().ioctl(socket, question, bytes) === 0 ? bytes : undefined
}

/** How the frames of a kind of hardware begin; undefined: in a way that is not captured. */
export function linkTypeOf(hardware: number): LinkType | undefined {
  if (hardware === ethernet || hardware === loopback) return 'ethernet'
  return rawHardware.includes(hardware) ? 'raw' : undefined
}
