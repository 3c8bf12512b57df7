import type { Problem } from '../text/problem.ts'
import { displayWidth } from './display-width.ts'
import { hanging } from './layout.ts'
import { printable } from './printable.ts'
import type { Style } from './terminal.ts'

const tabWidth = 4

/** A mistake with its place, the line it stands on, what is wrong there, and what to write instead. */
export function problemLines(style: Style, problem: Problem): string[] {
  const { color, width } = style
  const place = `${printable(problem.file)}:${problem.line}:${problem.column}`
  const gutter = ' '.repeat(String(problem.line).length + 4)
  return [
    color.cyan(place),
    ...excerpt(style, problem),
    ...hanging(gutter, color.red(printable(problem.message)), width),
    ...(problem.fix === undefined
      ? []
      : hanging(`${gutter}${color.green('fix:')} `, printable(problem.fix), width)),
  ]
}

/** The line of the file with carets under the mistake; of a long line, the part around it. */
function excerpt({ color, width }: Style, problem: Problem): string[] {
  if (problem.sourceLine === '') return []
  const number = ` ${problem.line} `
  const { sourceLine } = problem
  const start = problem.column - 1
  // In one line may stand all of a cluster's dump; characters that take no column leave room for some more.
  const near = 4 * width
  const end = start + Math.min(problem.length, near)
  const before = shown(sourceLine.slice(Math.max(0, start - near), start), 0)
  const marked = shown(sourceLine.slice(start, end), displayWidth(before))
  const after = shown(sourceLine.slice(end, end + near), displayWidth(before + marked))
  const view = cut({ before, marked, after }, width - number.length - 2)
  const carets = ' '.repeat(displayWidth(view.before)) + '^'.repeat(Math.max(1, displayWidth(view.marked)))
  return [
    `${color.dim(`${number}│`)} ${view.before}${color.red(view.marked)}${view.after}`.trimEnd(),
    `${' '.repeat(number.length)}${color.dim('│')} ${color.red(carets)}`,
  ]
}

interface MarkedLine {
  before: string
  marked: string
  after: string
}

/** Makes a line fit: what stands behind the mistake goes first, then what stands before it, then its own end. */
function cut({ before, marked, after }: MarkedLine, room: number): MarkedLine {
  if (displayWidth(before + marked + after) <= room) return { before, marked, after }
  const markedWidth = Math.min(displayWidth(marked), room - 2)
  const beforeWidth = Math.min(displayWidth(before), Math.max(1, Math.floor((room - markedWidth) * 0.7)))
  const shownBefore = displayWidth(before) > beforeWidth ? `…${lastColumns(before, beforeWidth - 1)}` : before
  const shownMarked = firstColumns(marked, markedWidth)
  const rest = room - displayWidth(shownBefore + shownMarked)
  const isWhole = displayWidth(marked) <= markedWidth && displayWidth(after) <= rest
  return {
    before: shownBefore,
    marked: shownMarked,
    after: isWhole ? after : `${firstColumns(after, rest - 1)}…`,
  }
}

function firstColumns(text: string, columns: number): string {
  let kept = ''
  for (const character of text) {
    if (displayWidth(kept + character) > columns) break
    kept += character
  }
  return kept
}

function lastColumns(text: string, columns: number): string {
  let kept = ''
  for (const character of [...text].reverse()) {
    if (displayWidth(character + kept) > columns) break
    kept = character + kept
  }
  return kept
}

/** Text as it takes up columns: tabs as blanks up to their next stop. */
function shown(text: string, startColumn: number): string {
  let line = ''
  for (const part of printable(text).split(/(\t)/)) {
    const column = startColumn + displayWidth(line)
    line += part === '\t' ? ' '.repeat(tabWidth - (column % tabWidth)) : part
  }
  return line
}
