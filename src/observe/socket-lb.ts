import { join } from 'node:path'
import type { MapContents } from '../dataplane/socket-maps.ts'
import { hasSocketLb, readSocketLb } from '../sandbox/bpf/socket-lb-control.ts'
import { stateRoot } from '../sandbox/state-folder.ts'

/** What the maps of a lab's socket load balancer hold; undefined: it has none that answers. Throws NetlabError. */
export async function readBalancer(lab: string): Promise<MapContents | undefined> {
  const folder = join(stateRoot(), lab)
  return (await hasSocketLb(folder)) ? readSocketLb(folder) : undefined
}
