import { spawnSync } from 'node:child_process'
import type { TimedCommand, TimedRun } from './measure-order.ts'

/** Characters of a command's complaint that are told. */
const longestComplaint = 2000

/** Runs commands one after the other, up to the first that fails. */
export function runTimed(commands: readonly TimedCommand[]): TimedRun[] {
  const runs: TimedRun[] = []
  for (const { argv, input = '' } of commands) {
    const [file = '', ...args] = argv
    const start = performance.now()
    const { status, signal, stderr, error } = spawnSync(file, args, {
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    const ms = performance.now() - start
    const complaint = error === undefined ? stderr : error.message
    runs.push({ ms, exitCode: status ?? 1, stderr: (signal ?? complaint).slice(0, longestComplaint) })
    if (status !== 0) return runs
  }
  return runs
}
