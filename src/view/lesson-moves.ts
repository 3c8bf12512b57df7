import type { WalkedStep } from '../lesson/lesson-record.ts'
import type { Move, Parting } from '../lesson/walk.ts'
import type { Check, Pod } from '../model/lab.ts'
import type { Step } from '../plan/plan.ts'
import { questionOf, type TracedQuestion } from '../trace/request-of-check.ts'
import type { LessonKey } from './lesson.ts'
import { unfoldKey } from './step-folds.ts'
import { en, type Words } from './words/en.ts'

/** A key, and where it leads. */
export type Choice<Chosen> = LessonKey & { leadsTo: Chosen }

/** Whether a step shows nothing that it does. */
export function isBare({ actions, checks }: Step): boolean {
  return actions.length + checks.length === 0
}

/** The keys before a step; the first one goes on. */
export function movesBefore(step: Step, index: number, words: Words = en): Choice<Move>[] {
  const does = step.actions.length === 0 ? words.does.try : words.does.run
  const isTask = isBare(step) && step.task !== undefined
  return [
    { key: 'Enter', does: isTask ? words.does.begin : does, leadsTo: 'on' },
    ...elsewhere(index, index > 0, words),
  ]
}

/** The keys after a step; `question`: what a trace of it would follow. */
export function movesAfter(
  question: TracedQuestion | undefined,
  index: number,
  isLast: boolean,
  words: Words = en,
): Choice<Move>[] {
  return [
    { key: 'Enter', does: isLast ? words.does.finish : words.does.on, leadsTo: 'on' },
    ...(question === undefined ? [] : [{ key: 't', does: words.does.trace, leadsTo: { trace: question } }]),
    ...elsewhere(index, true, words),
  ]
}

function elsewhere(index: number, hasLab: boolean, { does }: Words): Choice<Move>[] {
  return [
    ...(hasLab ? [{ key: 'g', does: does.graph, leadsTo: 'graph' as const }] : []),
    ...(index === 0 ? [] : [{ key: 'b', does: does.back, leadsTo: 'back' as const }]),
    { key: 'r', does: does.again, leadsTo: 'again' },
    { key: 's', does: does.shell, leadsTo: 'shell' },
    { key: 'q', does: does.quit, leadsTo: 'quit' },
  ]
}

/** The keys where somebody leaves, or has seen the last step. */
export function partingsIn({ does }: Words): readonly Choice<Parting>[] {
  return [
    { key: 'Enter', does: does.down, leadsTo: 'down' },
    { key: 'k', does: does.keep, leadsTo: 'keep' },
    { key: 'b', does: does.stay, leadsTo: 'stay' },
  ]
}

/** The keys where a lab of the lesson's name is up: whether that one gives way. */
export function givingWay({ does }: Words): readonly Choice<boolean>[] {
  return [
    { key: 'Enter', does: does.replace, leadsTo: true },
    { key: 'q', does: does.quit, leadsTo: false },
  ]
}

/** The key that shows what is folded. */
export function unfolding({ does }: Words): Choice<'unfold'> {
  return { key: unfoldKey, does: does.unfold, leadsTo: 'unfold' }
}

/**
 * What a trace of a step's checks follows next: first those that failed, then the one that was asked about, then from the last one back,
 * and round again; undefined where it has none.
 */
export function nextQuestion(
  { checks, traces }: WalkedStep,
  pods: readonly Pod[],
  asked?: Check,
): TracedQuestion | undefined {
  const newest = checks.toReversed()
  const groups = [
    newest.filter(({ ok }) => !ok),
    newest.filter(({ ok, check }) => ok && check === asked),
    newest.filter(({ ok, check }) => ok && check !== asked),
  ]
  const sorted = groups.flat()
  const questions = sorted.flatMap(({ check }) => questionOf(check, pods) ?? [])
  return questions[traces.length % Math.max(1, questions.length)]
}
