import { Address6 } from 'ip-address'
import { type NetlinkMessage, numberOf, readAttributes, subsystem } from './netlink.ts'

/** The two ends of a connection, seen in one direction. */
export interface Tuple {
  source: string
  destination: string
  sourcePort?: number
  port?: number
}

/** What became of an entry of the kernel's table of connections. */
export interface ConnectionEvent {
  kind: 'connection'
  what: 'new' | 'update' | 'destroy'
  id: number
  protocol: 'tcp' | 'udp' | 'icmp' | 'other'
  original: Tuple
  reply: Tuple
  /** Flags as conntrack(8) names them. */
  replied: boolean
  assured: boolean
  /** Of TCP: `SYN_SENT`, … */
  state?: string
}

/** Of `enum ctattr_…` (include/uapi/linux/netfilter/nfnetlink_conntrack.h). */
const attribute = { original: 1, reply: 2, status: 3, protocolInfo: 4, id: 12 } as const
const tuple = { addresses: 1, protocol: 2 } as const
const address = { source4: 1, destination4: 2, source6: 3, destination6: 4 } as const
const protocol = { number: 1, sourcePort: 2, port: 3 } as const
const status = { replied: 2, assured: 4 } as const

const message = { new: 0, delete: 2 } as const
/** `NLM_F_CREATE | NLM_F_EXCL`: the entry has not been there before. */
const isNew = 0x600

const names: Readonly<Record<number, ConnectionEvent['protocol']>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  58: 'icmp',
}
/** `enum tcp_conntrack` */
const states = [
  ...['NONE', 'SYN_SENT', 'SYN_RECV', 'ESTABLISHED', 'FIN_WAIT', 'CLOSE_WAIT', 'LAST_ACK'],
  ...['TIME_WAIT', 'CLOSE', 'SYN_SENT2'],
]

/** Reads an event of the table of connections; undefined where the message is another one. */
export function readConnectionEvent(message_: NetlinkMessage): ConnectionEvent | undefined {
  const { subsystem: part, type, flags, attributes } = message_
  if (part !== subsystem.connections || (type !== message.new && type !== message.delete)) return undefined
  const has = readAttributes(attributes)
  const original = readAttributes(has.get(attribute.original))
  const bits = numberOf(has.get(attribute.status)) ?? 0
  const info = readAttributes(readAttributes(has.get(attribute.protocolInfo)).get(1))
  const state = states[numberOf(info.get(1)) ?? -1]
  const number = numberOf(readAttributes(original.get(tuple.protocol)).get(protocol.number)) ?? 0
  return {
    kind: 'connection',
    what: type === message.delete ? 'destroy' : (flags & isNew) === 0 ? 'update' : 'new',
    id: numberOf(has.get(attribute.id)) ?? 0,
    protocol: names[number] ?? 'other',
    original: tupleOf(original),
    reply: tupleOf(readAttributes(has.get(attribute.reply))),
    replied: (bits & status.replied) !== 0,
    assured: (bits & status.assured) !== 0,
    ...(state === undefined ? {} : { state }),
  }
}

function tupleOf(has: ReadonlyMap<number, Buffer>): Tuple {
  const ends = readAttributes(has.get(tuple.addresses))
  const told = readAttributes(has.get(tuple.protocol))
  const [sourcePort, port] = [numberOf(told.get(protocol.sourcePort)), numberOf(told.get(protocol.port))]
  return {
    source: addressOf(ends.get(address.source4) ?? ends.get(address.source6)),
    destination: addressOf(ends.get(address.destination4) ?? ends.get(address.destination6)),
    ...(sourcePort === undefined ? {} : { sourcePort }),
    ...(port === undefined ? {} : { port }),
  }
}

function addressOf(bytes: Buffer | undefined): string {
  if (bytes === undefined) return ''
  return bytes.length === 4 ? [...bytes].join('.') : Address6.fromUnsignedByteArray([...bytes]).correctForm()
}
