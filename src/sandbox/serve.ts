import { once } from 'node:events'
import { podServer } from './pod-answer.ts'

/** Listens on these ports in the network namespace where it is started, until it is ended. Throws where a port is taken. */
export async function servePod(pod: string, ports: readonly number[]): Promise<void> {
  await Promise.all(ports.map(port => once(podServer(pod).listen({ port, backlog: 4096 }), 'listening')))
}
