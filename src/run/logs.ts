import { exitCode, NetlabError } from '../errors.ts'
import type { Lab } from '../model/lab.ts'
import { onNetworks } from '../model/places.ts'
import { runAtAnyway } from '../sandbox/enter.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { logFile } from '../sandbox/servers.ts'

/** What each container of a pod or machine printed so far. Throws NetlabError where the lab has no such one. */
export async function podLogs(
  { sandbox, lab }: { sandbox: Sandbox; lab: Lab },
  pod: string,
): Promise<{ container: string; text: string }[]> {
  const machines = onNetworks(lab)
  const places = [...lab.pods, ...machines]
  const found = places.find(({ name }) => name === pod)
  if (found === undefined) {
    const noun = machines.length === 0 ? 'pods' : 'pods and machines'
    const fix = `its ${noun} are: ${places.map(({ name }) => name).join(', ')}`
    throw new NetlabError({
      what: `${lab.name} has no pod ${machines.length === 0 ? '' : 'or machine '}named ${pod}`,
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
