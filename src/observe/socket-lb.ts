import { join } from 'node:path'
import type { MapContents } from '../dataplane/socket-maps.ts'
import { hasSocketLb, hasSocketLbEnded, readSocketLb } from '../sandbox/bpf/socket-lb-control.ts'
import { stateRoot } from '../sandbox/state-folder.ts'

/** What the maps of a lab's socket load balancer hold; undefined: it has none. Throws NetlabError where one does not answer. */
export async function readBalancer(lab: string): Promise<MapContents | undefined> {
  const folder = folderOf(lab)
  return (await hasSocketLb(folder)) ? readSocketLb(folder) : undefined
}

/** Whether somebody has ended a lab's socket load balancer. Throws NetlabError where nobody can tell. */
export function hasBalancerEnded(lab: string): Promise<boolean> {
  return hasSocketLbEnded(folderOf(lab))
}

/** That it has ended, and what brings it back with the lab's services. */
export function endedBalancer(lab: string): { words: string; mend: string } {
  return { words: "the lab's socket load balancer has ended", mend: `netlab sync ${lab}` }
}

function folderOf(lab: string): string {
  return join(stateRoot(), lab)
}
