import { once } from 'node:events'
import { podServer } from './pod-answer.ts'

/**
 * Listens on these ports in the network namespace where it is started, until it is ended; on one address, where it is given. Throws where
 * a port is taken.
 */
export async function servePod(pod: string, ports: readonly number[], host?: string): Promise<void> {
  const where = { backlog: 4096, ...(host === undefined ? {} : { host }) }
  await Promise.all(ports.map(port => once(podServer(pod).listen({ port, ...where }), 'listening')))
}
