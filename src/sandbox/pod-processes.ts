import { setTimeout as sleep } from 'node:timers/promises'
import { namespacesFolder } from '../command/command.ts'
import { runAtAnyway } from './enter.ts'
import type { Sandbox } from './sandbox.ts'

/** Prints the number of each network namespace that a process is in, or that has a name; those that end meanwhile do not count. */
const listNamespaces = `stat -L -c '%i %n' /proc/[0-9]*/ns/net ${namespacesFolder}/* 2> /dev/null; true`

/** The processes in pods' network namespaces, as `ip netns pids` lists them, by their numbers inside the sandbox. */
export async function podsProcesses(
  sandbox: Sandbox,
  pods: readonly string[],
): Promise<ReadonlyMap<string, number[]>> {
  if (pods.length === 0) return new Map()
  const { stdout } = await runAtAnyway(sandbox, ['sh', '-c', listNamespaces], {
    why: 'looking which processes run in pods',
  })
  return processesByPod(stdout, pods)
}

/** Reads what `stat` printed of processes' and pods' network namespaces: `4026532008 /proc/1/ns/net`, `4026532100 /run/netns/a`. */
export function processesByPod(listed: string, pods: readonly string[]): ReadonlyMap<string, number[]> {
  const podOf = new Map<string, string>()
  const processes: { pid: number; namespace: string }[] = []
  for (const line of listed.split('\n')) {
    const [, namespace = '', pid, name = ''] =
      /^(\d+) \/(?:proc\/(\d+)\/ns\/net|run\/netns\/(.+))$/.exec(line) ?? []
    if (pid !== undefined) processes.push({ pid: Number(pid), namespace })
    else if (pods.includes(name)) podOf.set(namespace, name)
  }
  const found = new Map<string, number[]>()
  for (const { pid, namespace } of processes) {
    const pod = podOf.get(namespace)
    // Process 1 is the sandbox's life; a namespace that somebody renamed must not make it a pod's.
    if (pod !== undefined && pid !== 1) found.set(pod, [...(found.get(pod) ?? []), pid])
  }
  return found
}

/** Milliseconds. Kubernetes gives 30 seconds by default; programs of a lab have nothing to save. */
const grace = 5000

/** Ends a pod's programs: with SIGTERM, and SIGKILL for those that do not heed it, or with SIGKILL at once. */
export async function endProcesses(sandbox: Sandbox, pod: string, ending: 'stop' | 'kill'): Promise<void> {
  const killAt = Date.now() + (ending === 'kill' ? 0 : grace)
  const asked = new Set<number>()
  for (;;) {
    const left = (await podsProcesses(sandbox, [pod])).get(pod) ?? []
    if (left.length === 0) return
    const last = Date.now() >= killAt
    const now = last ? left : left.filter(pid => !asked.has(pid))
    if (now.length > 0) {
      await runAtAnyway(sandbox, ['kill', '-s', last ? 'KILL' : 'TERM', '--', ...now.map(String)], {
        why: `ending the programs of pod ${pod}`,
      })
    }
    for (const pid of now) asked.add(pid)
    await sleep(5)
  }
}
