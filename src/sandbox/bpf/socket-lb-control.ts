import { closeSync, constants, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { release } from 'node:os'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Place } from '../../command/command.ts'
import { type MapContents, type MapOperation, readContents } from '../../dataplane/socket-maps.ts'
import { exitCode, NetlabError } from '../../errors.ts'
import { hasSocketParent, socketCgroup, takeOut } from '../cgroup.ts'
import { startDetached } from '../detached.ts'
import { runAt } from '../enter.ts'
import { lockFile } from '../file-lock.ts'
import { fitting } from '../patience.ts'
import { isStopped, kill } from '../proc.ts'
import { insideProgram, outsideProgram } from '../program-files.ts'
import type { Sandbox } from '../sandbox.ts'
import { toldJson } from '../told-json.ts'
import { isLoaded, mayLoad } from './bpf-call.ts'
import {
  complaintsName,
  holderOfObjects,
  loadedObjects,
  lockName,
  memoryPath,
  noteObjects,
  objectsName,
  socketName,
} from './socket-lb-order.ts'

/** Milliseconds that it gets on a machine that is not busy: to load its programs, to be started by somebody else, to follow an order, and the kernel to free all. */
const patience = { start: 20_000, turn: 30_000, order: 20_000, end: 5000 }

/** The rights of root that it keeps. */
const rights = ['bpf', 'net_admin', 'dac_read_search'].map(right => `+${right}`).join(',')

/** Throws NetlabError where netlab may not load programs into the kernel: to be asked before anything of a lab that needs them. */
export function mustBalanceSockets(): void {
  const lack = socketLbLack()
  if (lack === undefined) return
  throw new NetlabError({
    what: `this lab needs a program in the kernel, and ${lack.what}`,
    why: 'with "proxy: {mode: ebpf}" services are found by a program that the kernel runs when a socket connects',
    fix: lack.fix,
    exitCode: exitCode.machineLacks,
  })
}

/** What keeps netlab from loading such programs here, and what to do; undefined: nothing does. */
export function socketLbLack(): { what: string; fix: string } | undefined {
  if (process.getuid?.() !== 0)
    return {
      what: 'only root may load one',
      fix: 'run netlab as root, with sudo; all else is then as it is for everybody',
    }
  const [major = 0, minor = 0] = release().split('.').map(Number)
  if (major < 5 || (major === 5 && minor < 18))
    return { what: `this one is too old for it: Linux ${release()}`, fix: 'it needs Linux 5.18 or newer' }
  if (!mayLoad())
    return {
      what: 'root may load none here',
      fix: 'containers mostly may not: run netlab on the machine itself',
    }
  if (!hasSocketParent()) return { what: lackOfCgroup, fix: mountCgroup }
  return undefined
}

/**
 * Starts the socket load balancer of a lab that runs where none lives, and waits until the kernel has its programs: of several that ask at
 * once, one starts it. Throws NetlabError.
 */
export async function startSocketLb(sandbox: Sandbox, folder: string): Promise<void> {
  const release = await lockFile(join(folder, lockName), { patience: fitting(patience.turn) })
  if (release === undefined) throw otherStarts()
  try {
    if (!(await hasSocketLb(folder))) await startAlone(sandbox, folder)
  } finally {
    release()
  }
}

async function startAlone(sandbox: Sandbox, folder: string): Promise<void> {
  const cgroup = socketCgroup(sandbox.cgroups)
  if (cgroup === undefined) throw noCgroup()
  const { pid, startTime } = sandbox.init
  noteObjects(folder, loadedObjects(folder).filter(isLoaded))
  const complaints = join(folder, complaintsName)
  const log = openSync(complaints, 'a', 0o600)
  const child = startDetached(
    [
      ...['setpriv', '--bounding-set', `-all,${rights}`, '--', process.execPath, outsideProgram.socketLb],
      ...[folder, cgroup, outsideProgram.socketLbObject, String(pid), startTime],
    ],
    { output: log, stdout: 'pipe' },
  )
  closeSync(log)
  child.on('error', () => {})
  if (child.pid !== undefined) await settle(child.pid)
  const ready = await saysReady(child.stdout!)
  child.stdout?.destroy()
  child.unref()
  if (ready) return
  child.kill('SIGKILL')
  throw new NetlabError({
    what: 'the socket load balancer could not be started',
    why: 'it loads programs into the kernel, which find a pod for each connection to a service',
    details: readFileSync(complaints, 'utf8').trim(),
    exitCode: exitCode.machineLacks,
  })
}

/** It is none of the lab's programs: neither bounded by its limits nor the first to go where there is no memory left. */
async function settle(pid: number): Promise<void> {
  await takeOut(pid)
  writeFileSync(`/proc/${pid}/oom_score_adj`, '0')
}

function saysReady(output: Readable): Promise<boolean> {
  return new Promise(resolve => {
    const late = setTimeout(() => resolve(false), fitting(patience.start))
    const end = (ready: boolean) => {
      clearTimeout(late)
      resolve(ready)
    }
    output.once('data', () => end(true)).once('end', () => end(false))
  })
}

/** Whether a lab has a load balancer that lives. Throws NetlabError where nobody can tell. */
export async function hasSocketLb(folder: string): Promise<boolean> {
  try {
    await atSocket(folder, socketPath => {
      return new Promise<void>((resolve, reject) => {
        const socket = connect(socketPath, () => {
          socket.destroy()
          resolve()
        })
        socket.on('error', reject)
      })
    })
    return true
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    // Who was killed leaves the name behind, where nobody listens.
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return false
    throw silent(error as Error)
  }
}

/** Whether a lab that once had a load balancer has none now: somebody has ended it. Throws NetlabError where nobody can tell. */
export async function hasSocketLbEnded(folder: string): Promise<boolean> {
  return existsSync(join(folder, objectsName)) && !(await hasSocketLb(folder))
}

/** Whether somebody has stopped a lab's load balancer (signal(7), SIGSTOP): the kernel finds pods as before, and nothing of that can be asked or changed. */
export function isSocketLbStopped(folder: string): boolean {
  const holder = holderOfObjects(folder)
  return holder !== undefined && isStopped(holder)
}

/** Lets a lab's load balancer go on that somebody has stopped. */
export function resumeSocketLb(folder: string): void {
  const holder = holderOfObjects(folder)
  if (holder !== undefined && isStopped(holder)) kill(holder, 'SIGCONT')
}

/**
 * By which numbers the kernel knows places' network namespaces, in the order of the places; undefined for one that is not there. Throws
 * NetlabError.
 */
export async function netnsCookies(
  sandbox: Sandbox,
  places: readonly Place[],
): Promise<readonly (string | undefined)[]> {
  const why = 'a socket load balancer knows pods by their network namespaces'
  const told = await runAt(sandbox, [insideProgram.node, insideProgram.netnsCookies], {
    input: JSON.stringify(places),
    why,
  })
  const isRight = (value: unknown): value is (string | null)[] =>
    Array.isArray(value) &&
    value.length === places.length &&
    value.every(each => each === null || (typeof each === 'string' && /^\d{1,20}$/.test(each)))
  return toldJson(told, isRight, why).map(cookie => cookie ?? undefined)
}

/** Has a lab's load balancer change its maps. Throws NetlabError where it does not. */
export async function orderSocketLb(folder: string, operations: readonly MapOperation[]): Promise<void> {
  await ask(folder, 'POST', JSON.stringify(operations))
}

/** What the kernel's maps hold, key and value as hexadecimal digits. Throws NetlabError. */
export async function readSocketLb(folder: string): Promise<MapContents> {
  return readContents(await ask(folder, 'GET'))
}

/** Bytes of the kernel's memory that the maps take; before Linux 6.4 what they would take if they were full. Throws NetlabError. */
export async function socketLbMemory(folder: string): Promise<number> {
  return Number(await ask(folder, 'GET', '', memoryPath))
}

/** Ends a lab's load balancer where it has one, and waits until the kernel has freed its programs. Throws NetlabError where that takes too long. */
export async function endSocketLb(folder: string): Promise<void> {
  if (!existsSync(join(folder, objectsName))) return
  resumeSocketLb(folder)
  if (await hasSocketLb(folder)) await ask(folder, 'DELETE')
  await mustBeFreed(folder)
  for (const name of [socketName, objectsName]) rmSync(join(folder, name), { force: true })
}

/** GET asks for the maps or for their memory, POST gives an order, DELETE ends it. */
async function ask(
  folder: string,
  method: 'GET' | 'POST' | 'DELETE',
  body?: string,
  path = '/',
): Promise<string> {
  if (isSocketLbStopped(folder)) throw stopped(folder)
  try {
    return await atSocket(folder, socketPath => {
      return new Promise<string>((resolve, reject) => {
        const signal = AbortSignal.timeout(Math.ceil(fitting(patience.order)))
        // No connection is kept: under the same name the next one may be another lab's.
        const sent = request({ socketPath, path, method, signal, agent: false }, response => {
          text(response).then(said => {
            if (response.statusCode === 200) resolve(said)
            else reject(troubled('could not do what it was told', said))
          }, reject)
        })
        sent.on('error', reject)
        sent.end(body)
      })
    })
  } catch (error) {
    throw error instanceof NetlabError ? error : silent(error as Error)
  }
}

/** The name of a socket has little room, so the lab's folder is opened and named by its descriptor. */
async function atSocket<T>(folder: string, work: (socketPath: string) => Promise<T>): Promise<T> {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants
  const descriptor = openSync(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  try {
    return await work(`/proc/self/fd/${descriptor}/${socketName}`)
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Waits until the kernel has freed what a lab's load balancer had loaded, which it does a moment after the process has ended. Throws NetlabError
 * that names what is still there.
 */
export async function mustBeFreed(folder: string): Promise<void> {
  const end = Date.now() + fitting(patience.end)
  for (let left = loadedObjects(folder); left.length > 0; await sleep(2)) {
    left = left.filter(isLoaded)
    if (left.length === 0 || Date.now() < end) continue
    throw new NetlabError({
      what: 'the kernel still has programs or maps of the lab',
      details: left.map(({ kind, id }) => `${kind} ${id}`).join('\n'),
      fix: 'bpftool prog show id NUMBER tells which process holds one: netlab down tries again',
    })
  }
}

const lackOfCgroup = 'netlab can make no cgroup of version 2 for it'
const mountCgroup =
  'where none is mounted: mkdir -p /sys/fs/cgroup/unified; mount -t cgroup2 none /sys/fs/cgroup/unified'

function noCgroup(): NetlabError {
  return new NetlabError({
    what: 'the lab has no cgroup of version 2',
    why: "a program that the kernel asks about sockets is attached to their cgroup, so that it meets the lab's alone",
    fix: mountCgroup,
    exitCode: exitCode.machineLacks,
  })
}

const purpose = 'it fills the maps by which the kernel finds a pod for each connection to a service'

function troubled(what: string, details: string): NetlabError {
  return new NetlabError({
    what: `the socket load balancer of the lab ${what}`,
    why: purpose,
    details,
    fix: 'take the lab down and bring it up again',
  })
}

function stopped(folder: string): NetlabError {
  return new NetlabError({
    what: 'the socket load balancer of the lab is stopped',
    why: `${purpose}; stopped, it neither tells nor changes what they hold`,
    fix: `netlab sync ${basename(folder)} lets it go on`,
  })
}

function silent({ message }: Error): NetlabError {
  return new NetlabError({
    what: 'the socket load balancer of the lab does not answer',
    why: purpose,
    details: message,
    fix: 'take the lab down and bring it up again',
  })
}

function otherStarts(): NetlabError {
  return new NetlabError({
    what: 'another netlab is starting the socket load balancer of the lab, and does not come to an end',
    why: purpose,
    fix: 'end that process, or take the lab down and bring it up again',
  })
}
