import { LineCounter } from 'yaml'
import type { Problem } from './problem.ts'

/** A text that is read, and where it stands in its file: turns offsets in it into what an editor shows. */
export interface Source {
  file: string
  /** The whole file. */
  text: string
  /** What is read of it. */
  body: string
  /** 1-based line of an offset in `body`. */
  lineOf(offset: number): number
  /** A problem with what stands between two offsets in `body`. */
  problem(from: number, to: number, message: string, fix?: string): Problem
}

/** A whole file; its lines are counted once somebody asks for one. */
export class SourceText implements Source {
  readonly text: string
  readonly file: string
  #lines: LineCounter | undefined

  constructor(text: string, file: string) {
    this.text = text
    this.file = file
  }

  get body(): string {
    return this.text
  }

  /** A part of it, of which each offset is somewhere in the whole. */
  part(body: string, offsetOf: (offset: number) => number): Source {
    return {
      file: this.file,
      text: this.text,
      body,
      lineOf: offset => this.lineOf(offsetOf(offset)),
      problem: (from, to, ...about) => this.problem(offsetOf(from), offsetOf(to), ...about),
    }
  }

  lineOf(offset: number): number {
    return this.lines().linePos(this.clamp(offset)).line
  }

  problem(from: number, to: number, message: string, fix?: string): Problem {
    const start = this.clamp(from)
    const { line } = this.lines().linePos(start)
    const lineStart = this.lines().lineStarts[line - 1] ?? 0
    const sourceLine = (this.text.slice(lineStart).match(/^[^\r\n]*/)?.[0] ?? '').replace(/^\uFEFF/, '')
    const shift = this.text.startsWith('\uFEFF') && line === 1 ? 1 : 0
    const before = sourceLine.slice(0, Math.max(0, start - lineStart - shift))
    const marked = sourceLine.slice(before.length, Math.max(0, to - lineStart - shift)).trimEnd()
    return {
      file: this.file,
      line,
      column: characters(before) + 1,
      length: Math.max(1, characters(marked)),
      sourceLine,
      message,
      ...(fix !== undefined && { fix }),
    }
  }

  private lines(): LineCounter {
    if (this.#lines !== undefined) return this.#lines
    const { text } = this
    const lines = new LineCounter()
    lines.addNewLine(0)
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1)
    this.#lines = lines
    return lines
  }

  /** Inside the text, and not on a last line that only its line break makes. */
  private clamp(offset: number): number {
    const end = this.text.trimEnd().length
    return Math.max(0, Math.min(offset, end))
  }
}

/** A problem of a file as a whole, shown at its start. */
export function problemOfFile(file: string, text: string, message: string, fix?: string): Problem {
  return new SourceText(text, file).problem(0, 1, message, fix)
}

/** The first character that no text file holds, if there is one. */
export function unprintable(text: string): { at: number; message: string; fix: string } | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const at = text.search(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\uFFFD]/)
  if (at === -1) return undefined
  const code = text.charCodeAt(at)
  if (code === 0 || code === 0xfffd) {
    return { at, message: 'this is not a text file', fix: 'give a lab file: YAML, in UTF-8' }
  }
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  return { at, message: `a control character (${name}) stands here`, fix: 'remove it' }
}

/** Counted without a list of them: all of a cluster's dump may stand in one line. */
function characters(text: string): number {
  return text.length - (text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0)
}
