/**
 * Measures from inside a lab, so that entering it counts for nothing: how long commands take that load rules, or new connections. Reads a
 * MeasureOrder on stdin and writes TimedRuns or WayRounds; on stderr it says which round is done, and what stopped it.
 */
import { text } from 'node:stream/consumers'
import { connectRounds } from './connect-rounds.ts'
import type { MeasureOrder } from './measure-order.ts'
import { runTimed } from './timed-run.ts'

const measuring = JSON.parse(await text(process.stdin)) as MeasureOrder
try {
  const told =
    measuring.kind === 'load'
      ? runTimed(measuring.commands)
      : await connectRounds(measuring.order, round => process.stderr.write(`round ${round}\n`))
  process.stdout.write(JSON.stringify(told))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
