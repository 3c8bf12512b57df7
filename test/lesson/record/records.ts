import { hashOf, nothingBefore, seal } from '../../../src/lesson/record/chain.ts'
import type { Entry, Happening } from '../../../src/lesson/record/entries.ts'

/** What happened, and how many milliseconds after the thing before. */
export type Timed = readonly [after: number, happening: Happening]

const start = Date.parse('2026-03-02T09:00:00.000Z')

/** How a lesson of two steps begins. */
export function begin(student: string, more: Partial<Extract<Happening, { kind: 'begin' }>> = {}): Timed {
  return [
    0,
    {
      kind: 'begin',
      version: 1,
      lab: 'two-steps',
      title: 'Two steps',
      text: hashOf(''),
      netlab: '0.1.0',
      student,
      steps: ['One', 'Two'],
      tasks: [],
      ...more,
    },
  ]
}

/** A record's text. `skew`: milliseconds by which the machine's clock is off from an entry on. */
export function recordText(timed: readonly Timed[], skew: Readonly<Record<number, number>> = {}): string {
  let before = nothingBefore
  let at = 0
  let off = 0
  const lines = timed.map(([after, happening], n) => {
    at += after
    off += skew[n] ?? 0
    const entry: Entry = { n, at, time: new Date(start + at + off).toISOString(), ...happening }
    const { line, sha256 } = seal(entry, before)
    before = sha256
    return `${line}\n`
  })
  return lines.join('')
}

/** A lesson of two steps; `pace`: how slowly it goes, in milliseconds. */
export function twoSteps(student: string, pace: number, said: readonly (number | null)[] = [0, 1]): Timed[] {
  const verdict = (answer: number | null) =>
    answer === null ? ('skipped' as const) : answer === 0 ? ('right' as const) : ('wrong' as const)
  return [
    begin(student),
    ...said.flatMap((answer, step): Timed[] => [
      [pace, { kind: 'step', step }],
      [pace, { kind: 'asked', step, ask: 'who?', answers: ['a', 'b'], right: 0, said: answer }],
      [50, { kind: 'done', step, ok: true, checks: [{ what: 'curl x', ok: true, observed: 'a answered' }] }],
      [5, { kind: 'judged', step, verdict: verdict(answer), came: 'a answered' }],
    ]),
    [pace, { kind: 'end', how: 'finished', steps: 2, kept: false }],
  ]
}
