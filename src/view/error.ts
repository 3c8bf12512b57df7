import { NetlabError } from '../errors.ts'
import { LabError } from '../text/problem.ts'
import { plural } from './format.ts'
import { block, hanging, indented, wrapParagraphs } from './layout.ts'
import { printable } from './printable.ts'
import { problemLines } from './problem-excerpt.ts'
import { sourceStack } from './source-stack.ts'
import type { Style } from './terminal.ts'

/** Whatever was thrown, for people. */
export function renderError(style: Style, error: unknown): string {
  if (error instanceof LabError) return renderLabError(style, error)
  if (error instanceof NetlabError) return renderNetlabError(style, error)
  return renderBug(style, error)
}

function renderLabError(style: Style, error: LabError): string {
  const { color } = style
  const files = new Set(error.problems.map(problem => problem.file)).size
  const count = plural(error.problems.length, 'problem') + (files > 1 ? ` in ${files} files` : '')
  const lines = error.problems.flatMap(problem => [...problemLines(style, problem), ''])
  return block([...lines, ...hanging('', `${color.red(count)}; nothing was started.`, style.width)])
}

function renderNetlabError(style: Style, error: NetlabError): string {
  const { color, width } = style
  const lines = hanging(`${color.red.bold('error:')} `, printable(error.message), width, 2)
  if (error.where !== undefined) lines.push(...hanging('  at ', printable(error.where), width))
  if (error.why !== undefined) lines.push('', ...wrapParagraphs(printable(error.why), width, 2))
  if (error.details !== undefined) lines.push('', ...indented(printable(error.details), 4))
  const causes = causeChain(error.cause).filter(cause => !error.details?.includes(cause))
  if (causes.length > 0) lines.push('')
  for (const cause of causes) lines.push(...hanging('  because: ', printable(cause), width, 4))
  if (error.fix !== undefined) lines.push('', ...fixLines(style, error.fix))
  return block(lines)
}

/** One line is set behind `fix:`; of several each may be a command, so they are not broken. */
function fixLines({ color, width }: Style, fix: string): string[] {
  const text = printable(fix.trim())
  if (!text.includes('\n')) return hanging(`  ${color.green('fix:')} `, text, width)
  return [`  ${color.green('fix:')}`, ...indented(text, 4)]
}

function renderBug(style: Style, error: unknown): string {
  const { color, width } = style
  const stack =
    error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : `thrown: ${String(error)}`
  return block([
    ...hanging(`${color.red.bold('error:')} `, 'this is a bug in netlab, not in your lab.', width, 2),
    '',
    ...indented(printable(sourceStack(stack)), 2),
    ...causeChain(error instanceof Error ? error.cause : undefined).flatMap(cause =>
      hanging('  because: ', printable(cause), width, 4),
    ),
    '',
    ...wrapParagraphs(
      "Please report it in the issues of netlab's repository, with these lines, the command that you typed and the lab file. `netlab down --all` sweeps whatever it left.",
      width,
    ),
  ])
}

function causeChain(cause: unknown): string[] {
  const messages: string[] = []
  // Bounded: a chain may be a ring.
  for (let at = cause; at instanceof Error && messages.length < 5; at = at.cause) messages.push(at.message)
  return messages
}
