import { expect, test } from 'vitest'
import {
  interfaceBlock,
  isPacket,
  packetBlock,
  readBlock,
  sectionBlock,
  statisticsBlock,
} from '../../../src/sandbox/capture/pcapng.ts'

const hex = (block: Buffer) => block.toString('hex').replace(/(.{8})(?!$)/g, '$1 ')

test('a section says who wrote it, and that nobody knows how long it gets', () => {
  expect(hex(sectionBlock('netlab'))).toBe(
    '0a0d0d0a 2c000000 4d3c2b1a 01000000 ffffffff ffffffff 04000600 6e65746c 61620000 00000000 2c000000',
  )
})

test('an interface has a name that people know, and times in nanoseconds', () => {
  const block = interfaceBlock('ethernet', 'a:eth0', 'eth0 of a')
  expect(hex(block)).toBe(
    [
      '01000000 3c000000 01000000 00000000',
      '02000600 613a6574 68300000',
      '03000900 65746830 206f6620 61000000',
      '09000100 09000000 00000000 3c000000',
    ].join(' '),
  )
  expect(readBlock(block)).toEqual({ kind: 'interface', type: 'ethernet', name: 'a:eth0' })
  expect(readBlock(interfaceBlock('raw', 'a:tunl0', ''))).toMatchObject({ type: 'raw' })
  expect(isPacket(block)).toBe(false)
})

test('a packet has its time, its direction, and how long it was', () => {
  const bytes = Buffer.from([1, 2, 3, 4, 5])
  const packet = { interface: 2, at: 0x0123456789abcdefn, isOut: false, length: 9, bytes }
  const block = packetBlock({ ...packet, reception: 'broadcast' })
  expect(hex(block)).toBe(
    [
      '06000000 34000000 02000000 67452301 efcdab89 05000000 09000000',
      '01020304 05000000',
      '02000400 0d000000 00000000 34000000',
    ].join(' '),
  )
  expect(isPacket(block)).toBe(true)
  expect(readBlock(block)).toEqual({ kind: 'packet', ...packet })
  expect(readBlock(packetBlock({ ...packet, isOut: true }))).toMatchObject({ isOut: true })
})

test('what came of an interface: how many packets, and how many not, where that is known', () => {
  expect(hex(statisticsBlock(1, 1n, { captured: 3, dropped: 2 }))).toBe(
    '05000000 34000000 01000000 00000000 01000000 04000800 05000000 00000000 05000800 02000000 00000000 00000000 34000000',
  )
  expect(hex(statisticsBlock(1, 1n, { captured: 3 }))).toContain('04000800 03000000 00000000 00000000 ')
})

test('a block that says of itself what cannot be tells nothing', () => {
  const block = packetBlock({ interface: 0, at: 1n, isOut: true, length: 4, bytes: Buffer.alloc(4) })
  block.writeUInt32LE(4000, 20)
  expect(readBlock(block)).toBeUndefined()
  expect(readBlock(Buffer.from('0600000008000000', 'hex'))).toBeUndefined()
  expect(readBlock(sectionBlock('x'))).toBeUndefined()
})
