import { closeSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { basename, join } from 'node:path'

import { openPidfd, signalPidfd } from './native.ts'

/** A process, told apart from a later one with the same number by when it started. */
export interface ProcessId {
  pid: number
  /** In clock ticks since the machine started, as in /proc/PID/stat. */
  startTime: string
}

interface Stat extends ProcessId {
  parent: number
  stopped: boolean
  /** The program's own name, 15 characters at most, which the program can change. */
  name: string
}

/** What the kernel says of a process; undefined where it has ended (a zombie has). */
function statOf(pid: number, proc = '/proc'): Stat | undefined {
  let stat: string
  try {
    stat = readFileSync(`${proc}/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // The program's name stands in parentheses and may itself hold spaces and parentheses.
  const end = stat.lastIndexOf(')')
  const [state, parent, ...others] = stat.slice(end + 2).split(' ')
  const startTime = others[17]
  if (state === 'Z' || state === 'X' || startTime === undefined) return undefined
  const name = stat.slice(stat.indexOf('(') + 1, end)
  return { pid, startTime, parent: Number(parent), stopped: state === 'T' || state === 't', name }
}

/** The process as it is now; undefined where it has ended (a zombie has). */
export function processId(pid: number): ProcessId | undefined {
  const found = statOf(pid)
  return found && { pid, startTime: found.startTime }
}

/** Whether this very process still lives. */
export function lives(process: ProcessId): boolean {
  return processId(process.pid)?.startTime === process.startTime
}

/** Whether this very process lives and is not stopped. */
export function runs({ pid, startTime }: ProcessId): boolean {
  const found = statOf(pid)
  return found?.startTime === startTime && !found.stopped
}

/** Whether this very process lives and is stopped. */
export function isStopped({ pid, startTime }: ProcessId): boolean {
  const found = statOf(pid)
  return found?.startTime === startTime && found.stopped
}

/** Sends a signal to this very process, if it still lives: held on to first, looked at then, so that no other can take its number. */
export function kill(target: ProcessId, signal: NodeJS.Signals = 'SIGKILL'): void {
  const held = holdOn(target.pid)
  try {
    if (!lives(target)) return
    if (held === undefined) process.kill(target.pid, signal)
    else signalPidfd(held, constants.signals[signal])
  } catch {
    // It ended by itself in between.
  } finally {
    if (held !== undefined) closeSync(held)
  }
}

/** Undefined where the kernel knows no such descriptors, or koffi is missing: what lives must be ended all the same. */
function holdOn(pid: number): number | undefined {
  try {
    return openPidfd(pid)
  } catch {
    return undefined
  }
}

/** The children of a process, oldest first. A kernel without CONFIG_PROC_CHILDREN has no list of them: each process says its parent. */
export function childrenOf(pid: number, proc = '/proc'): number[] {
  try {
    const children = readFileSync(`${proc}/${pid}/task/${pid}/children`, 'utf8').trim()
    return children === '' ? [] : children.split(' ').map(Number)
  } catch {
    if (statOf(pid, proc) === undefined) return []
  }
  return pids(proc)
    .flatMap(each => statOf(each, proc) ?? [])
    .filter(({ parent }) => parent === pid)
    .sort((a, b) => Number(a.startTime) - Number(b.startTime))
    .map(child => child.pid)
}

/** The identity of a process's namespace, `user:[4026532001]`; undefined where the process has ended or is not ours. */
export function namespaceOf(pid: number, kind: 'user' | 'pid' | 'net'): string | undefined {
  return linkText(`/proc/${pid}/ns/${kind}`)
}

/**
 * Every live process in one of these user namespaces, with its name, but not this one. The kernel gives the number of a namespace
 * that is gone to a new one, so something must keep them alive meanwhile.
 */
export function processesIn(namespaces: ReadonlySet<string>): (ProcessId & { name: string })[] {
  return pids().flatMap(pid => {
    const namespace = pid === process.pid ? undefined : namespaceOf(pid, 'user')
    return namespace === undefined || !namespaces.has(namespace) ? [] : (statOf(pid) ?? [])
  })
}

/** How many links a process's network namespace has besides lo, as the kernel lists them; 0 where the process has ended. */
export function linkCount({ pid }: ProcessId): number {
  try {
    const lines = readFileSync(`/proc/${pid}/net/dev`, 'utf8').split('\n')
    return lines.filter(line => line.includes(':') && !/^ *lo:/.test(line)).length
  } catch {
    return 0
  }
}

/** The processes whose complaints go to a file in a folder, as those of a lab's holder go to its state folder. */
export function complainersTo(folder: string): ProcessId[] {
  const files = new Map(regularFiles(folder).map(name => [name, identity(join(folder, name))]))
  return pids().flatMap(pid => {
    const stderr = `/proc/${pid}/fd/2`
    // By its name first: to look at any file whatever may take as long as a dead server takes to answer.
    const wanted = files.get(basename(linkText(stderr) ?? ''))
    const process = wanted === undefined ? undefined : processId(pid)
    return process !== undefined && identity(stderr) === wanted && lives(process) ? [process] : []
  })
}

function pids(proc = '/proc'): number[] {
  return readdirSync(proc).map(Number).filter(Number.isInteger)
}

function regularFiles(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true })
    return entries.filter(entry => entry.isFile()).map(entry => entry.name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** A file whatever it is called: its file system and its number there. */
function identity(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true })
    return `${dev}:${ino}`
  } catch {
    return undefined
  }
}

function linkText(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
