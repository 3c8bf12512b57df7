import type { ChildProcessByStdio } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { exitCode, NetlabError } from '../errors.ts'
import { closeSandbox } from './close.ts'
import { startDetached } from './detached.ts'
import { holderArgv } from './holder.ts'
import { labIdentity } from './identity.ts'
import { childrenOf, type ProcessId, processId } from './proc.ts'
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

/** A sandbox that opens meanwhile, for a lab whose name nobody needs to know yet. Unless it is kept it ends with this process. */
export class StartedSandbox {
  /** The process that waits for the sandbox outside. */
  readonly holder: ProcessId
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #output: AsyncIterator<string>
  #said = ''
  #kept = false

  /** What the holder and the pod server print goes to `logFile`. With `serves` a pod server starts meanwhile. */
  constructor(logFile: string, serves: boolean) {
    const log = openSync(logFile, 'a', 0o600)
    const child = startDetached(holderArgv(programFiles(), serves, labIdentity()), {
      output: log,
      stdin: 'pipe',
      stdout: 'pipe',
      ...(serves ? { extra: 'pipe' } : {}),
    }) as ChildProcessByStdio<Writable, Readable, null>
    closeSync(log)
    child.on('error', () => {})
    const holder = child.pid === undefined ? undefined : processId(child.pid)
    if (holder === undefined) throw notOpened(logFile)
    child.stdin.on('error', () => {})
    this.#child = child
    this.#output = child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })
    this.holder = holder
  }

  /**
   * Waits until the sandbox is open and lets it live on after this process, under a lab's name. To be called once the holder is
   * noted where `down` finds it. Throws NetlabError where this machine forbids user namespaces; `logFile`: where the log lies now.
   */
  async keep(lab: string, logFile: string): Promise<OpenedSandbox> {
    const { stdin, stdout, stdio } = this.#child
    if (!(await this.#says('ready'))) throw notOpened(logFile)
    const init = childrenOf(this.holder.pid).map(processId)[0]
    if (init === undefined) throw notOpened(logFile)
    const server = childrenOf(init.pid).map(processId)[0]
    stdin.end(`stay ${lab}\n`)
    if (!(await this.#says('staying'))) throw notOpened(logFile)
    this.#kept = true
    stdout.destroy()
    this.#child.unref()
    // Node opens a socket for each additional pipe.
    const socket = (stdio as unknown[])[3] as Socket | undefined
    socket?.unref()
    const sandbox = { holder: this.holder, init }
    if (socket === undefined) return { sandbox }
    return { sandbox, podServer: { socket, process: server ?? ended } }
  }

  /** Ends it where it is not kept. */
  async giveUp(): Promise<void> {
    if (!this.#kept) await closeSandbox(this.holder, undefined)
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

function notOpened(logFile: string): NetlabError {
  return new NetlabError({
    what: 'the sandbox could not be opened',
    why: 'a lab runs in user, network, mount and PID namespaces of its own, so that nothing of this machine is touched',
    details: readFileSync(logFile, 'utf8').trim(),
    fix: 'netlab doctor says what this machine lacks, and the command that mends it',
    exitCode: exitCode.machineLacks,
  })
}
