import type { CgroupBound } from '../cgroup.ts'
import type { Finding } from './finding.ts'

/** Which of a lab's limits hold here for whoever asks. Labs run without the others, so nothing is ever missing. */
export function limitsFinding(bounds: readonly CgroupBound[]): Finding {
  const topic = 'limits of a lab'
  const always = 'processes, files and logs'
  if (bounds.includes('memory')) return { topic, state: 'ok', found: `${always}, and memory` }
  return {
    topic,
    state: 'ok',
    found: `${always}; memory only when the machine runs out of it, since you may not make a cgroup here`,
  }
}
