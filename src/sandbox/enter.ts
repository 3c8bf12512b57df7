import { writeFileSync } from 'node:fs'
import type { Place } from '../command/command.ts'
import { joinCgroup } from './cgroup.ts'
import { labIdentity } from './identity.ts'
import { killed, mustLive, mustStillLive } from './lab-gone.ts'
import {
  CommandError,
  type Finished,
  type Running,
  type RunOptions,
  run,
  runAnyway,
  startAnyway,
} from './process.ts'
import { enterArgv, enterNetworkArgv, insideEnv, type Sandbox } from './sandbox.ts'
import { type StartedProgram, startProgram } from './started-program.ts'

/** What running a command inside a sandbox needs to know beyond the command. */
export type EnterOptions = Omit<RunOptions, 'env' | 'onlyEnv' | 'identity'> & {
  /** Where, the sandbox's host unless said otherwise. */
  place?: Place | undefined
  /** The command needs the place's network only, not its own /etc and /sys. */
  onlyNetwork?: boolean
}

const joins = new Map<string, Promise<void>>()

/**
 * To be awaited before anything is started inside: this process joins the lab's cgroups, so that what it starts is bounded too, and is
 * as ready to go as the lab is where there is no memory left: else the lab's other programs would go for what was started last.
 */
export function joinLab({ cgroups }: Sandbox): Promise<void> {
  const key = cgroups.join('\n')
  let join = joins.get(key)
  if (join === undefined) {
    writeFileSync('/proc/self/oom_score_adj', '1000')
    join = joinCgroup(cgroups)
    joins.set(key, join)
  }
  return join
}

/** Runs a command inside a sandbox to its end, whatever its exit code. Throws only where it could not be started. */
export async function runAtAnyway(
  sandbox: Sandbox,
  argv: readonly string[],
  options: EnterOptions = {},
): Promise<Finished> {
  await joinLab(sandbox)
  return runAnyway(entered(sandbox, argv, options), sealed(options))
}

/** Starts a command inside a sandbox that is given its stdin later. Throws where it could not be started. */
export async function startAt(
  sandbox: Sandbox,
  argv: readonly string[],
  options: EnterOptions = {},
): Promise<Running> {
  await joinLab(sandbox)
  return startAnyway(entered(sandbox, argv, options), { ...sealed(options), input: '' })
}

/**
 * Runs a command inside a sandbox to its end. Throws CommandError where its exit code is not 0, and NetlabError where it was ended
 * with the lab.
 */
export async function runAt(
  sandbox: Sandbox,
  argv: readonly string[],
  options: EnterOptions = {},
): Promise<Finished> {
  await joinLab(sandbox)
  try {
    return await run(entered(sandbox, argv, options), sealed(options))
  } catch (error) {
    if (error instanceof CommandError && mayHaveEndedWithLab(error)) await mustStillLive(sandbox, options.why)
    mustLive(sandbox, options.why)
    throw error
  }
}

/** Starts a program inside a sandbox, in the network namespace of the host, that goes on beside netlab. */
export async function startProgramAt(sandbox: Sandbox, argv: readonly string[]): Promise<StartedProgram> {
  await joinLab(sandbox)
  return startProgram(enterArgv(sandbox, argv), insideEnv, labIdentity())
}

/** Killed, or not started at all: nothing is started where process 1 is ending. */
function mayHaveEndedWithLab({ commandExitCode, stderr }: CommandError): boolean {
  return commandExitCode === killed || stderr.startsWith('nsenter: ')
}

function entered(sandbox: Sandbox, argv: readonly string[], { place, onlyNetwork }: EnterOptions) {
  const enter = onlyNetwork === true ? enterNetworkArgv : enterArgv
  return enter(sandbox, argv, place)
}

/** Who runs netlab and what is in their environment is nothing to what runs in a lab. */
function sealed({ place: _, onlyNetwork: __, ...options }: EnterOptions): RunOptions {
  return { ...options, env: insideEnv, onlyEnv: true, identity: labIdentity() }
}
