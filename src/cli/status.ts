import { Command } from 'commander'
import { own } from '../command/own.ts'
import type { Evidence } from '../diagnose/evidence.ts'
import { balancerTroubleEvidence } from '../diagnose/socket-lb.ts'
import type { Condition } from '../model/condition.ts'
import type { Lab } from '../model/lab.ts'
import { labIn } from '../plan/lab-in-condition.ts'
import { labInside } from '../run/known-inside.ts'
import { LabFolder } from '../run/lab-folder.ts'
import { labName, openSandbox, statusOf } from '../run/lab-state.ts'
import { containersOf } from '../run/pods.ts'
import type { LabStatus } from '../run/report.ts'
import type { PodState } from '../sandbox/kubelet/pod-state.ts'
import { renderStatus } from '../view/lab-list.ts'
import { printableJson } from '../view/printable.ts'
import { openTerminal } from '../view/terminal.ts'
import { toldContainers, toldPlaces, toldPods } from '../view/told-lab.ts'

/** How the containers are that netlab's kubelet has in its care; undefined: it should, and has ended. */
async function containersNow(
  { state, lab: name }: LabStatus,
  lab: Lab,
): Promise<readonly PodState[] | undefined> {
  if (state !== 'up' && state !== 'failed') return []
  const states = await containersOf(openSandbox(name).sandbox, lab.pods)
  // Of a lab that has not come up the pods may not have been started.
  return state === 'failed' ? (states ?? []) : states
}

interface Looked {
  status: LabStatus
  lab: Lab
  condition: Condition
  /** Undefined: netlab's kubelet has ended. */
  containers: readonly PodState[] | undefined
  /** The lab's socket load balancer has ended, or is stopped. */
  socketLb?: Evidence | undefined
}

/** The lab that is named, or meant; in a lab's shell that lab. */
async function lookAt(name: string | undefined): Promise<Looked> {
  const around = labInside()
  if (around !== undefined && (name ?? around.lab.name) === around.lab.name)
    return { ...around, containers: [] }
  const folder = new LabFolder(labName(name))
  const lab = folder.readLab()
  const status = statusOf(folder, lab)
  if (status.kernel !== undefined && status.state !== 'gone') openSandbox(name)
  return {
    ...{ status, lab, condition: folder.readCondition(lab), containers: await containersNow(status, lab) },
    socketLb: status.state === 'gone' ? undefined : await balancerTroubleEvidence(lab),
  }
}

/** `netlab status`: a lab's pods, services and steps. */
export function statusCommand(): Command {
  return new Command('status')
    .description("a lab's pods, services and steps")
    .argument('[name]', 'the lab; not needed where one lab runs')
    .option('--json', 'print them as JSON')
    .action(async (name: string | undefined, flags: { json?: true }) => {
      const { status, lab, condition, containers, socketLb } = await lookAt(name)
      const known = labIn(condition, lab)
      const { out } = openTerminal()
      if (!flags.json) {
        out.write(renderStatus(out, status, { ...known, containers, socketLb }, Date.now()))
        return
      }
      const { services, outlines } = known
      const pods = toldPods(lab).map(pod => ({
        ...pod,
        state: own(condition.ended, pod.name) ?? 'running',
        ready: !Object.hasOwn(condition.notReady, pod.name),
        ...toldContainers(containers ?? [], pod.name),
      }))
      const steps = outlines.map(step => step.title)
      const balancer = socketLb === undefined ? {} : { socketLb }
      out.write(printableJson({ ...status, ...toldPlaces(lab), pods, services, ...balancer, steps }))
    })
}
