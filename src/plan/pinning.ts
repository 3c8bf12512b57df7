import type { Command } from '../command/command.ts'
import type { Bridge, Lab, Pod } from '../model/lab.ts'
import { type Network, pinnedHardwareAddress } from '../model/machine.ts'
import { bridgeOf } from '../model/pod-link.ts'
import { networksOf, pinsPods, podMachine } from '../model/wiring.ts'
import { pinBridge } from '../network/bridge.ts'
import { knownNeighbours, repinLinks } from '../network/wiring.ts'
import { type ApplyStage, action, isKnown, type KernelFacts } from './apply-stage.ts'
import type { LabInCondition } from './lab-in-condition.ts'
import { whyPinned } from './topology.ts'

/**
 * Pins the pods that are there where the lab is to be so large, before others come; those that go later, too, since their gateway changes.
 * `isUnsure`: an apply was broken off, maybe while it unpinned them, and the host knows some yet.
 */
export function pinStage(
  before: LabInCondition,
  lab: Lab,
  kernel: KernelFacts,
  isUnsure: boolean,
): ApplyStage {
  const there = new Set(before.lab.bridges.map(onNode))
  const loose = networksOf(lab).filter(
    bridge =>
      bridge.pinned && there.has(onNode({ ...bridge, node: bridge.place })) && !isPinned(bridge, kernel),
  )
  const forgetful = new Set(loose.map(({ name, place }) => onNode({ name, node: place })))
  const pods = before.lab.pods.filter(
    pod => pinsPods(lab) && (isUnsure || forgetful.has(bridgeOnNode(pod)) || !isKnown(kernel, pod)),
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
  kernel: KernelFacts,
  isUnsure: boolean,
): ApplyStage {
  const suspect = new Set<string | undefined>(
    networksOf(lab)
      .filter(bridge => isUnsure && isPinned(bridge, kernel))
      .map(({ name, place }) => onNode({ name, node: place })),
  )
  const pods = staying.filter(
    pod =>
      !pinsPods(lab) &&
      (suspect.has(bridgeOnNode(pod)) || isKnown(kernel, pod) || (isUnsure && pod.link.kind === 'routed')),
  )
  const why = 'So few pods may ask for each other, and have IPv6 addresses.'
  return stageOf(before, 'Unpin hardware addresses', why, repinned(pods, lab, false))
}

function isPinned({ place, name, address }: Network, { places }: KernelFacts): boolean {
  return places.get(place)?.macs.get(name) === pinnedHardwareAddress(address.address)
}

/** Two nodes may have bridges of one name. */
function onNode({ name, node }: Pick<Bridge, 'name' | 'node'>): string {
  return `${node} ${name}`
}

function bridgeOnNode(pod: Pod): string {
  return onNode({ name: bridgeOf(pod) ?? '', node: pod.node })
}

function repinned(pods: readonly Pod[], { bridges }: Lab, pinned: boolean): Command[] {
  const machines = pods.map(pod => podMachine(pod, bridges, pinned))
  // With a new hardware address, or the flush of all that was pinned, a kernel forgets what the lab says as well.
  return [
    ...repinLinks(machines.flatMap(({ links }) => links)),
    ...knownNeighbours(machines).map(({ command }) => command),
  ]
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
