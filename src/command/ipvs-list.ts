/** A real server as the kernel has it. */
export interface ListedRealServer {
  weight: number
  /** Open ones, and those that are ending. */
  connections: number
}

/** A virtual server of IPVS as the kernel has it. */
export interface ListedServer {
  protocol: 'TCP' | 'UDP' | 'SCTP'
  /** `ip:port` or `[ip]:port` */
  address: string
  scheduler: string
  /** Seconds that a client stays with its real server; 0: it does not. */
  persistent: number
  /** By `ip:port` or `[ip]:port`. */
  realServers: ReadonlyMap<string, ListedRealServer>
}

/** `TCP 10.96.0.1:80` → the virtual server. */
export type ListedServers = ReadonlyMap<string, ListedServer>

/** One virtual server is told from others by this: `TCP 10.96.0.1:80`. */
export function serverKey({ protocol, address }: Pick<ListedServer, 'protocol' | 'address'>): string {
  return `${protocol} ${address}`
}

/** Reads what `ipvsadm -L -n` lists, of both families: virtual servers, each with its real servers below it. */
export function parseServers(text: string): ListedServers {
  const servers = new Map<string, ListedServer>()
  let last: Map<string, ListedRealServer> | undefined
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/)
    const [protocol = '', address = '', scheduler = ''] = words
    if (protocol === '->') {
      const [, realServer = '', , weight = '', active = '', inactive = ''] = words
      if (!/^\d+$/.test(weight)) continue
      last?.set(realServer, { weight: Number(weight), connections: Number(active) + Number(inactive) })
      continue
    }
    // One by a mark, which is nobody's address, has real servers, too.
    last = undefined
    if (!isProtocol(protocol)) continue
    last = new Map()
    const persistent = Number(/ persistent (\d+)/.exec(line)?.[1] ?? 0)
    const server = { protocol, address, scheduler, persistent, realServers: last }
    servers.set(serverKey(server), server)
  }
  return servers
}

function isProtocol(word: string): word is ListedServer['protocol'] {
  return word === 'TCP' || word === 'UDP' || word === 'SCTP'
}
