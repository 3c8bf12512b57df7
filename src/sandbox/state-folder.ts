import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { exitCode, NetlabError } from '../errors.ts'

/** The folder that holds one folder for each running lab of this user. */
export function stateRoot(env: NodeJS.ProcessEnv = process.env): string {
  if (env.NETLAB_STATE_DIR) return env.NETLAB_STATE_DIR
  const runtime = env.XDG_RUNTIME_DIR
  if (runtime && existsSync(runtime)) return join(runtime, 'netlab')
  return join(tmpdir(), `netlab-${userInfo().uid}`)
}

/** Makes the root where it is missing. Throws NetlabError where somebody else owns it: names in /tmp can be taken. */
export function ensureStateRoot(root: string): void {
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const found = lstatSync(root)
  const uid = userInfo().uid
  if (found.isDirectory() && found.uid === uid && (found.mode & 0o022) === 0) return
  throw new NetlabError({
    what: `${root} is not a folder that only you can write to`,
    why: 'netlab keeps the state of running labs there',
    fix: 'set NETLAB_STATE_DIR to a folder of your own',
    exitCode: exitCode.machineLacks,
  })
}

/** The names of the folders in the root: one per lab, also of labs that died. What else lies there is not netlab's. */
export function labFolders(root: string): string[] {
  if (!existsSync(root)) return []
  return readdirSync(root, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort()
}

/**
 * Takes a lab's name by giving it to a folder with its first files in one move; false where the name is taken.
 * Two that try at once cannot both succeed.
 */
export function claimFolder(claim: string, name: string, files: Readonly<Record<string, string>>): boolean {
  try {
    for (const [file, text] of Object.entries(files)) writeFileSync(join(claim, file), text, { mode: 0o600 })
    renameSync(claim, join(dirname(claim), name))
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false
    throw error
  }
}

/**
 * Makes a folder that has no lab's name yet, and returns its path; `starterOf` knows whose it is.
 * A `down` may take the empty root away between two calls, so both are tried again.
 */
export function makeClaim(root: string): string {
  const claim = join(root, `.start.${process.pid}`)
  for (let tries = 5; ; tries -= 1) {
    try {
      ensureStateRoot(root)
      mkdirSync(claim, { mode: 0o700 })
      return claim
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'EEXIST') rmSync(claim, { recursive: true, force: true })
      else if (code !== 'ENOENT') throw error
      if (tries === 0) throw error
    }
  }
}

/** The process that made a folder without a lab's name; undefined for a lab's own folder. */
export function starterOf(folder: string): number | undefined {
  const pid = /^\..+\.(\d+)$/.exec(folder)?.[1]
  return pid === undefined ? undefined : Number(pid)
}

/** Removes a folder of the root, and the root with the last one. */
export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true })
  removeEmptyRoot(dirname(path))
}

/** Removes a root that netlab chose itself once it is empty, so that nothing of netlab is left where no lab is. */
function removeEmptyRoot(root: string, env: NodeJS.ProcessEnv = process.env): void {
  if (env.NETLAB_STATE_DIR) return
  try {
    rmdirSync(root)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error
  }
}

/** Writes a file in one move, so that a reader never sees half of it. */
export function writeWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, text, { mode: 0o600 })
  renameSync(draft, file)
}

/** The text of a file; undefined where there is none. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}
