import { randomBytes } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { NetlabError } from '../errors.ts'
import type { Limits } from '../model/lab.ts'
import { type CgroupPlaces, cgroupPlaces, isLabCgroup, labCgroupName, starterOf } from './cgroup-places.ts'
import { namespaceOf, processId } from './proc.ts'

/** The cgroups of a lab: one, or of version 1 one for each controller. */
export interface LabCgroup {
  /** Absolute paths, to be kept with the lab's state. */
  folders: readonly string[]
  /** What they bound. */
  bounds: readonly CgroupBound[]
}

export type CgroupBound = 'memory' | 'processes'

/** A folder to make cgroups in, and what those can bound. */
export interface CgroupParent {
  folder: string
  bounds: readonly CgroupBound[]
}

/** Milliseconds: a cgroup can be removed as soon as the kernel has finished with its last process. */
const patience = 2000

/** Where this process may make cgroups with processes of its own in them; empty on most machines for all but root. */
export function cgroupParents(): CgroupParent[] {
  const { unified, memory, pids } = ownPlaces()
  // Of version 2 a cgroup either has processes or hands its controllers on to those below: so mostly it is not our own.
  const handingOn = unified.find(folder => {
    const controllers = read(join(folder, 'cgroup.subtree_control')).split(/\s/)
    return controllers.includes('memory') && controllers.includes('pids') && isOurs(folder)
  })
  if (handingOn !== undefined) return [{ folder: handingOn, bounds: ['memory', 'processes'] }]
  return [
    ...(memory !== undefined && isOurs(memory) ? [parentOf(memory, 'memory')] : []),
    ...(pids !== undefined && isOurs(pids) ? [parentOf(pids, 'processes')] : []),
  ]
}

function parentOf(folder: string, bound: CgroupBound): CgroupParent {
  return { folder, bounds: [bound] }
}

/**
 * Where real root may make a cgroup that bounds nothing, for programs of the kernel that are asked about its sockets: those can be attached
 * to cgroups of version 2 only. Empty where the lab has one of those anyway.
 */
function socketParents(bounding: readonly CgroupParent[]): CgroupParent[] {
  const [own] = ownPlaces().unified
  if (ownUid() !== 0 || own === undefined || !isOurs(own)) return []
  return bounding.some(({ folder }) => isUnified(folder)) ? [] : [{ folder: own, bounds: [] }]
}

/** Whether a lab would get a cgroup to which such programs can be attached. */
export function hasSocketParent(): boolean {
  const bounding = cgroupParents()
  return [...bounding, ...socketParents(bounding)].some(({ folder }) => isUnified(folder))
}

/** The one of a lab's cgroups to which such programs can be attached; undefined where it has none. */
export function socketCgroup(folders: readonly string[]): string | undefined {
  return labCgroups(folders).find(isUnified)
}

/** Every cgroup of version 2 has such a file. */
function isUnified(folder: string): boolean {
  return existsSync(join(folder, 'cgroup.controllers'))
}

/** To move a process, one must be allowed to write to the cgroup that is above both, too. */
function isOurs(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    accessSync(join(folder, 'cgroup.procs'), constants.W_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Makes cgroups for a lab, empty and without a limit as yet; undefined where this process may make none. `note` hears which ones before
 * the first of them is there.
 */
export function makeCgroup(
  note: (folders: readonly string[]) => void,
  bounding = cgroupParents(),
): LabCgroup | undefined {
  const wanted = [...bounding, ...socketParents(bounding)].map(({ folder, bounds }) => ({
    folder: join(folder, labCgroupName(ownUid(), process.pid, randomBytes(3).toString('hex'))),
    bounds,
  }))
  note(wanted.map(({ folder }) => folder))
  const made = wanted.filter(({ folder }) => isMade(folder))
  if (made.length === 0) return undefined
  return { folders: made.map(({ folder }) => folder), bounds: made.flatMap(({ bounds }) => bounds) }
}

/** Not where the number of cgroups is limited, say: the lab comes up without, as on machines that give none. */
function isMade(folder: string): boolean {
  try {
    mkdirSync(folder)
    return true
  } catch {
    return false
  }
}

function ownUid(): number {
  return process.getuid?.() ?? 0
}

/** Cgroups of this user's labs that nobody is in and whose netlab has died: that one was killed, and what it had noted of them is lost. */
export function abandonedCgroups(): string[] {
  const parents = cgroupParents()
  return [...parents, ...socketParents(parents)].flatMap(({ folder }) =>
    foldersIn(folder)
      .filter(name => {
        const starter = starterOf(name, ownUid())
        return starter !== undefined && processId(starter) === undefined
      })
      .map(name => join(folder, name))
      .filter(path => read(join(path, 'cgroup.procs')).trim() === ''),
  )
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/**
 * Sets what a lab may use at the most. Not `memory.oom.group`: where the lab has no memory left the one program that took most is
 * ended, not all of it, nor the netlab that happens to be in it.
 */
export function limitCgroup({ folders }: LabCgroup, { memory, processes }: Limits): void {
  // Those of the second version, then of the first, whose swap file counts memory and swap together. A folder has the files of its
  // controllers; a kernel that does not count swap has none for that.
  const values = {
    'pids.max': processes,
    'memory.max': memory,
    'memory.swap.max': 0,
    'memory.limit_in_bytes': memory,
    'memory.memsw.limit_in_bytes': memory,
  }
  for (const folder of folders) {
    for (const [file, value] of Object.entries(values)) {
      const path = join(folder, file)
      if (existsSync(path)) writeFileSync(path, String(value))
    }
  }
}

/** Brings a process, and all that it starts from then on, into cgroups. Rejects where the kernel forbids it. */
async function moveInto(folders: readonly string[], pid: number): Promise<void> {
  await Promise.all(folders.map(folder => writeFile(join(folder, 'cgroup.procs'), String(pid))))
}

/** Where this process was before it joined a lab, by the folder that it joined. */
const homes = new Map<string, string>()

/**
 * Brings this process into a lab's cgroups, so that what it starts inside is bounded as the lab is. Where the lab has ended or the
 * kernel forbids it (who logged in anew may not reach the cgroups of before), the other limits hold.
 */
export async function joinCgroup(folders: readonly string[]): Promise<void> {
  const { unified, memory, pids } = ownPlaces()
  const own = [unified[0], memory, pids].filter(place => place !== undefined)
  const sound = labCgroups(folders)
  for (const folder of sound) {
    const home = own.find(each => each.startsWith(`${dirname(folder)}/`) || each === dirname(folder))
    if (home !== undefined && !homes.has(folder)) homes.set(folder, home)
  }
  await Promise.all(sound.map(folder => moveInto([folder], process.pid).catch(() => {})))
}

/** Takes a process that this one has started out of the lab's cgroups, back to where this process was before it joined them. */
export async function takeOut(pid: number): Promise<void> {
  await moveInto([...homes.values()], pid)
}

/**
 * Removes a lab's cgroups once its processes are gone; those of them that still live are ended, and whoever has entered, as this very
 * process may have, goes back. Paths that cannot be a lab's are left alone. Gives the folders that are still there after two seconds.
 */
export async function removeCgroup(folders: readonly string[]): Promise<string[]> {
  const left: string[] = []
  for (const folder of labCgroups(folders)) if (!(await removed(folder))) left.push(folder)
  return left
}

/** The same. Throws NetlabError that names what is still there. */
export async function mustRemoveCgroup(folders: readonly string[]): Promise<void> {
  const left = await removeCgroup(folders)
  if (left.length === 0) return
  throw new NetlabError({
    what: `${left.length === 1 ? 'a cgroup' : 'cgroups'} of the lab could not be removed`,
    details: left.join('\n'),
    fix: 'something is still in there: netlab down tries again',
  })
}

function labCgroups(folders: readonly string[]): string[] {
  const mounts = read('/proc/self/mountinfo')
  return folders.filter(folder => isLabCgroup(folder, mounts, ownUid()))
}

async function removed(folder: string): Promise<boolean> {
  const end = performance.now() + patience
  for (;;) {
    emptyOut(folder)
    try {
      rmdirSync(folder)
      return true
    } catch {
      if (!existsSync(folder)) return true
      if (performance.now() > end) return false
    }
    await sleep(5)
  }
}

/** What runs in a user namespace of its own is the lab's; anybody else has entered. */
function emptyOut(folder: string): void {
  const own = namespaceOf(process.pid, 'user')
  const pids = read(join(folder, 'cgroup.procs')).split('\n').filter(Boolean).map(Number)
  const entered = pids.filter(pid => namespaceOf(pid, 'user') === own)
  // Of version 2 the cgroup above takes no processes.
  const homeOfThis = homes.get(folder)
  const ways = [homeOfThis, dirname(folder), ownPlaces().unified[0]].filter(way => way !== undefined)
  for (const pid of entered) ways.some(way => way !== folder && write(join(way, 'cgroup.procs'), String(pid)))
  if (entered.length === 0 && pids.length > 0) write(join(folder, 'cgroup.kill'), '1')
}

function ownPlaces(): CgroupPlaces {
  return cgroupPlaces(read('/proc/self/cgroup'), read('/proc/self/mountinfo'))
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** False where the process, or the cgroup, has gone or takes none. */
function write(path: string, text: string): boolean {
  try {
    writeFileSync(path, text)
    return true
  } catch {
    return false
  }
}
