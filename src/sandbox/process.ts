import { type ChildProcess, spawn } from 'node:child_process'
import { StringDecoder } from 'node:string_decoder'
import { shellLine } from '../command/command-line.ts'
import { exitCode, NetlabError } from '../errors.ts'
import { toolPath } from './detached.ts'
import { Ending, endAfter } from './ending.ts'
import type { LabIdentity } from './identity.ts'
import { KeptOutput } from './kept-output.ts'
import { noteStart } from './patience.ts'

/**
 * What to do with a command that prints without end: `fail` ends it and throws, for what netlab reads, which must be whole;
 * `abridge` keeps the beginning and the end and lets it go on, for what people read; `stop` ends it and keeps the beginning.
 */
export type TooMuch = 'fail' | 'abridge' | 'stop'

export interface RunOptions {
  /** Given to the command's stdin; without it stdin is empty. */
  input?: string | Uint8Array
  /** Why the command is run, for the error that tells of its failure. */
  why?: string
  /** What people would type to get the same, where that differs from the argv that runs. */
  shownAs?: string
  /** Added to this process's environment. */
  env?: Readonly<Record<string, string>>
  /** `env` is all of the command's environment. */
  onlyEnv?: boolean
  /** Whom the command runs as, without supplementary groups; only root can say it. */
  identity?: LabIdentity | undefined
  /** Ends the command, and then throws the signal's reason. */
  signal?: AbortSignal
  /** Milliseconds on a fast machine after which the command is ended and EndlessError thrown; 5 minutes by default. */
  deadline?: number
  /** What happens where the command prints more than `limit` to stdout; `fail` unless said otherwise. */
  tooMuch?: TooMuch
  /** Bytes of stdout that are kept. */
  limit?: number
  /** Hears what the command writes to stderr, as it comes. */
  heard?: (text: string) => void
}

export interface Finished {
  stdout: string
  /** At most a mebibyte of it, the beginning and the end. */
  stderr: string
  exitCode: number
  /** Whether stdout is not whole. */
  cut: boolean
  /** Milliseconds. */
  ms: number
}

/** A command that ended with another exit code than 0, with all that is known of it. */
export class CommandError extends NetlabError {
  override readonly name = 'CommandError'
  /** As people would type it. */
  readonly command: string
  readonly commandExitCode: number
  readonly stderr: string

  constructor(facts: { command: string; exitCode: number; stderr: string; why?: string; cause?: unknown }) {
    const stderr = facts.stderr.trim()
    super({
      what: `the command ended with exit code ${facts.exitCode}: ${facts.command}`,
      ...(facts.why === undefined ? {} : { why: facts.why }),
      ...(stderr === '' ? {} : { details: stderr }),
      cause: facts.cause,
    })
    this.command = facts.command
    this.commandExitCode = facts.exitCode
    this.stderr = stderr
  }
}

/** A command that was ended because it did not end by itself: its time was over, or it printed without end. */
export class EndlessError extends NetlabError {
  override readonly name = 'EndlessError'
  /** What it did, without its name: `did not end within 5 s`. */
  readonly did: string

  constructor(facts: { command: string; did: string; stderr: string; why?: string }) {
    const stderr = facts.stderr.trim()
    super({
      what: `the command ${facts.did}: ${facts.command}`,
      ...(facts.why === undefined ? {} : { why: facts.why }),
      ...(stderr === '' ? {} : { details: stderr }),
      fix: 'netlab has ended it; try it by itself, with netlab exec, to see what it waits for or prints',
    })
    this.did = facts.did
  }
}

const mebibyte = 2 ** 20
/** Bytes of stdout that are kept by default. */
const limits: Readonly<Record<TooMuch, number>> = {
  fail: 64 * mebibyte,
  abridge: mebibyte,
  stop: 16 * mebibyte,
}
/** Bytes of stderr that are kept. */
const errorLimit = mebibyte
/** Bytes after which a command is ended although its output is only abridged. */
const hardCap = 2048 * mebibyte
/** Milliseconds. */
const defaultDeadline = 300_000

/** Starts a command in a session of its own: it has no terminal, and can be ended with all that it has started. */
async function start(argv: readonly string[], options: RunOptions): Promise<ChildProcess> {
  const [file = '', ...args] = argv
  const given = { LC_ALL: 'C.UTF-8', PATH: toolPath, ...options.env }
  const begin = performance.now()
  try {
    const child = spawn(file, args, {
      detached: true,
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: options.onlyEnv ? { ...options.env } : { ...process.env, ...given },
      ...options.identity,
    })
    noteStart(performance.now() - begin)
    if (child.pid === undefined) await new Promise((_, reject) => child.once('error', reject))
    return child
  } catch (error) {
    throw new NetlabError({
      what: `${file} could not be started`,
      ...(options.why === undefined ? {} : { why: options.why }),
      details: error instanceof Error ? error.message : `${error}`,
      fix: 'netlab doctor says what this machine lacks',
      exitCode: exitCode.machineLacks,
      cause: error,
    })
  }
}

/** A command under way. */
export interface Running {
  /** Some of its stdin. */
  add(input: string): void
  /** All of its stdin, or the rest of it. */
  give(input: string | Uint8Array): void
  /** Its end, as `runAnyway` has it. */
  finished: Promise<Finished>
}

/** Runs a command to its end and returns what it printed, whatever its exit code. Throws where it did not come to an end. */
export async function runAnyway(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { give, finished } = await startAnyway(argv, options)
  give(options.input ?? '')
  return finished
}

/** Starts a command that is given its stdin later: `input` says only that it gets some. */
export async function startAnyway(argv: readonly string[], options: RunOptions = {}): Promise<Running> {
  const { signal, heard, tooMuch = 'fail', limit = limits[tooMuch] } = options
  signal?.throwIfAborted()
  const begin = performance.now()
  const stdout = new KeptOutput(limit, tooMuch === 'abridge')
  const stderr = new KeptOutput(errorLimit, true)
  const child = await start(argv, options)
  const ending = new Ending(child, () => stdout.total + stderr.total)
  const command = options.shownAs ?? shellLine(argv)
  const why = options.why === undefined ? {} : { why: options.why }
  const endless = (did: string) => new EndlessError({ command, did, stderr: stderr.text(), ...why })
  const tellsTooMuch = (bytes: number) =>
    ending.end(endless(`printed more than ${Math.ceil(bytes / mebibyte)} MiB`))
  const look = () => {
    if (tooMuch === 'stop' && stdout.cut) ending.end()
    else if (tooMuch === 'fail' && stdout.cut) tellsTooMuch(limit)
    else if (stdout.total + stderr.total > hardCap) tellsTooMuch(hardCap)
  }
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout.add(chunk)
    look()
  })
  const decoder = new StringDecoder('utf8')
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr.add(chunk)
    heard?.(decoder.write(chunk))
    look()
  })
  // A command may end without having read what it was given.
  child.stdin?.on('error', () => {})
  const stopWaiting = endAfter(options.deadline ?? defaultDeadline, waited =>
    ending.end(endless(`did not end within ${Math.ceil(waited / 1000)} s`)),
  )
  const abort = () => ending.end(signal?.reason)
  signal?.addEventListener('abort', abort)
  const finished = ending.done
    .finally(() => {
      stopWaiting()
      signal?.removeEventListener('abort', abort)
    })
    .then(code => ({
      stdout: stdout.text(),
      stderr: stderr.text(),
      exitCode: code,
      cut: stdout.cut,
      ms: performance.now() - begin,
    }))
  // Whoever waits for it hears of it, though that be later.
  finished.catch(() => {})
  return {
    add: input => void child.stdin?.write(input),
    give: input => void child.stdin?.end(input),
    finished,
  }
}

/** Runs a command to its end. Throws CommandError where its exit code is not 0. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const finished = await runAnyway(argv, options)
  if (finished.exitCode !== 0) {
    throw new CommandError({
      command: options.shownAs ?? shellLine(argv),
      exitCode: finished.exitCode,
      stderr: finished.stderr === '' ? finished.stdout : finished.stderr,
      ...(options.why === undefined ? {} : { why: options.why }),
    })
  }
  return finished
}
