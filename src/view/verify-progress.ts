import type { VerifyEvent } from '../verify/events.ts'
import { plural } from './format.ts'
import { shorten } from './layout.ts'
import { LiveLine } from './live-line.ts'
import type { Screen } from './terminal.ts'

/** Shows what a verification is at; `stop` gives the screen back and must be called in the end. */
export interface VerifyProgress {
  hear(event: VerifyEvent): void
  stop(): Promise<void>
}

/** Milliseconds between two lines of a log: what ends sooner needs none. */
const pause = 10_000

/** A line that moves on a terminal; in a log one now and then, and none where a program reads the result. */
export function openVerifyProgress(err: Screen, isForProgram: boolean): VerifyProgress {
  if (err.interactive) {
    const line = new LiveLine(err)
    let started = false
    return {
      hear: event => {
        const text = shorten(verifyWords(event), line.width)
        if (started) line.update(text)
        else line.start(text)
        started = true
      },
      stop: () => line.stop(),
    }
  }
  if (isForProgram) return { hear: () => {}, stop: async () => {} }
  let last: VerifyEvent | undefined
  const timer = setInterval(() => {
    if (last !== undefined) err.write(`${verifyWords(last)}\n`)
  }, pause)
  return {
    hear: event => {
      last = event
    },
    stop: async () => clearInterval(timer),
  }
}

/** `12 of 16 checks tried, 3 do not hold`; a failure takes long to be sure of, and its cause to be found. */
export function verifyWords(event: VerifyEvent): string {
  switch (event.kind) {
    case 'checks': {
      const off = event.off === 0 ? '' : `, ${event.off} ${event.off === 1 ? 'does' : 'do'} not hold`
      return `${event.done} of ${plural(event.count, 'check')} tried${off}`
    }
    case 'services': {
      const off = event.off === 0 ? '' : `, ${event.off} off`
      return `${event.done} of ${plural(event.count, 'sample')} of services taken${off}`
    }
    case 'latency':
      return 'asking services once more, one request at a time, for how long that takes'
    case 'matrix':
      return 'asking each place from each other one'
  }
}
