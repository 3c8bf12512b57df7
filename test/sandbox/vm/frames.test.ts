import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeFrame, type Frame, FrameReader } from '../../../src/sandbox/vm/frames.ts'

const frames = fc.array(
  fc.record({
    kind: fc.constantFrom('run', 'stdin', 'stdout', 'stderr', 'ended' as const),
    session: fc.nat(2 ** 32 - 1),
    bytes: fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)),
  }),
  { maxLength: 8 },
) as fc.Arbitrary<Frame[]>

/** What a reader makes of bytes that arrive in pieces of these lengths. */
function read(bytes: Buffer, lengths: readonly number[]): Frame[] {
  const reader = new FrameReader()
  const found: Frame[] = []
  let at = 0
  for (const length of [...lengths, bytes.length]) {
    found.push(...reader.take(bytes.subarray(at, at + length)))
    at += length
  }
  return found
}

describe('what netlab and the agent in a virtual machine say to each other', () => {
  it('arrives as it was said, however the line cuts it', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.nat(40), { maxLength: 60 }), (said, lengths) => {
        expect(read(Buffer.concat(said.map(encodeFrame)), lengths)).toEqual(said)
      }),
    )
  })

  it('is not taken for a frame where it is none', () => {
    expect(() => read(Buffer.alloc(9, 0xff), [])).toThrow('no frame')
  })

  it('is no more than a frame may have', () => {
    const header = encodeFrame({ kind: 'stdout', session: 1, bytes: Buffer.alloc(0) })
    header.writeUInt32LE(2 ** 31, 5)
    expect(() => read(header, [])).toThrow('no frame')
  })

  it('is forgotten where whoever said half of it has gone', () => {
    const frame = encodeFrame({ kind: 'stdin', session: 7, bytes: Buffer.from('typed') })
    const reader = new FrameReader()
    expect([...reader.take(frame.subarray(0, 11))]).toEqual([])
    reader.reset()
    expect([...reader.take(frame)]).toEqual([{ kind: 'stdin', session: 7, bytes: Buffer.from('typed') }])
  })
})
