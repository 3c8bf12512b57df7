/**
 * Captures packets on the links of a lab's places, as pcapng on stdout, in the order of their times. Reads a CaptureOrder on stdin, one line,
 * and goes on until stdin ends; writes CaptureNews on stderr, each in a line.
 */

import { readSync, writeSync } from 'node:fs'
import type { Place } from '../../command/command.ts'
import { libc } from '../libc.ts'
import { linkName, withinNetwork } from '../native-network.ts'
import { hasNetwork } from '../place-gone.ts'
import { everything, linkFilter } from './link-filter.ts'
import { type FoundLink, linksHere, linkTypeOf } from './links.ts'
import type { CaptureNews, CaptureOrder, CaptureSource } from './order.ts'
import { interfaceBlock, packetBlock, type Reception, sectionBlock, statisticsBlock } from './pcapng.ts'
import { blockSize, type Frame, Ring, retirement } from './ring.ts'

const stdin = 0
const stdout = 1
const stderr = 2
const POLLIN = 1

/** Bytes for what is captured of all places together, where there are many. */
const mostMemory = 128 * 2 ** 20
/** Blocks of a place's ring where there are few places; two, at least, so that one is filled while the other is read. */
const mostBlocks = 64
const leastBlocks = 2

/**
 * Nanoseconds that a packet is held back: another one that was earlier comes as late as its ring hands over what is not full, and a kernel
 * that is busy may take a few milliseconds more.
 */
const heldBack = 4 * retirement * 1_000_000

/** Nanoseconds between two times at which packets are written. */
const inTurn = retirement * 1_000_000

/** `PACKET_…`, by number: to whom a packet was that came in. */
const receptions: readonly Reception[] = ['unicast', 'broadcast', 'multicast', 'other host']
const outgoing = 4

/** A place that is heard. */
interface Heard {
  place: Place
  ring: Ring
  /** The numbers of its links' interfaces in the file, by the links' own. */
  interfaces: Map<number, number>
}

/** A packet that waits for its turn. */
interface Pending {
  /** Nanoseconds since this program began: a number, as those of 1970 are not, is sorted in no time. */
  at: number
  interface: number
  block: Buffer
}

/** An interface of the file. */
interface Interface {
  heard: Heard
  captured: number
}

function tell(news: CaptureNews): void {
  writeSync(stderr, `${JSON.stringify(news)}\n`)
}

/** The order, which is one line: stdin stays open for as long as it is to be done. */
function readOrder(): CaptureOrder {
  const chunk = Buffer.alloc(65_536)
  let line = Buffer.alloc(0)
  while (!line.includes(10)) {
    const read = readSync(stdin, chunk)
    if (read === 0) throw new Error('the order is not whole')
    line = Buffer.concat([line, chunk.subarray(0, read)])
  }
  return JSON.parse(line.toString('utf8'))
}

/** Nanoseconds since 1970. */
const begin = BigInt(Date.now()) * 1_000_000n
const order = readOrder()
const interfaces: Interface[] = []
/** What links are that have come, and what is captured, of all places: read, and not yet written. */
let introductions: Buffer[] = []
let pending: Pending[] = []
let captured = 0

/** Writes whole blocks; false where nobody reads any more. */
function write(blocks: readonly Buffer[]): boolean {
  let bytes = Buffer.concat(blocks)
  try {
    while (bytes.length > 0) bytes = bytes.subarray(writeSync(stdout, bytes))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return false
    throw error
  }
}

/** Gives a link its number in the file, and says what it is. */
function introduce(heard: Heard, { name, index, hardware }: Omit<FoundLink, 'isUp'>): Buffer {
  heard.interfaces.set(index, interfaces.length)
  interfaces.push({ heard, captured: 0 })
  const { place } = heard
  return interfaceBlock(linkTypeOf(hardware) ?? 'raw', `${place}:${name}`, `${name} of ${place}`)
}

function open({ place, links }: CaptureSource): { heard: Heard; links: FoundLink[]; leftOut: FoundLink[] } {
  const blocks = Math.floor(mostMemory / (order.sources.length * blockSize))
  return withinNetwork(place, () => {
    const ring = new Ring(Math.min(mostBlocks, Math.max(leastBlocks, blocks)))
    const there = linksHere(ring.fd)
    for (const link of links === 'all' ? [] : links)
      if (!there.some(({ name }) => name === link)) {
        tell({ kind: 'no link', place, link, links: there.map(({ name }) => name) })
        process.exit(1)
      }
    const wanted = there.filter(({ name, isUp }) =>
      links === 'all' ? isUp && name !== 'lo' : links.includes(name),
    )
    const known = wanted.filter(({ hardware }) => linkTypeOf(hardware) !== undefined)
    ring.listen(
      linkFilter(links === 'all' ? 'all' : known.map(({ index }) => index), order.filters ?? everything),
    )
    const leftOut = wanted.filter(link => !known.includes(link))
    return { heard: { place, ring, interfaces: new Map() }, links: known, leftOut }
  })
}

/** A packet as it is written; of a link that has just been made it is said before what it is. */
function pendingOf(heard: Heard, { at, index, hardware, kind, length, bytes }: Frame): Pending {
  if (!heard.interfaces.has(index)) {
    const name = linkName(heard.ring.fd, index) ?? `${index}`
    introductions.push(introduce(heard, { name, index, hardware }))
  }
  const number = heard.interfaces.get(index)!
  const isOut = kind === outgoing
  const reception = isOut ? undefined : receptions[kind]
  const packet = { interface: number, at, isOut, length, bytes }
  return {
    ...{ at: Number(at - begin), interface: number },
    block: packetBlock(reception === undefined ? packet : { ...packet, reception }),
  }
}

/** Writes what nothing earlier can come to any more; false where that was the last. */
function writeUntil(time: number | undefined): boolean {
  pending.sort((one, other) => one.at - other.at)
  const later = time === undefined ? -1 : pending.findIndex(({ at }) => at > time)
  const ready = later === -1 ? pending : pending.slice(0, later)
  const left = order.count === undefined ? ready : ready.slice(0, order.count - captured)
  pending = later === -1 ? [] : pending.slice(later)
  for (const each of left) interfaces[each.interface]!.captured += 1
  captured += left.length
  const blocks = [...introductions, ...left.map(({ block }) => block)]
  introductions = []
  return write(blocks) && captured !== order.count
}

/** Waits for packets, or the end of stdin, at most so many milliseconds; -1: as long as it takes. Returns whether stdin has ended. */
function wait(heard: readonly Heard[], patience: number): boolean {
  const files = [stdin, ...heard.map(({ ring }) => ring.fd)]
  const entries = Buffer.alloc(files.length * 8)
  for (const [at, fd] of files.entries()) {
    entries.writeInt32LE(fd, at * 8)
    entries.writeInt16LE(POLLIN, at * 8 + 4)
  }
  libc().poll(entries, files.length, patience)
  // Nothing more is said there: whatever comes is its end.
  return entries.readInt16LE(6) !== 0
}

function takeAll(heard: readonly Heard[]): void {
  for (const each of heard) for (const frame of each.ring.take()) pending.push(pendingOf(each, frame))
}

const now = () => Number(BigInt(Date.now()) * 1_000_000n - begin)

/** Captures until it is told to end, or has enough, or nobody reads. */
function capture(heard: readonly Heard[]): void {
  let written = 0
  for (;;) {
    const isEnd = wait(heard, pending.length === 0 ? -1 : retirement)
    const time = now()
    if (isEnd) break
    takeAll(heard)
    // What waits is put in order now and then only: under load there are thousands, and rings that want to be read.
    if (time - written < inTurn) continue
    written = time
    if (!writeUntil(time - heldBack)) return
  }
  // What is in blocks that are not full comes, too.
  const last = now() + heldBack
  while (now() < last) {
    libc().poll(Buffer.alloc(0), 0, retirement)
    takeAll(heard)
  }
  writeUntil(undefined)
}

const gone = order.sources.filter(({ place }) => !hasNetwork(place)).map(({ place }) => place)
if (gone.length === order.sources.length) {
  tell({ kind: 'no network', places: gone })
  process.exit(1)
}
const opened = order.sources.filter(({ place }) => !gone.includes(place)).map(open)
const heard = opened.map(each => each.heard)
const names = (place: Place, links: readonly FoundLink[]) => links.map(({ name }) => `${place}:${name}`)
const isRead = write([
  sectionBlock('netlab'),
  ...opened.flatMap(({ heard, links }) => links.map(link => introduce(heard, link))),
])
tell({
  kind: 'listening',
  links: opened.flatMap(({ heard: { place }, links }) => names(place, links)),
  leftOut: opened.flatMap(({ heard: { place }, leftOut }) => names(place, leftOut)),
  gone,
})
if (isRead) capture(heard)
const end = BigInt(Date.now()) * 1_000_000n
const dropped = new Map(heard.map(each => [each, each.ring.dropped()]))
write(
  interfaces.map(({ heard, captured }, index) => {
    const lost = dropped.get(heard)!
    // The kernel counts for a place: of one with several links it is known only that it was none.
    const isKnown = lost === 0 || heard.interfaces.size === 1
    return statisticsBlock(index, end, isKnown ? { captured, dropped: lost } : { captured })
  }),
)
tell({ kind: 'ended', captured, dropped: [...dropped.values()].reduce((sum, lost) => sum + lost, 0) })
