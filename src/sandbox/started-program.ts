import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { exitCode, NetlabError } from '../errors.ts'
import { endedBy, killGroup } from './ending.ts'
import type { LabIdentity } from './identity.ts'

/** A program that runs beside netlab, for as long as what it reads or prints is wanted. */
export interface StartedProgram {
  stdin: Writable
  stdout: Readable
  stderr: Readable
  /** Its exit code, once all that it has printed is read. */
  ended: Promise<number>
  /** Ends it at once, with all that it has started. */
  kill(): void
}

/** Starts a program in a session of its own, with these variables alone. Throws NetlabError where it cannot start. */
export async function startProgram(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  identity: LabIdentity | undefined,
): Promise<StartedProgram> {
  const [file = '', ...args] = argv
  const child = spawn(file, args, { detached: true, stdio: 'pipe', env: { ...env }, cwd: '/', ...identity })
  if (child.pid === undefined) throw notStarted(file, await failureOf(child))
  // It may end without having read what it was given.
  child.stdin.on('error', () => {})
  return {
    ...streamsOf(child),
    ended: new Promise(resolve => {
      child.once('close', (code, signal) => resolve(code ?? endedBy(signal)))
    }),
    kill: () => {
      if (child.exitCode === null && child.signalCode === null) killGroup(child.pid)
      // Somebody else may hold the other ends.
      child.stdout.destroy()
      child.stderr.destroy()
    },
  }
}

function streamsOf({ stdin, stdout, stderr }: ChildProcessWithoutNullStreams) {
  return { stdin, stdout, stderr }
}

function failureOf(child: ChildProcess): Promise<Error> {
  return new Promise(resolve => child.once('error', resolve))
}

/** What is told of a program that could not be started. */
export function notStarted(file: string, cause: Error): NetlabError {
  return new NetlabError({
    what: `${file} could not be started`,
    details: cause.message,
    fix: 'netlab doctor says what this machine lacks',
    exitCode: exitCode.machineLacks,
    cause,
  })
}
