import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { NetlabError } from '../errors.ts'
import { lives, type ProcessId, processId } from '../sandbox/proc.ts'
import { readIfThere } from '../sandbox/state-folder.ts'
import type { LabFolder } from './lab-state.ts'

/** Milliseconds that another change of the same lab may take. */
const patience = 60_000

/** Does something that changes a running lab, while no other netlab does: a watcher and an apply would mix their rules. */
export async function withLabLocked<T>(folder: LabFolder, change: () => Promise<T>): Promise<T> {
  const file = join(folder.path, 'change.lock')
  const giveUp = Date.now() + patience
  while (!take(file)) {
    if (Date.now() > giveUp) {
      throw new NetlabError({
        what: `another netlab has been changing ${folder.name} for a minute`,
        details: readIfThere(file) ?? '',
        fix: 'end that process, or wait for it',
      })
    }
    await sleep(20)
  }
  try {
    return await change()
  } finally {
    rmSync(file, { force: true })
  }
}

function take(file: string): boolean {
  const own = processId(process.pid)
  try {
    writeFileSync(file, JSON.stringify(own), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const text = readIfThere(file)
  // Between its making and its writing the file is empty.
  if (text === undefined || text === '') return false
  if (!lives(JSON.parse(text) as ProcessId)) rmSync(file, { force: true })
  return false
}
