import { accessSync, constants, existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { isOwnRoot, stateRoot } from '../state-folder.ts'
import type { Finding } from './finding.ts'

/** The library through which the pods' server calls setns(2): its binary comes with the npm package, per platform. */
export async function koffiFinding(): Promise<Finding> {
  const topic = 'koffi'
  try {
    const { default: koffi } = await import('koffi')
    koffi.load('libc.so.6').func('int setns(int fd, int nstype)')
    return { topic, state: 'ok', found: koffi.version }
  } catch (error) {
    return {
      topic,
      state: 'missing',
      found: error instanceof Error ? lastSentence(error.message) : String(error),
      means:
        "The pods' HTTP server enters their namespaces with it. It needs glibc, and its binary for this processor.",
      fix: ['npm rebuild koffi'],
    }
  }
}

function lastSentence(message: string): string {
  return message.split('\n')[0] ?? message
}

/** Where running labs keep their state; it is made with the first lab, so an absent one must be possible to make. */
export function stateFolderFinding(root: string = stateRoot()): Finding {
  const topic = 'state folder'
  let nearest = root
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest)
  try {
    // An existing one must be ours alone, too.
    isOwnRoot(root)
    accessSync(nearest, constants.W_OK | constants.X_OK)
    return { topic, state: 'ok', found: root }
  } catch {
    return {
      topic,
      state: 'missing',
      found: `${nearest} is not a folder of yours to write to`,
      means: `netlab keeps a few hundred bytes for each running lab in ${root}. Name another folder:`,
      fix: ['export NETLAB_STATE_DIR=$HOME/.netlab'],
    }
  }
}

/** Whether services can be found by a program in the kernel; `lack` is that of `socketLbLack`. Few labs ask for it, so that it is never missing. */
export function socketLbFinding(lack: { what: string; fix: string } | undefined): Finding {
  const topic = 'eBPF'
  if (lack === undefined) return { topic, state: 'ok', found: 'labs with "proxy: {mode: ebpf}" run here' }
  return {
    topic,
    state: 'ok',
    found: `no lab with "proxy: {mode: ebpf}" runs here: it needs a program in the kernel, and ${lack.what}; ${lack.fix}`,
  }
}
