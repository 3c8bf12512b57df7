import { describe, expect, it } from 'vitest'
import { patiently, slownessFrom } from '../../src/sandbox/patience.ts'

const machine = { recentStart: 2, runnable: 1, processors: 2 }

describe('waiting times', () => {
  it('are the usual ones on a fast machine, also while its processors have something to do', () => {
    expect(slownessFrom({ ...machine, recentStart: 19, runnable: 15 })).toBe(1)
  })

  it.each([
    ['busy', { runnable: 80 }, 10],
    ['slow', { recentStart: 60 }, 6],
    ['hopeless', { recentStart: 10_000 }, 30],
  ])('are longer on a machine that is %s', (_, measured, times) => {
    expect(slownessFrom({ ...machine, ...measured })).toBe(times)
  })
})

it('what was late on a machine that did not get slower meanwhile is not tried again', async () => {
  let tries = 0
  const work = async () => {
    tries += 1
    return 'late'
  }
  // Whatever the machine does: it is a sure thing only that three tries are the most.
  expect(await patiently(work, () => true)).toBe('late')
  expect(tries).toBeLessThanOrEqual(3)
  expect(await patiently(work, () => false)).toBe('late')
})
