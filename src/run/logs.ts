import { exitCode, NetlabError } from '../errors.ts'
import type { Lab } from '../model/lab.ts'
import { onNetworks } from '../model/places.ts'
import { runAtAnyway } from '../sandbox/enter.ts'
import { logFile, previousLogFile } from '../sandbox/pod-logs.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { mustBeContainer } from './pods.ts'

export interface LogsWanted {
  /** The only container that is meant; left out: all of them. */
  container?: string
  /** What they printed before they were started again the last time. */
  previous: boolean
}

/** What each container of a pod or machine printed so far. Throws NetlabError where the lab has no such one. */
export async function podLogs(
  { sandbox, lab }: { sandbox: Sandbox; lab: Lab },
  pod: string,
  { container, previous }: LogsWanted,
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
  if (container !== undefined) mustBeContainer(found, container)
  if (previous && !('pause' in found && found.pause !== undefined))
    throw new NetlabError({
      what: `${pod} has no pause process: nobody starts its programs again, so there is no run before this one`,
      fix: 'leave --previous out',
      exitCode: exitCode.wrongInput,
    })
  const fileOf = previous ? previousLogFile : logFile
  const wanted = found.containers.filter(({ name }) => container === undefined || name === container)
  return Promise.all(
    wanted.map(async ({ name }) => ({
      container: name,
      // A container that runs no program of its own has no file.
      text: (await runAtAnyway(sandbox, ['cat', '--', fileOf(pod, name)])).stdout,
    })),
  )
}
