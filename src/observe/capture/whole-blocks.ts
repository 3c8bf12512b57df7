import type { Readable } from 'node:stream'
import { NetlabError } from '../../errors.ts'

/** Bytes: no packet makes a larger one. */
const longestBlock = 1_048_576

/** Blocks of pcapng, as many at a time as come together; one that is cut off, since its writer was ended, is left out. Throws NetlabError for what is no pcapng. */
export async function* wholeBlocks(from: Readable): AsyncGenerator<readonly Buffer[]> {
  let held: Buffer = Buffer.alloc(0)
  for await (const chunk of from as AsyncIterable<Buffer>) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    const blocks: Buffer[] = []
    let at = 0
    while (held.length - at >= 8) {
      const length = held.readUInt32LE(at + 4)
      if (length < 12 || length % 4 !== 0 || length > longestBlock) throw noBlock(length)
      if (held.length - at < length) break
      blocks.push(held.subarray(at, at + length))
      at += length
    }
    held = held.subarray(at)
    if (blocks.length > 0) yield blocks
  }
}

function noBlock(length: number): NetlabError {
  return new NetlabError({
    what: `what came from the lab is no capture: a block of ${length} bytes`,
    why: 'packets are read as a program of netlab in the lab has written them',
  })
}
