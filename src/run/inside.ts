import { existsSync } from 'node:fs'
import { host, type Place } from '../command/command.ts'
import { exitCode, NetlabError } from '../errors.ts'
import type { Plan } from '../plan/plan.ts'
import { runOnTerminal } from '../sandbox/process.ts'
import { enterArgv, insideEnv, type Sandbox } from '../sandbox/sandbox.ts'

interface OpenLab {
  sandbox: Sandbox
  plan: Plan
}

/** Runs a command inside a lab on the person's terminal and returns its exit code. Throws NetlabError for an unknown place. */
export function runInside(
  { sandbox, plan }: OpenLab,
  argv: readonly string[],
  place: Place,
): Promise<number> {
  mustBePlace(plan, place)
  return runOnTerminal(enterArgv(sandbox, argv, place), insideEnv)
}

/** Opens a shell inside a lab, with a prompt that names the lab and the place, and returns the shell's exit code. */
export function openShell({ sandbox, plan }: OpenLab, place: Place): Promise<number> {
  mustBePlace(plan, place)
  const bash = ['/bin/bash', '/usr/bin/bash'].find(path => existsSync(path))
  const argv = bash === undefined ? ['sh', '-i'] : [bash, '--noprofile', '--norc', '-i']
  const env = { ...insideEnv, PS1: `[${plan.lab} ${place}]# `, HISTFILE: '', HOME: '/tmp' }
  return runOnTerminal(
    [...(process.stdin.isTTY ? foregroundArgv : []), ...enterArgv(sandbox, argv, place)],
    env,
  )
}

/**
 * A shell makes itself the terminal's foreground, and on its exit gives that back to the process group that it found there; in a PID
 * namespace of its own it finds none. A shell around it, outside, with job control takes the terminal back: otherwise the next
 * one to touch it, the lesson, would be stopped by SIGTTOU.
 */
const foregroundArgv = ['sh', '-c', 'set -m 2>/dev/null; "$@"; exit $?', 'netlab-shell'] as const

function mustBePlace(plan: Plan, place: Place): void {
  const known = [host, ...plan.pods.map(pod => pod.name), ...plan.outside.map(machine => machine.name)]
  if (known.includes(place)) return
  const fix = `there are: ${known.join(', ')}`
  throw new NetlabError({
    what: `${plan.lab} has no pod or machine named ${place}`,
    fix,
    exitCode: exitCode.wrongInput,
  })
}
