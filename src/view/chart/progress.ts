import type { ChartEvent } from '../../chart/events.ts'
import { plural, thousands } from '../format.ts'
import { LiveLine } from '../live-line.ts'
import type { Terminal } from '../terminal.ts'

/** Shows what a measurement is at; `stop` gives the screen back and must be called in the end. */
export interface ChartProgress {
  hear(event: ChartEvent): void
  stop(): Promise<void>
}

/** The progress that fits: nothing, a line that moves, or a line now and then. */
export function openChartProgress({ err, quiet }: Terminal): ChartProgress {
  if (quiet) return { hear: () => {}, stop: async () => {} }
  if (!err.interactive) {
    return {
      hear: event => {
        if (isTold(event)) err.write(`${words(event)}\n`)
      },
      stop: async () => {},
    }
  }
  const line = new LiveLine(err)
  let started = false
  return {
    hear: event => {
      if (started) line.update(words(event))
      else line.start(words(event))
      started = true
    },
    stop: () => line.stop(),
  }
}

/** A log gets each load, and every fifth round. */
function isTold(event: ChartEvent): boolean {
  return event.kind !== 'measuring' || event.done % 5 === 0 || event.done === event.rounds
}

function words(event: ChartEvent): string {
  switch (event.kind) {
    case 'building':
      return `making ${plural(event.nodes, 'node')}`
    case 'loading':
      return `loading ${event.at} of ${event.count}: ${event.mode}${
        event.mode === 'direct' ? '' : `, ${plural(event.services, 'service')}`
      }`
    case 'loading-again':
      return `loading ${thousands(event.count)} of them twice more`
    case 'measuring':
      return `measured ${event.done} of ${plural(event.rounds, 'round')}`
  }
}
