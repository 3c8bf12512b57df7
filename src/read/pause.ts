import { pauseName } from '../command/pause.ts'
import type { Container, PodSandbox } from '../model/lab.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import type { PodInput } from './schema/pod.ts'

/** Reads what a pod says of its pause process; undefined where it has none. */
export function readPause(
  pod: PodInput,
  containers: readonly Container[],
  path: Path,
  findings: Findings,
): PodSandbox | undefined {
  const fields = (['shareProcessNamespace', 'restartPolicy'] as const).filter(
    field => pod[field] !== undefined,
  )
  if (!(pod.pause ?? fields.length > 0)) {
    for (const field of fields) {
      const message = `"pause: false" stands here, and "${field}" is for pods with a pause process`
      findings.report([...path, field], message, `remove "pause: false", or "${field}"`, 'key')
    }
    return undefined
  }
  if (containers.length === 0) {
    const message = 'a pause process holds a pod for its containers, and this one has none'
    const at = pod.pause === undefined ? fields[0]! : 'pause'
    findings.report([...path, at], message, 'add "serve: 8080", "command: …" or "containers: {…}"', 'key')
  }
  if (containers.some(({ name }) => name === pauseName)) {
    const message = `"${pauseName}" is what the process is called that holds the pod's namespaces`
    findings.report([...path, 'containers', pauseName], message, 'choose another name', 'key')
  }
  return {
    shareProcessNamespace: pod.shareProcessNamespace ?? false,
    restartPolicy: pod.restartPolicy ?? 'Always',
  }
}
