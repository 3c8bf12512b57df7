import { host } from '../command/command.ts'
import { shellLine } from '../command/command-line.ts'
import { exitCode, NetlabError } from '../errors.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import { type EnterOptions, runAtAnyway } from '../sandbox/enter.ts'
import { mustStillLive } from '../sandbox/lab-gone.ts'
import { mustHaveHadNetwork } from '../sandbox/place-gone.ts'
import { CommandError, type Finished } from '../sandbox/process.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'

/** Exit codes of nsenter for a program that cannot be run or is not there; curl's and conntrack's own are others. */
const notRun: readonly number[] = [126, 127]

/** A running lab that is looked at. */
export interface ObservedLab {
  sandbox: Sandbox
  running: LabInCondition
  signal?: AbortSignal
}

type ToolOptions = EnterOptions & { why: string }

/** Runs a tool that netlab itself needs, whatever its exit code. Throws NetlabError where this machine has none, and where its place is gone. */
export async function runToolAnyway(
  sandbox: Sandbox,
  argv: readonly string[],
  options: ToolOptions,
): Promise<Finished> {
  const finished = await runAtAnyway(sandbox, argv, options)
  mustHaveHadNetwork(options.place ?? host, finished, options.why)
  if (!notRun.includes(finished.exitCode)) return finished
  throw new NetlabError({
    what: `${argv[0]} could not be started`,
    why: options.why,
    details: finished.stderr.trim(),
    fix: 'netlab doctor says what this machine lacks, and the command that mends it',
    exitCode: exitCode.machineLacks,
  })
}

/** Runs a tool that netlab itself needs. Throws NetlabError where it fails, is missing, or the lab has ended. */
export async function runTool(
  sandbox: Sandbox,
  argv: readonly string[],
  options: ToolOptions,
): Promise<Finished> {
  const finished = await runToolAnyway(sandbox, argv, options)
  if (finished.exitCode === 0) return finished
  await mustStillLive(sandbox, options.why)
  throw new CommandError({
    command: shellLine(argv),
    exitCode: finished.exitCode,
    stderr: finished.stderr,
    why: options.why,
  })
}
