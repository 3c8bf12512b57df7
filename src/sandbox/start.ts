import type { ChildProcessByStdio } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { isDeepStrictEqual } from 'node:util'
import { exitCode, NetlabError } from '../errors.ts'
import type { Limits } from '../model/lab.ts'
import { defaultLimits } from '../model/limits.ts'
import { joinCgroup, type LabCgroup, limitCgroup, mustRemoveCgroup } from './cgroup.ts'
import { closeSandbox } from './close.ts'
import { startDetached } from './detached.ts'
import { holderArgv, stayWords } from './holder.ts'
import { labIdentity, ownsMachine } from './identity.ts'
import { childrenOf, kill, type ProcessId, processId } from './proc.ts'
import { programFiles } from './program-files.ts'
import type { Sandbox } from './sandbox.ts'

/** A sandbox that stays. */
export interface OpenedSandbox {
  sandbox: Sandbox
  /** The pod server that was started together with the sandbox, if one was. */
  podServer?: StartedPodServer
}

/** A pod server that has started and listens nowhere yet. */
export interface StartedPodServer {
  process: ProcessId
  /** Talks with it. */
  socket: Socket
}

/** What a lab needs of a sandbox that it keeps. */
export interface Keeping {
  lab: string
  /** A pod server is to stay in it. */
  serves: boolean
  /** Where the sandbox's log lies now. */
  logFile: string
}

/** What a sandbox is opened for. */
interface SandboxKind {
  limits?: Limits
  /** A virtual machine runs in it, which bounds what the lab may use. */
  vm?: boolean
}

/** A sandbox that opens meanwhile, for a lab whose name nobody needs to know yet. Unless it is kept it ends with this process. */
export class StartedSandbox {
  /** The process that waits for the sandbox outside. */
  readonly holder: ProcessId
  readonly #limits: Limits
  readonly #logFile: string
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #output: AsyncIterator<string>
  readonly #cgroup: LabCgroup | undefined
  readonly #joined: Promise<void>
  #said = ''
  #startFailure: Error | undefined
  #kept = false

  /** What the holder complains of goes to `logFile`; `cgroup`: where the lab is to run, if there is such a place. */
  constructor(logFile: string, cgroup?: LabCgroup, { limits = defaultLimits, vm = false }: SandboxKind = {}) {
    const log = openSync(logFile, 'a', 0o600)
    const cgroups = cgroup?.folders ?? []
    const opening = {
      program: programFiles(),
      identity: labIdentity(),
      limits,
      cgroups,
      vm,
      ownsMachine: ownsMachine(),
    }
    const child = startDetached(holderArgv(opening), {
      output: log,
      stdin: 'pipe',
      stdout: 'pipe',
      extra: 'pipe',
    }) as ChildProcessByStdio<Writable, Readable, null>
    closeSync(log)
    child.on('error', error => {
      this.#startFailure = error
    })
    const holder = child.pid === undefined ? undefined : processId(child.pid)
    if (holder === undefined) throw notOpened(logFile, this.#startFailure)
    child.stdin.on('error', () => {})
    this.#child = child
    this.#output = child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })
    this.holder = holder
    this.#limits = limits
    this.#logFile = logFile
    this.#cgroup = cgroup
    // All that runs in the lab is a child of the holder, or of this process.
    this.#joined = joinCgroup(cgroups)
  }

  /** A sandbox with these limits; this one, which nobody has kept yet, unless it was opened with others and so has to be ended. */
  async limited(limits: Limits): Promise<StartedSandbox> {
    if (isDeepStrictEqual(limits, this.#limits)) return this
    await closeSandbox(this.holder, undefined)
    return new StartedSandbox(this.#logFile, this.#cgroup, { limits })
  }

  /** One in which a virtual machine can run, in the place of this one, which ends. */
  async forVm(): Promise<StartedSandbox> {
    await closeSandbox(this.holder, undefined)
    return new StartedSandbox(this.#logFile, this.#cgroup, { vm: true })
  }

  /** Waits until the sandbox is open, which then still ends with this process. Throws as `keep` does. */
  async opened(logFile: string): Promise<Sandbox> {
    const opened = await this.#says('open')
    const init = childrenOf(this.holder.pid).map(processId)[0]
    if (!opened || init === undefined) throw notOpened(logFile, this.#startFailure)
    await this.#joined
    if (this.#cgroup !== undefined) limitCgroup(this.#cgroup, this.#limits)
    return { holder: this.holder, init, cgroups: this.#cgroup?.folders ?? [] }
  }

  /**
   * Waits until the sandbox is open and lets it live on after this process, under a lab's name. To be called once the holder is
   * noted where `down` finds it. Throws NetlabError where this machine forbids user namespaces.
   */
  async keep({ lab, serves, logFile }: Keeping): Promise<OpenedSandbox> {
    const { stdin, stdout, stdio } = this.#child
    const sandbox = await this.opened(logFile)
    // Process 1 has started it before all else.
    const server = childrenOf(sandbox.init.pid).map(processId)[0]
    stdin.end(stayWords(lab))
    if (!(await this.#says('staying'))) throw notOpened(logFile, undefined)
    this.#kept = true
    stdout.destroy()
    this.#child.unref()
    // Node opens a socket for each additional pipe.
    const socket = (stdio as unknown[])[3] as Socket
    socket.unref()
    if (serves) return { sandbox, podServer: { socket, process: server ?? ended } }
    socket.destroy()
    if (server !== undefined) kill(server)
    return { sandbox }
  }

  /** Ends it where it is not kept, with the cgroups that were made for it. */
  async giveUp(): Promise<void> {
    if (this.#kept) return
    await closeSandbox(this.holder, undefined)
    await mustRemoveCgroup(this.#cgroup?.folders ?? [])
  }

  /** Waits for a word of the sandbox; false where it ended instead. */
  async #says(word: string): Promise<boolean> {
    while (!this.#said.includes(word)) {
      const { done, value } = await this.#output.next()
      if (done) return false
      this.#said += value
    }
    return true
  }
}

/** The id of no process that lives. */
const ended: ProcessId = { pid: 0, startTime: '' }

function notOpened(logFile: string, cause: Error | undefined): NetlabError {
  return new NetlabError({
    what: 'the sandbox could not be opened',
    why: 'a lab runs in user, network, mount and PID namespaces of its own, so that nothing of this machine is touched',
    details: readFileSync(logFile, 'utf8').trim(),
    cause,
    fix: 'netlab doctor says what this machine lacks, and the command that mends it',
    exitCode: exitCode.machineLacks,
  })
}
