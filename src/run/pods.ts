import { own } from '../command/own.ts'
import { exitCode, NetlabError } from '../errors.ts'
import type { Lab, Pod } from '../model/lab.ts'
import { onNetworks } from '../model/places.ts'
import { podPrograms } from '../plan/topology.ts'
import { closeListeners, podServers } from '../sandbox/pod-control.ts'
import { endProcesses, podsProcesses } from '../sandbox/pod-processes.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { startContainers } from '../sandbox/servers.ts'
import type { LabFolder } from './lab-folder.ts'
import { withLabLocked } from './sync-lock.ts'

/** What became of a pod's programs. */
export interface PodReport {
  lab: string
  pod: string
  state: 'running' | 'stopped' | 'killed'
  /** False: it was so already. */
  changed: boolean
  /** Services whose rules still send to it, although it does not run. */
  endpointOf: readonly string[]
}

/** Ends a pod's programs, as its container runtime would, or as a crash does. Endpoints and rules stay as they are. */
export function endPod(
  folder: LabFolder,
  sandbox: Sandbox,
  name: string,
  ending: 'stop' | 'kill',
): Promise<PodReport> {
  return withLabLocked(folder, undefined, async () => {
    const lab = folder.readLab()
    const pod = podWithPrograms(lab, name)
    const condition = folder.readCondition(lab)
    const changed = !(await idlePods(sandbox, [pod])).has(name)
    await endPrograms(sandbox, pod, ending)
    const how = changed
      ? ending === 'stop'
        ? 'stopped'
        : 'killed'
      : (own(condition.ended, name) ?? 'stopped')
    folder.writeCondition({ ...condition, ended: { ...condition.ended, [name]: how } })
    const services = Object.entries(condition.endpoints).filter(([, pods]) => pods.includes(name))
    return { lab: lab.name, pod: name, state: how, changed, endpointOf: services.map(([service]) => service) }
  })
}

/** Starts a pod's programs again. Endpoints and rules stay as they are until the next sync. */
export function startPod(folder: LabFolder, sandbox: Sandbox, name: string): Promise<PodReport> {
  return withLabLocked(folder, undefined, async () => {
    const lab = folder.readLab()
    const pod = podWithPrograms(lab, name)
    const condition = folder.readCondition(lab)
    const changed = (await idlePods(sandbox, [pod])).has(name)
    // A pod of which a part has died is started as a whole.
    if (changed) {
      await endPrograms(sandbox, pod, 'kill')
      await startContainers(sandbox, podPrograms(pod), { apart: false })
    }
    const { [name]: _, ...ended } = condition.ended
    folder.writeCondition({ ...condition, ended })
    return { lab: lab.name, pod: name, state: 'running', changed, endpointOf: [] }
  })
}

/** Those of the pods of which a program does not run; a pod that has none is never idle. */
export async function idlePods(sandbox: Sandbox, pods: readonly Pod[]): Promise<Set<string>> {
  const withCommand = pods.filter(({ containers }) => containers.some(({ command }) => command.length > 0))
  const withServer = pods.filter(({ containers }) => containers.some(({ serve }) => serve.length > 0))
  const processes = await podsProcesses(
    sandbox,
    withCommand.map(({ name }) => name),
  )
  const servers = withServer.length === 0 ? [] : await podServers(sandbox)
  const served = new Set(servers.flatMap(server => server.pods))
  return new Set([
    ...withCommand.filter(({ name }) => !processes.has(name)).map(({ name }) => name),
    ...withServer.filter(({ name }) => !served.has(name)).map(({ name }) => name),
  ])
}

/** Ends a pod's programs and netlab's own servers in it. */
async function endPrograms(sandbox: Sandbox, pod: Pod, ending: 'stop' | 'kill'): Promise<void> {
  const serving = (await podServers(sandbox)).filter(server => server.pods.includes(pod.name))
  await Promise.all([
    ...serving.map(server => closeListeners(sandbox, server, pod.name, ending)),
    ...(pod.containers.some(({ command }) => command.length > 0)
      ? [endProcesses(sandbox, pod.name, ending)]
      : []),
  ])
}

function podWithPrograms(lab: Lab, name: string): Pod {
  const pod = lab.pods.find(each => each.name === name)
  if (pod !== undefined && pod.containers.length > 0) return pod
  if (onNetworks(lab).some(each => each.name === name))
    throw new NetlabError({
      what: `${name} is a ${lab.nodes.some(each => each.name === name) ? 'node' : 'machine'}: only pods are killed, stopped and started`,
      fix: `netlab exec --in ${name} -- COMMAND, or netlab shell ${lab.name} ${name}, for what is to be done there`,
      exitCode: exitCode.wrongInput,
    })
  const able = lab.pods.filter(({ containers }) => containers.length > 0).map(each => each.name)
  throw new NetlabError({
    what: pod === undefined ? `${lab.name} has no pod named ${name}` : `pod ${name} runs no program`,
    fix:
      able.length === 0 ? 'a pod runs one with "serve: 8080"' : `those that run one are: ${able.join(', ')}`,
    exitCode: exitCode.wrongInput,
  })
}
