import type { Lab } from '../model/lab.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import { printableJson } from './printable.ts'

/** A lab's pods, for other programs. */
export function toldPods({ pods }: Pick<Lab, 'pods'>) {
  return pods.map(({ name, address, veth, containers }) => ({
    ...{ name, address: address.address, veth },
    containers: containers.map(container => container.name),
  }))
}

/** The machines outside, for other programs. */
export function toldOutside({ outside }: Pick<Lab, 'outside'>) {
  return outside.map(({ name, address }) => ({ name, address: address.address }))
}

/** `plan --format json`: keys that other programs rely on. */
export function renderPlanJson({ lab, plan, services }: LabInCondition): string {
  return printableJson({ version: 1, ...plan, pods: toldPods(lab), outside: toldOutside(lab), services })
}
