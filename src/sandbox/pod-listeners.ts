import { closeSync, openSync } from 'node:fs'
import type { Server } from 'node:http'
import { setns } from './native-network.ts'
import { podServer } from './pod-answer.ts'

/** A port of a pod on which netlab's own server answers. */
export interface Listener {
  pod: string
  port: number
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
  readonly #home = openSync('/proc/self/ns/net', 'r')
  readonly #servers = new Map<string, Server[]>()

  /** `namespaces`: the folder where `ip netns` keeps them. */
  constructor(namespaces: string) {
    this.#namespaces = namespaces
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
    await Promise.all(
      servers.map(server => {
        const ended = new Promise(resolve => server.close(resolve))
        if (ending === 'kill') server.closeAllConnections()
        else setTimeout(() => server.closeAllConnections(), grace).unref()
        return ended
      }),
    )
  }

  async #open({ pod, port, address }: Listener): Promise<void> {
    const namespace = openSync(`${this.#namespaces}/${pod}`, 'r')
    setns(namespace)
    const server = podServer(pod)
    const open = new Promise<void>((resolve, reject) => {
      server.once('listening', () => {
        this.#servers.set(pod, [...(this.#servers.get(pod) ?? []), server])
        resolve()
      })
      server.once('error', error => reject(new Error(`${pod}: ${error.message}`)))
    })
    // Without a host the socket is made inside this very call, that is, in the pod's namespace; a host is looked up first.
    server.listen({ port, backlog: 4096, ...(address === undefined ? {} : { host: address }) })
    try {
      if (address !== undefined) await open
    } finally {
      setns(this.#home)
      closeSync(namespace)
    }
    await open
  }
}
