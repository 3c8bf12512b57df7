import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'

/**
 * The path of a folder that the tests of a file, or of a `describe`, have for themselves. It is there from the first of them until the last
 * one has ended: where all are left out, as with `-t`, nobody would remove it.
 */
export function ownFolder(name: string): string {
  const folder = join(tmpdir(), `netlab-${name}-${randomUUID()}`)
  beforeAll(() => void mkdirSync(folder, { mode: 0o700 }))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
