import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sandbox } from './sandbox.ts'

/** Milliseconds between two looks, and how many there are at most: the kernel frees some memory a moment later. */
const pause = 50
const mostLooks = 40
/** Bytes: a processor holds as much of a cgroup's memory ready without using it. */
const slack = 256 * 1024

/**
 * Bytes that the kernel has for what is in a lab: its rules, sockets, processes. Undefined where the lab has no cgroup that counts
 * memory.
 */
export async function kernelMemory({ cgroups }: Sandbox): Promise<number | undefined> {
  let last: number | undefined
  for (let look = 0; look < mostLooks; look += 1) {
    const now = cgroups.map(readKernelMemory).find(bytes => bytes !== undefined)
    if (now === undefined || (last !== undefined && Math.abs(now - last) < slack)) return now
    last = now
    await sleep(pause)
  }
  return last
}

function readKernelMemory(folder: string): number | undefined {
  // Of the first version of cgroups, then of the second (cgroup-v2.rst: `kernel` since Linux 5.18).
  const first = join(folder, 'memory.kmem.usage_in_bytes')
  if (existsSync(first)) return bytesOf(readFileSync(first, 'utf8'))
  const second = join(folder, 'memory.stat')
  if (existsSync(second)) return bytesOf(/^kernel (\d+)$/m.exec(readFileSync(second, 'utf8'))?.[1])
  return undefined
}

function bytesOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}
