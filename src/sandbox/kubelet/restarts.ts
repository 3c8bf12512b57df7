import type { RestartPolicy } from '../../command/command.ts'

/**
 * Milliseconds between the end of a container and its next start: kubelet's rule at a tenth of its times, since nobody waits five minutes
 * in a lesson. The first start is at once, the next waits for 10 s, then twice as long each time, up to 5 min; a container that
 * has run for 10 min begins anew (pkg/kubelet/kubelet.go: backOffPeriod, MaxContainerBackOff).
 */
export const backOff = { first: 1000, most: 30_000, forgottenAfter: 60_000 } as const

/** Whether a container that has ended is started again (`ShouldContainerBeRestarted`, pkg/kubelet/container/helpers.go). */
export function isStartedAgain(policy: RestartPolicy, exitCode: number): boolean {
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}

/** Milliseconds to wait for the next start, and to remember: `waited` is that of the last one, undefined where there was none, `ran` how long the program ran. */
export function nextWait(waited: number | undefined, ran: number): number {
  if (waited === undefined || ran >= backOff.forgottenAfter) return 0
  return waited === 0 ? backOff.first : Math.min(2 * waited, backOff.most)
}
