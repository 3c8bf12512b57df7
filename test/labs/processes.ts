import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export interface FoundProcess {
  pid: number
  command: string
}

/** Every process that has this state folder in its environment, which all that netlab starts inherit. */
export function processesOf(stateDir: string): FoundProcess[] {
  return readdirSync('/proc')
    .map(Number)
    .filter(pid => Number.isInteger(pid) && pid !== process.pid)
    .filter(pid => read(pid, 'environ').split('\0').includes(`NETLAB_STATE_DIR=${stateDir}`))
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
  for (let tries = 0; tries < 200 && processes.some(({ pid }) => read(pid, 'environ') !== ''); tries += 1)
    await sleep(10)
}
