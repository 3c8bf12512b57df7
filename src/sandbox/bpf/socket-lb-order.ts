import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessId } from '../proc.ts'
import { readIfThere, writeWhole } from '../state-folder.ts'
import type { BpfObject } from './bpf-call.ts'

/** What the kernel has been given, by numbers that it counts anew each time the machine starts. */
interface GivenObjects {
  boot: string
  objects: readonly BpfObject[]
  /** Who holds them; left out: nobody has said so yet. */
  holder?: ProcessId
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
  return givenObjects(folder)?.objects ?? []
}

/** The process that holds them. */
export function holderOfObjects(folder: string): ProcessId | undefined {
  return givenObjects(folder)?.holder
}

function givenObjects(folder: string): GivenObjects | undefined {
  const told = readIfThere(join(folder, objectsName))
  if (told === undefined) return undefined
  try {
    const given = JSON.parse(told) as GivenObjects
    return given.boot === bootId() ? given : undefined
  } catch {
    // Somebody has damaged it.
    return undefined
  }
}

/** Notes them, and who holds them. */
export function noteObjects(folder: string, objects: readonly BpfObject[], holder?: ProcessId): void {
  const given: GivenObjects = { boot: bootId(), objects, ...(holder === undefined ? {} : { holder }) }
  writeWhole(join(folder, objectsName), JSON.stringify(given))
}
