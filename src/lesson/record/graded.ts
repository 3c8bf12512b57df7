import type { JudgedPrediction } from '../predictions/explanation.ts'
import type { Entry } from './entries.ts'
import type { Doubt, ReadRecord } from './read-record.ts'

/** A step of a lesson, as a student went through it. */
export interface GradedStep {
  title: string
  /** Whether its commands ran. */
  walked: boolean
  /** Its checks held; undefined: it was not done. */
  ok?: boolean
  /** Milliseconds, until the next step began. */
  ms: number
  /** The first answer to its question that was given, or that none was; undefined: nothing was asked. */
  predicted?: JudgedPrediction['verdict']
  /** Of a step that is a task. */
  task?: 'reached' | 'solution' | 'open'
  hints: number
  /** Lines that were typed in shells after it. */
  typed: number
}

/** A record, graded. */
export interface GradedRecord {
  file: string
  student: string
  lab: string
  title: string
  /** ISO 8601. */
  began: string
  /** Milliseconds, from its first entry to its last. */
  ms: number
  steps: readonly GradedStep[]
  /** How it ended; `broken off`: it has no end. */
  ended: 'finished' | 'quit' | 'interrupted' | 'broken off'
  /** The index of the step that took longest, and of the last one that began; undefined: none has begun. */
  longest?: number
  last?: number
  doubts: readonly Doubt[]
}

/** How many predictions of a record came to each end. */
export function countPredicted({ steps }: GradedRecord): Record<JudgedPrediction['verdict'], number> {
  const count = (verdict: string) => steps.filter(({ predicted }) => predicted === verdict).length
  return { right: count('right'), wrong: count('wrong'), skipped: count('skipped'), void: count('void') }
}

/** What a record says of its student. */
export function grade({ file, entries, doubts }: ReadRecord): GradedRecord {
  const [begin] = entries
  if (begin?.kind !== 'begin') throw new TypeError('a record that was read begins')
  const steps: GradedStep[] = begin.steps.map((title, index) => ({
    ...{ title, walked: false, ms: 0, hints: 0, typed: 0 },
    ...(begin.tasks.includes(index) ? { task: 'open' as const } : {}),
  }))
  let now: GradedStep | undefined
  let last: number | undefined
  let ended: GradedRecord['ended'] = 'broken off'
  for (const [at, entry] of entries.entries()) {
    const before = entries[at - 1]
    if (now !== undefined && before !== undefined) now.ms += Math.max(0, entry.at - before.at)
    if (entry.kind === 'step') {
      now = steps[entry.step]
      last = now === undefined ? last : entry.step
    }
    if (entry.kind === 'typed' && now !== undefined) now.typed += 1
    if (entry.kind === 'end') ended = entry.how
    const step = 'step' in entry ? steps[entry.step] : undefined
    if (step !== undefined) take(step, entry)
  }
  const walked = steps.filter(step => step.walked)
  const slowest = walked.reduce<GradedStep | undefined>(
    (most, step) => (most === undefined || step.ms > most.ms ? step : most),
    undefined,
  )
  return {
    ...{ file, student: begin.student, lab: begin.lab, title: begin.title, began: begin.time },
    ms: Math.max(0, (entries.at(-1)?.at ?? 0) - begin.at),
    ...{ steps, ended, doubts },
    ...(slowest === undefined ? {} : { longest: steps.indexOf(slowest) }),
    ...(last === undefined ? {} : { last }),
  }
}

/** Takes what an entry says of its step. */
function take(step: GradedStep, entry: Entry): void {
  switch (entry.kind) {
    case 'step':
      step.walked = true
      break
    case 'done':
      step.ok = entry.ok
      break
    case 'judged':
      // The first answer counts, also of a question that was asked once more.
      if (step.predicted === undefined || step.predicted === 'skipped' || step.predicted === 'void')
        step.predicted = entry.verdict
      break
    case 'hint':
      step.hints = Math.max(step.hints, entry.number)
      break
    case 'solution':
      if (step.task !== 'reached') step.task = 'solution'
      break
    case 'goal':
      if (entry.reached && step.task !== 'solution') step.task = 'reached'
  }
}
