import type { Place } from '../command/command.ts'
import { canonical, type Family, familyOf } from '../model/address.ts'
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

/** The connections to somewhere that a node knows, by the client's end: `10.0.0.11:41234`. `families`: in which to look for a name. */
export async function connectionsTo(
  sandbox: Sandbox,
  node: Place,
  { protocol, address, port }: Destination,
  families: readonly Family[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Connection>> {
  const found: Connection[] = []
  for (const family of address === '' ? families : [familyOf(address)]) {
    const to = address === '' ? [] : ['--orig-dst', address]
    const of = family === 'ipv6' ? ['-f', 'ipv6'] : []
    const what = ['-p', protocol.toLowerCase(), ...to, '--orig-port-dst', `${port}`]
    const { stdout } = await runTool(sandbox, ['conntrack', '-L', ...of, ...what], {
      place: node,
      why: 'reading which pod each connection was sent to',
      deadline: 60_000,
      ...(signal === undefined ? {} : { signal }),
    })
    found.push(...parseConnections(stdout))
  }
  return new Map(found.map(each => [`${each.source}:${each.sourcePort}`, each]))
}

/** Where a URL without a scheme, or with http, leads; of a name only the port is known. */
export function destinationOf(url: string): Destination {
  const [, host = '', port = '80'] =
    /^(\[[^\]]*\]|[^/:?]+)(?::(\d+))?/.exec(url.replace(/^\w+:\/\//, '')) ?? []
  const address = host.startsWith('[') ? canonical(host.slice(1, -1)) : /^[\d.]+$/.test(host) ? host : ''
  return { protocol: 'TCP', address, port: Number(port) }
}

/** TCP sends its first packet again after one second (RFC 6298). */
const untilSentAgain = 1.5

/**
 * Seconds after which a request surely is not answered, where `usual` are enough in IPv4. An ICMPv6 error that comes while the packet is
 * still being sent, as it does within one machine, is not heard (`tcp_v6_err` passes by a socket in use): the next one is.
 */
export function patienceInVain(url: string, usual: number): number {
  return familyOf(destinationOf(url).address) === 'ipv6' ? Math.max(usual, untilSentAgain) : usual
}
