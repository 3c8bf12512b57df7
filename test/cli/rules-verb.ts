import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, vi } from 'vitest'
import { rulesCommand } from '../../src/cli/rules.ts'

/** Writes files into a folder that goes after the tests of this file; the path of each is given back. */
export function manifestFiles(): (name: string, text: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'netlab-rules-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  return (name, text) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
}

/** What `netlab rules` prints, and what it tells beside that. The spies on stdout and stderr are the test's to restore. */
export async function rules(...args: string[]): Promise<{ out: string; notes: string }> {
  const written = { out: '', notes: '' }
  const into = (stream: 'out' | 'notes') => (text: unknown) => {
    written[stream] += String(text)
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(into('out'))
  vi.spyOn(process.stderr, 'write').mockImplementation(into('notes'))
  await rulesCommand().exitOverride().parseAsync(args, { from: 'user' })
  return written
}
