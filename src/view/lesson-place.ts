import { shellWord } from '../command/command-line.ts'
import type { LessonPlace } from '../lesson/progress.ts'
import type { Beginning } from '../lesson/walk.ts'
import { block, hanging } from './layout.ts'
import type { Choice } from './lesson-moves.ts'
import type { Style } from './terminal.ts'
import { en, type Words } from './words/en.ts'

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

/** How a lesson that is left half-way goes on; empty where it is at its start or its end. `argv`: what is typed behind `netlab walk`. */
export function goesOn(
  { color, width, words }: Style,
  argv: readonly string[],
  place: Pick<LessonPlace, 'steps' | 'of'> | undefined,
): string {
  if (place === undefined) return ''
  const command = color.cyan(['netlab walk', ...argv.map(shellWord)].join(' '))
  return block(hanging('', words.isAt(place.steps + 1, place.of, command), width, 2))
}
