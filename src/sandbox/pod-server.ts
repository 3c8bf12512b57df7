/**
 * One process that serves for every pod of a lab; a process for each pod would take 40 MB each.
 *
 * Reads on stdin a list of listeners, `[{"pod", "port"}]`, writes `listening` or an error line to stdout.
 * From then on it takes orders over HTTP on a socket of the sandbox's own: `GET /pods`, `POST /open` with listeners,
 * `POST /stop/POD`, `POST /kill/POD`.
 */

import { mkdirSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { namespacesFolder } from '../command/command.ts'
import { type Listener, PodListeners } from './pod-listeners.ts'
import { insideFolder } from './program-files.ts'
import { RequestLogs } from './request-log.ts'

async function carryOut(listeners: PodListeners, request: IncomingMessage): Promise<string> {
  const [, order, pod = ''] = (request.url ?? '').split('/').map(decodeURIComponent)
  if (order === 'open') await listeners.open(JSON.parse(await text(request)))
  else if (order === 'stop' || order === 'kill') await listeners.close(pod, order)
  return JSON.stringify(listeners.pods)
}

async function takeOrders(listeners: PodListeners): Promise<void> {
  mkdirSync(insideFolder.servers, { recursive: true, mode: 0o700 })
  const server = createServer((request, response) => {
    carryOut(listeners, request).then(
      answer => response.end(answer),
      error => response.writeHead(500).end(messageOf(error)),
    )
  })
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(`${insideFolder.servers}/${process.pid}`, () => resolve(undefined))
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

try {
  const order: Listener[] = JSON.parse(await text(process.stdin))
  const listeners = new PodListeners(namespacesFolder, new RequestLogs(insideFolder.logs))
  await Promise.all([listeners.open(order), takeOrders(listeners)])
  process.stdout.write('listening\n')
} catch (error) {
  process.stdout.write(`${messageOf(error)}\n`)
  // The servers that do listen would keep the process alive.
  process.exit(1)
}
