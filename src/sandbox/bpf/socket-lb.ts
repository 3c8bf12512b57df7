/**
 * The socket load balancer of a lab, outside of it: loads its programs into the kernel, attaches them to the lab's cgroup and fills their
 * maps as it is told. The kernel holds all of that by this process's descriptors alone, and frees it when the process ends, however
 * it ends; it ends by itself with the lab's process 1. Arguments: the lab's folder, the cgroup, the object file, process 1 and its start
 * time.
 */

import { readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { contentsText, type MapOperation } from '../../dataplane/socket-maps.ts'
import { openPidfd, whenEnded } from '../native.ts'
import { lives, processId } from '../proc.ts'
import { isLoaded } from './bpf-call.ts'
import { changeMaps, loadObject, mapMemory, readMaps } from './loaded.ts'
import { readObject } from './program-object.ts'
import { loadedObjects, memoryPath, noteObjects, socketName } from './socket-lb-order.ts'

const [folder = '', cgroup = '', object = '', pid = '', startTime = ''] = process.argv.slice(2)
// The name of a socket has little room, and this one's folder may have a long name.
process.chdir(folder)
process.umask(0o177)

const init = { pid: Number(pid), startTime }
const descriptor = openPidfd(init.pid)
if (descriptor === undefined || !lives(init)) throw new Error('the lab has ended')
whenEnded(descriptor, end)

/** To exit would be to wait for the thread that waits for process 1. */
function end(): void {
  process.kill(process.pid, 'SIGKILL')
}

const loaded = loadObject(readObject(readFileSync(object)), cgroup)
// Of one that was killed the kernel may still have some.
noteObjects('.', [...loadedObjects('.').filter(isLoaded), ...loaded.objects], processId(process.pid))

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  switch (request.method) {
    case 'GET':
      response.end(request.url === memoryPath ? String(mapMemory(loaded)) : contentsText(readMaps(loaded)))
      return
    case 'DELETE':
      response.end(end)
      return
    default:
      changeMaps(loaded, JSON.parse(await text(request)) as MapOperation[])
      response.end()
  }
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: Error) => {
    response.writeHead(500).end(error.message)
  })
})
// One that was killed has left its name behind.
rmSync(socketName, { force: true })
server.listen(socketName, () => process.stdout.write('ready\n'))
