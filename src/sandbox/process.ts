import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { execa, type Options } from 'execa'
import { shellLine } from '../command/command-line.ts'
import { NetlabError } from '../errors.ts'
import { toolPath } from './detached.ts'
import { type LabIdentity, labIdentity } from './identity.ts'

export interface RunOptions {
  /** Given to the command's stdin; without it stdin is empty. */
  input?: string
  /** Why the command is run, for the error that tells of its failure. */
  why?: string
  /** What people would type to get the same, where that differs from the argv that runs. */
  shownAs?: string
  /** Added to this process's environment. */
  env?: Readonly<Record<string, string>>
  /** Nothing of this process's environment is passed on. */
  onlyEnv?: boolean
  /** Who runs it, where that is somebody else; only root can say so. */
  identity?: LabIdentity | undefined
  signal?: AbortSignal
  /** Hears what the command writes to stderr, as it comes. */
  heard?: (text: string) => void
}

export interface Finished {
  stdout: string
  stderr: string
  exitCode: number
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

function execaOptions(options: RunOptions) {
  return {
    env: { LC_ALL: 'C.UTF-8', PATH: toolPath, ...options.env },
    extendEnv: options.onlyEnv !== true,
    ...options.identity,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 256 * 1024 * 1024,
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    // What can be aborted is a process group of its own: nsenter's death alone would not end what it has started.
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal, detached: true }),
  } as const satisfies Options
}

/** What a shell says of a command that a signal ended. */
function endedBy(signal: NodeJS.Signals | null | undefined): number {
  return 128 + constants.signals[signal ?? 'SIGKILL']
}

function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

/** Milliseconds that the output of what a command left in the background is listened to after its own end. */
const lastWords = 200

/** A program that a command leaves running holds its pipes open; a shell's prompt would not wait for it, so neither does netlab. */
function letGoAfterExit(running: ChildProcess): void {
  running.once('exit', () => {
    const timer = setTimeout(() => {
      running.stdout?.destroy()
      running.stderr?.destroy()
    }, lastWords)
    running.once('close', () => clearTimeout(timer))
  })
}

/** Runs a command to its end and returns what it printed, whatever its exit code. Throws only where it could not be started. */
export async function runAnyway(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const [file = '', ...args] = argv
  const running = execa(file, args, execaOptions(options))
  letGoAfterExit(running)
  const { heard } = options
  if (heard !== undefined) running.stderr?.on('data', (chunk: Buffer) => heard(chunk.toString()))
  const { signal } = options
  const abort = () => killGroup(running.pid)
  signal?.addEventListener('abort', abort)
  const result = await running.finally(() => signal?.removeEventListener('abort', abort))
  if (result.exitCode === undefined && !result.isTerminated && !result.isCanceled) {
    throw new NetlabError({
      what: `${file} could not be started`,
      ...(options.why === undefined ? {} : { why: options.why }),
      details: result.shortMessage ?? '',
      fix: 'netlab doctor says what this machine lacks',
      exitCode: 3,
      cause: result.cause,
    })
  }
  return {
    stdout: result.stdout as string,
    stderr: result.stderr as string,
    exitCode: result.exitCode ?? endedBy(result.signal),
    ms: result.durationMs,
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

/** Runs a command on the person's own terminal and returns its exit code; Ctrl-C is the command's, not netlab's. */
export async function runOnTerminal(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const [file = '', ...args] = argv
  const ignore = () => {}
  process.on('SIGINT', ignore)
  process.on('SIGQUIT', ignore)
  try {
    return await new Promise<number>((resolve, reject) => {
      const child = spawn(file, args, { stdio: 'inherit', env, ...labIdentity() })
      child.on('error', reject)
      child.on('exit', (code, signal) => resolve(code ?? endedBy(signal)))
    })
  } finally {
    process.off('SIGINT', ignore)
    process.off('SIGQUIT', ignore)
  }
}
