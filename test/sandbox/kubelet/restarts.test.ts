import fc from 'fast-check'
import { expect, it } from 'vitest'
import { backOff, isStartedAgain, nextWait } from '../../../src/sandbox/kubelet/restarts.ts'

it('starts at once the first time, then waits twice as long each time, up to half a minute', () => {
  const waits: number[] = []
  for (let crash = 0; crash < 8; crash += 1) waits.push(nextWait(waits.at(-1), 10))
  expect(waits).toEqual([0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
})

it('begins anew with a container that has run for a minute', () => {
  expect(nextWait(30_000, 59_999)).toBe(30_000)
  expect(nextWait(30_000, 60_000)).toBe(0)
})

it('lets no crash loop begin more than once in half a minute in the long run', () => {
  const runs = fc.array(fc.integer({ min: 0, max: backOff.forgottenAfter - 1 }), {
    minLength: 7,
    maxLength: 60,
  })
  fc.assert(
    fc.property(runs, times => {
      let waited: number | undefined
      for (const [crash, ran] of times.entries()) {
        waited = nextWait(waited, ran)
        if (crash >= 6 && waited !== backOff.most) return false
      }
      return true
    }),
  )
})

it.each([
  ['Always', 0, true],
  ['Always', 1, true],
  ['OnFailure', 0, false],
  ['OnFailure', 137, true],
  ['Never', 0, false],
  ['Never', 1, false],
] as const)('%s and exit code %i: started again is %s', (policy, exitCode, again) => {
  expect(isStartedAgain(policy, exitCode)).toBe(again)
})
