import type { Command } from '../command/command.ts'
import type { Step } from '../plan/plan.ts'
import { type EnterOptions, runAtAnyway } from '../sandbox/enter.ts'
import { EndlessError, type Finished } from '../sandbox/process.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { CommandFailure } from './report.ts'

/** Where a step's commands run, and what breaks them off. */
export interface Where {
  sandbox: Sandbox
  signal?: AbortSignal
}

/** Milliseconds that the commands of a step get which go into the sandbox together: the most that a person waits for. */
const stageDeadline = 600_000

/** How whatever a step starts in the sandbox is started. */
export function optionsFor({ signal }: Where, step: Step): EnterOptions {
  return {
    why: step.why,
    tooMuch: 'abridge',
    deadline: stageDeadline,
    ...(signal === undefined ? {} : { signal }),
  }
}

/** Runs a command of a step in the sandbox to its end, whatever its exit code. */
export function inside(
  where: Where,
  argv: readonly string[],
  step: Step,
  options: Pick<EnterOptions, 'input'>,
): Promise<Finished> {
  return runAtAnyway(where.sandbox, argv, { ...options, ...optionsFor(where, step) })
}

/** How a command ended, also one that had to be ended. */
export function endless(running: Promise<Finished>): Promise<Finished | EndlessError> {
  return running.catch(error => {
    if (error instanceof EndlessError) return error
    throw error
  })
}

/** What is told of a command that failed. */
export function failureOf(command: Command, { exitCode, stderr }: Finished): CommandFailure {
  return { command, exitCode, stderr: stderr.trim() }
}

/** What timeout(1) ends with where it has ended a command. */
const timeoutExitCode = 124

/** A lab's command that was ended is one that failed. */
export function endlessFailure(command: Command, did: string, said = ''): CommandFailure {
  const stderr = [said.trim(), `it ${did}, and was ended`].filter(text => text !== '').join('\n')
  return { command, exitCode: timeoutExitCode, stderr }
}
