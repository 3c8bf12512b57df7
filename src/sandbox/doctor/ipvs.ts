import { ipvsMeans, ipvsRefusal, ipvsWays } from '../ipvs.ts'
import type { Attempt } from './attempt.ts'
import type { Finding } from './finding.ts'

/** What trying IPVS in namespaces like a lab's showed. */
export function ipvsFinding(tried: Attempt): Finding {
  const topic = 'IPVS'
  if (tried.ok) return { topic, state: 'ok', found: 'works' }
  return {
    ...{ topic, state: 'warning', found: `not for labs here: ${ipvsRefusal(tried.output)}` },
    means: `${ipvsMeans} Only labs in IPVS mode need it.`,
    fix: ipvsWays('ipvs-mode'),
  }
}
