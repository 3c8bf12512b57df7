import { host } from '../lab/lab.ts'
import { runAnyway } from '../sandbox/process.ts'
import { enterArgv, insideEnv, type Sandbox } from '../sandbox/sandbox.ts'

/** Where the kernel sent a connection. */
export interface Connection {
  /** The address that the destination was translated to, or the one that was asked for. */
  server: string
  /** The client's address as the server sees it. */
  client: string
}

/** The connections to a port that the host knows, by the client's end: `10.0.0.11:41234`. */
export async function connectionsTo(
  sandbox: Sandbox,
  port: number,
  protocol: 'TCP' | 'UDP' = 'TCP',
): Promise<ReadonlyMap<string, Connection>> {
  const argv = ['conntrack', '-L', '-p', protocol.toLowerCase(), '--orig-port-dst', `${port}`]
  const { stdout } = await runAnyway(enterArgv(sandbox, argv, host), {
    env: insideEnv,
    why: 'reading which pod each connection was sent to',
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

/** The port that a URL without a scheme, or with http, asks for. */
export function portOf(url: string): number {
  return Number(/:(\d+)(\/|$)/.exec(url.replace(/^\w+:\/\//, ''))?.[1] ?? 80)
}
