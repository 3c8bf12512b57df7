import { readFileSync } from 'node:fs'

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
  if (process.getuid?.() !== 0) return undefined
  return isMapped(nobodys, readFileSync('/proc/self/uid_map', 'utf8'))
    ? { uid: nobodys, gid: nobodys }
    : undefined
}

/** Whether an id exists in a user namespace: root of one that has few ids is nobody outside already (user_namespaces(7)). */
export function isMapped(id: number, uidMap: string): boolean {
  return uidMap
    .trim()
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number))
    .some(([first = 0, , count = 0]) => id >= first && id < first + count)
}
