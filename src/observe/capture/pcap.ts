import type { LinkType } from '../../sandbox/capture/pcapng.ts'

/** Bytes of a packet that are kept: more than any has. */
const longest = 262_144
const linkTypes: Readonly<Record<LinkType, number>> = { ethernet: 1, raw: 101 }

/** The header of a capture as tcpdump has read it ever since (draft-ietf-opsawg-pcap), with one kind of link. */
export function pcapHeader(type: LinkType): Buffer {
  const header = Buffer.alloc(24)
  header.writeUInt32LE(0xa1b2c3d4, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(longest, 16)
  header.writeUInt32LE(linkTypes[type], 20)
  return header
}

/** A packet in it, at a time in whole seconds. */
export function pcapRecord(seconds: number, { length, bytes }: { length: number; bytes: Buffer }): Buffer {
  const header = Buffer.alloc(16)
  header.writeUInt32LE(seconds, 0)
  header.writeUInt32LE(bytes.length, 8)
  header.writeUInt32LE(length, 12)
  return Buffer.concat([header, bytes])
}
