import { commandLine } from '../plan/command-line.ts'
import type { Command } from '../plan/plan.ts'
import type { CheckResult } from '../run/report.ts'
import { describeAttempt, describeExpectation } from './describe-check.ts'
import { checkFailureLines } from './failure.ts'
import { block, flow, hanging, widest, wrapParagraphs } from './layout.ts'
import { printable } from './printable.ts'
import type { Style } from './terminal.ts'

/** Prose reads badly in lines longer than this. */
const proseWidth = 80

/** The first screen: what the lab is about. */
export function lessonTitle(style: Style, lab: string, title: string, steps: number): string {
  const { color, width } = style
  return block([
    ...hanging('', color.bold(title === '' ? lab : printable(title)), width),
    color.dim(`${lab}, ${steps === 1 ? 'one step' : `${steps} steps`}`),
  ])
}

/** `── 5/9  A virtual IP with one DNAT rule ─────`; `index` is 0-based. */
export function stepHeading(style: Style, index: number, total: number, title: string): string {
  const { color, width } = style
  const columns = Math.min(width, proseWidth)
  const lines = hanging(`── ${index + 1}/${total}  `, printable(title), columns)
  const last = lines.pop() ?? ''
  const rule = '─'.repeat(Math.max(0, columns - widest([last]) - 1))
  const ruled = rule === '' ? last : `${last} ${rule}`
  return block([...lines, ruled].map(line => color.bold.cyan(line)))
}

/** Why the step is there. */
export function stepWhy(style: Style, why: string): string {
  return why.trim() === '' ? '' : block(wrapParagraphs(printable(why), Math.min(style.width, proseWidth)))
}

/** A command as it is about to run, behind a prompt; never broken, so that it can be copied. */
export function lessonCommand({ color }: Style, command: Command): string {
  const [first, ...more] = printable(commandLine(command)).split('\n')
  return block([`${color.green('$')} ${color.bold(first)}`, ...more.map(line => color.bold(line))])
}

/** What a command printed; empty where it printed nothing. */
export function lessonOutput({ color }: Style, output: string): string {
  const text = printable(output).trimEnd()
  return text === '' ? '' : block(text.split('\n').map(line => (line === '' ? '' : color.dim(`  ${line}`))))
}

/** A check with what was expected and what came. */
export function lessonCheck(style: Style, result: CheckResult): string {
  const { color, width } = style
  if (!result.ok) {
    const [first, ...rest] = checkFailureLines(style, result, 2)
    return block([`${color.red('✘')} ${first!.slice(2)}`, ...rest])
  }
  return block([
    ...hanging(`${color.green('✔')} `, printable(describeAttempt(result.check)), width),
    ...hanging('    expected  ', printable(describeExpectation(result.check)), width),
    ...hanging('    observed  ', color.green(printable(result.observed)), width),
  ])
}

/** What a key does where the lesson waits. */
export interface LessonKey {
  key: string
  does: string
}

/** Keys of a lesson between two steps. */
export const lessonKeys: readonly LessonKey[] = [
  { key: 'Enter', does: 'go on' },
  { key: 'b', does: 'back' },
  { key: 'r', does: 'repeat' },
  { key: 's', does: 'shell' },
  { key: 'q', does: 'quit' },
]

/** `Enter go on · b back · r repeat · s shell · q quit`, without a line break behind it. */
export function keyLine({ color, width }: Style, keys: readonly LessonKey[] = lessonKeys): string {
  const pieces = keys.map(({ key, does }) => `${color.bold(key)} ${color.dim(does)}`)
  return flow(pieces, width, 0, color.dim(' · ')).join('\n')
}
