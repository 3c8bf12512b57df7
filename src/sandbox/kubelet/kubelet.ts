/**
 * What kubelet and a container runtime do for the pods of a lab that have a pause process: one process for all of them, inside the
 * sandbox. It takes orders over HTTP on a socket of the sandbox's own: `GET /pods`, `POST /start` with containers, `POST /stop/POD`, `POST
 * /kill/POD`, and the same with `/POD/CONTAINER`. Where it is killed the containers live on, and nobody starts them again.
 */

import { readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { pauseName, podFiles } from '../../command/pause.ts'
import { logFile } from '../pod-logs.ts'
import { insideFolder, insideProgram } from '../program-files.ts'
import {
  type ContainerOrder,
  type Ending,
  isPause,
  PauseHasEnded,
  PodLife,
  type Started,
} from './pod-life.ts'
import { starter } from './starter.ts'

const pods = new Map<string, PodLife>()

async function carryOut(request: IncomingMessage): Promise<unknown> {
  const [, order, pod = '', container] = (request.url ?? '').split('/').map(decodeURIComponent)
  if (order === 'start') await startAll(JSON.parse(await text(request)))
  else if (order === 'stop' || order === 'kill') return end(pod, container, order)
  return [...pods.values()].map(({ state }) => state)
}

async function startAll(orders: readonly ContainerOrder[]): Promise<void> {
  for (const order of orders.filter(isPause)) {
    if (pods.has(order.pod)) throw new Error(`${order.pod}: it runs already`)
    pods.set(order.pod, await told(order, async () => new PodLife(order, starter)))
  }
  await Promise.all(
    orders
      .filter(order => !isPause(order))
      .map(async order => mustRun(order, await told(order, () => podOf(order).add(order)))),
  )
}

function podOf({ pod }: ContainerOrder): PodLife {
  const found = pods.get(pod)
  if (found === undefined) throw new Error('its pause process has not been started')
  return found
}

/** Whose order it was stands before what went wrong. */
async function told<Result>({ pod, name }: ContainerOrder, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const said = error instanceof PauseHasEnded ? printed({ pod, name: pauseName }) : ''
    throw new Error(`${pod}/${name}: ${messageOf(error)}${said === '' ? '' : `: ${said}`}`)
  }
}

/** Milliseconds: between two looks at a program that starts; within which one that cannot run has said so; and until it is let be. */
const glance = 10
const grace = 100
const patience = 30_000

/** Exit codes of a shell whose program cannot be run, or is not there. */
const cannotRun = [126, 127]

/** A program that cannot be run is a mistake of the lab; one that runs and fails is started again. */
async function mustRun(order: ContainerOrder, { pid, ended }: Started): Promise<void> {
  let exitCode: number | undefined
  let said = ''
  void ended.then(code => {
    exitCode = code
    // Before it is started again, with a log of its own.
    if (cannotRun.includes(code)) said = printed(order)
  })
  const giveUp = performance.now() + patience
  while (exitCode === undefined && isStarting(pid()) && performance.now() < giveUp) await sleep(glance)
  await Promise.race([ended, sleep(grace)])
  if (exitCode === undefined || !cannotRun.includes(exitCode)) return
  await end(order.pod, undefined, 'kill')
  throw new Error(`${order.pod}/${order.name}: ${said}`)
}

/** Characters. */
const longestComplaint = 2000

/** Whoever is in the lab may have removed it. */
function logText(pod: string, name: string): string {
  try {
    return readFileSync(logFile(pod, name), 'utf8')
  } catch {
    return ''
  }
}

/** The last that a container has printed; where the kernel has refused it one more namespace, how it may have more. */
function printed({ pod, name }: Pick<ContainerOrder, 'pod' | 'name'>): string {
  const said = logText(pod, name).trim().slice(-longestComplaint)
  return said.includes('No space left on device')
    ? `${said}\nthe lab has as many namespaces as it may have: "limits: {processes: …}" gives it more`
    : said
}

/** Whether a process is not its program yet. */
function isStarting(pid: number | undefined): boolean {
  if (pid === undefined) return true
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return words.includes(podFiles.containerScript) || words.includes(insideProgram.kubelet)
  } catch {
    return false
  }
}

/** What is told of an order to end something: whether there was something to end. */
async function end(pod: string, container: string | undefined, how: Ending): Promise<boolean> {
  const life = pods.get(pod)
  if (life === undefined) return false
  if (container !== undefined) return life.endContainer(container, how)
  await life.end(how)
  if (pods.get(pod) === life) pods.delete(pod)
  rmSync(podFiles.of(pod), { recursive: true, force: true })
  return true
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

const server = createServer((request, response) => {
  carryOut(request).then(
    answer => response.end(JSON.stringify(answer)),
    error => response.writeHead(500).end(messageOf(error)),
  )
})
// One that was killed has left its socket.
rmSync(insideFolder.kubelet, { force: true })
server.listen(insideFolder.kubelet)
