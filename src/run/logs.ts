import { exitCode, NetlabError } from '../errors.ts'
import { logFile } from '../sandbox/servers.ts'
import { readIfThere } from '../sandbox/state-folder.ts'
import type { LabFolder } from './lab-state.ts'

/** What each container of a pod printed so far. Throws NetlabError where the lab has no such pod. */
export function podLogs(folder: LabFolder, pod: string): { container: string; text: string }[] {
  const { pods } = folder.readPlan()
  const found = pods.find(({ name }) => name === pod)
  if (found === undefined) {
    const fix = `its pods are: ${pods.map(({ name }) => name).join(', ')}`
    throw new NetlabError({
      what: `${folder.name} has no pod named ${pod}`,
      fix,
      exitCode: exitCode.wrongInput,
    })
  }
  return found.containers.map(container => ({
    container,
    text: readIfThere(logFile(folder.logs, pod, container)) ?? '',
  }))
}
