import { type Action, host } from '../command/command.ts'
import type { Addressed } from '../model/cidr.ts'
import type { Lab, LabMachine, Pod } from '../model/lab.ts'
import { vethOf } from '../model/pod-link.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import type { PodState } from '../sandbox/kubelet/pod-state.ts'
import { printableJson } from './printable.ts'

/** A lab's pods, for other programs. */
export function toldPods({ pods }: Pick<Lab, 'pods'>) {
  return pods.map(toldPod)
}

function toldPod(pod: Pod) {
  const { name, node, link, containers } = pod
  const veth = vethOf(pod)
  return {
    ...(node === host ? {} : { node }),
    ...{ name, ...toldAddresses(pod) },
    ...(veth === undefined ? {} : { veth }),
    ...(link.kind === 'macvlan' ? { macvlan: { parent: link.parent, mode: link.mode } } : {}),
    containers: containers.map(container => container.name),
  }
}

/** How the containers of a pod are that has a pause process, for other programs; nothing of one that has none. */
export function toldContainers(states: readonly PodState[], name: string) {
  const state = states.find(({ pod }) => pod === name)
  if (state === undefined) return {}
  return {
    pause: state.pause,
    containerStatuses: state.containers.map(({ name, state, pid, restarts, exitCode, startsIn }) => ({
      ...{ name, state, ...(pid === undefined ? {} : { pid }), restartCount: restarts },
      ...(exitCode === undefined ? {} : { lastExitCode: exitCode }),
      ...(startsIn === undefined ? {} : { startsInMs: startsIn }),
    })),
  }
}

/** `address`, and `addresses` where there are two. */
export function toldAddresses({ address, otherAddress }: Addressed) {
  const both = otherAddress && { addresses: [address.address, otherAddress.address] }
  return { address: address.address, ...both }
}

/** The machines outside, for other programs. */
export function toldOutside({ outside }: Pick<Lab, 'outside'>) {
  return outside.map(({ name, ...own }) => ({ name, ...toldAddresses(own) }))
}

/** Nodes, or other machines on networks, for other programs. */
export function toldMachines(machines: readonly LabMachine[]) {
  return machines.map(({ name, interfaces, containers }) => ({
    name,
    interfaces: interfaces.map(({ name: own, network, addresses, port }) => ({
      ...{ name: own, network, port },
      addresses: addresses.map(({ address }) => address),
    })),
    containers: containers.map(container => container.name),
  }))
}

/** All that has a network namespace of its own, for other programs. */
export function toldPlaces(lab: Lab) {
  return {
    nodes: toldMachines(lab.nodes),
    ...{ pods: toldPods(lab), outside: toldOutside(lab), machines: toldMachines(lab.machines) },
  }
}

/** `plan --format json`: keys that other programs rely on. */
export function renderPlanJson({ lab, plan, services }: LabInCondition): string {
  const steps = plan.steps.map(({ task, ...step }) => ({
    ...{ ...step, actions: toldActions(step.actions) },
    ...(task && {
      task: { ...task, start: toldActions(task.start), solution: toldActions(task.solution) },
    }),
  }))
  return printableJson({ version: 1, ...plan, steps, ...toldPlaces(lab), services })
}

function toldActions(actions: readonly Action[]) {
  return actions.map(({ command, undo }) => ({ command, undo }))
}
