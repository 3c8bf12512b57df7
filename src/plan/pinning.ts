import type { Command } from '../command/command.ts'
import type { Lab, Pod } from '../model/lab.ts'
import { pinnedHardwareAddress } from '../model/machine.ts'
import { bridgeOf } from '../model/pod-link.ts'
import { networksOf, pinsPods, podMachine } from '../model/wiring.ts'
import { pinBridge } from '../network/bridge.ts'
import { repinLinks } from '../network/wiring.ts'
import { type ApplyStage, action, type KernelFacts } from './apply-stage.ts'
import type { LabInCondition } from './lab-in-condition.ts'
import { whyPinned } from './topology.ts'

/**
 * Pins the pods that are there where the lab is to be so large, before others come; those that go later, too, since their gateway changes.
 * `isUnsure`: an apply was broken off, maybe while it unpinned them, and the host knows some yet.
 */
export function pinStage(
  before: LabInCondition,
  lab: Lab,
  { macs, known }: KernelFacts,
  isUnsure: boolean,
): ApplyStage {
  const loose = networksOf(lab).filter(
    ({ name, address, pinned }) => pinned && macs.get(name) !== pinnedHardwareAddress(address.address),
  )
  const forgetful = new Set(loose.map(({ name }) => name))
  const pods = before.lab.pods.filter(
    pod =>
      pinsPods(lab) && (isUnsure || forgetful.has(bridgeOf(pod) ?? '') || !known.has(pod.address.address)),
  )
  return stageOf(before, 'Pin hardware addresses', whyPinned, [
    ...loose.map(pinBridge),
    ...repinned(pods, lab, true),
  ])
}

/**
 * Unpins the pods that stay where a lab has become small again, when others are gone. `isUnsure`: an apply was broken off, maybe while
 * it pinned; it had then pinned the bridges.
 */
export function unpinStage(
  before: LabInCondition,
  lab: Lab,
  staying: readonly Pod[],
  { macs, known }: KernelFacts,
  isUnsure: boolean,
): ApplyStage {
  const suspect = new Set(
    networksOf(lab)
      .filter(({ name, address }) => isUnsure && macs.get(name) === pinnedHardwareAddress(address.address))
      .map(({ name }) => name),
  )
  const pods = staying.filter(
    pod => !pinsPods(lab) && (suspect.has(bridgeOf(pod) ?? '') || known.has(pod.address.address)),
  )
  const why = 'So few pods may ask for each other, and have IPv6 addresses.'
  return stageOf(before, 'Unpin hardware addresses', why, repinned(pods, lab, false))
}

function repinned(pods: readonly Pod[], { bridges }: Lab, pinned: boolean): Command[] {
  return repinLinks(pods.flatMap(pod => podMachine(pod, bridges, pinned).links))
}

function stageOf(
  leaves: LabInCondition,
  title: string,
  why: string,
  commands: readonly Command[],
): ApplyStage {
  return {
    step: { title, why, from: 'topology', actions: commands.map(action), checks: [] },
    ends: [],
    touches: [],
    leaves,
  }
}
