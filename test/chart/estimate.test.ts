import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { confidence, intervalRank, medianOf, middleOf, p99Of } from '../../src/chart/estimate.ts'

/** The probability that of so many numbers at most so many lie below their true median, by Pascal's triangle. */
function atMostBelow(count: number, most: number): number {
  let row = [1]
  for (let at = 0; at < count; at += 1) row = [1, ...row.map((own, index) => own + (row[index + 1] ?? 0))]
  return row.slice(0, most + 1).reduce((sum, own) => sum + own, 0) / 2 ** count
}

describe('the interval of a median', () => {
  it.each(Array.from({ length: 40 }, (_, index) => index + 1))(
    'of %i numbers is as narrow as its confidence lets it be',
    count => {
      const rank = intervalRank(count)
      if (rank > 0) expect(1 - 2 * atMostBelow(count, rank - 1)).toBeGreaterThanOrEqual(confidence)
      expect(1 - 2 * atMostBelow(count, rank)).toBeLessThan(confidence)
    },
  )

  it('leaves out five of twenty on either side, as tables of order statistics have it', () => {
    const numbers = Array.from({ length: 20 }, (_, index) => 20 - index)
    expect(medianOf(numbers)).toEqual({ value: 10.5, low: 6, high: 15 })
  })

  it('of five numbers is none', () => expect(medianOf([3, 1, 2, 5, 4])).toEqual({ value: 3 }))

  it('has the median in it, whatever the numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: 0, max: 1e9 }), { minLength: 6 }), numbers => {
        const { value, low, high } = medianOf(numbers)
        expect(low).toBeLessThanOrEqual(value)
        expect(high).toBeGreaterThanOrEqual(value)
      }),
    )
  })
})

const downFrom = (count: number) => Array.from({ length: count }, (_, index) => count - index)

test('the median of an even count is halfway between the two in the middle', () => {
  expect([downFrom(4), downFrom(5), [7]].map(middleOf)).toEqual([2.5, 3, 7])
})

test('the 99th percentile is never the longest, so fewer than a hundred numbers have none', () => {
  expect([99, 100, 101, 200, 201, 1000].map(count => p99Of(downFrom(count)))).toEqual([
    ...[undefined, 99, 100, 198, 199, 990],
  ])
})
