import { expect, test } from 'vitest'
import { filterStep, packetFilter } from '../../../src/sandbox/trace/packet-filter.ts'

test('every jump leads to a step behind it, and every way ends', () => {
  const program = packetFilter()
  const count = program.length / filterStep
  for (let at = 0; at < count; at += 1) {
    const code = program.readUInt16LE(at * filterStep)
    const [whenTrue = 0, whenFalse = 0] = program.subarray(at * filterStep + 2, at * filterStep + 4)
    expect(at + 1 + Math.max(whenTrue, whenFalse)).toBeLessThan(code === 0x06 ? count + 1 : count)
    if (code !== 0x15 && code !== 0x45) expect([whenTrue, whenFalse]).toEqual([0, 0])
  }
})
