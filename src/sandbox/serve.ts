import type { Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { NetlabError } from '../errors.ts'
import { datagramServer } from './datagram-server.ts'
import { podServer } from './pod-answer.ts'
import { notesOnStdout } from './request-log.ts'
import type { ServedPort } from './served-port.ts'

/** Milliseconds that connections under way get after SIGTERM. */
const grace = 5000

/**
 * Listens on these ports in the network namespace where it is started, until it is ended; on one address, where it is given. Throws NetlabError
 * where a port is taken.
 */
export async function servePod(pod: string, ports: readonly ServedPort[], host?: string): Promise<void> {
  const where = { backlog: 4096, ...(host === undefined ? {} : { host }) }
  const note = notesOnStdout()
  const servers = await Promise.all(
    ports.map(({ port, protocol }) =>
      protocol === 'UDP'
        ? bound(pod, { port, address: host, note })
        : listening(podServer(pod, note), { port, ...where }),
    ),
  )
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
    throw inUse(where.port, error)
  }
}

async function bound(pod: string, where: Parameters<typeof datagramServer>[1]): Promise<Socket> {
  try {
    return await datagramServer(pod, where)
  } catch (error) {
    throw inUse(where.port, error)
  }
}

/** What is known of a port that somebody else has; any other error as it is. */
function inUse(port: number, error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return error
  return new NetlabError({
    what: `port ${port} is in use: EADDRINUSE`,
    why: 'of all programs in a network namespace one can listen on a port; those of one pod share theirs',
    fix: 'another port; ss -lntu shows which are taken',
    cause: error,
  })
}
