import { closeSync, openSync } from 'node:fs'
import type { Server } from 'node:http'
import { datagramServer } from './datagram-server.ts'
import { setns } from './native-network.ts'
import { podServer } from './pod-answer.ts'
import type { RequestLogs, RequestNote } from './request-log.ts'
import type { ServedPort } from './served-port.ts'

/** A port of a pod on which netlab's own server answers. */
export interface Listener extends ServedPort {
  pod: string
  /** Whose log has its requests. */
  container?: string
  /** The only one on which it listens; left out: on all. */
  address?: string
}

/** How servers end: `stop` answers what is under way first, `kill` breaks every connection off. */
export type Ending = 'stop' | 'kill'

/** Milliseconds that connections under way get. */
const grace = 5000

/**
 * The listening sockets of many pods in one process: it steps into a pod's network namespace just for the call that makes
 * the socket, which then stays there.
 */
export class PodListeners {
  readonly #namespaces: string
  readonly #logs: RequestLogs | undefined
  readonly #home = openSync('/proc/self/ns/net', 'r')
  readonly #servers = new Map<string, ((ending: Ending) => Promise<unknown>)[]>()

  /** `namespaces`: the folder where `ip netns` keeps them; `logs`: who keeps the requests. */
  constructor(namespaces: string, logs?: RequestLogs) {
    this.#namespaces = namespaces
    this.#logs = logs
  }

  /** The pods that have an open server. */
  get pods(): string[] {
    return [...this.#servers.keys()]
  }

  /** Opens them all. Rejects with `POD: why` where one cannot be. */
  async open(listeners: readonly Listener[]): Promise<void> {
    await Promise.all(
      listeners.filter(({ address }) => address === undefined).map(listener => this.#open(listener)),
    )
    // One by one: each keeps the process in its pod's namespace until it listens.
    for (const listener of listeners) if (listener.address !== undefined) await this.#open(listener)
  }

  /** Closes the servers of a pod; resolves when its last connection has ended. */
  async close(pod: string, ending: Ending): Promise<void> {
    const servers = this.#servers.get(pod) ?? []
    this.#servers.delete(pod)
    await Promise.all(servers.map(end => end(ending)))
  }

  async #open(listener: Listener): Promise<void> {
    const { pod, protocol, address } = listener
    const namespace = openSync(`${this.#namespaces}/${pod}`, 'r')
    setns(namespace)
    const open = protocol === 'UDP' ? this.#bind(listener) : this.#listen(listener)
    try {
      if (address !== undefined) await open
    } finally {
      setns(this.#home)
      closeSync(namespace)
    }
    await open
  }

  #keep(pod: string, end: (ending: Ending) => Promise<unknown>): void {
    this.#servers.set(pod, [...(this.#servers.get(pod) ?? []), end])
  }

  /** Without an address the socket is made inside this very call, that is, in the pod's namespace; an address is looked up first. */
  #listen(listener: Listener): Promise<void> {
    const { pod, port, address } = listener
    const server = podServer(pod, this.#noteOf(listener))
    const open = new Promise<void>((resolve, reject) => {
      server.once('listening', () => {
        this.#keep(pod, ending => endServer(server, ending))
        resolve()
      })
      server.once('error', error => reject(new Error(`${pod}: ${error.message}`)))
    })
    server.listen({ port, backlog: 4096, ...(address === undefined ? {} : { host: address }) })
    return open
  }

  #noteOf({ pod, container }: Listener): RequestNote | undefined {
    return container === undefined ? undefined : this.#logs?.of(pod, container)
  }

  async #bind(listener: Listener): Promise<void> {
    const { pod, port, address } = listener
    const note = this.#noteOf(listener)
    try {
      const socket = await datagramServer(pod, { port, note, ...(address === undefined ? {} : { address }) })
      this.#keep(pod, () => new Promise<void>(ended => socket.close(() => ended())))
    } catch (error) {
      throw new Error(`${pod}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

function endServer(server: Server, ending: Ending): Promise<unknown> {
  const ended = new Promise(resolve => server.close(resolve))
  if (ending === 'kill') server.closeAllConnections()
  else setTimeout(() => server.closeAllConnections(), grace).unref()
  return ended
}
