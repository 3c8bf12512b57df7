import { closeSync, fstatSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { NetlabError } from '../errors.ts'
import { childrenOf, kill, lives, namespaceOf, type ProcessId, processesIn, processId, runs } from './proc.ts'
import type { Sandbox } from './sandbox.ts'

/**
 * Ends a sandbox, or what there is of one, and waits until its last process is gone: with process 1 the kernel takes
 * every process, namespace, link, rule and mount. Nothing but the two processes that are given, each known by its start time, says
 * what is to be ended: a sandbox whose process 1 has died leaves nothing else to look for. No program in the sandbox has a say.
 * Throws NetlabError where something stayed for `deadline` milliseconds.
 */
export async function closeSandbox(
  holder: ProcessId,
  sandbox: Sandbox | undefined,
  deadline = 10_000,
): Promise<void> {
  const roots = sandbox === undefined ? await openers(holder) : [sandbox.init, holder]
  const held = roots.flatMap(root => holdUserNamespace(root) ?? [])
  const namespaces = new Set(held.map(({ name }) => name))
  try {
    for (const root of roots) kill(root)
    const start = Date.now()
    for (let waited = 0; ; waited = Date.now() - start) {
      const left = processesIn(namespaces)
      if (left.length === 0 && !roots.some(lives)) return
      // The kernel ends a sandbox only when each process in it has been reaped: an nsenter outside must live, and run, to do so.
      for (const each of left) kill(each, waited > patience ? 'SIGKILL' : 'SIGCONT')
      if (waited > deadline) throw stillThere(left)
      await sleep(2)
    }
  } finally {
    for (const { descriptor } of held) closeSync(descriptor)
  }
}

/** Milliseconds within which a process ends after those that it waits for. */
const patience = 30

/** Milliseconds within which a process that is told to stop does so, unless the kernel keeps it. */
const stopPatience = 100

/** A holder that is still opening its sandbox, and what it has started so far, down to a process 1: whose children the kernel ends. */
async function openers(holder: ProcessId): Promise<ProcessId[]> {
  const outside = namespaceOf(holder.pid, 'pid')
  const found = [holder]
  for (const process of found) {
    if (namespaceOf(process.pid, 'pid') !== outside) continue
    await stop(process)
    found.push(...childrenOf(process.pid).flatMap(pid => processId(pid) ?? []))
  }
  return found
}

/** A process that is not stopped is in one namespace now and in another a moment later. */
async function stop(process: ProcessId): Promise<void> {
  kill(process, 'SIGSTOP')
  const giveUp = Date.now() + stopPatience
  while (runs(process) && Date.now() < giveUp) await sleep(1)
}

interface HeldNamespace {
  descriptor: number
  /** `user:[4026532001]` */
  name: string
}

/**
 * The user namespace of a process, held open: until it is closed the kernel gives its number to no other. Undefined where the process
 * has ended, or is in the same one as this.
 */
function holdUserNamespace(process: ProcessId): HeldNamespace | undefined {
  let descriptor: number | undefined
  try {
    descriptor = openSync(`/proc/${process.pid}/ns/user`, 'r')
    const name = `user:[${fstatSync(descriptor).ino}]`
    // Whoever lives now has lived since before it was opened.
    if (lives(process) && name !== namespaceOf(globalThis.process.pid, 'user')) return { descriptor, name }
  } catch {
    // It has ended.
  }
  if (descriptor !== undefined) closeSync(descriptor)
  return undefined
}

function stillThere(left: readonly (ProcessId & { name: string })[]): NetlabError {
  return new NetlabError({
    what: `${left.length} processes of the sandbox did not end`,
    details: left.map(({ pid, name }) => `${pid} ${name}`).join('\n'),
    fix: 'a process in an uninterruptible wait ends when the kernel lets it: try netlab down again',
  })
}
