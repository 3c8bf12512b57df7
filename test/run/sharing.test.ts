import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Stretch } from '../../src/command/independent.ts'
import { Sharing } from '../../src/run/sharing.ts'

/** Up to 60 items, with stretches among them. */
const lists = fc.array(fc.record({ alone: fc.nat(4), beside: fc.nat(12) }), { maxLength: 4 }).map(parts => {
  const stretches: Stretch[] = []
  let count = 0
  for (const { alone, beside } of parts) {
    count += alone
    if (beside > 0) stretches.push({ from: count, end: count + beside })
    count += beside
  }
  return { count, stretches }
})

/** Each number is a choice: a worker that comes to the end of what it is at, or one more worker. */
const choices = fc.array(fc.nat(), { minLength: 1, maxLength: 200 })

/** Carries out what is given, whoever is first; `during` sees what is at work. */
function work(
  { count, stretches }: { count: number; stretches: readonly Stretch[] },
  choose: readonly number[],
  during: (atWork: readonly number[], sharing: Sharing) => void,
): Sharing {
  const sharing = new Sharing(count, stretches)
  const workers = [sharing.join()]
  for (let turn = 0; !sharing.isOver || atWork().length > 0; turn += 1) {
    while (sharing.next() !== undefined) during(atWork(), sharing)
    const busy = workers.filter(worker => sharing.at(worker) !== undefined)
    const choice = choose[turn % choose.length]! % (busy.length + 1)
    const worker = busy[choice]
    if (worker !== undefined) sharing.did(worker, sharing.at(worker)!)
    else if (workers.length < 4) workers.push(sharing.join())
    else sharing.did(busy[0]!, sharing.at(busy[0]!)!)
    during(atWork(), sharing)
  }
  function atWork() {
    return workers.map(worker => sharing.at(worker)).filter(item => item !== undefined)
  }
  return sharing
}

describe('items that workers share', () => {
  it('are begun when all before them are done, but for those of their own stretch', () => {
    fc.assert(
      fc.property(lists, choices, (list, choose) => {
        work(list, choose, (atWork, sharing) => {
          for (const item of atWork) {
            const stretch = list.stretches.find(({ from, end }) => from <= item && item < end)
            const before = stretch?.from ?? item
            expect(Array.from({ length: before }, (_, at) => at).every(at => sharing.isDone(at))).toBe(true)
          }
        })
      }),
    )
  })

  it('are all done in the end, and none twice', () => {
    fc.assert(
      fc.property(lists, choices, (list, choose) => {
        const sharing = work(list, choose, () => {})
        expect(Array.from({ length: list.count }, (_, at) => sharing.isDone(at))).toEqual(
          Array(list.count).fill(true),
        )
        expect(sharing.next()).toBeUndefined()
        expect(sharing.reached).toBe(list.count - 1)
      }),
    )
  })

  it('are told as reached once all up to them have begun', () => {
    fc.assert(
      fc.property(lists, choices, (list, choose) => {
        let last = -1
        work(list, choose, (atWork, sharing) => {
          const { reached } = sharing
          expect(reached).toBeGreaterThanOrEqual(last)
          for (let item = last + 1; item <= reached; item += 1)
            expect(sharing.isDone(item) || atWork.includes(item)).toBe(true)
          last = reached
        })
      }),
    )
  })

  it('go to two at once where they are of one stretch', () => {
    const sharing = new Sharing(6, [{ from: 1, end: 5 }])
    const [one, other] = [sharing.join(), sharing.join()]
    expect(sharing.next()).toEqual({ item: 0, worker: one })
    // The first one may well have the next ones waiting; the other waits for what is before the stretch.
    expect(sharing.next()).toEqual({ item: 1, worker: one })
    sharing.did(one, 0)
    expect(sharing.next()).toEqual({ item: 2, worker: other })
    expect([sharing.at(one), sharing.at(other)]).toEqual([1, 2])
  })

  it('are given to nobody any more after a stop', () => {
    const sharing = new Sharing(2, [])
    sharing.join()
    sharing.stop()
    expect(sharing.next()).toBeUndefined()
    expect(sharing.isOver).toBe(true)
  })
})
