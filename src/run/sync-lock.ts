import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { NetlabError } from '../errors.ts'
import { isLocked, lockFile } from '../sandbox/file-lock.ts'
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

/** Does something while all who ask know that the lab is watched, by whomever: its rules follow what happens to its pods. */
export async function whileWatched<T>(
  folder: LabFolder,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  if (!existsSync(folder.path)) throw takenDown(folder)
  const release = await lockFile(watchLock(folder), { patience, signal, shared: true })
  try {
    return await work()
  } finally {
    release?.()
  }
}

/** Whether somebody watches a lab, so that nobody has to sync it. */
export function isWatched(folder: LabFolder): Promise<boolean> {
  return isLocked(watchLock(folder))
}

function watchLock({ path }: LabFolder): string {
  return join(path, 'watch.lock')
}

function takenDown({ name }: LabFolder): NetlabError {
  return new NetlabError({
    what: `the lab ${name} was taken down meanwhile`,
    fix: `netlab up brings it up again`,
  })
}
