import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { readProgram } from '../../../src/observe/capture/filter.ts'
import { pcapHeader, pcapRecord } from '../../../src/observe/capture/pcap.ts'
import { wholeBlocks } from '../../../src/observe/capture/whole-blocks.ts'
import { interfaceBlock, sectionBlock } from '../../../src/sandbox/capture/pcapng.ts'

const blocks = [sectionBlock('netlab'), interfaceBlock('ethernet', 'a:eth0', 'eth0 of a')]

async function read(chunks: readonly Buffer[]): Promise<Buffer[]> {
  const found: Buffer[] = []
  for await (const some of wholeBlocks(Readable.from(chunks)))
    found.push(...some.map(each => Buffer.from(each)))
  return found
}

test('blocks are whole however their bytes come, and one that is cut off is left out', async () => {
  const bytes = Buffer.concat(blocks)
  expect(await read([bytes])).toEqual(blocks)
  expect(await read(Array.from(bytes, byte => Buffer.from([byte])))).toEqual(blocks)
  expect(await read([bytes.subarray(0, -1)])).toEqual(blocks.slice(0, 1))
})

test.each(['060000000b000000', '0600000004000000', '06000000ffffff7f'])(
  'what is no block is told: %s',
  async hex => {
    await expect(read([blocks[0]!, Buffer.from(hex, 'hex')])).rejects.toThrow('is no capture: a block of')
  },
)

test('a filter is read as tcpdump prints it, and nothing else is taken for one', () => {
  expect(readProgram('2\n40 0 0 12\n6 0 0 262144\n')).toEqual([
    [40, 0, 0, 12],
    [6, 0, 0, 262144],
  ])
  for (const text of ['', '0\n', '3\n6 0 0 0\n', '1\n6 0 0\n', '1\n6 0 x 0\n', 'tcpdump: no\n'])
    expect(readProgram(text)).toBeUndefined()
})

test('tcpdump gets a capture as it has read it ever since', () => {
  expect(pcapHeader('raw').toString('hex')).toBe(
    'd4c3b2a1020004000000000000000000000004006500000000'.slice(0, 48),
  )
  expect(pcapRecord(7, { length: 9, bytes: Buffer.from([1, 2]) }).toString('hex')).toBe(
    '07000000000000000200000009000000' + '0102',
  )
})
