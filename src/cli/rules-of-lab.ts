import { existsSync, readFileSync, statSync } from 'node:fs'
import { dataplane } from '../dataplane/modes.ts'
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
    : !/^(?:apiVersion|kind|["'](?:apiVersion|kind)["'])\s*:/m.test(text) && /^pods\s*:/m.test(text)
}

/** The rules of a lab's services as they stand after its last step. Throws LabError. */
export function rulesOfLab(nameOrPath: string): unknown {
  const lab = loadLab(findLab(nameOrPath))
  return dataplane.compile(nodeView(lab, lastEndpoints(lab)))
}
