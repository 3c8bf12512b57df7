import { breakable, withoutFoldBlanks } from '../text/unspaced-script.ts'
import { displayWidth } from './display-width.ts'

/**
 * Breaks text into lines of at most `width` columns, at blanks, but not between a number and what it counts, and between characters of a script that has none; a longer word keeps its
 * line, so that it can be copied.
 */
function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap(text => {
    const lines: string[] = []
    let line = ''
    for (const word of unitsKept(text.trim().split(/ +/))) {
      for (const [index, piece] of breakable(word).entries()) {
        const longer = line + (index === 0 && line !== '' ? ' ' : '') + piece
        if (line !== '' && displayWidth(longer) > width) {
          lines.push(line)
          line = piece
        } else line = longer
      }
    }
    return [...lines, line]
  })
}

/** A number by itself: `6` of `6 steps`, `0.5` of `0.5 s`. */
const bareNumber = /^\(?\d[\d,]*(?:\.\d+)?$/
/** What a number counts, or is a share of. */
const counted = /^[\p{L}%]/u

/** Words, with a number and what it counts as one of them. */
function unitsKept(words: readonly string[]): string[] {
  const kept: string[] = []
  let isNumber = false
  for (const word of words) {
    if (isNumber && counted.test(word)) kept.push(`${kept.pop()} ${word}`)
    else kept.push(word)
    isNumber = bareNumber.test(word)
  }
  return kept
}

/** The indentation and the mark of a list's line; empty in prose. */
const listLead = /^\s*(?:[-*•] |\d+\. )?/

/** Wraps paragraphs (parted by an empty line) and sets them `indent` columns in; lists and indented lines keep their breaks. */
export function wrapParagraphs(text: string, width: number, indent: number = 0): string[] {
  const lines: string[] = []
  for (const paragraph of text.trim().split(/\n[ \t]*\n/)) {
    if (lines.length > 0) lines.push('')
    const kept = paragraph.split('\n')
    const isProse = !kept.some(line => (listLead.exec(line)?.[0] ?? '') !== '')
    for (const line of isProse ? [withoutFoldBlanks(kept.join(' '))] : kept) {
      const lead = isProse ? '' : (listLead.exec(line)?.[0] ?? '')
      lines.push(...hanging(' '.repeat(indent) + lead, line.slice(lead.length).trim(), width))
    }
  }
  return lines
}

/** Wraps `text` behind `prefix`; further lines are set `hang` columns in. */
export function hanging(
  prefix: string,
  text: string,
  width: number,
  hang: number = displayWidth(prefix),
): string[] {
  const lines = wrap(text, width - Math.max(hang, displayWidth(prefix)))
  return lines.map((line, index) => (index === 0 ? prefix : ' '.repeat(hang)) + line)
}

/** A comment for a shell, so that what is copied can be pasted: every line begins with `#`, `indent` columns in. */
export function commentLines(text: string, width: number, indent: number = 0): string[] {
  return wrap(text, width - indent - 2).map(line => `${' '.repeat(indent)}# ${line}`)
}

/** Sets every line of a text `columns` in; an empty one stays empty. */
export function indented(text: string, columns: number): string[] {
  return text
    .replace(/\n+$/, '')
    .split('\n')
    .map(line => (line === '' ? '' : ' '.repeat(columns) + line))
}

/** Fills with blanks up to a display width. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)))
}

/** Fills with blanks from the left up to a display width. */
export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - displayWidth(text))) + text
}

/** Shortens plain text to a display width, with `…` where something is missing. */
export function shorten(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  let kept = ''
  let width = 0
  for (const character of text) {
    width += displayWidth(character)
    if (width > columns - 1) break
    kept += character
  }
  return `${kept.trimEnd()}…`
}

/**
 * Puts as many pieces on a line as fit, parted by `gap`; every line but the first is set `hang` columns in. `taken`: columns of the
 * first line that are used already.
 */
export function flow(
  pieces: readonly string[],
  width: number,
  hang: number,
  gap: string,
  taken: number = 0,
): string[] {
  const lines: string[] = []
  let line = ''
  for (const piece of pieces) {
    const longer = line === '' ? piece : line + gap + piece
    const start = lines.length === 0 ? taken : hang
    if (line !== '' && start + displayWidth(longer) > width) {
      lines.push(line.trimEnd())
      line = piece
    } else line = longer
  }
  if (line !== '') lines.push(line.trimEnd())
  return lines.map((text, index) => (index === 0 ? text : ' '.repeat(hang) + text))
}

/** The widest of some texts, in columns. */
export function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(text => displayWidth(text)))
}

/** Lines as a text that ends with a line break. */
export function block(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`
}
