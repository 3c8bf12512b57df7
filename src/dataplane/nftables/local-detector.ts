import { familyOf } from '../../model/address.ts'
import type { LocalPods } from '../local-pods.ts'

/** The words that tell traffic of this cluster's pods from other traffic (localdetector.go). */
export interface LocalDetector {
  ifLocal: string
  ifNotLocal: string
  /** `pods (10.0.0.0/8)` */
  explain: string
}

/** The detector's words; undefined: there is none. */
export function localDetector(pods: LocalPods | undefined): LocalDetector | undefined {
  if (pods === undefined) return undefined
  const { by, value, explain } = pods
  const field = by === 'source' ? `${familyOf(value) === 'ipv6' ? 'ip6' : 'ip'} saddr` : 'iifname'
  const words = by === 'source' ? value : interfaceWord(by === 'interface' ? value : `${value}*`)
  return { ifLocal: `${field} ${words}`, ifNotLocal: `${field} != ${words}`, explain }
}

/** kube-proxy writes names bare, of which nft takes some for words of its own: those without a number at the end, and a few with one. */
function interfaceWord(name: string): string {
  const isWord = /^(?:ip6|icmpv6|rt[024]|sack[0-3])$/.test(name)
  return /^[a-z]+(?:[0-9]+|[_-]\*)$/i.test(name) && !isWord ? name : `"${name}"`
}
