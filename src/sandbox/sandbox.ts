import { setTimeout as sleep } from 'node:timers/promises'
import { host, type Place } from '../command/command.ts'
import { hostArgv } from '../command/command-line.ts'
import { NetlabError } from '../errors.ts'
import { shedCaller } from './native.ts'
import { childrenOf, lives, type ProcessId, processesIn, userNamespace } from './proc.ts'

/** A lab's namespaces: they live while `init` does. */
export interface Sandbox {
  /** The process that waits for init outside; when it dies, init is killed with it. */
  holder: ProcessId
  /** Process 1 of the sandbox, as seen from outside. */
  init: ProcessId
  /** The identity of the sandbox's user namespace, by which its processes are found. */
  userNamespace: string
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
  const all = ['--user', '--mount', '--net', '--pid', '--uts', '--ipc']
  return [...nsenter(holder, ['--user']), ...nsenter(init, all), ...hostArgv({ argv, in: place })]
}

/** The same for a program that only needs a place's network, not its own /etc and /sys: that takes a process less. */
export function enterNetworkArgv(
  sandbox: Sandbox,
  argv: readonly string[],
  place: Place = host,
): readonly string[] {
  const there = place === host ? [] : ['nsenter', `--net=/run/netns/${place}`, '--']
  return enterArgv(sandbox, [...there, ...argv])
}

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

/**
 * Ends a sandbox, or what there is of one, and waits until its last process is gone: with process 1 the kernel takes
 * every process, namespace, link, rule and mount. Throws NetlabError where something stayed for `deadline` milliseconds.
 */
export async function closeSandbox(
  holder: ProcessId,
  sandbox: Sandbox | undefined,
  deadline = 10_000,
): Promise<void> {
  const roots = [sandbox?.init, holder].filter(root => root !== undefined)
  const namespaces = new Set<string>()
  if (sandbox !== undefined) namespaces.add(sandbox.userNamespace)
  const own = userNamespace(process.pid)
  const start = Date.now()
  for (;;) {
    // A holder that is still opening its sandbox is in one namespace now and in another a moment later.
    for (const root of roots) {
      for (const pid of lives(root) ? [root.pid, ...childrenOf(root.pid)] : []) {
        const namespace = userNamespace(pid)
        if (namespace !== undefined && namespace !== own) namespaces.add(namespace)
      }
    }
    for (const root of roots) if (lives(root)) kill(root.pid)
    const left = processesIn(namespaces)
    if (left.length === 0 && !roots.some(lives)) return
    const waited = Date.now() - start
    // The kernel ends a sandbox only when each process in it has been reaped: an nsenter outside must live to do so.
    if (waited > patience) for (const { pid } of left) kill(pid)
    if (waited > deadline) throw stillThere(left)
    await sleep(2)
  }
}

/** Milliseconds within which a process ends after those that it waits for. */
const patience = 30

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself in between; whether all are gone is looked at again.
  }
}

function stillThere(left: readonly { pid: number; command: string }[]): NetlabError {
  return new NetlabError({
    what: `${left.length} processes of the sandbox did not end`,
    details: left.map(({ pid, command }) => `${pid} ${command}`).join('\n'),
    fix: 'a process in an uninterruptible wait ends when the kernel lets it: try netlab down again',
  })
}
