/** Messages and attributes of netlink as nfnetlink has them (include/uapi/linux/netlink.h, netfilter/nfnetlink.h). Pure. */

/** A message: which part of netfilter it is of, what it says, of which family, and its attributes. */
export interface NetlinkMessage {
  subsystem: number
  type: number
  flags: number
  family: number
  attributes: Buffer
}

/** The parts of netfilter that are listened to. */
export const subsystem = { connections: 1, tables: 10 } as const

/** Bytes of `struct nlmsghdr`, and of `struct nfgenmsg` behind it. */
const header = 16
const generalHeader = 4
/** A message of netlink itself: `NLMSG_ERROR`, `NLMSG_DONE`. */
const control = { error: 2, done: 3 } as const

const nested = 0x8000
const aligned = (length: number) => (length + 3) & ~3

/** The messages that came in one datagram; `done`: a list is at its end, or the kernel refused it. */
export function readMessages(datagram: Buffer): { messages: NetlinkMessage[]; done: boolean } {
  const messages: NetlinkMessage[] = []
  let done = false
  for (let at = 0; at + header <= datagram.length; ) {
    const length = datagram.readUInt32LE(at)
    if (length < header || at + length > datagram.length) break
    const type = datagram.readUInt16LE(at + 4)
    if (type === control.error || type === control.done) done = true
    else if (length >= header + generalHeader)
      messages.push({
        subsystem: type >>> 8,
        type: type & 0xff,
        flags: datagram.readUInt16LE(at + 6),
        family: datagram[at + header] ?? 0,
        attributes: datagram.subarray(at + header + generalHeader, at + length),
      })
    at += aligned(length)
  }
  return { messages, done }
}

/** Attributes by their number; of several with the same number the last one. */
export function readAttributes(bytes: Buffer | undefined): ReadonlyMap<number, Buffer> {
  const attributes = new Map<number, Buffer>()
  if (bytes === undefined) return attributes
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16LE(at)
    if (length < 4 || at + length > bytes.length) break
    attributes.set(bytes.readUInt16LE(at + 2) & 0x3fff, bytes.subarray(at + 4, at + length))
    at += aligned(length)
  }
  return attributes
}

/** A text of an attribute, without the zero byte at its end. */
export function textOf(attribute: Buffer | undefined): string {
  return attribute?.toString('utf8').replace(/\0+$/, '') ?? ''
}

/** A number in network order: of one, two, four or eight bytes; undefined where the attribute is not there. */
export function numberOf(attribute: Buffer | undefined): number | undefined {
  if (attribute === undefined || ![1, 2, 4, 8].includes(attribute.length)) return undefined
  return attribute.length === 8
    ? Number(attribute.readBigUInt64BE())
    : attribute.readUIntBE(0, attribute.length)
}

/** A question for a list (`NLM_F_REQUEST | NLM_F_DUMP`), with texts as attributes that narrow it down. */
export function listRequest(type: number, family: number, texts: ReadonlyMap<number, string>): Buffer {
  const attributes = [...texts].map(([number, text]) => textAttribute(number, text))
  const length = header + generalHeader + attributes.reduce((sum, each) => sum + each.length, 0)
  const head = Buffer.alloc(header + generalHeader)
  head.writeUInt32LE(length, 0)
  head.writeUInt16LE((subsystem.tables << 8) | type, 4)
  head.writeUInt16LE(0x301, 6)
  head.writeUInt32LE(1, 8)
  head.writeUInt8(family, header)
  return Buffer.concat([head, ...attributes])
}

function textAttribute(number: number, text: string): Buffer {
  const bytes = Buffer.from(`${text}\0`)
  const attribute = Buffer.alloc(aligned(4 + bytes.length))
  attribute.writeUInt16LE(4 + bytes.length, 0)
  attribute.writeUInt16LE(number & ~nested, 2)
  bytes.copy(attribute, 4)
  return attribute
}
