import { readdirSync } from 'node:fs'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Ending, Listener } from './pod-listeners.ts'
import type { Sandbox } from './sandbox.ts'

/** A process of netlab's own servers inside a sandbox, with the pods that it serves for now. */
export interface PodServer {
  socket: string
  pods: readonly string[]
}

/** The living server processes of a sandbox: one for all pods, or one for each. */
export async function podServers(sandbox: Sandbox): Promise<PodServer[]> {
  const folder = `/proc/${sandbox.init.pid}/root/run/sandbox/serve`
  const found = await Promise.all(
    socketsIn(folder).map(async name => {
      const socket = `${folder}/${name}`
      const answer = await send(socket, 'GET', '/pods').catch(() => undefined)
      return answer?.status === 200 ? [{ socket, pods: JSON.parse(answer.body) as string[] }] : []
    }),
  )
  return found.flat()
}

/** Lets a living server process listen for pods, too. Returns `listening`, or `POD: why not`. */
export async function openListeners(server: PodServer, listeners: readonly Listener[]): Promise<string> {
  const { status, body } = await send(server.socket, 'POST', '/open', JSON.stringify(listeners))
  return status === 200 ? 'listening' : body
}

/** Closes a pod's servers; those that are broken off (`kill`) at once. */
export async function closeListeners(server: PodServer, pod: string, ending: Ending): Promise<void> {
  await send(server.socket, 'POST', `/${ending}/${encodeURIComponent(pod)}`)
}

function socketsIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    // No server has been started yet.
    return []
  }
}

/** A process that was killed leaves its socket's name behind: nobody answers there, and the promise rejects. */
function send(
  socketPath: string,
  method: string,
  path: string,
  body?: string,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path, agent: false }, response => {
      text(response).then(answer => resolve({ status: response.statusCode ?? 0, body: answer }), reject)
    })
    asked.on('error', reject)
    asked.end(body)
  })
}
