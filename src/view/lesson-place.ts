import type { LessonPlace } from '../lesson/progress.ts'
import { block, hanging } from './layout.ts'
import type { Choice } from './lesson-moves.ts'
import type { Style } from './terminal.ts'
import { en, type Words } from './words/en.ts'

/** Where a lesson begins that was left half-way: where it was left, with the first step, or not at all. */
export type Beginning = 'there' | 'anew' | 'quit'

/** `at step 5 of 9`: the step that comes next. */
export function placeWords({ steps, of }: Pick<LessonPlace, 'steps' | 'of'>): string {
  return `at step ${Math.min(steps + 1, of)} of ${of}`
}

/** That the lesson was left half-way. */
export function placeLeft({ color, width, words }: Style, { steps, of, day }: LessonPlace): string {
  return block(['', ...hanging('', color.cyan(words.wasAt(steps + 1, of, day)), width)])
}

/** The keys where a lesson was left half-way. */
export function beginnings({ steps }: LessonPlace, { does }: Words = en): Choice<Beginning>[] {
  return [
    { key: 'Enter', does: does.onAt(steps + 1), leadsTo: 'there' },
    { key: 'a', does: does.anew, leadsTo: 'anew' },
    { key: 'q', does: does.quit, leadsTo: 'quit' },
  ]
}

/** How a lesson that was left half-way goes on. `lab`: what is typed for it. */
export function goesOn(
  { color, width, words }: Style,
  lab: string,
  { steps, of }: Pick<LessonPlace, 'steps' | 'of'>,
): string {
  return block(hanging('', words.isAt(steps + 1, of, color.cyan(`netlab walk ${lab}`)), width, 2))
}
