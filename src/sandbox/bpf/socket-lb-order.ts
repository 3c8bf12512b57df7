import { readFileSync } from 'node:fs'
import type { BpfObject } from './bpf-call.ts'

/** What the kernel has been given, by numbers that it counts anew each time the machine starts. */
export interface GivenObjects {
  boot: string
  objects: readonly BpfObject[]
}

/** Which start of the machine this is (random(4)). */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

/** Where it is asked what its maps take of the kernel's memory. */
export const memoryPath = '/memory'

/** In the lab's folder: the socket over which it takes orders, what it complains of, what the kernel has of it. */
export const socketName = 'socket-lb'
export const complaintsName = 'socket-lb.log'
export const objectsName = 'socket-lb.json'
