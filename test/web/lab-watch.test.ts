import { expect, test } from 'vitest'
import type { Told } from '../../src/view/live/parts.ts'
import { LabWatch, shownRunning } from '../../src/web/lab-watch.ts'

/** What a page is told that opens, or comes back, at this moment. */
function toldNow(watch: LabWatch): Told[] {
  const told: Told[] = []
  const gone = new AbortController()
  watch.listen(each => told.push(each), gone.signal)
  gone.abort()
  return told
}

test('a page that comes back is told that something goes on, and also that nothing does any more', async () => {
  const watch = new LabWatch('no-such-lab', shownRunning('no-such-lab'), new AbortController().signal)
  let end = () => {}
  const ended = new Promise<void>(resolve => {
    end = resolve
  })
  const work = watch.whileBusy('a link goes down', () => ended)
  expect(toldNow(watch)).toContainEqual({ kind: 'busy', words: 'a link goes down' })
  await expect(watch.whileBusy('another', async () => {})).rejects.toThrow('not now: a link goes down')
  end()
  await work
  expect(toldNow(watch)).toEqual([
    { kind: 'busy', words: '' },
    { kind: 'trouble', words: '' },
  ])
})

test('it is idle when what was asked for has come to its end, though that failed', async () => {
  const watch = new LabWatch('no-such-lab', shownRunning('no-such-lab'), new AbortController().signal)
  const ends: string[] = []
  let fail = (_: Error) => {}
  const failed = new Promise<void>((_, reject) => {
    fail = reject
  })
  const work = watch.whileBusy('a link goes down', () => failed).catch(() => ends.push('work'))
  const idle = watch.idle().then(() => ends.push('idle'))
  await new Promise(resolve => setImmediate(resolve))
  expect(ends).toEqual([])
  fail(new Error('it does not'))
  await Promise.all([work, idle])
  expect(ends.toSorted()).toEqual(['idle', 'work'])
})
