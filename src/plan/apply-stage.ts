import type { Command, Place } from '../command/command.ts'
import type { RulesChange } from '../dataplane/dataplane.ts'
import type { HalfMade } from '../model/condition.ts'
import type { Pod } from '../model/lab.ts'
import type { Remains } from '../network/wiring.ts'
import type { LabInCondition } from './lab-in-condition.ts'
import type { Step } from './plan.ts'

/** A part of an `apply`, after which the lab stands in a state that is known. */
export interface ApplyStage {
  step: Step
  /** Pods whose programs are ended before the commands run. */
  ends: readonly string[]
  /** Pods that the commands make or take away: half-made if they fail. */
  touches: readonly Pod[]
  /** So with nodes, machines and networks. */
  halfMade?: HalfMade
  rules?: RulesChange
  /** What stands afterwards. */
  leaves: LabInCondition
}

/** The rules of each part of kube-proxy, by `proxierName`, as the kernel of its node has them. */
export type KernelRules = ReadonlyMap<string, unknown>

/** What of the sandbox decides which commands are needed. */
export interface KernelFacts {
  /** As the dataplane has read them. */
  rules: KernelRules
  /** Network namespaces that `ip netns` knows. */
  namespaces: ReadonlySet<string>
  /** Of the host, and of each node. */
  places: ReadonlyMap<Place, PlaceKernel>
}

/** What a host or a node has of others. */
export interface PlaceKernel {
  links: ReadonlySet<string>
  /** Bridge → its MAC address. */
  macs: ReadonlyMap<string, string>
  /** Addresses of neighbours that it knows for good: those of pinned pods. */
  known: ReadonlySet<string>
}

/** Whether a node knows a pod for good. */
export function isKnown({ places }: KernelFacts, { node, address }: Pick<Pod, 'node' | 'address'>): boolean {
  return places.get(node)?.known.has(address.address) === true
}

/** What is there of machines, in the words of those who take them away. */
export function remainsOf({ namespaces, places }: KernelFacts): Remains {
  return {
    namespaces,
    hasLink: ({ place, interface: name }) => places.get(place)?.links.has(name) === true,
  }
}

/** A command of an apply, which nothing takes back but another apply. */
export function action(command: Command): Step['actions'][number] {
  return { command, undo: [] }
}
