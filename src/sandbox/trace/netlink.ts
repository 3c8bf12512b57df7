/** Messages and attributes of netlink as nfnetlink has them (include/uapi/linux/netlink.h, netfilter/nfnetlink.h), and rtnetlink. Pure. */

/** A message: which part of netfilter it is of, what it says, of which family, and its attributes. */
export interface NetlinkMessage {
  subsystem: number
  type: number
  flags: number
  family: number
  /** What stands before the attributes, of which the family is the first byte. */
  head: Buffer
  attributes: Buffer
}

/** The parts of netfilter that are listened to. */
export const subsystem = { connections: 1, tables: 10 } as const

/** Bytes of `struct nlmsghdr`, and behind it of `struct nfgenmsg` or, of links, of `struct ifinfomsg` (rtnetlink.h). */
const header = 16
export const headSize = { netfilter: 4, links: 16 } as const
/** A message of netlink itself: `NLMSG_ERROR`, `NLMSG_DONE`. */
const control = { error: 2, done: 3 } as const

const nested = 0x8000
const aligned = (length: number) => (length + 3) & ~3

/** The messages that came in one datagram; `done`: a list is at its end, or the kernel refused it. */
export function readMessages(
  datagram: Buffer,
  size: number = headSize.netfilter,
): { messages: NetlinkMessage[]; done: boolean } {
  const messages: NetlinkMessage[] = []
  let done = false
  for (let at = 0; at + header <= datagram.length; ) {
    const length = datagram.readUInt32LE(at)
    if (length < header || at + length > datagram.length) break
    const type = datagram.readUInt16LE(at + 4)
    if (type === control.error || type === control.done) done = true
    else if (length >= header + size)
      messages.push({
        subsystem: type >>> 8,
        type: type & 0xff,
        flags: datagram.readUInt16LE(at + 6),
        family: datagram[at + header] ?? 0,
        head: datagram.subarray(at + header, at + header + size),
        attributes: datagram.subarray(at + header + size, at + length),
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

/** A number of four bytes as the machine writes it, as rtnetlink does; undefined where the attribute is not there. */
export function numberInMachineOrder(attribute: Buffer | undefined): number | undefined {
  return attribute?.length === 4 ? attribute.readUInt32LE() : undefined
}

/** A question for a list of nf_tables', with texts as attributes that narrow it down. */
export function listRequest(type: number, family: number, texts: ReadonlyMap<number, string>): Buffer {
  const attributes = [...texts].map(([number, text]) => textAttribute(number, text))
  return request((subsystem.tables << 8) | type, family, headSize.netfilter, attributes)
}

/** `RTM_GETLINK` */
const getLink = 18

/** A question for the links of a network namespace. */
export function linksRequest(): Buffer {
  return request(getLink, 0, headSize.links, [])
}

/** A question for a list: `NLM_F_REQUEST | NLM_F_DUMP`. */
function request(type: number, family: number, size: number, attributes: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(header + size)
  head.writeUInt32LE(
    attributes.reduce((sum, each) => sum + each.length, head.length),
    0,
  )
  head.writeUInt16LE(type, 4)
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
