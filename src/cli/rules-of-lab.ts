import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import type { Place } from '../command/command.ts'
import type { NodeView } from '../dataplane/dataplane.ts'
import { exitCode, NetlabError } from '../errors.ts'
import { type Family, familyName } from '../model/address.ts'
import { familiesOf, proxyNodes } from '../model/places.ts'
import { nodeView } from '../plan/kube-proxy.ts'
import { lastEndpoints } from '../plan/step-endpoints.ts'
import { largestLab, loadLab } from '../read/load-lab.ts'
import { findLab } from '../read/load-shipped.ts'

/** What kube-proxy on a node knows in each of some families, in their order. */
export type ViewsByFamily = ReadonlyMap<Family, NodeView>

/** Whether a name or a file means a lab; a file with an apiVersion or a kind is a Kubernetes manifest. */
export function isLab(nameOrPath: string): boolean {
  if (!existsSync(nameOrPath)) return /^[A-Za-z0-9][^/.]*$/.test(nameOrPath)
  if (!statSync(nameOrPath).isFile()) return false
  const text = startOf(nameOrPath)
  // With two braces begins a template of manifests.
  return /^\s*(?:\[|\{(?![{%]))/.test(text)
    ? !/"(?:apiVersion|kind)"\s*:/.test(text)
    : !/^(?:apiVersion|kind|["'](?:apiVersion|kind)["'])\s*:/m.test(text) &&
        /^(?:pods|nodes|machines)\s*:/m.test(text)
}

/** As much of a file's text as a lab may have: a cluster's dump has fifty times that. */
function startOf(path: string): string {
  const file = openSync(path, 'r')
  try {
    const start = Buffer.alloc(largestLab)
    return start.toString('utf8', 0, readSync(file, start))
  } finally {
    closeSync(file)
  }
}

/** Reads a lab and what kube-proxy on one of its nodes knows of its services, as they stand after its last step; the first node, unless said otherwise, and all families. Throws LabError, and NetlabError where it has no such node or family. */
export function viewsOfLab(
  nameOrPath: string,
  wanted: { node?: Place | undefined; family?: Family | undefined },
): ViewsByFamily {
  const lab = loadLab(findLab(nameOrPath))
  const nodes = proxyNodes(lab)
  if (wanted.node !== undefined && !nodes.includes(wanted.node))
    throw new NetlabError({
      what: `${lab.name} has no node ${wanted.node}`,
      fix: `its nodes are: ${nodes.join(', ')}`,
      exitCode: exitCode.wrongInput,
    })
  const node = wanted.node ?? nodes[0]!
  const families = familiesOf(lab).filter(family => family === (wanted.family ?? family))
  if (families.length === 0)
    throw new NetlabError({
      what: `${lab.name} has no addresses of ${familyName(wanted.family!)}, and so no rules`,
      fix: `netlab rules ${nameOrPath}`,
      exitCode: exitCode.wrongInput,
    })
  const endpoints = lastEndpoints(lab)
  return new Map(families.map(family => [family, nodeView(lab, { node, family }, endpoints)]))
}
