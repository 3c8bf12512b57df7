import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { exitCode, NetlabError } from '../errors.ts'
import { attempt } from './doctor/attempt.ts'
import { installLine, isOlder, toolOf, tools, tooOldWords, versionIn } from './doctor/tools.ts'
import { insidePath } from './sandbox.ts'

/** Whether a program is found in a sandbox, which has this machine's folders of programs. */
export function isThere(program: string): boolean {
  // A CNI plugin is known by its path.
  const folders = program.startsWith('/') ? ['/'] : insidePath.split(':')
  return folders.some(folder => {
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
  const known = programs.map(toolOf)
  return known.includes(undefined) ? undefined : installLine(known.filter(tool => tool !== undefined))
}

/**
 * The error for a program whose output cannot be read, as where it is older than what labs use of it: its version is asked for only
 * then, because that costs a process.
 */
export async function tooOld(name: 'curl'): Promise<NetlabError> {
  const tool = tools.find(tool => tool.name === name)
  const { found, output } = await attempt([name, ...(tool?.version ?? [])])
  const version = versionIn(output)
  const least = tool?.least
  if (!found || tool === undefined || least === undefined || !isOlder(version, least.version)) {
    return new NetlabError({
      what: `${name} did not say what came of its requests`,
      why: `this machine's is ${found ? version : 'not there'}; in the lab another program may have been put in its place`,
    })
  }
  return new NetlabError({
    what: `${name} is too old: this is ${tooOldWords(version, least.version)}`,
    why: least.why,
    fix: `${installLine([tool])}\nnetlab doctor looks at all that labs need`,
    exitCode: exitCode.machineLacks,
  })
}
