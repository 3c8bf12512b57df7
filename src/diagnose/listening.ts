import type { Listener } from '../observe/facts.ts'

/** Who listens for a port, and whether one of them hears what comes for this address. */
export function listening(
  listeners: readonly Listener[],
  address: string,
  port: number | undefined,
): { onPort: readonly Listener[]; isHeard: boolean } {
  const onPort = listeners.filter(one => one.port === port)
  const own = (one: Listener) => one.address.replace(/^\[::ffff:(.*)\]$/, '$1')
  return { onPort, isHeard: onPort.some(one => ['*', '0.0.0.0', '[::]', address].includes(own(one))) }
}
