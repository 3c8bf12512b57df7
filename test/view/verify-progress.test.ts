import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openTerminal } from '../../src/view/terminal.ts'
import { openVerifyProgress, verifyWords } from '../../src/view/verify-progress.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A log, and what has been written to it. */
function log(): { err: ReturnType<typeof openTerminal>['err']; text: () => string } {
  const stream = new PassThrough()
  const { err } = openTerminal({ err: stream, env: {} })
  return { err, text: () => String(stream.read() ?? '') }
}

it('says how far it is, and how much of that is off', () => {
  expect(
    [
      { kind: 'checks', done: 12, count: 16, off: 3 } as const,
      { kind: 'checks', done: 1, count: 1, off: 1 } as const,
      { kind: 'services', done: 0, count: 4, off: 0 } as const,
      { kind: 'services', done: 2, count: 4, off: 1 } as const,
    ].map(verifyWords),
  ).toEqual([
    '12 of 16 checks tried, 3 do not hold',
    '1 of 1 check tried, 1 does not hold',
    '0 of 4 samples of services taken',
    '2 of 4 samples of services taken, 1 off',
  ])
})

it('a log hears of it only where it takes long', async () => {
  const { err, text } = log()
  const progress = openVerifyProgress(err, false)
  progress.hear({ kind: 'checks', done: 3, count: 16, off: 3 })
  vi.advanceTimersByTime(9_000)
  expect(text()).toBe('')
  vi.advanceTimersByTime(2_000)
  expect(text()).toBe('3 of 16 checks tried, 3 do not hold\n')
  await progress.stop()
  vi.advanceTimersByTime(60_000)
  expect(text()).toBe('')
})

it('a program that reads the result hears of nothing else', async () => {
  const { err, text } = log()
  const progress = openVerifyProgress(err, true)
  progress.hear({ kind: 'matrix' })
  vi.advanceTimersByTime(60_000)
  await progress.stop()
  expect(text()).toBe('')
})
