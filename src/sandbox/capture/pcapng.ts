/**
 * Blocks of pcapng (draft-ietf-opsawg-pcapng), in the order of bytes of x86: a file is a section's header, what its interfaces are, each
 * before its first packet, packets, and what came of each interface in the end.
 */

/** The types of blocks that are written. */
const blockType = { section: 0x0a0d0d0a, interface: 1, packet: 6, statistics: 5 } as const

/** What the frames of an interface begin with: a header of Ethernet, or one of IP. */
export type LinkType = 'ethernet' | 'raw'

const linkTypes: Readonly<Record<LinkType, number>> = { ethernet: 1, raw: 101 }

/** An option's number, and its value. */
type Option = readonly [code: number, value: Buffer]

const byteOrder = 0x1a2b3c4d
/** Powers of ten: times are in nanoseconds. */
const resolution = 9

/** A section's header. */
export function sectionBlock(program: string): Buffer {
  const body = Buffer.alloc(16)
  body.writeUInt32LE(byteOrder, 0)
  body.writeUInt16LE(1, 4)
  // Nobody knows how long it gets.
  body.writeBigInt64LE(-1n, 8)
  return blockOf(blockType.section, body, [[4, Buffer.from(program)]])
}

/** What an interface is; packets call it by how many came before it. */
export function interfaceBlock(type: LinkType, name: string, description: string): Buffer {
  const body = Buffer.alloc(8)
  body.writeUInt16LE(linkTypes[type], 0)
  return blockOf(blockType.interface, body, [
    [2, Buffer.from(name)],
    [3, Buffer.from(description)],
    [9, Buffer.from([resolution])],
  ])
}

/** To whom a packet was, of those that came in. */
export type Reception = 'unicast' | 'multicast' | 'broadcast' | 'other host'

/** A packet on an interface. */
export interface CapturedPacket {
  /** The interface's number in the section. */
  interface: number
  /** Nanoseconds since 1970. */
  at: bigint
  isOut: boolean
  /** Left out: it is not known. */
  reception?: Reception
  /** Bytes that it had on the link. */
  length: number
  bytes: Buffer
}

const receptions: readonly Reception[] = ['unicast', 'multicast', 'broadcast', 'other host']

/** A packet; written at once, as there are many. */
export function packetBlock(packet: CapturedPacket): Buffer {
  const { at, bytes, isOut, reception } = packet
  const options = 28 + padded(bytes.length)
  const length = options + 16
  const block = Buffer.allocUnsafe(length).fill(0, 28 + bytes.length)
  block.writeUInt32LE(blockType.packet, 0)
  block.writeUInt32LE(length, 4)
  block.writeUInt32LE(packet.interface, 8)
  writeTime(block, at, 12)
  block.writeUInt32LE(bytes.length, 20)
  block.writeUInt32LE(packet.length, 24)
  block.set(bytes, 28)
  const received = reception === undefined ? 0 : (receptions.indexOf(reception) + 1) << 2
  block.writeUInt16LE(2, options)
  block.writeUInt16LE(4, options + 2)
  block.writeUInt32LE((isOut ? 2 : 1) | received, options + 4)
  // The end of the options is four zeros.
  block.writeUInt32LE(length, options + 12)
  return block
}

/** What came of an interface until a time: how many packets were captured, and how many were not, where that is known of it. */
export function statisticsBlock(
  index: number,
  at: bigint,
  { captured, dropped }: { captured: number; dropped?: number },
): Buffer {
  const body = Buffer.alloc(12)
  body.writeUInt32LE(index, 0)
  writeTime(body, at, 4)
  return blockOf(blockType.statistics, body, [
    [4, count(captured + (dropped ?? 0))],
    ...(dropped === undefined ? [] : [[5, count(dropped)] as const]),
  ])
}

/** Whether a block is a packet. */
export function isPacket(block: Buffer): boolean {
  return block.readUInt32LE(0) === blockType.packet
}

/** What a block of these says. */
export type ReadBlock =
  | { kind: 'interface'; type: LinkType; name: string }
  | ({ kind: 'packet' } & Omit<CapturedPacket, 'reception'>)

/** Reads a block that is whole; undefined for one that tells of no interface and no packet, or that is none of these. */
export function readBlock(block: Buffer): ReadBlock | undefined {
  switch (block.length < 12 ? undefined : block.readUInt32LE(0)) {
    case blockType.interface: {
      if (block.length < 20) return undefined
      const type = block.readUInt16LE(8) === linkTypes.raw ? 'raw' : 'ethernet'
      return { kind: 'interface', type, name: optionOf(block, 16, 2)?.toString('utf8') ?? '' }
    }
    case blockType.packet: {
      if (block.length < 32) return undefined
      const end = 28 + block.readUInt32LE(20)
      if (end > block.length - 4) return undefined
      const at = (BigInt(block.readUInt32LE(12)) << 32n) | BigInt(block.readUInt32LE(16))
      const flags = optionOf(block, padded(end), 2)
      return {
        kind: 'packet',
        ...{ interface: block.readUInt32LE(8), at, length: block.readUInt32LE(24) },
        isOut: flags?.length === 4 && (flags.readUInt32LE(0) & 3) === 2,
        bytes: block.subarray(28, end),
      }
    }
    default:
      return undefined
  }
}

/** The value of an option of a block, from where its options begin. */
function optionOf(block: Buffer, begin: number, wanted: number): Buffer | undefined {
  for (let at = begin; at + 4 <= block.length - 4; ) {
    const [code, length] = [block.readUInt16LE(at), block.readUInt16LE(at + 2)]
    if (code === 0 || at + 4 + length > block.length - 4) return undefined
    if (code === wanted) return block.subarray(at + 4, at + 4 + length)
    at += 4 + padded(length)
  }
  return undefined
}

function count(number: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(number))
  return bytes
}

function writeTime(body: Buffer, at: bigint, offset: number): void {
  body.writeUInt32LE(Number(at >> 32n), offset)
  body.writeUInt32LE(Number(at & 0xffff_ffffn), offset + 4)
}

function blockOf(type: number, body: Buffer, options: readonly Option[]): Buffer {
  const parts = [...options, [0, Buffer.alloc(0)] as const].map(([code, value]) => {
    const option = Buffer.alloc(4 + padded(value.length))
    option.writeUInt16LE(code, 0)
    option.writeUInt16LE(value.length, 2)
    value.copy(option, 4)
    return option
  })
  const length = 12 + body.length + parts.reduce((sum, part) => sum + part.length, 0)
  const head = Buffer.alloc(8)
  head.writeUInt32LE(type, 0)
  head.writeUInt32LE(length, 4)
  const tail = Buffer.alloc(4)
  tail.writeUInt32LE(length, 0)
  return Buffer.concat([head, body, ...parts, tail])
}

/** Whatever is in a block begins at a multiple of four bytes. */
function padded(length: number): number {
  return Math.ceil(length / 4) * 4
}
