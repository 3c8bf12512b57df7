import { readlinkSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { processesIn } from './proc.ts'
import type { Sandbox } from './sandbox.ts'

/** The processes in a pod's network namespace, as `ip netns pids` lists them, by their numbers outside the sandbox. */
function podProcesses(sandbox: Sandbox, pod: string): number[] {
  return podsProcesses(sandbox, [pod]).get(pod) ?? []
}

/** The same of several pods, with one look at all processes. */
export function podsProcesses(sandbox: Sandbox, pods: readonly string[]): ReadonlyMap<string, number[]> {
  const byNamespace = new Map(pods.flatMap(pod => namespaceOf(sandbox, pod).map(id => [id, pod])))
  const found = new Map<string, number[]>()
  if (byNamespace.size === 0) return found
  for (const { pid } of processesIn(new Set([sandbox.userNamespace]))) {
    const pod = byNamespace.get(networkNamespace(pid) ?? '')
    if (pod !== undefined) found.set(pod, [...(found.get(pod) ?? []), pid])
  }
  return found
}

/** Seconds that Kubernetes gives by default are 30; programs of a lab have nothing to save. */
const grace = 5000

/** Ends a pod's programs: with SIGTERM, and SIGKILL for those that do not heed it, or with SIGKILL at once. */
export async function endProcesses(sandbox: Sandbox, pod: string, ending: 'stop' | 'kill'): Promise<void> {
  const killAt = Date.now() + (ending === 'kill' ? 0 : grace)
  const asked = new Set<number>()
  for (;;) {
    const left = podProcesses(sandbox, pod)
    if (left.length === 0) return
    for (const pid of left) {
      if (Date.now() >= killAt) signal(pid, 'SIGKILL')
      else if (!asked.has(pid)) signal(pid, 'SIGTERM')
      asked.add(pid)
    }
    await sleep(5)
  }
}

function namespaceOf(sandbox: Sandbox, pod: string): string[] {
  try {
    return [`net:[${statSync(`/proc/${sandbox.init.pid}/root/run/netns/${pod}`).ino}]`]
  } catch {
    return []
  }
}

function networkNamespace(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`)
  } catch {
    return undefined
  }
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name)
  } catch {
    // It ended by itself in between.
  }
}
