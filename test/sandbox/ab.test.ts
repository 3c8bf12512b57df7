import { expect, test } from 'vitest'
import { readPercentiles } from '../../src/sandbox/ab.ts'

test("ab's percentiles are read as microseconds", () => {
  const csv = `Percentage served,Time in ms\n0,0.178\n${Array.from({ length: 98 }, (_, at) => `${at + 1},0.2${at}`).join('\n')}\n99,1.659\n100,2.100\n`
  expect(readPercentiles(csv)).toEqual({ median: 249, p99: 1659 })
})

test('of what is none nothing is a number', () => {
  expect(readPercentiles('')).toEqual({ median: Number.NaN, p99: Number.NaN })
})
