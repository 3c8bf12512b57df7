import { setMaxListeners } from 'node:events'
import { exitCode, NetlabError } from '../errors.ts'

/** An abort that Ctrl-C and SIGTERM bring about. */
export interface Interrupt {
  signal: AbortSignal
  /** What an abort is told as from now on. */
  says(what: string): void
  /** As if Ctrl-C had been typed. */
  abort(): void
  /** Leaves Ctrl-C to somebody else for a while: a shell on the same terminal. */
  ignored<T>(work: () => Promise<T>): Promise<T>
  /** Must be called in the end. */
  release(): void
}

/** Turns Ctrl-C and SIGTERM into an abort; a second one changes nothing, so that what is being taken down is. */
export function abortOnSignals(what: string): Interrupt {
  let told = what
  const controller = new AbortController()
  // Each process that runs listens to it, and there are many at once.
  setMaxListeners(0, controller.signal)
  const abort = () => controller.abort(new NetlabError({ what: told, exitCode: exitCode.interrupted }))
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, abort)
  return {
    signal: controller.signal,
    says: what => {
      told = what
    },
    abort,
    ignored: async work => {
      process.off('SIGINT', abort)
      try {
        return await work()
      } finally {
        process.on('SIGINT', abort)
      }
    },
    release: () => {
      for (const signal of signals) process.off(signal, abort)
    },
  }
}
