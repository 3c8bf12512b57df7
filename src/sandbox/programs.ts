import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { installLine, tools } from './doctor/tools.ts'
import { insidePath } from './sandbox.ts'

/** Whether a program is found in a sandbox, which has this machine's folders of programs. */
export function isThere(program: string): boolean {
  return insidePath.split(':').some(folder => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** What to type on Debian to get these programs; undefined where netlab does not know a package for each. */
export function waysToInstall(programs: readonly string[]): string | undefined {
  const known = programs.map(program => tools.find(({ name }) => name === program))
  return known.includes(undefined) ? undefined : installLine(known.filter(tool => tool !== undefined))
}
