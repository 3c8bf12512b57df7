import type { Pod } from './lab.ts'

/** The bridge that a pod is plugged into; undefined: none. */
export function bridgeOf({ link }: Pick<Pod, 'link'>): string | undefined {
  return link.kind === 'bridge' ? link.bridge : undefined
}
