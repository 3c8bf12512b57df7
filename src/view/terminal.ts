import { once } from 'node:events'
import type { WriteStream } from 'node:tty'
import { Chalk, type ChalkInstance, type ColorSupportLevel } from 'chalk'
import type { Language } from '../model/language.ts'
import { printable, printableInColor } from './printable.ts'
import { type Words, wordsIn } from './words/words.ts'

/** How text for a screen is made: everything that renders takes it. */
export interface Style {
  readonly color: ChalkInstance
  /** Columns. */
  readonly width: number
  /** In the language of the person who reads. */
  readonly words: Words
}

/** One stream that people, or a file, read. */
export interface Screen extends Style {
  readonly stream: NodeJS.WritableStream
  /** Lines may be drawn over: a terminal that can move its cursor. */
  readonly interactive: boolean
  /** What is written is shown on a terminal, and not read by a program, or kept in a file. */
  readonly isTerminal: boolean
  /** Writes what people read: nothing in it acts on a terminal but our own colours. */
  write(text: string): void
  /** Writes what programs read, a script say: to a file or a pipe to the byte, to a terminal as `write` does. */
  pass(text: string): void
  /** Waits, until an abort at most, for a reader that is slower than what is written: else all of it would be held here. */
  caughtUp(signal: AbortSignal): Promise<void>
}

/** Where everything that a person sees goes: results to `out`, progress and errors to `err`. */
export interface Terminal {
  readonly out: Screen
  readonly err: Screen
  /** Nothing but failures. */
  readonly quiet: boolean
  /** Each command, with its time. */
  readonly verbose: boolean
}

export interface TerminalOptions {
  out?: NodeJS.WritableStream
  err?: NodeJS.WritableStream
  env?: NodeJS.ProcessEnv
  quiet?: boolean
  verbose?: boolean
  /** English, where it is left out. */
  language?: Language | undefined
}

const defaultWidth = 80
/** Below it nothing can be laid out; the terminal breaks the lines itself. */
const leastWidth = 20

/** Looks at the streams and the environment once; the width follows the window. */
export function openTerminal(options: TerminalOptions = {}): Terminal {
  const env = options.env ?? process.env
  const words = wordsIn[options.language ?? 'en']
  return {
    out: openScreen(options.out ?? process.stdout, env, words),
    err: openScreen(options.err ?? process.stderr, env, words),
    quiet: options.quiet ?? false,
    verbose: options.verbose ?? false,
  }
}

/** For files, and for whoever wants no colour. */
export function plainStyle(width: number = defaultWidth, language: Language = 'en'): Style {
  return { color: new Chalk({ level: 0 }), width, words: wordsIn[language] }
}

function openScreen(stream: NodeJS.WritableStream, env: NodeJS.ProcessEnv, words: Words): Screen {
  const tty = stream as Partial<WriteStream>
  const isTTY = tty.isTTY === true
  const level = colorLevel(tty, isTTY, env)
  const shown = level === 0 ? printable : printableInColor
  return {
    stream,
    words,
    color: new Chalk({ level }),
    get width() {
      const columns = (isTTY ? tty.columns : Number.parseInt(env.COLUMNS ?? '', 10)) || defaultWidth
      return Math.max(leastWidth, columns)
    },
    // CI systems give a terminal whose log keeps every frame.
    isTerminal: isTTY,
    interactive: isTTY && env.TERM !== 'dumb' && !env.CI,
    write: text => void stream.write(shown(text)),
    pass: text => void stream.write(isTTY ? printable(text) : text),
    caughtUp: async signal => {
      if (tty.writableNeedDrain) await once(stream, 'drain', { signal }).catch(() => {})
    },
  }
}

/** FORCE_COLOR before NO_COLOR before what the terminal can do, as Node itself decides. */
function colorLevel(tty: Partial<WriteStream>, isTTY: boolean, env: NodeJS.ProcessEnv): ColorSupportLevel {
  const forced = env.FORCE_COLOR
  if (forced !== undefined) {
    if (forced === 'false') return 0
    return /^[0-3]$/.test(forced) ? (Number(forced) as ColorSupportLevel) : 1
  }
  if (env.NO_COLOR || !isTTY) return 0
  const bits = tty.getColorDepth?.(env) ?? 1
  return bits >= 24 ? 3 : bits >= 8 ? 2 : bits >= 4 ? 1 : 0
}

/** What to do about an output that cannot be written. */
export interface OutputTrouble {
  /** A reader that has seen enough (`netlab sync --watch | head -1`), or a window that was closed. */
  nobodyReads(): void
  /** A full disk, say; told once. */
  cannotBeWritten(error: Error): void
}

/** Takes care of what becomes of the output, once for all who write. */
export function onOutputTrouble({ nobodyReads, cannotBeWritten }: OutputTrouble): void {
  let told = false
  const isClosed = ({ code }: NodeJS.ErrnoException) => code === 'EPIPE' || code === 'EIO'
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isClosed(error)) nobodyReads()
    else if (!told) {
      told = true
      cannotBeWritten(error)
    }
  })
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    // There is nowhere left to say it.
    if (!isClosed(error)) process.exitCode = 1
  })
}
