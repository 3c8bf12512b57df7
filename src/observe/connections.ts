import type { Sandbox } from '../sandbox/sandbox.ts'
import { runTool } from './tool.ts'

/** Where the kernel sent a connection. */
export interface Connection {
  /** The address that the destination was translated to, or the one that was asked for. */
  server: string
  /** The client's address as the server sees it. */
  client: string
}

/** What was asked for. */
export interface Destination {
  protocol: 'TCP' | 'UDP'
  /** Empty: any. */
  address: string
  port: number
}

/** The connections to somewhere that the host knows, by the client's end: `10.0.0.11:41234`. */
export async function connectionsTo(
  sandbox: Sandbox,
  { protocol, address, port }: Destination,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Connection>> {
  const to = address === '' ? [] : ['--orig-dst', address]
  const argv = ['conntrack', '-L', '-p', protocol.toLowerCase(), ...to, '--orig-port-dst', `${port}`]
  const { stdout } = await runTool(sandbox, argv, {
    why: 'reading which pod each connection was sent to',
    deadline: 60_000,
    ...(signal === undefined ? {} : { signal }),
  })
  const found = new Map<string, Connection>()
  for (const line of stdout.split('\n')) {
    // src= dst= sport= dport= stand twice: as the client sent it, then as the answer comes.
    const [sent, answer] = line.matchAll(/src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)/g)
    if (sent !== undefined && answer !== undefined) {
      found.set(`${sent[1]}:${sent[3]}`, { server: answer[1] ?? '', client: answer[2] ?? '' })
    }
  }
  return found
}

/** Where a URL without a scheme, or with http, leads; of a name only the port is known. */
export function destinationOf(url: string): Destination {
  const [, host = '', port = '80'] = /^([^/:?]+)(?::(\d+))?/.exec(url.replace(/^\w+:\/\//, '')) ?? []
  return { protocol: 'TCP', address: /^[\d.]+$/.test(host) ? host : '', port: Number(port) }
}
