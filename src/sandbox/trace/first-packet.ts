import type { TracedRequest } from './order.ts'
import type { Packet } from './packet.ts'

/** Whether a packet can be the first one of a request: the ports of a command are nobody else's. */
export function isFirstOf(request: TracedRequest): (packet: Packet) => boolean {
  if (request.kind !== 'command') return () => true
  const [first, last] = request.ports ?? [0, 65_535]
  return ({ kind, sourcePort = 0 }) => kind === 'syn' && sourcePort >= first && sourcePort <= last
}
