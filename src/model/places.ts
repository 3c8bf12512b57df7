import { host, type Place } from '../command/command.ts'

/** What has places. */
interface Places<Pod, Outside> {
  pods: readonly Pod[]
  outside: readonly Outside[]
}

/** Pods and machines outside: each has a network namespace of its own. */
export function machinesOf<Pod, Outside>({ pods, outside }: Places<Pod, Outside>): (Pod | Outside)[] {
  return [...pods, ...outside]
}

/** Where commands run and requests come from: the host, each pod, each machine outside. */
export function placesOf(lab: Places<{ name: string }, { name: string }>): Place[] {
  return [host, ...machinesOf(lab).map(({ name }) => name)]
}
