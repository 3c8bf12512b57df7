import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export interface FoundProcess {
  pid: number
  command: string
}

/**
 * A limit by which the processes of a state folder are known (POSIX message queues, which nobody here uses): it is inherited by all that
 * they start, in whatever namespaces and with whatever environment. `prlimit`'s options for it.
 */
export function markOf(stateDir: string): string {
  const digest = createHash('sha256').update(stateDir).digest()
  const hard = 400_000 + digest.readUInt16BE(0)
  return `--msgqueue=${hard - 200_000 - digest.readUInt16BE(2)}:${hard}`
}

/** Every process that has this state folder in its environment, or its mark, and has not ended: a zombie only waits to be reaped. */
export function processesOf(stateDir: string): FoundProcess[] {
  const limits = markOf(stateDir).split(/[=:]/).slice(1)
  const marked = new RegExp(`^Max msgqueue size +${limits.join(' +')} `, 'm')
  return readdirSync('/proc')
    .map(Number)
    .filter(pid => Number.isInteger(pid) && pid !== process.pid)
    .filter(
      pid =>
        marked.test(read(pid, 'limits')) ||
        read(pid, 'environ').split('\0').includes(`NETLAB_STATE_DIR=${stateDir}`),
    )
    .filter(pid => !/^\d+ \(.*\) [ZX] |^$/s.test(read(pid, 'stat')))
    .map(pid => ({ pid, command: read(pid, 'cmdline').replaceAll('\0', ' ').trim() }))
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

/** Ends processes and waits until they are gone. */
export async function killAll(processes: readonly FoundProcess[]): Promise<void> {
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
  for (let tries = 0; tries < 200 && processes.some(({ pid }) => read(pid, 'cmdline') !== ''); tries += 1)
    await sleep(10)
}
