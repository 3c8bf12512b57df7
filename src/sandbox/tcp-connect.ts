import type { Place } from '../command/command.ts'
import { runAtAnyway } from './enter.ts'
import { insideProgram } from './program-files.ts'
import type { Sandbox } from './sandbox.ts'
import { toldJson } from './told-json.ts'

/** A TCP connection to try. */
export interface Target {
  address: string
  port: number
  /** Seconds. */
  timeout: number
}

/** Reads targets on stdin, writes for each an error's code, `timeout`, or nothing where a connection came about. */
const script = `
const net = require('node:net')
const tryOne = ({ address, port, timeout }) => new Promise(resolve => {
  const socket = net.connect({ host: address, port, timeout: timeout * 1000 })
  const end = word => { socket.destroy(); resolve(word) }
  socket.on('connect', () => end('')).on('timeout', () => end('timeout')).on('error', error => end(error.code))
})
const targets = JSON.parse(require('node:fs').readFileSync(0, 'utf8'))
Promise.all(targets.map(tryOne)).then(words => process.stdout.write(JSON.stringify(words)))
`

/**
 * Connects from a place of a sandbox, and sends nothing: curl would send a request, or wait for a greeting. Returns for each
 * target what hindered it, `ECONNREFUSED` or `timeout`, say; empty: nothing.
 */
export async function tryConnections(
  sandbox: Sandbox,
  place: Place,
  targets: readonly Target[],
): Promise<string[]> {
  if (targets.length === 0) return []
  const why = 'trying TCP connections as a probe'
  const longest = Math.max(...targets.map(({ timeout }) => timeout))
  const finished = await runAtAnyway(sandbox, [insideProgram.node, '-e', script], {
    place,
    input: JSON.stringify(targets),
    why,
    deadline: (longest + startPatience) * 1000,
  })
  const isWhole = (value: unknown): value is string[] =>
    Array.isArray(value) && value.length === targets.length && value.every(word => typeof word === 'string')
  return toldJson(finished, isWhole, why)
}

/** Seconds within which Node has started, and ended. */
const startPatience = 20
