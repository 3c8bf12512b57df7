import { Address4, Address6 } from 'ip-address'
import type { Refusal } from '../text/problem.ts'
import type { Cidr } from './cidr.ts'
import { refuseIPv6, writtenAsIPv6 } from './ipv6-text.ts'

/** An IP family. */
export type Family = 'ipv4' | 'ipv6'

/** The IP family of an address or a CIDR. */
export function familyOf(address: string): Family {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}

const ipv4 = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/

/** Whether a text is one address and nothing else: no prefix, no zone, in IPv4 four numbers without zeros before them. */
export function isAddress(text: string): boolean {
  return familyOf(text) === 'ipv4' ? ipv4.test(text) : Address6.isValid(text) && !/[/%]/.test(text)
}

/** Whether only the machine itself can have sent to it. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.')
}

/** What people call a family. */
export function familyName(family: Family): 'IPv4' | 'IPv6' {
  return family === 'ipv4' ? 'IPv4' : 'IPv6'
}

/** An address as Go prints it, and as the kernel does: IPv6 in its shortest form (RFC 5952). */
export function canonical(address: string): string {
  return familyOf(address) === 'ipv6' ? new Address6(address).correctForm() : address
}

/** `ip:port`, or `[ip]:port` for IPv6. */
export function joinHostPort(address: string, port: number): string {
  return `${familyOf(address) === 'ipv6' ? `[${address}]` : address}:${port}`
}

/** The parts of `ip:port` or `[ip]:port`, of which the port may be missing. */
export function splitHostPort(text: string): { address: string; port?: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? []
  return { address: bracketed ?? plain ?? text, ...(port === undefined ? {} : { port: Number(port) }) }
}

/** What differs between the families. */
const families = {
  ipv4: { bits: 32, mostPrefix: 30, usualPrefix: 24, prefix: /^(?:[0-9]|[12][0-9]|3[0-2])$/ },
  ipv6: {
    bits: 128,
    mostPrefix: 126,
    usualPrefix: 64,
    prefix: /^(?:[0-9]|[1-9][0-9]|1[01][0-9]|12[0-8])$/,
  },
}

/** The prefix of a network where nothing is said of it. */
export function usualPrefix(family: Family): number {
  return families[family].usualPrefix
}

/** Reads `10.0.0.1` or `fd00::1`, strictly: no leading zeros in IPv4, four octets. IPv6 comes out in its shortest form. */
export function readAddress(text: string): { address: string } | Refusal {
  if (text.includes('/')) {
    return {
      refusal: `${text} is an address with a prefix`,
      fix: `write ${text.slice(0, text.indexOf('/'))}`,
    }
  }
  const refusal = refuseAddress(text)
  if (refusal) return refusal
  return { address: canonical(text) }
}

/** Reads `10.0.0.11/24` or `fd00::b/64`, strictly; the address must be one that a machine can have in that subnet. */
export function readCidr(text: string): Cidr | Refusal {
  const { usualPrefix, mostPrefix, prefix: isPrefix } = families[familyOf(text)]
  const slash = text.indexOf('/')
  if (slash === -1) {
    const refusal = refuseAddress(text)
    return refusal ?? { refusal: `${text} has no prefix`, fix: `write ${text}/${usualPrefix}` }
  }
  const written = text.slice(0, slash)
  const bits = text.slice(slash + 1)
  const refusal = refuseAddress(written)
  if (refusal) return withBits(refusal, bits)
  if (!isPrefix.test(bits)) {
    return {
      refusal: `/${bits} is not a prefix`,
      fix: `a prefix is 1 to ${mostPrefix}: write ${written}/${usualPrefix}`,
    }
  }
  const prefix = Number(bits)
  if (prefix < 1 || prefix > mostPrefix) {
    return { refusal: `a /${bits} has no room for two machines`, fix: `write ${written}/${usualPrefix}` }
  }
  const cidr = { address: canonical(written), prefix }
  const reserved = reservedIn(cidr)
  if (reserved === undefined) return cidr
  const [, second] = usable(cidr)
  return {
    refusal: `${written} is the ${reserved} address of ${subnetOf(cidr)}`,
    fix: `write ${second}/${prefix}, say`,
  }
}

/** What an address of a subnet is for, if not for a machine; IPv6 has no broadcast. */
function reservedIn(cidr: Cidr): string | undefined {
  const isIPv6 = familyOf(cidr.address) === 'ipv6'
  // A router answers to it (RFC 4291, 2.6.1).
  if (cidr.address === networkAddress(cidr)) return isIPv6 ? 'subnet-router anycast' : 'network'
  return !isIPv6 && cidr.address === broadcastAddress(cidr) ? 'broadcast' : undefined
}

/** Reads a pod's address: with the prefix of its network, or as one alone, `10.244.1.2/32`. */
export function readPodCidr(text: string): Cidr | Refusal {
  const alone = /^([^/:]*)\/32$/.exec(text)?.[1]
  if (alone === undefined) return readCidr(text)
  const refusal = refuseAddress(alone)
  return refusal === undefined ? { address: alone, prefix: 32 } : withBits(refusal, '32')
}

/** Reads `10.0.0.0/24` or `fd00::/64` as a range of addresses. */
export function readRange(text: string): Cidr | Refusal {
  if (text === '0.0.0.0/0' || text === '::/0') return { address: text.slice(0, -2), prefix: 0 }
  const { bits: most, prefix: isPrefix } = families[familyOf(text)]
  const [address = '', bits, ...more] = text.split('/')
  const refusal = refuseAddress(address)
  if (refusal) return refusal
  if (bits === undefined)
    return { refusal: `${text} has no prefix`, fix: `write ${text}/${most} for this address alone` }
  if (more.length > 0 || !isPrefix.test(bits)) {
    return { refusal: `/${[bits, ...more].join('/')} is not a prefix`, fix: `a prefix is 0 to ${most}` }
  }
  const range = { address: canonical(address), prefix: Number(bits) }
  if (networkAddress(range) !== range.address) {
    return { refusal: `${text} is no range: it starts inside one`, fix: `write ${subnetOf(range)}` }
  }
  return range
}

/** The network that an address is in, `10.0.0.0/24`. */
export function subnetOf(cidr: Cidr): string {
  return `${networkAddress(cidr)}/${cidr.prefix}`
}

/** Whether a subnet holds an address; never, across families. */
export function contains(subnet: Cidr, address: string): boolean {
  const text = `${subnet.address}/${subnet.prefix}`
  if (familyOf(subnet.address) !== familyOf(address)) return false
  return familyOf(address) === 'ipv4'
    ? new Address4(`${address}/32`).isInSubnet(new Address4(text))
    : new Address6(`${address}/128`).isInSubnet(new Address6(text))
}

export function overlap(a: Cidr, b: Cidr): boolean {
  const [wide, narrow] = a.prefix <= b.prefix ? [a, b] : [b, a]
  return contains(wide, networkAddress(narrow))
}

/** The address of a part of an IPv4 network, by its number from 0. */
export function subnetAt(network: Cidr, prefix: number, index: number): string {
  const start = new Address4(networkAddress(network)).bigInt()
  return Address4.fromBigInt(start + (BigInt(index) << BigInt(32 - prefix))).correctForm()
}

/** The first two addresses that machines can have in the subnet. */
export function usable(cidr: Cidr): [string, string] {
  const start = parsed({ ...cidr, address: networkAddress(cidr) }).bigInt()
  const family = familyOf(cidr.address) === 'ipv4' ? Address4 : Address6
  const at = (offset: bigint) => family.fromBigInt(start + offset).correctForm()
  return [at(1n), at(2n)]
}

function networkAddress(cidr: Cidr): string {
  return parsed(cidr).startAddress().correctForm()
}

function broadcastAddress(cidr: Cidr): string {
  return parsed(cidr).endAddress().correctForm()
}

function parsed({ address, prefix }: Cidr): Address4 | Address6 {
  const text = `${address}/${prefix}`
  return familyOf(address) === 'ipv4' ? new Address4(text) : new Address6(text)
}

function withBits(refusal: Refusal, bits: string): Refusal {
  return {
    ...refusal,
    ...(/^write [0-9A-Fa-f.:]+$/.test(refusal.fix ?? '') && { fix: `${refusal.fix}/${bits}` }),
  }
}

function refuseAddress(text: string): Refusal | undefined {
  if (writtenAsIPv6(text)) return refuseIPv6(text)
  const octets = text.split('.')
  if (!octets.every(octet => /^[0-9]{1,10}$/.test(octet))) {
    return {
      refusal: `"${shorten(text)}" is not an address`,
      fix: 'write four numbers with dots: 10.0.0.11, say',
    }
  }
  if (octets.length !== 4) {
    return { refusal: `${text} has ${octets.length} numbers`, fix: 'an address has four: 10.0.0.11, say' }
  }
  const tooBig = octets.find(octet => Number(octet) > 255)
  if (tooBig) return { refusal: `${tooBig} in ${text} is more than 255`, fix: 'each number is 0 to 255' }
  const padded = octets.find(octet => /^0[0-9]/.test(octet))
  if (padded) {
    return {
      refusal: `${padded} in ${text} starts with 0, which some programs read as octal`,
      fix: `write ${octets.map(Number).join('.')}`,
    }
  }
  const [first = 0] = octets.map(Number)
  if (first === 0 || first === 127 || first >= 224) {
    const kind =
      first === 0 ? 'this network' : first === 127 ? 'loopback' : first < 240 ? 'multicast' : 'reserved'
    return { refusal: `${text} is a ${kind} address`, fix: 'take one of 10.0.0.0/8, say' }
  }
  return undefined
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
