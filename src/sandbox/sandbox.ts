import { enterNetwork, host, type Place } from '../command/command.ts'
import { hostArgv } from '../command/command-line.ts'
import { ownsMachine } from './identity.ts'
import { shedCaller } from './native.ts'
import { lives, type ProcessId } from './proc.ts'

/** A lab's namespaces: they live while `init` does. */
export interface Sandbox {
  /** The process that waits for init outside; when it dies, init is killed with it. */
  holder: ProcessId
  /** Process 1 of the sandbox, as seen from outside. */
  init: ProcessId
  /** Folders of the cgroups that bound what runs in it; none where this machine gives none. */
  cgroups: readonly string[]
}

/** Folders of programs inside a sandbox, netlab's own first. What this machine's user has elsewhere is not there. */
export const insidePath = '/run/sandbox/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * The argv that runs a command inside a sandbox, in the network namespace of a place. It enters in two steps: the PID namespace
 * belongs to the user namespace that furnished the sandbox, the holder's, and only from there can both be entered.
 */
export function enterArgv(sandbox: Sandbox, argv: readonly string[], place: Place = host): readonly string[] {
  // Here, because there is no other way in.
  shedCaller()
  const { holder, init } = sandbox
  // Their numbers may be others' by now.
  if (!lives(holder) || !lives(init)) return ['sh', '-c', 'echo the lab has ended >&2; exit 1']
  // On a machine of the lab's own there is no user namespace to enter.
  if (ownsMachine()) return [...nsenter(init, namespaces), ...hostArgv({ argv, in: place })]
  return [
    ...nsenter(holder, ['--user']),
    ...nsenter(init, ['--user', ...namespaces]),
    ...hostArgv({ argv, in: place }),
  ]
}

/** The same for a program that only needs a place's network, not its own /etc and /sys: that takes a process less. */
export function enterNetworkArgv(
  sandbox: Sandbox,
  argv: readonly string[],
  place: Place = host,
): readonly string[] {
  return enterArgv(sandbox, [...enterNetwork(place), ...argv])
}

const namespaces = ['--mount', '--net', '--pid', '--uts', '--ipc']

function nsenter({ pid }: ProcessId, namespaces: readonly string[]): string[] {
  return ['nsenter', '--target', `${pid}`, ...namespaces, '--preserve-credentials', '--']
}

/** The whole environment of a command inside a sandbox: nothing of the caller's is known there. */
export const insideEnv: Readonly<Record<string, string>> = {
  PATH: insidePath,
  HOME: '/tmp',
  LC_ALL: 'C.UTF-8',
}

/** Whether a sandbox still lives. */
export function sandboxLives(sandbox: Sandbox): boolean {
  return lives(sandbox.init)
}
