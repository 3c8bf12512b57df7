import { closeSync } from 'node:fs'
import { type FilterProgram, filterProgram, type Instruction } from '../filter-program.ts'
import { errorName, failed, libc } from '../libc.ts'

/** Linux: socket.h, if_packet.h, mman.h. */
const packet = { domain: 17, everyType: 0x0300, addressSize: 20 } as const
const SOCK_RAW = 3
const O_CLOEXEC = 0o2000000
const SOL_SOCKET = 1
const SO_ATTACH_FILTER = 26
const SOL_PACKET = 263
const PACKET_RX_RING = 5
const PACKET_STATISTICS = 6
const PACKET_VERSION = 10
const TPACKET_V3 = 2
const readAndWrite = 3
const shared = 1
/** Bytes of a `struct sock_fprog`. */
const filterProgramSize = 16

/** `TP_STATUS_KERNEL`, `TP_STATUS_USER` of a block; of a frame, that it had a VLAN's tag, and of which type. */
const status = { kernels: 0, readers: 1, tagged: 1 << 4, tagType: 1 << 6 } as const
/** Where a `struct tpacket_block_desc` and a `struct tpacket3_hdr` have what is read, in bytes. */
const block = { status: 8, frames: 12, first: 16 } as const
const frame = { next: 0, seconds: 4, nanoseconds: 8, kept: 12, length: 16, status: 20, begin: 24 } as const
const tag = { value: 32, type: 36 } as const
/** The `struct sockaddr_ll` behind it. */
const sender = { index: 48 + 4, hardware: 48 + 8, kind: 48 + 10 } as const
/** Where a frame of Ethernet has its tag, which the kernel has taken out; the usual type of one (IEEE 802.1Q). */
const tagAt = 12
const usualTag = 0x8100

/** Bytes of a block: room for the largest packet that offload makes. */
export const blockSize = 131_072
/** Milliseconds after which a block is handed over that is not full. */
export const retirement = 20

const why = 'packets on links are to be captured'

/** A frame as a link had it. */
export interface Frame {
  /** Nanoseconds since 1970. */
  at: bigint
  /** The link's number. */
  index: number
  /** Its kind of hardware (`ARPHRD_…`). */
  hardware: number
  /** To whom it is: `PACKET_…`. */
  kind: number
  /** Bytes that it had on the link. */
  length: number
  /** To be copied before the next one is taken: the kernel writes others there. */
  bytes: Buffer
}

/** Hears all links of one network namespace: the kernel writes what passes into memory that both share, so that little is lost. */
export class Ring {
  readonly fd: number
  readonly #blocks: number
  readonly #statuses: Int32Array
  readonly #memory: Buffer
  #next = 0
  #dropped = 0

  /** In the network namespace that this process is in, where it stays. It hears nothing until it listens. Throws NetlabError. */
  constructor(mostBlocks: number) {
    // For no protocol: nothing comes before there is a filter.
    this.fd = libc().socket(packet.domain, SOCK_RAW | O_CLOEXEC, 0)
    if (this.fd === -1) throw failed('socket', why, errorName())
    this.#set(PACKET_VERSION, [TPACKET_V3])
    this.#blocks = this.#makeRing(mostBlocks)
    const size = this.#blocks * blockSize
    const address = libc().mmap(null, size, readAndWrite, shared, this.fd, 0)
    // MAP_FAILED
    if (address === 2n ** 64n - 1n) throw this.#failed('mmap')
    const memory = libc().memoryAt(address, size)
    this.#memory = Buffer.from(memory)
    this.#statuses = new Int32Array(memory)
  }

  /** Hears from now on what the filter leaves. */
  listen(filter: readonly Instruction[]): void {
    const program: FilterProgram = filterProgram(filter)
    const attached = libc().attachFilter(this.fd, SOL_SOCKET, SO_ATTACH_FILTER, program, filterProgramSize)
    if (attached !== 0) throw this.#failed('setsockopt(SO_ATTACH_FILTER)')
    const address = Buffer.alloc(packet.addressSize)
    address.writeUInt16LE(packet.domain, 0)
    address.writeUInt16LE(packet.everyType, 2)
    if (libc().bind(this.fd, address, address.length) !== 0) throw this.#failed('bind')
  }

  /** What has come since the last time. */
  *take(): Generator<Frame> {
    for (;;) {
      const start = this.#next * blockSize
      const statusAt = (start + block.status) / 4
      if ((Atomics.load(this.#statuses, statusAt) & status.readers) === 0) return
      const count = this.#memory.readUInt32LE(start + block.frames)
      let at = start + this.#memory.readUInt32LE(start + block.first)
      for (let read = 0; read < count; read += 1) {
        yield this.#frameAt(at)
        at += this.#memory.readUInt32LE(at + frame.next)
      }
      Atomics.store(this.#statuses, statusAt, status.kernels)
      this.#next = (this.#next + 1) % this.#blocks
    }
  }

  /** How many packets have found no room so far. */
  dropped(): number {
    const counts = Buffer.alloc(12)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(counts.length)
    // The kernel begins to count anew with each question.
    if (libc().getsockopt(this.fd, SOL_PACKET, PACKET_STATISTICS, counts, length) === 0)
      this.#dropped += counts.readUInt32LE(4)
    return this.#dropped
  }

  #frameAt(at: number): Frame {
    const memory = this.#memory
    const begin = at + memory.readUInt16LE(at + frame.begin)
    const bytes = memory.subarray(begin, begin + memory.readUInt32LE(at + frame.kept))
    const length = memory.readUInt32LE(at + frame.length)
    const marks = memory.readUInt32LE(at + frame.status)
    const seconds = BigInt(memory.readUInt32LE(at + frame.seconds))
    const facts = {
      at: seconds * 1_000_000_000n + BigInt(memory.readUInt32LE(at + frame.nanoseconds)),
      index: memory.readInt32LE(at + sender.index),
      hardware: memory.readUInt16LE(at + sender.hardware),
      kind: memory[at + sender.kind]!,
    }
    if ((marks & status.tagged) === 0 || bytes.length < tagAt) return { ...facts, length, bytes }
    const tagBytes = Buffer.alloc(4)
    tagBytes.writeUInt16BE((marks & status.tagType) === 0 ? usualTag : memory.readUInt16LE(at + tag.type), 0)
    tagBytes.writeUInt16BE(memory.readUInt32LE(at + tag.value) & 0xffff, 2)
    const whole = Buffer.concat([bytes.subarray(0, tagAt), tagBytes, bytes.subarray(tagAt)])
    return { ...facts, length: length + tagBytes.length, bytes: whole }
  }

  /** Where there is little memory it is a smaller one. */
  #makeRing(mostBlocks: number): number {
    for (let blocks = mostBlocks; ; blocks = Math.ceil(blocks / 2)) {
      try {
        this.#set(PACKET_RX_RING, [blockSize, blocks, blockSize, blocks, retirement, 0, 0])
        return blocks
      } catch (error) {
        if (blocks === 1) {
          closeSync(this.fd)
          throw error
        }
      }
    }
  }

  #set(option: number, numbers: readonly number[]): void {
    const value = Buffer.from(new Uint32Array(numbers).buffer)
    if (libc().setsockopt(this.fd, SOL_PACKET, option, value, value.length) !== 0)
      throw failed(`setsockopt(SOL_PACKET, ${option})`, why, errorName())
  }

  #failed(call: string): Error {
    const name = errorName()
    closeSync(this.fd)
    return failed(call, why, name)
  }
}
