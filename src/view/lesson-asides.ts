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
export function stepFailed({ color, width }: Style, index: number, canTrace: boolean): string {
  const shell = canTrace ? 't follows what was asked to where it ends; a shell' : 'A shell'
  const words = `step ${index + 1} did not do what it should. ${shell} shows the lab as it stands; r repeats the step.`
  return block(['', ...hanging(`${color.red('✘')} `, words, width)])
}

/** A request of a check, followed; `isShort`: it goes into the record, and nobody waits for it here. */
export function lessonTrace(
  style: Style,
  { question, report }: Extract<LessonEvent, { kind: 'traced' }>,
  isShort: boolean,
): string {
  const { color } = style
  const command = `${color.green('$')} ${color.bold(traceCommand(question))}`
  if (isShort) return block([command, color.dim('  its way stands in the record')])
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

/** That the lab was built again, and how far. */
export function builtAgain(
  style: Style,
  { steps, ms, failures }: Extract<LessonEvent, { kind: 'rebuilt' }>,
): string {
  const { color, width } = style
  const from = steps === 0 ? 'from the start' : steps === 1 ? 'with step 1' : `with steps 1 to ${steps}`
  const words = `Built again ${from}, in ${duration(ms)}: a new sandbox, without what was typed by hand.`
  return block([
    '',
    ...hanging('', color.cyan(words), width),
    ...failures.flatMap(failure => commandFailureLines(style, failure, 2)),
  ])
}
