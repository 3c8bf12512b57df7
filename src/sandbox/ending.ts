import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { fitting } from './patience.ts'

/** What a shell says of a command that a signal ended. */
export function endedBy(signal: NodeJS.Signals | null | undefined): number {
  return 128 + constants.signals[signal ?? 'SIGKILL']
}

/** Ends a process group by its leader's number, at once. */
export function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

/** Calls back when a time is over that fits the machine as it is then: one that got busy meanwhile gets longer. */
export function endAfter(deadline: number, over: (waited: number) => void): () => void {
  const begin = performance.now()
  const look = () => {
    const waited = performance.now() - begin
    const left = fitting(deadline) - waited
    if (left > 1) timer = setTimeout(look, left)
    else over(waited)
  }
  let timer = setTimeout(look, deadline)
  return () => clearTimeout(timer)
}

/** Milliseconds without a word after which a command that has ended is taken to have said all, where others hold its output open. */
const lastWords = 200
/** Milliseconds after a command's end within which such others are listened to as long as they talk. */
const longestTalk = 3000
/** No pipe holds more bytes (/proc/sys/fs/pipe-max-size, net.core.wmem_max): what was in it at an exit has then been read. */
const mostInPipe = 16 * 2 ** 20
/** Milliseconds after which a killed process is not waited for any longer: only one that hangs in the kernel takes as long. */
const killPatience = 2000

/** Waits for a command's end, and for what it has printed until then. */
export class Ending {
  /** The exit code; rejects with what the command was ended for. */
  readonly done: Promise<number>
  readonly #child: ChildProcess
  readonly #read: () => number
  #settle: () => void = () => {}
  #exitCode: number | undefined
  #ended: { error?: unknown } | undefined

  /** `read` counts the bytes that came so far. */
  constructor(child: ChildProcess, read: () => number) {
    this.#child = child
    this.#read = read
    this.done = new Promise((resolve, reject) => {
      this.#settle = () => {
        child.stdout?.destroy()
        child.stderr?.destroy()
        child.unref()
        if (this.#ended?.error === undefined) resolve(this.#exitCode ?? endedBy('SIGKILL'))
        else reject(this.#ended.error)
      }
    })
    child.once('exit', (code, signal) => {
      this.#exitCode = code ?? endedBy(signal)
      if (this.#ended === undefined) this.#readToEnd()
      else this.#settle()
    })
    child.once('close', () => this.#settle())
  }

  /** Ends the command at once, whatever it does about it. */
  end(error?: unknown): void {
    if (this.#ended !== undefined) return
    this.#ended = { error }
    if (this.#exitCode === undefined) {
      killGroup(this.#child.pid)
      setTimeout(this.#settle, killPatience).unref()
    } else this.#settle()
  }

  /**
   * A program that a command leaves running holds its pipes open; a shell's prompt would not wait for it, so neither does netlab.
   * But what is in the pipes is read: nobody listens any more only when a whole turn of the event loop brought nothing.
   */
  #readToEnd(): void {
    const atExit = this.#read()
    const begin = performance.now()
    let timer: NodeJS.Timeout
    this.#child.once('close', () => clearTimeout(timer))
    const listen = () => {
      const before = this.#read()
      timer = setTimeout(() => look(before), performance.now() - begin < longestTalk ? fitting(lastWords) : 0)
    }
    // Two turns, so that sockets have been looked at for certain since the timer ran out.
    const look = (before: number) =>
      setImmediate(() =>
        setImmediate(() => {
          const now = this.#read()
          if (now === before || now - atExit > mostInPipe) this.#settle()
          else listen()
        }),
      )
    listen()
  }
}
