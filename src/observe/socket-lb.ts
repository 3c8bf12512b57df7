import { join } from 'node:path'
import type { MapContents } from '../dataplane/socket-maps.ts'
import {
  hasSocketLb,
  hasSocketLbEnded,
  isSocketLbStopped,
  readSocketLb,
} from '../sandbox/bpf/socket-lb-control.ts'
import { stateRoot } from '../sandbox/state-folder.ts'

/** What the maps of a lab's socket load balancer hold; undefined: it has none. Throws NetlabError where one does not answer. */
export async function readBalancer(lab: string): Promise<MapContents | undefined> {
  const folder = folderOf(lab)
  return (await hasSocketLb(folder)) ? readSocketLb(folder) : undefined
}

/** What somebody has done to a lab's socket load balancer, and what it takes to have it back with the lab's services. */
export interface BalancerTrouble {
  state: 'ended' | 'stopped'
  words: string
  /** What that means for connections. */
  means: string
  mend: string
}

/** What each means for connections. */
const meanings: Readonly<Record<BalancerTrouble['state'], Pick<BalancerTrouble, 'words' | 'means'>>> = {
  ended: {
    words: "the lab's socket load balancer has ended",
    means: 'the node and its pods reach no service, but where it has rules as well',
  },
  stopped: {
    words: "the lab's socket load balancer is stopped",
    means: 'connections find the pods that services had, and nothing new comes to the kernel',
  },
}

/** Undefined: it works, or there never was one. Throws NetlabError where nobody can tell. */
export async function balancerTrouble(lab: string): Promise<BalancerTrouble | undefined> {
  if (isSocketLbStopped(folderOf(lab))) return troubleOf(lab, 'stopped')
  return (await hasSocketLbEnded(folderOf(lab))) ? troubleOf(lab, 'ended') : undefined
}

/** What is told of one that has come to this. */
export function troubleOf(lab: string, state: BalancerTrouble['state']): BalancerTrouble {
  return { state, ...meanings[state], mend: `netlab sync ${lab}` }
}

function folderOf(lab: string): string {
  return join(stateRoot(), lab)
}
