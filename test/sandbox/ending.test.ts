import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Ending } from '../../src/sandbox/ending.ts'

// So that the time that passes here is the test's own.
vi.mock('../../src/sandbox/patience.ts', () => ({ fitting: (time: number) => time }))

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A command whose end and output the test brings about. */
function command() {
  let bytes = 0
  const destroy = vi.fn()
  const child = Object.assign(new EventEmitter(), {
    stdout: { destroy },
    stderr: { destroy },
    unref: () => {},
  })
  const ending = new Ending(child as unknown as ChildProcess, () => bytes)
  let exitCode: number | undefined
  ending.done.then(code => {
    exitCode = code
  })
  return {
    ending,
    exits: () => child.emit('exit', 0, null),
    closes: () => child.emit('close'),
    prints: (count: number) => {
      bytes += count
    },
    exitCode: () => exitCode,
  }
}

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds)

describe('a command whose output another program holds open', () => {
  it('has ended when nothing comes any more', async () => {
    const it = command()
    it.exits()
    await pass(150)
    expect(it.exitCode()).toBeUndefined()
    await pass(150)
    expect(it.exitCode()).toBe(0)
  })

  it('is listened to while it goes on talking', async () => {
    const it = command()
    it.exits()
    for (let times = 0; times < 10; times += 1) {
      it.prints(10)
      await pass(190)
      expect(it.exitCode()).toBeUndefined()
    }
    await pass(400)
    expect(it.exitCode()).toBe(0)
  })

  it('is not listened to for ever, but never while its output still holds something', async () => {
    const it = command()
    it.exits()
    for (let times = 0; times < 40 && it.exitCode() === undefined; times += 1) {
      it.prints(10)
      await pass(190)
    }
    expect(it.exitCode()).toBe(0)
  })
})

it('a command that closes its output with its end has ended at once', async () => {
  const it = command()
  it.exits()
  it.closes()
  await pass(0)
  expect(it.exitCode()).toBe(0)
})

it('a command that even SIGKILL does not end, since it hangs in the kernel, is waited for two seconds', async () => {
  const it = command()
  it.ending.end()
  await pass(1900)
  expect(it.exitCode()).toBeUndefined()
  await pass(200)
  expect(it.exitCode()).toBe(137)
})
