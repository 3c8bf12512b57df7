import { exitCode, NetlabError } from '../errors.ts'
import type { Lab } from '../model/lab.ts'
import { runAtAnyway } from '../sandbox/enter.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { logFile } from '../sandbox/servers.ts'

/** What each container of a pod printed so far. Throws NetlabError where the lab has no such pod. */
export async function podLogs(
  { sandbox, lab }: { sandbox: Sandbox; lab: Lab },
  pod: string,
): Promise<{ container: string; text: string }[]> {
  const found = lab.pods.find(({ name }) => name === pod)
  if (found === undefined) {
    const fix = `its pods are: ${lab.pods.map(({ name }) => name).join(', ')}`
    throw new NetlabError({
      what: `${lab.name} has no pod named ${pod}`,
      fix,
      exitCode: exitCode.wrongInput,
    })
  }
  return Promise.all(
    found.containers.map(async ({ name }) => ({
      container: name,
      // A container that runs no program of its own has no file.
      text: (await runAtAnyway(sandbox, ['cat', '--', logFile(pod, name)])).stdout,
    })),
  )
}
