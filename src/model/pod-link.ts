import type { Pod } from './lab.ts'

type Linked = Pick<Pod, 'link'>

/** The bridge that a pod is plugged into; undefined: none. */
export function bridgeOf({ link }: Linked): string | undefined {
  return link.kind === 'bridge' ? link.bridge : undefined
}

/** The node's end of a pod's veth pair; undefined: it has none, or somebody else chooses its name. */
export function vethOf({ link }: Linked): string | undefined {
  return link.kind === 'bridge' || link.kind === 'routed' ? link.veth : undefined
}

/** Whether CNI plugins wire a pod. */
export function isWiredByPlugins({ link }: Linked): boolean {
  return link.kind === 'cni'
}

/** Whether a pod's packets pass its node, and with it the node's routes and rules; those of a macvlan go past it. */
export function passesNode({ link }: Linked): boolean {
  return link.kind !== 'macvlan'
}
