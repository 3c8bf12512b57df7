import { exitCode, NetlabError } from '../errors.ts'

/** Turns Ctrl-C and SIGTERM into an abort; a second one changes nothing, so that what is being taken down is. */
export function abortOnSignals(what: string): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController()
  const abort = () => controller.abort(new NetlabError({ what, exitCode: exitCode.interrupted }))
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, abort)
  return {
    signal: controller.signal,
    release: () => {
      for (const signal of signals) process.off(signal, abort)
    },
  }
}
