import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countPredicted, grade } from '../../../src/lesson/record/graded.ts'
import { copies, parseRecord, type ReadRecord } from '../../../src/lesson/record/read-record.ts'
import { begin, recordText, type Timed, twoSteps } from './records.ts'

function read(text: string, file = 'anna.jsonl'): ReadRecord {
  const record = parseRecord(text, file)
  if ('refusal' in record) throw new Error(record.refusal)
  return record
}

const doubts = (text: string) => read(text).doubts.map(({ kind }) => kind)

describe('a record', () => {
  it('is read as it was written, and nothing about it is doubtful', () => {
    const record = read(recordText(twoSteps('anna', 1000)))
    expect(record.doubts).toEqual([])
    expect(record.entries).toHaveLength(10)
  })

  it('tells which entry was changed, whichever it is and whatever of it', () => {
    const text = recordText(twoSteps('anna', 1000))
    const lines = text.split('\n')
    for (const [at, line] of lines.slice(0, -1).entries()) {
      const changed = line.replace(/"at":(\d+)/, (_, ms) => `"at":${Number(ms) + 1}`)
      expect(read(lines.with(at, changed).join('\n')).doubts, `${at}`).toContainEqual({
        kind: 'changed',
        words: `entry ${at} was changed`,
      })
    }
  })

  it('tells that an entry was taken out, and that one was put in', () => {
    const lines = recordText(twoSteps('anna', 1000)).split('\n')
    expect(doubts(lines.toSpliced(4, 1).join('\n'))).toContain('damaged')
    expect(doubts(lines.toSpliced(4, 0, lines[4]!).join('\n'))).toContain('damaged')
  })

  it('of which the end was cut off in the middle of a line is read up to there: its lesson was killed', () => {
    const text = recordText(twoSteps('anna', 1000))
    const record = read(text.slice(0, -40))
    expect(record.entries).toHaveLength(9)
    expect(record.doubts).toEqual([])
    expect(grade(record)).toMatchObject({ ended: 'broken off', last: 1 })
  })

  it('whose times run backwards, or whose clock was set, is doubtful', () => {
    const timed = twoSteps('anna', 1000)
    expect(doubts(recordText(timed.with(4, [-5000, timed[4]![1]])))).toEqual(['backwards'])
    expect(doubts(recordText(timed, { 5: 3_600_000 }))).toEqual(['clock'])
    expect(doubts(recordText(timed, { 5: 2000 }))).toEqual([])
  })

  it('is no record where it does not begin as one', () => {
    for (const text of ['', '\n', '{}\n', 'null\n', '[]\n', '{"kind":"end"}\n', '<html>\n', '"'.repeat(5000)])
      expect(parseRecord(text, 'x.jsonl'), text).toHaveProperty('refusal')
    expect(parseRecord(`${'['.repeat(200_000)}\n`, 'x.jsonl')).toHaveProperty('refusal')
    expect(parseRecord(recordText(twoSteps('anna', 1000).slice(1)), 'x.jsonl')).toHaveProperty('refusal')
  })

  it('never throws, whatever was made of its text', () => {
    const text = recordText(twoSteps('anna', 1000))
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(60), fc.string({ maxLength: 30 }), (at, cut, put) => {
        const record = parseRecord(text.slice(0, at) + put + text.slice(at + cut), 'x.jsonl')
        if (!('refusal' in record)) expect(grade(record).student).toBeTypeOf('string')
      }),
      { numRuns: 300 },
    )
  })
})

describe('records of several students', () => {
  const parsed = (texts: Readonly<Record<string, string>>) =>
    Object.entries(texts).map(([file, text]) => read(text, file))
  const copied = (texts: Readonly<Record<string, string>>) =>
    [...copies(parsed(texts))].map(([{ file }, { words }]) => `${file}: ${words}`)

  it('are copies where one is the other, also in part', () => {
    const text = recordText(twoSteps('anna', 1000))
    expect(copied({ 'a.jsonl': text, 'b.jsonl': `${text.split('\n').slice(0, 4).join('\n')}\n` })).toEqual([
      'a.jsonl: it has entries in common with b.jsonl',
      'b.jsonl: it has entries in common with a.jsonl',
    ])
  })

  it('are copies where only the name was changed, and the chain made anew', () => {
    expect(
      copied({
        'a.jsonl': recordText(twoSteps('anna', 1000)),
        'b.jsonl': recordText(twoSteps('bert', 1000)),
        'c.jsonl': recordText(twoSteps('carl', 1234)),
      }),
    ).toEqual([
      'a.jsonl: it has entries in common with b.jsonl',
      'b.jsonl: it has entries in common with a.jsonl',
    ])
  })

  it('are none where two did the same at their own pace', () => {
    expect(
      copied({
        'a.jsonl': recordText(twoSteps('anna', 1000)),
        'b.jsonl': recordText(twoSteps('bert', 1003)),
      }),
    ).toEqual([])
  })
})

describe('what a record is worth', () => {
  it('is told by step: what was foretold, and how long it took', () => {
    const graded = grade(read(recordText(twoSteps('anna', 1000, [null, 0]))))
    expect(graded.steps.map(({ predicted }) => predicted)).toEqual(['skipped', 'right'])
    expect(countPredicted(graded)).toEqual({ right: 1, wrong: 0, skipped: 1, void: 0 })
    expect(graded).toMatchObject({ student: 'anna', ended: 'finished', longest: 0, last: 1, ms: 5110 })
    expect(graded.steps.map(({ ms }) => ms)).toEqual([2055, 2055])
  })

  it('counts the first answer, also of a step that was gone back to', () => {
    const [first, ...rest] = twoSteps('anna', 1000, [1, 0])
    const again: Timed[] = [
      [900, { kind: 'back', steps: 0 }],
      [900, { kind: 'step', step: 0 }],
      [900, { kind: 'judged', step: 0, verdict: 'right', came: 'a answered' }],
    ]
    const graded = grade(read(recordText([first!, ...rest.slice(0, 4), ...again, ...rest.slice(4)])))
    expect(graded.steps.map(({ predicted }) => predicted)).toEqual(['wrong', 'right'])
  })

  it('knows of a task how many hints it took, and whether its solution was shown', () => {
    const tasks: Timed[] = [
      begin('anna', { tasks: [0, 1] }),
      [10, { kind: 'step', step: 0 }],
      [10, { kind: 'hint', step: 0, number: 1 }],
      [10, { kind: 'hint', step: 0, number: 2 }],
      [10, { kind: 'goal', step: 0, reached: false, checks: [] }],
      [10, { kind: 'goal', step: 0, reached: true, checks: [] }],
      [10, { kind: 'step', step: 1 }],
      [10, { kind: 'solution', step: 1 }],
      [10, { kind: 'goal', step: 1, reached: true, checks: [] }],
    ]
    const { steps } = grade(read(recordText(tasks)))
    expect(steps.map(({ task, hints }) => ({ task, hints }))).toEqual([
      { task: 'reached', hints: 2 },
      { task: 'solution', hints: 0 },
    ])
  })

  it('takes steps that the lab does not have for nothing', () => {
    const record = read(recordText([begin('anna'), [10, { kind: 'step', step: 9999 }]]))
    expect(grade(record)).toMatchObject({
      ended: 'broken off',
      steps: [{ walked: false }, { walked: false }],
    })
  })
})
