import { Address4, Address6 } from 'ip-address'
import { familyOf } from '../model/address.ts'
import { fnv1a } from '../model/fnv.ts'

/** Numbers from which a cluster gives, of which it leaves the first ones to those who state a number. */
export interface Range {
  size: number
  /** From this index on is given to whoever states none. */
  dynamicFrom: number
}

/** Of an IPv6 network no more addresses than these are given. */
const largest = 2 ** 20

/** How many addresses of a network can be given: neither its own nor, of IPv4, the last one. */
export function addressRange(network: string): Range {
  const { mask, bits } = parts(network)
  const all = 2 ** Math.min(bits - mask, 32)
  const size = Math.max(0, Math.min(all - (bits === 32 ? 2 : 1), largest))
  return { size, dynamicFrom: staticPart(size, { least: 16, most: 256, share: 16 }) }
}

/** An address of a network, by its index in the range. */
export function addressAt(network: string, index: number): string {
  const { start, isIPv6 } = parts(network)
  const at = start + BigInt(index) + 1n
  return (isIPv6 ? Address6.fromBigInt(at) : Address4.fromBigInt(at)).correctForm()
}

/** The ports from the first to the last. */
export function portRange({ from, to }: { from: number; to: number }): Range {
  const size = to - from + 1
  return { size, dynamicFrom: staticPart(size, { least: 16, most: 128, share: 32 }) }
}

/** `calculateRangeOffset` in registry/core/service/ipallocator and portallocator: how many are left to whoever states one. */
function staticPart(
  size: number,
  { least, most, share }: Record<'least' | 'most' | 'share', number>,
): number {
  if (size <= least) return 0
  return Math.min(Math.max(Math.floor(size / share), least), most)
}

/**
 * The index in a range that `key` gets: where its hash says, or the next one that is free, first of those that nobody states. So
 * another key changes nothing of it, unless both hash alike. Undefined where nothing is free.
 */
export function choose(
  key: string,
  { size, dynamicFrom }: Range,
  isFree: (index: number) => boolean,
): number | undefined {
  const hash = fnv1a(key)
  for (const [from, to] of [
    [dynamicFrom, size],
    [0, dynamicFrom],
  ] as const) {
    const length = to - from
    for (let step = 0; step < length; step++) {
      const index = from + ((hash + step) % length)
      if (isFree(index)) return index
    }
  }
  return undefined
}

function parts(network: string): { start: bigint; mask: number; bits: number; isIPv6: boolean } {
  const isIPv6 = familyOf(network) === 'ipv6'
  const range = isIPv6 ? new Address6(network) : new Address4(network)
  return {
    start: range.startAddress().bigInt(),
    mask: range.subnetMask,
    bits: isIPv6 ? 128 : 32,
    isIPv6,
  }
}
