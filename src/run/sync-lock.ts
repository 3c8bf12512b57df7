import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { NetlabError } from '../errors.ts'
import { lockFile } from '../sandbox/file-lock.ts'
import { readIfThere } from '../sandbox/state-folder.ts'
import type { LabFolder } from './lab-folder.ts'

/** Milliseconds that another change of the same lab may take. */
const patience = 60_000

/**
 * Does something that changes a running lab, while no other netlab does: a watcher and an apply would mix their rules. Throws the
 * signal's reason where it is aborted while it waits.
 */
export async function withLabLocked<T>(
  folder: LabFolder,
  signal: AbortSignal | undefined,
  change: () => Promise<T>,
): Promise<T> {
  const file = join(folder.path, 'change.lock')
  if (!existsSync(folder.path)) throw takenDown(folder)
  const release = await lockFile(file, { patience, signal })
  if (release === undefined) {
    if (!existsSync(file)) throw takenDown(folder)
    throw new NetlabError({
      what: `another netlab has been changing ${folder.name} for a minute`,
      details: readIfThere(file) ?? '',
      fix: 'end that process, or wait for it',
    })
  }
  try {
    return await change()
  } finally {
    release()
  }
}

function takenDown({ name }: LabFolder): NetlabError {
  return new NetlabError({
    what: `the lab ${name} was taken down meanwhile`,
    fix: `netlab up brings it up again`,
  })
}
