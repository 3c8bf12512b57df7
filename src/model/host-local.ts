import { Address4 } from 'ip-address'
import { contains } from './address.ts'
import type { Cidr } from './cidr.ts'

/** Addresses that host-local gives away: a part of a subnet, its gateway left out. */
export interface HostLocalRange {
  /** By its network address. */
  subnet: Cidr
  first: string
  last: string
  gateway: string
}

/** A range with what it leaves out, as host-local fills it in (`Canonicalize` in backend/allocator/range.go, v1.1.1). */
export function wholeRange(subnet: Cidr, said: Partial<Omit<HostLocalRange, 'subnet'>>): HostLocalRange {
  const start = number(subnet.address)
  const size = 2n ** BigInt(32 - subnet.prefix)
  return {
    subnet,
    first: said.first ?? text(start + 1n),
    last: said.last ?? text(start + size - 2n),
    gateway: said.gateway ?? text(start + 1n),
  }
}

/** What host-local keeps in a folder of /var/lib/cni/networks: who has which address, and which one was given last. */
export class HostLocalLeases {
  readonly #ranges: readonly HostLocalRange[]
  readonly #holders = new Map<string, string>()
  #last: string | undefined

  /** One set of ranges: each pod gets one address of it. */
  constructor(ranges: readonly HostLocalRange[]) {
    this.#ranges = ranges
  }

  /**
   * Gives a pod an address, the one that it asks for or the next free one after that which was given last; undefined where there is none
   * (`IPAllocator.Get` and `RangeIter.Next` in backend/allocator/allocator.go, v1.1.1).
   */
  add(pod: string, asked?: string): Cidr | undefined {
    const address = asked === undefined ? this.#next() : this.#free(asked)
    const range = address === undefined ? undefined : rangeOf(this.#ranges, address)
    if (address === undefined || range === undefined) return undefined
    this.#holders.set(address, pod)
    this.#last = address
    return { address, prefix: range.subnet.prefix }
  }

  /** Takes back what a pod has. */
  delete(pod: string): void {
    for (const [address, holder] of this.#holders) if (holder === pod) this.#holders.delete(address)
  }

  #free(asked: string): string | undefined {
    const range = rangeOf(this.#ranges, asked)
    return range === undefined || range.gateway === asked || this.#holders.has(asked) ? undefined : asked
  }

  #next(): string | undefined {
    const last = this.#last
    const startsAt =
      last === undefined ? -1 : this.#ranges.findIndex(range => rangeOf([range], last) !== undefined)
    let index = Math.max(0, startsAt)
    let current = startsAt === -1 ? undefined : last
    // Each round looks at one address, which is taken or the gateway: there are not more of those than holders and ranges.
    for (let tries = this.#holders.size + this.#ranges.length; tries >= 0; tries -= 1) {
      const range = this.#ranges[index]!
      if (current === undefined) current = range.first
      else if (current === range.last) {
        index = (index + 1) % this.#ranges.length
        current = this.#ranges[index]!.first
      } else current = text(number(current) + 1n)
      if (current !== this.#ranges[index]!.gateway && !this.#holders.has(current)) return current
    }
    return undefined
  }
}

/** The range that an address is in. */
export function rangeOf(ranges: readonly HostLocalRange[], address: string): HostLocalRange | undefined {
  const at = number(address)
  return ranges.find(
    ({ subnet, first, last }) => contains(subnet, address) && number(first) <= at && at <= number(last),
  )
}

function number(address: string): bigint {
  return new Address4(address).bigInt()
}

function text(address: bigint): string {
  return Address4.fromBigInt(address).correctForm()
}
