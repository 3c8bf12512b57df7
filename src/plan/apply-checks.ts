import type { Check } from '../model/lab.ts'

/** Whether a check holds only while pods answer that are not ready: it waits until they are. */
export function needsPod(check: Check, notReady: readonly string[]): boolean {
  if (check.kind !== 'curl' || notReady.length === 0) return false
  return check.expect.every(expectation => {
    switch (expectation.kind) {
      case 'answers':
      case 'stays':
        return expectation.backends.length > 0 && expectation.backends.every(pod => notReady.includes(pod))
      case 'shares':
        return Object.keys(expectation.shares).some(pod => notReady.includes(pod))
      default:
        return false
    }
  })
}
