import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readIfThere, writeWhole } from '../state-folder.ts'
import type { BpfObject } from './bpf-call.ts'

/** What the kernel has been given, by numbers that it counts anew each time the machine starts. */
interface GivenObjects {
  boot: string
  objects: readonly BpfObject[]
}

/** Which start of the machine this is (random(4)). */
function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

/** Where it is asked what its maps take of the kernel's memory. */
export const memoryPath = '/memory'

/** In the lab's folder: the socket over which it takes orders, who starts one, what it complains of, what the kernel has of it. */
export const socketName = 'socket-lb'
export const lockName = 'socket-lb.lock'
export const complaintsName = 'socket-lb.log'
export const objectsName = 'socket-lb.json'

/**
 * What the kernel was given by a lab's load balancers since the machine has started: programs and maps, by the numbers that bpftool tells.
 * Those of before are somebody else's now.
 */
export function loadedObjects(folder: string): readonly BpfObject[] {
  const told = readIfThere(join(folder, objectsName))
  if (told === undefined) return []
  try {
    const { boot, objects } = JSON.parse(told) as GivenObjects
    return boot === bootId() ? objects : []
  } catch {
    // Somebody has damaged it.
    return []
  }
}

/** Notes them. */
export function noteObjects(folder: string, objects: readonly BpfObject[]): void {
  writeWhole(join(folder, objectsName), JSON.stringify({ boot: bootId(), objects } satisfies GivenObjects))
}
