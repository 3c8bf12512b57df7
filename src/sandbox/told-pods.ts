import type { ContainerState, PodState } from './kubelet/pod-state.ts'

/** Reads what kubelet says of its pods. The sandbox is the lab's: whatever listens there may answer as it likes, and is not believed where it makes no sense. */
export function toldPods(answer: string): PodState[] {
  return list(parsed(answer)).flatMap(told => {
    const { pod, processes, restart, pause, containers } = told
    const { pid, restarts } = object(pause)
    if (typeof pod !== 'string' || (processes !== 'own' && processes !== 'shared')) return []
    if (restart !== 'Always' && restart !== 'OnFailure' && restart !== 'Never') return []
    return [
      {
        ...{ pod, processes, restart },
        pause: { ...known('pid', pid), restarts: count(restarts) ?? 0 },
        containers: list(containers).flatMap(containerOf),
      },
    ]
  })
}

function containerOf(told: Record<string, unknown>): ContainerState[] {
  const { name, state, pid, restarts, exitCode, startsIn } = told
  if (typeof name !== 'string') return []
  if (state !== 'running' && state !== 'waiting' && state !== 'ended') return []
  return [
    {
      ...{ name, state, restarts: count(restarts) ?? 0 },
      ...known('pid', pid),
      ...known('exitCode', exitCode),
      ...known('startsIn', startsIn),
    },
  ]
}

/** A field with a number that may be left out. */
function known<Key extends string>(key: Key, value: unknown): { [Name in Key]?: number } {
  const number = count(value)
  return number === undefined ? {} : ({ [key]: number } as { [Name in Key]?: number })
}

/** A number that a process, an exit code or a time in milliseconds may have. */
function count(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value < 2 ** 31 ? Math.round(value) : undefined
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(object) : []
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function parsed(answer: string): unknown {
  try {
    return JSON.parse(answer)
  } catch {
    return undefined
  }
}
