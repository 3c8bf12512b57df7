import type { LessonEvent } from '../lesson/events.ts'
import { renderError } from './error.ts'
import { commandFailureLines } from './failure.ts'
import { duration } from './format.ts'
import { block, hanging } from './layout.ts'
import type { Style } from './terminal.ts'
import { traceLines } from './trace/lines.ts'
import { traceCommand } from './trace/trace-command.ts'

/** What a lesson says between its steps: of a step that failed, of a request that was followed, of a lab that was built again. */

/** `index` is 0-based; `canTrace`: something that its checks ask can be followed. */
export function stepFailed({ color, width, words: said }: Style, index: number, canTrace: boolean): string {
  const words = said.stepFailed(index + 1, canTrace)
  return block(['', ...hanging(`${color.red('✘')} `, words, width)])
}

/** A request of a check, followed; `isShort`: it goes into the record, and nobody waits for it here. */
export function lessonTrace(
  style: Style,
  { question, report }: Extract<LessonEvent, { kind: 'traced' }>,
  isShort: boolean,
): string {
  const { color, words } = style
  const command = `${color.green('$')} ${color.bold(traceCommand(question))}`
  if (isShort) return block([command, color.dim(`  ${words.inRecord}`)])
  return block(['', command, '', ...traceLines(style, report)])
}

/** Why it could not be followed. */
export function lessonNotTraced(
  style: Style,
  { question, error }: Extract<LessonEvent, { kind: 'not-traced' }>,
): string {
  const { color } = style
  return `\n${color.green('$')} ${color.bold(traceCommand(question))}\n${renderError(style, error)}`
}

/** That a lesson goes on where it was left. */
export function resumedAt(
  style: Style,
  { steps, ms, failures }: Extract<LessonEvent, { kind: 'resumed' }>,
): string {
  const { color, width, words } = style
  return block([
    '',
    ...hanging('', color.cyan(words.builtBefore(steps.length, duration(ms))), width),
    ...failures.flatMap(failure => commandFailureLines(style, failure, 2)),
  ])
}

/** That the lab was built again, and how far. */
export function builtAgain(
  style: Style,
  { steps, ms, failures }: Extract<LessonEvent, { kind: 'rebuilt' }>,
): string {
  const { color, width } = style
  const words = style.words.builtAgain(steps, duration(ms))
  return block([
    '',
    ...hanging('', color.cyan(words), width),
    ...failures.flatMap(failure => commandFailureLines(style, failure, 2)),
  ])
}
