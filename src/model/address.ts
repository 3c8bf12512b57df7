import { Address4 } from 'ip-address'
import type { Refusal } from '../text/problem.ts'
import type { Cidr } from './lab.ts'

/** Reads `10.0.0.1`, strictly: no leading zeros, four octets. */
export function readAddress(text: string): { address: string } | Refusal {
  if (text.includes('/')) {
    return {
      refusal: `${text} is an address with a prefix`,
      fix: `write ${text.slice(0, text.indexOf('/'))}`,
    }
  }
  const refusal = refuseAddress(text)
  if (refusal) return refusal
  return Address4.isValid(text) ? { address: text } : { refusal: `${text} is not an IPv4 address` }
}

/** Reads `10.0.0.11/24`, strictly; the address must be one that a machine can have in that subnet. */
export function readCidr(text: string): Cidr | Refusal {
  const slash = text.indexOf('/')
  if (slash === -1) {
    const refusal = refuseAddress(text)
    return refusal ?? { refusal: `${text} has no prefix`, fix: `write ${text}/24` }
  }
  const address = text.slice(0, slash)
  const bits = text.slice(slash + 1)
  const refusal = refuseAddress(address)
  if (refusal)
    return { ...refusal, ...(/^write [0-9.]+$/.test(refusal.fix ?? '') && { fix: `${refusal.fix}/${bits}` }) }
  if (!/^(?:[0-9]|[12][0-9]|3[0-2])$/.test(bits)) {
    return { refusal: `/${bits} is not a prefix`, fix: `a prefix is 1 to 30: write ${address}/24` }
  }
  const prefix = Number(bits)
  if (prefix < 1 || prefix > 30) {
    return { refusal: `a /${bits} has no room for two machines`, fix: `write ${address}/24` }
  }
  const cidr = { address, prefix }
  const subnet = subnetOf(cidr)
  const [, second] = usable(cidr)
  if (address === networkAddress(cidr)) {
    return {
      refusal: `${address} is the network address of ${subnet}`,
      fix: `write ${second}/${prefix}, say`,
    }
  }
  if (address === broadcastAddress(cidr)) {
    return {
      refusal: `${address} is the broadcast address of ${subnet}`,
      fix: `write ${second}/${prefix}, say`,
    }
  }
  return cidr
}

/** Reads `10.0.0.0/24` as a range of addresses. */
export function readRange(text: string): Cidr | Refusal {
  if (text === '0.0.0.0/0') return { address: '0.0.0.0', prefix: 0 }
  const [address = '', bits, ...more] = text.split('/')
  const refusal = refuseAddress(address)
  if (refusal) return refusal
  if (bits === undefined)
    return { refusal: `${text} has no prefix`, fix: `write ${text}/32 for this address alone` }
  if (more.length > 0 || !/^(?:[0-9]|[12][0-9]|3[0-2])$/.test(bits)) {
    return { refusal: `/${[bits, ...more].join('/')} is not a prefix`, fix: 'a prefix is 0 to 32' }
  }
  const range = { address, prefix: Number(bits) }
  if (networkAddress(range) !== address) {
    return { refusal: `${text} is no range: it starts inside one`, fix: `write ${subnetOf(range)}` }
  }
  return range
}

/** The network that an address is in, `10.0.0.0/24`. */
export function subnetOf(cidr: Cidr): string {
  return `${networkAddress(cidr)}/${cidr.prefix}`
}

export function contains(subnet: Cidr, address: string): boolean {
  return new Address4(`${address}/32`).isInSubnet(new Address4(`${subnet.address}/${subnet.prefix}`))
}

export function overlap(a: Cidr, b: Cidr): boolean {
  const [wide, narrow] = a.prefix <= b.prefix ? [a, b] : [b, a]
  return contains(wide, networkAddress(narrow))
}

/** The address of a part of a network, by its number from 0. */
export function subnetAt(network: Cidr, prefix: number, index: number): string {
  const start = new Address4(networkAddress(network)).bigInt()
  return Address4.fromBigInt(start + (BigInt(index) << BigInt(32 - prefix))).correctForm()
}

/** The first two addresses that machines can have in the subnet. */
export function usable(cidr: Cidr): [string, string] {
  const start = new Address4(networkAddress(cidr)).bigInt()
  const at = (offset: bigint) => Address4.fromBigInt(start + offset).correctForm()
  return [at(1n), at(2n)]
}

function networkAddress({ address, prefix }: Cidr): string {
  return new Address4(`${address}/${prefix}`).startAddress().correctForm()
}

function broadcastAddress({ address, prefix }: Cidr): string {
  return new Address4(`${address}/${prefix}`).endAddress().correctForm()
}

function refuseAddress(text: string): Refusal | undefined {
  if (/^[0-9a-fA-F]*:[0-9a-fA-F:.]*$/.test(text)) {
    return {
      refusal: `${text} is an IPv6 address`,
      fix: "a lab's machines have IPv4 addresses: 10.0.0.11, say",
    }
  }
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
