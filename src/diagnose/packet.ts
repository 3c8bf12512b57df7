import { contains, familyOf } from '../model/address.ts'
import { isBetween } from '../model/ranges.ts'

/** A packet on its way, as a rule sees it. */
export interface Packet {
  source: string
  /** Undefined: of no importance, any. */
  sourcePort?: number
  destination: string
  port?: number
  /** TCP, where it does not say. */
  protocol?: 'tcp' | 'udp' | 'icmp' | 'ipip'
  icmpType?: number
  icmpCode?: number
  /** The interface that it came in by; undefined for what the host itself sends. */
  in?: string
  out?: string
  mark: number
  /** What `--ctstate` finds in it: `NEW`, `DNAT`, … */
  states: readonly string[]
}

/** Whether an address is in a range: `10.0.0.0/24`, `10.0.0.1-10.0.0.9`, or one address. */
export function isInside(range: string, address: string): boolean {
  if (range.includes('-')) return isBetween(range, address)
  const [network = '', prefix = network.includes(':') ? '128' : '32'] = range.split('/')
  const isAddress = /^[\d.]+$|^[\dA-Fa-f:.]*:[\dA-Fa-f:.]*$/
  const isRange = isAddress.test(network) && /^\d+$/.test(prefix) && isAddress.test(address)
  if (!isRange || familyOf(network) !== familyOf(address)) return false
  return contains({ address: network, prefix: Number(prefix) }, address)
}
