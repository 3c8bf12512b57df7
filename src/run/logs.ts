import { exitCode, NetlabError } from '../errors.ts'
import type { Plan } from '../plan/plan.ts'
import { runAtAnyway } from '../sandbox/enter.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { logFile } from '../sandbox/servers.ts'

/** What each container of a pod printed so far. Throws NetlabError where the lab has no such pod. */
export async function podLogs(
  { sandbox, plan }: { sandbox: Sandbox; plan: Plan },
  pod: string,
): Promise<{ container: string; text: string }[]> {
  const found = plan.pods.find(({ name }) => name === pod)
  if (found === undefined) {
    const fix = `its pods are: ${plan.pods.map(({ name }) => name).join(', ')}`
    throw new NetlabError({
      what: `${plan.lab} has no pod named ${pod}`,
      fix,
      exitCode: exitCode.wrongInput,
    })
  }
  return Promise.all(
    found.containers.map(async container => ({
      container,
      // A container that runs no program of its own has no file.
      text: (await runAtAnyway(sandbox, ['cat', '--', logFile(pod, container)])).stdout,
    })),
  )
}
