import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, fchownSync } from 'node:fs'
import { PassThrough, type Writable } from 'node:stream'
import { Output, Typed } from './copying.ts'
import { endedBy } from './ending.ts'
import { labIdentity } from './identity.ts'
import { openPty, setWindowSize } from './native.ts'
import { notStarted } from './started-program.ts'
import { type ForPerson, signalInside } from './terminal.ts'

/** Rows and columns of a window. */
export type WindowSize = readonly [rows: number, columns: number]

/** Milliseconds that a program has for ending once its terminal is gone. */
const patience = 2000

/** A program in a sandbox, in a session and on a terminal of its own, that is shown elsewhere than on netlab's own. */
export class ShownTerminal {
  /** Settles with the exit code, when all that it has printed is written. Rejects with NetlabError where it cannot start. */
  readonly ended: Promise<number>
  readonly #master: number
  readonly #child: ChildProcess
  readonly #output: Output
  readonly #keys = new PassThrough()
  readonly #typed: Typed
  #isOver = false

  /** Starts it; what it prints goes to `to`. */
  constructor(
    argv: readonly string[],
    { enter, env }: Pick<ForPerson, 'enter' | 'env'>,
    { size, to }: { size: WindowSize; to: Writable },
  ) {
    const identity = labIdentity()
    const { master, slave } = openPty()
    setWindowSize(master, size)
    if (identity !== undefined) fchownSync(slave, identity.uid, identity.gid)
    const [file = '', ...args] = enter(['setsid', '-c', '--', ...argv])
    const stdio = [slave, slave, slave]
    this.#master = master
    this.#child = spawn(file, args, { stdio, env, cwd: '/', detached: true, ...identity })
    closeSync(slave)
    this.#output = new Output(master, true, to, () => this.end())
    this.#typed = new Typed(this.#keys, master)
    this.ended = this.#untilEnd(file).finally(() => this.#close())
  }

  /** Types text, and waits while the program reads more slowly than that. */
  async type(text: string): Promise<void> {
    if (this.#isOver || this.#keys.write(text)) return
    await new Promise<void>(resolve => this.#keys.once('drain', resolve).once('close', resolve))
  }

  resize(size: WindowSize): void {
    if (!this.#isOver) setWindowSize(this.#master, size)
  }

  /** Takes the terminal away, as closing a window does; a program that does not heed that is killed. */
  end(): void {
    if (this.#isOver) return
    this.#close()
    signalInside(this.#child, 'SIGHUP')
    const timer = setTimeout(() => {
      signalInside(this.#child, 'SIGKILL')
      this.#child.kill('SIGKILL')
    }, patience)
    this.#child.once('exit', () => clearTimeout(timer))
  }

  async #untilEnd(file: string): Promise<number> {
    const code = await new Promise<number>((resolve, reject) => {
      this.#child.once('error', cause => reject(notStarted(file, cause)))
      this.#child.once('exit', (code, signal) => resolve(code ?? endedBy(signal)))
    })
    if (!this.#isOver) await this.#output.rest()
    return code
  }

  #close(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#typed.stop()
    this.#keys.destroy()
    // With it goes the terminal: whoever is on it hears of that by SIGHUP.
    this.#output.stop()
  }
}
