import { existsSync, readFileSync, statSync } from 'node:fs'
import type { Place } from '../command/command.ts'
import { dataplane } from '../dataplane/modes.ts'
import { exitCode, NetlabError } from '../errors.ts'
import { proxyNodes } from '../model/places.ts'
import { nodeView } from '../plan/kube-proxy.ts'
import { lastEndpoints } from '../plan/step-endpoints.ts'
import { loadLab } from '../read/load-lab.ts'
import { findLab } from '../read/load-shipped.ts'

/** Whether a name or a file means a lab; a file with an apiVersion or a kind is a Kubernetes manifest. */
export function isLab(nameOrPath: string): boolean {
  if (!existsSync(nameOrPath)) return /^[A-Za-z0-9][^/.]*$/.test(nameOrPath)
  if (!statSync(nameOrPath).isFile()) return false
  const text = readFileSync(nameOrPath, 'utf8')
  return /^\s*[[{]/.test(text)
    ? !/"(?:apiVersion|kind)"\s*:/.test(text)
    : !/^(?:apiVersion|kind|["'](?:apiVersion|kind)["'])\s*:/m.test(text) &&
        /^(?:pods|nodes|machines)\s*:/m.test(text)
}

/** The rules of a lab's services on one of its nodes, as they stand after its last step; the first node, unless said otherwise. Throws LabError, and NetlabError where there is no such node. */
export function rulesOfLab(nameOrPath: string, node?: Place): unknown {
  const lab = loadLab(findLab(nameOrPath))
  const nodes = proxyNodes(lab)
  if (node !== undefined && !nodes.includes(node))
    throw new NetlabError({
      what: `${lab.name} has no node ${node}`,
      fix: `its nodes are: ${nodes.join(', ')}`,
      exitCode: exitCode.wrongInput,
    })
  return dataplane.compile(nodeView(lab, node ?? nodes[0]!, lastEndpoints(lab)))
}
