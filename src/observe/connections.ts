import type { Place } from '../command/command.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { Connection } from './facts.ts'
import { parseConnections } from './parse-facts.ts'
import { runTool } from './tool.ts'

/** What was asked for. */
export interface Destination {
  protocol: 'TCP' | 'UDP'
  /** Empty: any. */
  address: string
  port: number
}

/** The connections to somewhere that a node knows, by the client's end: `10.0.0.11:41234`. */
export async function connectionsTo(
  sandbox: Sandbox,
  node: Place,
  { protocol, address, port }: Destination,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Connection>> {
  const to = address === '' ? [] : ['--orig-dst', address]
  const argv = ['conntrack', '-L', '-p', protocol.toLowerCase(), ...to, '--orig-port-dst', `${port}`]
  const { stdout } = await runTool(sandbox, argv, {
    place: node,
    why: 'reading which pod each connection was sent to',
    deadline: 60_000,
    ...(signal === undefined ? {} : { signal }),
  })
  return new Map(parseConnections(stdout).map(found => [`${found.source}:${found.sourcePort}`, found]))
}

/** Where a URL without a scheme, or with http, leads; of a name only the port is known. */
export function destinationOf(url: string): Destination {
  const [, host = '', port = '80'] = /^([^/:?]+)(?::(\d+))?/.exec(url.replace(/^\w+:\/\//, '')) ?? []
  return { protocol: 'TCP', address: /^[\d.]+$/.test(host) ? host : '', port: Number(port) }
}
