import { type ChildProcess, spawn } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { namespacesFolder } from '../../command/command.ts'
import { containerArgv, pauseArgv, pauseName, podFiles } from '../../command/pause.ts'
import { logFile, previousLogFile } from '../pod-logs.ts'
import { childrenOf } from '../proc.ts'
import { insideFolder } from '../program-files.ts'
import type { Started, Starter } from './pod-life.ts'

/** Starts the processes of pods by the commands that a lab's plan shows. */
export const starter: Starter = {
  pause: pod => {
    const file = podFiles.pid(pod, pauseName)
    rmSync(file, { force: true })
    const pause = startLogged(pod, pauseName, pauseArgv(pod))
    return { ...pause, holds: noted(file, pause.ended) }
  },

  container: order => {
    const { pod, name, argv } = order
    const started = startLogged(pod, name, containerArgv(pod, name, order, argv))
    void started.ended.then(() => rmSync(podFiles.pid(pod, name), { force: true }))
    return started
  },

  knows: pod => existsSync(podFiles.of(pod)) && existsSync(`${namespacesFolder}/${pod}`),
}

function startLogged(pod: string, name: string, argv: readonly string[]): Started {
  const log = openLog(pod, name)
  try {
    return start(argv, log)
  } finally {
    closeSync(log)
  }
}

/** What the run before has printed is kept, that of the one before it is not: a crash loop does not fill the logs. */
function openLog(pod: string, container: string): number {
  const path = logFile(pod, container)
  mkdirSync(insideFolder.previousLogs, { recursive: true })
  if (existsSync(path)) renameSync(path, previousLogFile(pod, container))
  return openSync(path, 'a')
}

/** Starts a shim, which stays outside the pod; its only child is process 1 of the container. */
function start([file = '', ...args]: readonly string[], output: number): Started {
  // A session of its own.
  const shim = spawn(file, args, { detached: true, stdio: ['ignore', output, output], cwd: '/' })
  const ended = endOf(shim)
  const { pid } = shim
  if (pid === undefined) throw new Error('no process can be started: the lab has as many as it may have')
  // Those too that a program has put into the background: where process numbers are shared nobody else would end them.
  void ended.then(() => signal(-pid, 'SIGKILL'))
  return {
    pid: () => childrenOf(pid).filter(child => !isExiting(child))[0],
    ended,
    kill: how => {
      if (shim.exitCode === null && shim.signalCode === null) signal(childrenOf(pid)[0] ?? pid, how)
    },
  }
}

/**
 * Whether the kernel is ending a process (PF_EXITING, include/linux/sched.h). The first one of a PID namespace is so for as long as it takes to
 * end all others there.
 */
function isExiting(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const flags = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[6]
    return (Number(flags) & 4) !== 0
  } catch {
    return true
  }
}

/** Milliseconds between two looks. */
const glance = 5

/** Waits until a process has noted its number, or has ended. */
async function noted(file: string, ended: Promise<unknown>): Promise<void> {
  let isOver = false
  void ended.then(() => {
    isOver = true
  })
  while (!isOver && (statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0) await sleep(glance)
}

function signal(pid: number, how: NodeJS.Signals): void {
  try {
    process.kill(pid, how)
  } catch {
    // It has ended.
  }
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise(resolve => {
    child.once('error', () => resolve(128))
    child.once('exit', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    )
  })
}
