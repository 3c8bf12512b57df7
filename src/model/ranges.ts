import { Address4, Address6 } from 'ip-address'
import { familyOf, isAddress } from './address.ts'

interface Range {
  first: bigint
  last: bigint
}

/**
 * Ranges of addresses of one family as nft lists them, in their order: those that overlap or touch are one, and each is an address, a
 * network or `FIRST-LAST`. Left as they are where one of them is no range.
 */
export function mergedRanges(texts: readonly string[]): readonly string[] {
  const ranges = texts.map(parsed)
  if (!ranges.every(range => range !== undefined)) return texts
  const merged: Range[] = []
  for (const { first, last } of ranges.toSorted((one, other) => (one.first < other.first ? -1 : 1))) {
    const before = merged.at(-1)
    if (before === undefined || first > before.last + 1n) merged.push({ first, last })
    else if (last > before.last) before.last = last
  }
  const isIPv6 = texts.some(text => familyOf(text) === 'ipv6')
  return merged.map(range => written(range, isIPv6))
}

/** Whether `FIRST-LAST` holds an address; never, across families. */
export function isBetween(text: string, address: string): boolean {
  const [range, at] = [parsed(text), parsed(address)]
  if (range === undefined || at === undefined || familyOf(text) !== familyOf(address)) return false
  return range.first <= at.first && at.last <= range.last
}

function parsed(text: string): Range | undefined {
  const [first = '', last = first, ...more] = text.split('-')
  const [address = '', prefix] = first.split('/')
  if (more.length > 0 || !isAddress(address)) return undefined
  if (prefix === undefined)
    return isAddress(last) ? { first: addressAt(first).bigInt(), last: addressAt(last).bigInt() } : undefined
  if (!/^\d+$/.test(prefix) || last !== first) return undefined
  const network = addressAt(text)
  return { first: network.startAddress().bigInt(), last: network.endAddress().bigInt() }
}

function addressAt(text: string): Address4 | Address6 {
  return familyOf(text) === 'ipv4' ? new Address4(text) : new Address6(text)
}

function written({ first, last }: Range, isIPv6: boolean): string {
  const family = isIPv6 ? Address6 : Address4
  const at = (number: bigint) => family.fromBigInt(number).correctForm()
  const size = last - first + 1n
  if (size === 1n) return at(first)
  const isNetwork = (size & (size - 1n)) === 0n && first % size === 0n
  if (!isNetwork) return `${at(first)}-${at(last)}`
  return `${at(first)}/${(isIPv6 ? 128 : 32) - (size.toString(2).length - 1)}`
}
