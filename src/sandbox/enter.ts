import { host, type Place } from '../lab/lab.ts'
import { type Finished, type RunOptions, run, runAnyway } from './process.ts'
import { enterArgv, insideEnv, type Sandbox } from './sandbox.ts'

/** What running a command inside a sandbox needs to know beyond the command. */
export type EnterOptions = Omit<RunOptions, 'env'> & {
  /** Where, the sandbox's host unless said otherwise. */
  place?: Place
}

/** Runs a command inside a sandbox to its end, whatever its exit code. Throws only where it could not be started. */
export function runAtAnyway(
  sandbox: Sandbox,
  argv: readonly string[],
  { place = host, ...options }: EnterOptions = {},
): Promise<Finished> {
  return runAnyway(enterArgv(sandbox, argv, place), { ...options, env: insideEnv })
}

/** Runs a command inside a sandbox to its end. Throws CommandError where its exit code is not 0. */
export function runAt(
  sandbox: Sandbox,
  argv: readonly string[],
  { place = host, ...options }: EnterOptions = {},
): Promise<Finished> {
  return run(enterArgv(sandbox, argv, place), { ...options, env: insideEnv })
}
