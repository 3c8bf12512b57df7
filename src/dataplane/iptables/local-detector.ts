import type { LocalPods } from '../local-pods.ts'

/** The words that tell traffic of this cluster's pods from other traffic (localdetector.go). */
export interface LocalDetector {
  ifLocal: readonly string[]
  ifNotLocal: readonly string[]
  /** `pods (10.0.0.0/8)` */
  explain: string
}

/** The detector's words; undefined: there is none. */
export function localDetector(pods: LocalPods | undefined): LocalDetector | undefined {
  if (pods === undefined) return undefined
  const match = {
    source: ['-s', pods.value],
    interface: ['-i', pods.value],
    'interface prefix': ['-i', `${pods.value}+`],
  }[pods.by]
  return { ifLocal: match, ifNotLocal: ['!', ...match], explain: pods.explain }
}
