import type { Pod } from './lab.ts'

/** The bridge that a pod is plugged into; undefined: none. */
export function bridgeOf({ link }: Pick<Pod, 'link'>): string | undefined {
  return link.kind === 'bridge' ? link.bridge : undefined
}

/** The node's end of a pod's veth pair; undefined: it has none, or somebody else chooses its name. */
export function vethOf({ link }: Pick<Pod, 'link'>): string | undefined {
  return link.kind === 'bridge' ? link.veth : undefined
}

/** Whether CNI plugins wire a pod. */
export function isWiredByPlugins({ link }: Pick<Pod, 'link'>): boolean {
  return link.kind === 'cni'
}
