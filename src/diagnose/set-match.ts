import { isInside, type Packet } from './packet.ts'

/** Whether a set has a packet; `directions`: `dst,dst,src`, by which of its ends each part of an entry is compared (iptables-extensions(8)). */
export function isInSet(entries: ReadonlySet<string>, directions: string, packet: Packet): boolean {
  const ends = directions.split(',')
  return [...entries].some(entry => isEntryOf(entry, ends, packet))
}

/** `10.96.0.1,tcp:80`, `10.1.0.2,tcp:8080,10.1.0.2`, `30080`, `192.0.2.9,tcp:80,203.0.113.0/24` */
export function isEntryOf(entry: string, ends: readonly string[], packet: Packet): boolean {
  return entry.split(',').every((part, at) => isPart(part, ends[at] === 'src', packet))
}

function isPart(part: string, isSource: boolean, packet: Packet): boolean {
  const port = isSource ? packet.sourcePort : packet.port
  if (/^\d+$/.test(part)) return port === Number(part)
  const [, protocol, number] = /^(tcp|udp|sctp):(\d+)$/.exec(part) ?? []
  if (protocol !== undefined) return (packet.protocol ?? 'tcp') === protocol && port === Number(number)
  return isInside(part, isSource ? packet.source : packet.destination)
}
