import { spawn } from 'node:child_process'
import { closeSync, constants, fstatSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs'
import { exitCode, NetlabError } from '../errors.ts'
import { toolPath } from './detached.ts'

export interface LockOptions {
  /** Milliseconds to wait for it. */
  patience: number
  signal?: AbortSignal | undefined
  /** Others may share it, whom nobody then has alone. */
  shared?: true
}

/**
 * Takes a file's lock and returns how to release it; undefined where somebody else keeps it too long, or has removed the file
 * meanwhile. The kernel holds the lock, flock(2), for as long as this process has the file open: it ends with the process however
 * that ends, and nobody has to find out whether an owner has died. Node has no flock, but a lock belongs to the open file, which the
 * program of that name is given. Throws the signal's reason after an abort, and NetlabError where there is no such program.
 */
export async function lockFile(
  file: string,
  { patience, signal, shared }: LockOptions,
): Promise<(() => void) | undefined> {
  signal?.throwIfAborted()
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants
  const descriptor = openSync(file, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600)
  try {
    if ((await flock(descriptor, shared ? ['-s'] : ['-x'], patience, signal)) && isThere(file, descriptor)) {
      ftruncateSync(descriptor)
      writeSync(descriptor, `process ${process.pid}\n`, 0)
      return () => closeSync(descriptor)
    }
    signal?.throwIfAborted()
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
  closeSync(descriptor)
  return undefined
}

/** Whether somebody who lives has a file's lock, or shares it. Throws NetlabError where there is no program to ask. */
export async function isLocked(file: string): Promise<boolean> {
  let descriptor: number
  try {
    descriptor = openSync(file, constants.O_RDWR | constants.O_NOFOLLOW)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
  try {
    return !(await flock(descriptor, ['-x', '-n'], glance))
  } finally {
    closeSync(descriptor)
  }
}

/** Milliseconds that a look at a lock may take. */
const glance = 10_000

function flock(
  descriptor: number,
  how: readonly string[],
  patience: number,
  signal?: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn('flock', [...how, '3'], {
      stdio: ['ignore', 'ignore', 'ignore', descriptor],
      env: { PATH: toolPath },
    })
    const giveUp = () => child.kill('SIGKILL')
    const timer = setTimeout(giveUp, patience)
    signal?.addEventListener('abort', giveUp)
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', giveUp)
    }
    child.on('exit', code => {
      done()
      resolve(code === 0)
    })
    child.on('error', cause => {
      done()
      reject(noFlock(cause))
    })
  })
}

function isThere(file: string, descriptor: number): boolean {
  const opened = fstatSync(descriptor)
  const found = statSync(file, { throwIfNoEntry: false })
  return found?.ino === opened.ino && found.dev === opened.dev
}

function noFlock(cause: Error): NetlabError {
  return new NetlabError({
    what: 'flock could not be started',
    why: 'two that change the same lab take turns with it',
    fix: 'it comes with util-linux, as unshare and nsenter do; netlab doctor says what else is missing',
    exitCode: exitCode.machineLacks,
    cause,
  })
}
