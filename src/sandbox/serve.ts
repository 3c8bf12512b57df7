import { once } from 'node:events'
import type { Server } from 'node:http'
import { NetlabError } from '../errors.ts'
import { podServer } from './pod-answer.ts'

/** Milliseconds that connections under way get after SIGTERM. */
const grace = 5000

/**
 * Listens on these ports in the network namespace where it is started, until it is ended; on one address, where it is given. Throws NetlabError
 * where a port is taken.
 */
export async function servePod(pod: string, ports: readonly number[], host?: string): Promise<void> {
  const where = { backlog: 4096, ...(host === undefined ? {} : { host }) }
  const servers = await Promise.all(ports.map(port => listening(podServer(pod), { port, ...where })))
  // As process 1 of a container nothing but this would end it before SIGKILL does.
  process.once('SIGTERM', () => {
    for (const server of servers) server.close()
    setTimeout(() => process.exit(), grace).unref()
  })
}

async function listening(server: Server, where: { port: number; backlog: number }): Promise<Server> {
  try {
    await once(server.listen(where), 'listening')
    return server
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new NetlabError({
      what: `port ${where.port} is in use: EADDRINUSE`,
      why: 'of all programs in a network namespace one can listen on a port; those of one pod share theirs',
      fix: `another port; ss -ltn shows which are taken`,
      cause: error,
    })
  }
}
