import { expect, it } from 'vitest'
import { summaryOf } from './failure-summary.ts'

const failures = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    name: `test ${at}`,
    reasons: ['why', ...Array(90).fill('more')],
  }))

it('a failure is told with the first lines of why', () => {
  expect(summaryOf(failures(1))).toEqual(['1 failed:', '✘ test 0', '    why', ...Array(5).fill('    more')])
})

it.each([2, 9, 40, 400])(
  '%i failures are told in less than 60 lines, each that is named with a reason',
  count => {
    const lines = summaryOf(failures(count))
    expect(lines.length).toBeLessThan(60)
    expect(lines.filter(line => line === '    why')).toHaveLength(Math.min(count, 25))
    expect(lines.at(-1)).toBe(count > 25 ? `and ${count - 25} more` : '    more')
  },
)
