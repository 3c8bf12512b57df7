import { familyOf } from '../model/address.ts'
import type { Listener } from '../observe/facts.ts'

/** Who listens for a port, and whether one of them hears what comes for this address. */
export function listening(
  listeners: readonly Listener[],
  address: string,
  port: number | undefined,
): { onPort: readonly Listener[]; isHeard: boolean } {
  const onPort = listeners.filter(one => one.port === port)
  // What listens on [::] hears IPv4 as well, unless it says otherwise.
  const all = familyOf(address) === 'ipv4' ? ['*', '0.0.0.0', '::'] : ['*', '::']
  const own = (one: Listener) => one.address.replace(/^\[(?:::ffff:(?=\d+\.))?(.*)\]$/, '$1')
  return { onPort, isHeard: onPort.some(one => [...all, address].includes(own(one))) }
}
