import { own } from '../command/own.ts'
import { exitCode, NetlabError } from '../errors.ts'
import type { Lab, Pod } from '../model/lab.ts'
import { onNetworks } from '../model/places.ts'
import { podPrograms } from '../plan/topology.ts'
import type { PodState } from '../sandbox/kubelet/pod-state.ts'
import { endContainer, endPods, kubeletPods } from '../sandbox/kubelet-control.ts'
import { closeListeners, podServers } from '../sandbox/pod-control.ts'
import { endProcesses, podsProcesses } from '../sandbox/pod-processes.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { startContainers } from '../sandbox/servers.ts'
import type { LabFolder } from './lab-folder.ts'
import { isWatched, withLabLocked } from './sync-lock.ts'

/** What became of a pod's programs. */
export interface PodReport {
  lab: string
  pod: string
  /** The only one of its containers that was meant. */
  container?: string
  state: 'running' | 'stopped' | 'killed'
  /** False: it was so already. */
  changed: boolean
  /** Services whose rules still send to it, although it does not run. */
  endpointOf: readonly string[]
  /** Somebody syncs the lab all the time, so that endpoints and rules follow by themselves. */
  watched: boolean
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
    const changed = await runs(sandbox, pod)
    await endPrograms(sandbox, pod, ending)
    const how = changed
      ? ending === 'stop'
        ? 'stopped'
        : 'killed'
      : (own(condition.ended, name) ?? 'stopped')
    folder.writeCondition({ ...condition, ended: { ...condition.ended, [name]: how } })
    const services = Object.entries(condition.endpoints).filter(([, pods]) => pods.includes(name))
    return {
      ...{ lab: lab.name, pod: name, state: how, changed, watched: await isWatched(folder) },
      endpointOf: services.map(([service]) => service),
    }
  })
}

/** Ends one container of a pod with a pause process, which kubelet then starts again, or not, as the pod's restartPolicy says. */
export async function endContainerOf(
  folder: LabFolder,
  sandbox: Sandbox,
  { pod: name, container }: { pod: string; container: string },
  ending: 'stop' | 'kill',
): Promise<PodReport> {
  const lab = folder.readLab()
  const pod = podWithPrograms(lab, name)
  mustBeContainer(pod, container)
  if (pod.pause === undefined)
    throw new NetlabError({
      what: `the containers of ${name} end together: it has no pause process that would hold the pod meanwhile`,
      fix: `write "pause: true" into pod ${name} of the lab file, or leave the container out`,
      exitCode: exitCode.wrongInput,
    })
  const changed = await endContainer(sandbox, name, container, ending)
  const state = ending === 'stop' ? 'stopped' : 'killed'
  const watched = await isWatched(folder)
  return { lab: lab.name, pod: name, container, state, changed, endpointOf: [], watched }
}

/** Throws NetlabError where a pod has no such container. */
export function mustBeContainer(
  { name, containers }: Pick<Pod, 'name' | 'containers'>,
  container: string,
): void {
  const names = containers.map(each => each.name)
  if (names.includes(container)) return
  throw new NetlabError({
    what: `${name} has no container named ${container}`,
    fix: names.length === 0 ? 'it runs no program' : `its containers are: ${names.join(', ')}`,
    exitCode: exitCode.wrongInput,
  })
}

/** Starts a pod's programs again. Endpoints and rules stay as they are until the next sync. */
export function startPod(folder: LabFolder, sandbox: Sandbox, name: string): Promise<PodReport> {
  return withLabLocked(folder, undefined, async () => {
    const lab = folder.readLab()
    const pod = podWithPrograms(lab, name)
    const condition = folder.readCondition(lab)
    const changed = pod.pause === undefined ? !(await runs(sandbox, pod)) : !(await isInCare(sandbox, pod))
    // A pod of which a part has died is started as a whole.
    if (changed) {
      await endPrograms(sandbox, pod, 'kill')
      await startContainers(sandbox, podPrograms(pod), { apart: false })
    }
    const { [name]: _, ...ended } = condition.ended
    folder.writeCondition({ ...condition, ended })
    const watched = await isWatched(folder)
    return { lab: lab.name, pod: name, state: 'running', changed, endpointOf: [], watched }
  })
}

/** How the containers of those pods are that have a pause process; undefined where netlab's kubelet has ended. */
export async function containersOf(
  sandbox: Sandbox,
  pods: readonly Pod[],
): Promise<readonly PodState[] | undefined> {
  if (pods.every(({ pause }) => pause === undefined)) return []
  const told = await kubeletPods(sandbox)
  // Whatever listens in a lab may have told it: what the lab does not know by name is nobody's.
  return told?.flatMap(state => {
    const known = pods.find(({ name }) => name === state.pod)?.containers.map(({ name }) => name)
    return known === undefined
      ? []
      : [{ ...state, containers: state.containers.filter(({ name }) => known.includes(name)) }]
  })
}

/** Why it is not ready that a pod's programs do not run. */
const hasEnded = 'its program has ended'

/** Those of the pods of which a program does not run, with why as far as that is known; a pod that has none is never idle. */
export async function idlePods(
  sandbox: Sandbox,
  pods: readonly Pod[],
  states: readonly PodState[] | undefined,
): Promise<ReadonlyMap<string, string>> {
  const paused = pods.filter(({ pause }) => pause !== undefined)
  const plain = await idlePlainPods(
    sandbox,
    pods.filter(({ pause }) => pause === undefined),
  )
  return new Map([
    ...[...plain].map((name): [string, string] => [name, hasEnded]),
    ...paused.flatMap(({ name }): [string, string][] => {
      const why = idleWords(name, states)
      return why === undefined ? [] : [[name, why]]
    }),
  ])
}

/** Why a pod with a pause process does not run as a whole. */
function idleWords(name: string, states: readonly PodState[] | undefined): string | undefined {
  if (states === undefined) return "netlab's kubelet has ended, and nobody knows how its containers are"
  const state = states.find(({ pod }) => pod === name)
  if (state === undefined) return hasEnded
  const idle = state.containers.find(container => container.state !== 'running')
  if (idle === undefined) return state.pause.pid === undefined ? 'its pause process has ended' : undefined
  const how = idle.state === 'ended' ? 'has ended' : 'waits to be started again'
  return `container ${idle.name} ${how}${idle.exitCode === undefined ? '' : ` (exit code ${idle.exitCode})`}`
}

/** Whether anything of a pod's programs runs. */
async function runs(sandbox: Sandbox, pod: Pod): Promise<boolean> {
  if (pod.pause === undefined) return !(await idlePlainPods(sandbox, [pod])).has(pod.name)
  return (await isInCare(sandbox, pod)) || (await podsProcesses(sandbox, [pod.name])).has(pod.name)
}

/** Whether netlab's kubelet has a pod in its care. */
async function isInCare(sandbox: Sandbox, { name }: Pod): Promise<boolean> {
  return (await kubeletPods(sandbox))?.some(({ pod }) => pod === name) ?? false
}

async function idlePlainPods(sandbox: Sandbox, pods: readonly Pod[]): Promise<ReadonlySet<string>> {
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
  if (pod.pause !== undefined) {
    await endPods(sandbox, [pod.name], ending)
    // What nobody has in his care, since netlab's kubelet was killed; or what a person runs there.
    await endProcesses(sandbox, pod.name, 'kill')
    return
  }
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
      fix: `netlab exec ${lab.name} --in ${name} -- COMMAND, or netlab shell ${lab.name} ${name}, for what is to be done there`,
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
