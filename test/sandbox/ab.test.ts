import { expect, test } from 'vitest'
import { readPercentiles } from '../../src/sandbox/ab.ts'

test("of ab's hundred requests the median is halfway between two, the 99th percentile not the longest, both in microseconds", () => {
  const lines = Array.from({ length: 101 }, (_, line) => `${line},0.${200 + Math.min(line, 99)}`)
  const { median, p99 } = readPercentiles(['Percentage served,Time in ms', ...lines, ''].join('\n'))
  expect({ median: median.toFixed(3), p99: p99.toFixed(3) }).toEqual({ median: '249.500', p99: '298.000' })
})

test('of what is none nothing is a number', () => {
  expect(readPercentiles('')).toEqual({ median: Number.NaN, p99: Number.NaN })
})
