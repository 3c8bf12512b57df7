import type { WalkedStep } from '../lesson/lesson-record.ts'
import type { Move, Parting } from '../lesson/walk.ts'
import type { Pod } from '../model/lab.ts'
import type { Step } from '../plan/plan.ts'
import { questionOf, type TracedQuestion } from '../trace/request-of-check.ts'
import type { LessonKey } from './lesson.ts'

/** A key, and where it leads. */
export type Choice<Chosen> = LessonKey & { leadsTo: Chosen }

/** The keys before a step; the first one goes on. */
export function movesBefore(step: Step, index: number): Choice<Move>[] {
  const does = step.actions.length === 0 ? 'try' : 'run'
  return [{ key: 'Enter', does, leadsTo: 'on' }, ...elsewhere(index, index > 0)]
}

/** The keys after a step; `question`: what a trace of it would follow. */
export function movesAfter(
  question: TracedQuestion | undefined,
  index: number,
  isLast: boolean,
): Choice<Move>[] {
  return [
    { key: 'Enter', does: isLast ? 'finish' : 'go on', leadsTo: 'on' },
    ...(question === undefined ? [] : [{ key: 't', does: 'trace', leadsTo: { trace: question } }]),
    ...elsewhere(index, true),
  ]
}

function elsewhere(index: number, hasLab: boolean): Choice<Move>[] {
  return [
    ...(hasLab ? [{ key: 'g', does: 'graph', leadsTo: 'graph' as const }] : []),
    ...(index === 0 ? [] : [{ key: 'b', does: 'back', leadsTo: 'back' as const }]),
    { key: 'r', does: 'repeat', leadsTo: 'again' },
    { key: 's', does: 'shell', leadsTo: 'shell' },
    { key: 'q', does: 'quit', leadsTo: 'quit' },
  ]
}

/** The keys where somebody leaves, or has seen the last step. */
export const partings: readonly Choice<Parting>[] = [
  { key: 'Enter', does: 'take it down', leadsTo: 'down' },
  { key: 'k', does: 'keep it up', leadsTo: 'keep' },
  { key: 'b', does: 'back to the lesson', leadsTo: 'stay' },
]

/** What a trace of a step's checks follows next: first those that failed, then from the last one back, and round again; undefined where it has none. */
export function nextQuestion(
  { checks, traces }: WalkedStep,
  pods: readonly Pod[],
): TracedQuestion | undefined {
  const newest = checks.toReversed()
  const sorted = [...newest.filter(({ ok }) => !ok), ...newest.filter(({ ok }) => ok)]
  const questions = sorted.flatMap(({ check }) => questionOf(check, pods) ?? [])
  return questions[traces.length % Math.max(1, questions.length)]
}
