import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { exitCode, NetlabError } from '../errors.ts'
import { lives, processId } from './proc.ts'

/** The folder that holds one folder for each running lab of this user. */
export function stateRoot(env: NodeJS.ProcessEnv = process.env): string {
  if (env.NETLAB_STATE_DIR) return env.NETLAB_STATE_DIR
  const runtime = env.XDG_RUNTIME_DIR
  if (runtime && existsSync(runtime)) return join(runtime, 'netlab')
  return join(tmpdir(), `netlab-${ownUid()}`)
}

/** Makes the root where it is missing. Throws NetlabError where somebody else owns it: names in /tmp can be taken. */
function ensureStateRoot(root: string): void {
  if (isOwnRoot(root)) return
  makeFolder(root)
  isOwnRoot(root)
}

/** With those above it. Not Node's `recursive`, which never ends where nothing can be made in a folder that is there: in /proc. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || existsSync(dirname(path))) throw error
    makeFolder(dirname(path))
    makeFolder(path)
  }
}

/**
 * Whether there is a root; every way into it goes through here. Throws NetlabError where somebody else owns it, or could write to it:
 * what lies there says which processes `down` kills. Who can write to the folders above one that NETLAB_STATE_DIR names is
 * the business of whoever named it.
 */
export function isOwnRoot(root: string, env: NodeJS.ProcessEnv = process.env): boolean {
  const runtime = env.XDG_RUNTIME_DIR
  if (!env.NETLAB_STATE_DIR && runtime && root === join(runtime, 'netlab')) checkRuntimeFolder(runtime)
  return isOwnFolder(root)
}

/** `su` and `sudo` may keep the variable of whoever was there before, who could put another folder in the place of netlab's. */
function checkRuntimeFolder(path: string): void {
  const found = openedFolder(path)
  if (found === undefined) return
  // In a folder like /tmp nobody moves what is another's.
  const sticky = (found.mode & 0o1000) !== 0
  if ([ownUid(), 0].includes(found.uid) && (sticky || !isWritableByOthers(found))) return
  throw new NetlabError({
    what: `XDG_RUNTIME_DIR is ${path}, which is not a folder of yours`,
    why: 'netlab keeps the state of running labs there, and whoever owns it could change that',
    fix: 'unset XDG_RUNTIME_DIR (su or sudo may have kept it), or set NETLAB_STATE_DIR to a folder of your own',
    exitCode: exitCode.machineLacks,
  })
}

/** Whether a folder of netlab's is there. Throws NetlabError where it is no folder, not ours, or others can write to it. */
export function isOwnFolder(path: string): boolean {
  const found = openedFolder(path)
  if (found === undefined) return false
  if (found.uid !== ownUid() || isWritableByOthers(found)) throw notYours(path)
  return true
}

/** What is known of a folder, asked of the folder itself and not of its name, which is no link; undefined where there is none. */
function openedFolder(path: string): Stats | undefined {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants
  let descriptor: number
  try {
    descriptor = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    if (code === 'EACCES' || code === 'ELOOP' || code === 'ENOTDIR') throw notYours(path)
    throw error
  }
  try {
    return fstatSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function ownUid(): number {
  return process.geteuid?.() ?? 0
}

function isWritableByOthers({ mode }: Stats): boolean {
  return (mode & 0o022) !== 0
}

function notYours(path: string): NetlabError {
  return new NetlabError({
    what: `${path} is not a folder that only you can write to`,
    why: 'netlab keeps the state of running labs there: which processes are theirs, and what to end',
    fix: `if it is yours: chmod go-w ${path}; if not: set NETLAB_STATE_DIR to a folder of your own`,
    exitCode: exitCode.machineLacks,
  })
}

/**
 * The names of the folders in the root: one per lab, also of labs that died. What else lies there is not netlab's: links, what
 * somebody else owns, folders with something in them but nothing that netlab writes first.
 */
export function labFolders(root: string): string[] {
  if (!isOwnRoot(root)) return []
  return readdirSync(root, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && isOfALab(join(root, entry.name)))
    .map(entry => entry.name)
    .sort()
}

/** One of them is in each folder of a lab that has its name; a folder that was only just made is empty. */
const firstFiles = ['sandbox.log', 'state.json', 'lab.json']

/** A folder that has no lab's name yet: the process that made it, and when that one was started. */
const startFolder = /^\.start\.(\d+)\.(\d+)$/

function isOfALab(path: string): boolean {
  try {
    if (lstatSync(path).uid !== ownUid() || !isOwnFolder(path)) return false
    const files = readdirSync(path)
    return (
      files.length === 0 || startFolder.test(basename(path)) || firstFiles.some(file => files.includes(file))
    )
  } catch (error) {
    // It was taken down meanwhile.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

/**
 * Takes a lab's name by giving it to a folder with its first files in one move; false where the name is taken.
 * Two that try at once cannot both succeed.
 */
export function takeName(start: string, name: string, files: Readonly<Record<string, string>>): boolean {
  try {
    for (const [file, text] of Object.entries(files)) writeFileSync(join(start, file), text, { mode: 0o600 })
    renameSync(start, join(dirname(start), name))
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false
    throw error
  }
}

/**
 * Makes a folder that has no lab's name yet, and returns its path; `isAbandonedStart` knows whose it was.
 * A `down` may take the empty root away between two calls, so both are tried again.
 */
export function makeStartFolder(root: string): string {
  const { pid, startTime } = processId(process.pid)!
  const folder = join(root, `.start.${pid}.${startTime}`)
  for (let tries = 5; ; tries -= 1) {
    try {
      ensureStateRoot(root)
      mkdirSync(folder, { mode: 0o700 })
      return folder
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'EEXIST') rmSync(folder, { recursive: true, force: true })
      else if (code !== 'ENOENT') throw error
      if (tries === 0) throw error
    }
  }
}

/** Whether a folder has no lab's name, and the process that made it has died before it got one. */
export function isAbandonedStart(folder: string): boolean {
  const [, pid, startTime] = startFolder.exec(folder) ?? []
  return pid !== undefined && startTime !== undefined && !lives({ pid: Number(pid), startTime })
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
  try {
    writeFileSync(draft, text, { mode: 0o600 })
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

/** Bytes that a file of a lab may have: a lab of 20,000 services takes some 10 MB, and V8's texts end at 512. */
const mostBytes = 256 * 1024 * 1024

/** The text of a file; undefined where there is none. Throws NetlabError for what is no file of ours, or far too large. */
export function readIfThere(file: string): string | undefined {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  let descriptor: number
  try {
    descriptor = openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    if (code === 'ELOOP' || code === 'ENXIO') throw notReadable(file, 'it is no regular file')
    throw error
  }
  try {
    const found = fstatSync(descriptor)
    if (!found.isFile() || found.uid !== ownUid()) throw notReadable(file, 'it is no regular file of yours')
    if (found.size > mostBytes) throw notReadable(file, `it has ${found.size} bytes`)
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

function notReadable(file: string, why: string): NetlabError {
  return new NetlabError({
    what: `netlab does not read ${file}`,
    why: `${why}, so netlab did not write it`,
    fix: 'netlab down takes the lab that it belongs to away, without it',
  })
}
