import type { GradedInFull, GradeReport } from '../../lesson/record/grade-folder.ts'
import { isFine } from '../../lesson/record/grade-folder.ts'
import { type Case, suite } from '../junit.ts'
import { doubtWords, stepWords } from './words.ts'

/** `netlab grade --format junit`: a case for each step of each student, and one for the record itself. */
export function renderGradeJunit({ records, unread }: GradeReport): string {
  return suite('grade', [
    ...records.flatMap(recordCases),
    ...unread.map(({ file, refusal }) => ({
      group: [file],
      name: 'the record',
      failure: { message: 'it is no record', text: [refusal] },
    })),
  ])
}

function recordCases(record: GradedInFull): Case[] {
  const group = [record.lab, record.student]
  const text = doubtWords(record)
  return [
    {
      ...{ group, name: 'the record' },
      ...(isFine(record) ? {} : { failure: { message: 'it is doubtful', text } }),
    },
    ...record.steps.map((step, index): Case => {
      const words = stepWords(step)
      const one = { group, name: `step ${index + 1}: ${step.title}`, ms: step.ms }
      if (!step.walked) return { ...one, skipped: words }
      const isBad = step.predicted === 'wrong' || step.task === 'open' || step.task === 'solution'
      return isBad ? { ...one, failure: { message: words, text: [words] } } : one
    }),
  ]
}
