import { expect, it } from 'vitest'
import type { GradedInFull } from '../../../src/lesson/record/grade-folder.ts'
import type { GradedStep } from '../../../src/lesson/record/graded.ts'
import { renderGradeTable } from '../../../src/view/grade/table.ts'
import { plainStyle } from '../../../src/view/terminal.ts'

function step(more: Partial<GradedStep>): GradedStep {
  return { title: 'A step', walked: true, ok: true, ms: 4000, hints: 0, typed: 0, ...more }
}

function record(student: string, steps: readonly GradedStep[], more: Partial<GradedInFull>): GradedInFull {
  return {
    ...{ file: `${student}.jsonl`, student, lab: 'clusterip', title: 'From one DNAT rule' },
    ...{ began: '2026-03-01T10:00:00.000Z', ms: 62_000, steps, ended: 'finished', doubts: [] },
    ...more,
  }
}

function table(records: readonly GradedInFull[]): string {
  return renderGradeTable(plainStyle(80), { records, unread: [], ok: true })
}

it('a lesson of fourteen steps has a line of 80 columns for each student', () => {
  const asked = (right: number) =>
    Array.from({ length: 14 }, (_, at) => step({ predicted: at < right ? 'right' : 'wrong' }))
  const [, head, anna, bert] = table([
    record('anna', asked(14), { longest: 11, last: 13, again: { state: 'holds', words: '' } }),
    record('bert', asked(9), { longest: 3, last: 5, ended: 'quit', again: { state: 'differs', words: '' } }),
  ]).split('\n')
  expect(head).toBe('  student  12345678901234  foretold  time       longest     ended      rebuilt')
  expect(anna).toBe('  anna     ✔✔✔✔✔✔✔✔✔✔✔✔✔✔  14 of 14  1 min 2 s  12 (4.0 s)  finished   holds')
  expect(bert).toBe('  bert     ✔✔✔✔✔✔✔✔✔✘✘✘✘✘  9 of 14   1 min 2 s  4 (4.0 s)   quit at 6  differs')
})

it('an exercise says how its task was reached', () => {
  const exercise = (task: Partial<GradedStep>) => [step({}), step(task)]
  const [, head, anna, bert, cleo] = table([
    record('anna', exercise({ task: 'reached', hints: 2 }), {}),
    record('bert', exercise({ task: 'solution' }), {}),
    record('cleo', exercise({ task: 'open' }), { ended: 'quit', last: 1 }),
  ]).split('\n')
  expect(head).toContain('student  1  2    tasks')
  expect(anna).toContain('anna     ·  R2   1 of 1')
  expect(bert).toContain('bert     ·  S    0 of 1')
  expect(cleo).toMatch(/cleo {5}· {2}O {4}0 of 1 .* quit at 2/)
})

it('a line that would not fit does without the longest step, and then without the time', () => {
  const asked = Array.from({ length: 14 }, () => step({ predicted: 'wrong' }))
  const more = { longest: 11, last: 11, ended: 'broken off', again: { state: 'differs', words: '' } } as const
  const headAt = (student: string) => table([record(student, asked, more)]).split('\n')[1]
  expect(headAt('anna')).toBe('  student  12345678901234  foretold  time       ended             rebuilt')
  expect(headAt('anna-maria-josepha')).toBe(
    '  student             12345678901234  foretold  ended             rebuilt',
  )
})
