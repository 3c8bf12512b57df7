import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const checkout = fileURLToPath(new URL('../..', import.meta.url))

/**
 * The built package, copied to where every user can read it and no later build changes it. Returns the folder; the caller
 * removes it.
 */
export function copyPackage(): string {
  const folder = mkdtempSync(join(tmpdir(), 'netlab-package-'))
  chmodSync(folder, 0o755)
  mkdirSync(join(folder, 'node_modules'))
  for (const part of ['package.json', 'dist', 'bpf', 'labs', 'node_modules/koffi', 'node_modules/@koromix'])
    cpSync(join(checkout, part), join(folder, part), { recursive: true })
  return folder
}

/** Removes a folder with all that is in it, even where a lab's files are still being written. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
