import { readFileSync } from 'node:fs'
import { disposableWord } from './vm/init-script.ts'

/** Who the processes of a lab are outside of it. */
export interface LabIdentity {
  uid: number
  gid: number
}

/**
 * An id that belongs to nobody: above what distributions, systemd and container tools hand out (systemd's list of reserved
 * ranges, UIDS-GIDS.md), so that no file and no other process of this machine is its own.
 */
const nobodys = 2_000_007_352

/**
 * Who a lab is outside where real root runs netlab: an id without any right, so that root's labs are like everybody's.
 * Undefined for everybody else, whose labs have their own id.
 */
export function labIdentity(): LabIdentity | undefined {
  if (process.getuid?.() !== 0 || ownsMachine()) return undefined
  return isMapped(nobodys, readFileSync('/proc/self/uid_map', 'utf8'))
    ? { uid: nobodys, gid: nobodys }
    : undefined
}

let owns: boolean | undefined

/**
 * Whether this is root of a machine that is thrown away with the one lab that it runs: its kernel was started with a word that says so,
 * which only whoever starts a machine can do. Such a lab needs no user namespace: its root may be the machine's, and so can
 * do what the kernel lets nobody else do, IPVS for one.
 */
export function ownsMachine(): boolean {
  owns ??=
    process.getuid?.() === 0 &&
    readFileSync('/proc/cmdline', 'utf8').trim().split(' ').includes(disposableWord) &&
    hasAllIds(readFileSync('/proc/self/uid_map', 'utf8'))
  return owns
}

/** Whether ids are those of the machine itself, as in no user namespace but the first. */
function hasAllIds(uidMap: string): boolean {
  return /^\s*0\s+0\s+4294967295\s*$/.test(uidMap)
}

/** Whether an id exists in a user namespace: root of one that has few ids is nobody outside already (user_namespaces(7)). */
export function isMapped(id: number, uidMap: string): boolean {
  return uidMap
    .trim()
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number))
    .some(([first = 0, , count = 0]) => id >= first && id < first + count)
}
