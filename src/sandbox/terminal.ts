import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, fchownSync, fstatSync, readFileSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { isatty, WriteStream } from 'node:tty'
import { exitCode } from '../errors.ts'
import { feed, Output, Typed } from './copying.ts'
import { endedBy } from './ending.ts'
import { type LabIdentity, labIdentity } from './identity.ts'
import { copySettings, copyWindowSize, openPipe, openPty } from './native.ts'
import { childrenOf } from './proc.ts'
import { notStarted } from './started-program.ts'

export interface ForPerson {
  /** The argv that runs an argv inside a sandbox. */
  enter: (argv: readonly string[]) => readonly string[]
  /** All that the program finds in its environment. */
  env: Readonly<Record<string, string>>
  /** Reads the terminal even where the output goes into a pipe, to somebody who may want to read it as well: `| less`. */
  interactive: boolean
  /** Takes what the program prints on its terminal, and returns what is shown of it; left out: all of it is. */
  through?: ((chunk: Buffer) => Buffer) | undefined
}

/**
 * Runs a program in a sandbox for the person at netlab's stdin, stdout and stderr, and returns its exit code. It gets none of the three:
 * where they are a terminal it has another one, for itself and in a session of its own; else pipes; netlab copies. So it cannot type
 * into the caller's terminal, and of the caller's files it reaches what it reads and prints. Throws NetlabError where it cannot start.
 */
export async function runForPerson(
  argv: readonly string[],
  { enter, env, interactive, through }: ForPerson,
): Promise<number> {
  const identity = labIdentity()
  const wires = new Wires(interactive, identity, through)
  const [file = '', ...args] = enter(wires.inOwnSession(argv))
  const child = spawn(file, args, { stdio: wires.stdio, env, cwd: '/', detached: true, ...identity })
  try {
    return await new Promise<number>((resolve, reject) => {
      wires.connect(() => resolve(exitCode.failed))
      child.once('error', cause => reject(notStarted(file, cause)))
      // What it leaves running holds the terminal, or the pipes, open: no shell's prompt waits for that either.
      child.once('exit', (code, signal) => {
        wires.rest().then(() => resolve(code ?? endedBy(signal)), reject)
      })
      // Ctrl-C is the program's, which may go on, or have something to say.
      for (const signal of ['SIGINT', 'SIGQUIT'] as const) wires.on(signal, () => signalInside(child, signal))
      for (const signal of ['SIGTERM', 'SIGHUP'] as const)
        wires.on(signal, number => {
          // So netlab tells itself that nobody reads its output any more; the program finds that out where it writes.
          if (number === undefined) return
          signalInside(child, signal)
          resolve(endedBy(signal))
        })
    })
  } finally {
    wires.cut()
  }
}

/** Between the caller's stdin, stdout and stderr and those of a program. */
class Wires {
  /** What the program gets. */
  readonly stdio: (number | 'ignore')[]
  readonly #onTerminal = [0, 1, 2].map(fd => isatty(fd))
  readonly #terminal = this.#onTerminal.indexOf(true)
  readonly #pty = this.#terminal === -1 ? undefined : openPty()
  /** Whether what is typed goes to the program. */
  readonly #reads: boolean
  /** Descriptors that only the program keeps. */
  readonly #theirs: number[] = []
  readonly #outputs: Output[] = []
  readonly #pipes: { fd: number; to: Writable }[] = []
  readonly #ends: (() => void)[] = []
  #input: number | undefined
  #typed: Typed | undefined

  readonly #through: ForPerson['through']

  constructor(interactive: boolean, owner: LabIdentity | undefined, through: ForPerson['through']) {
    this.#through = through
    const pty = this.#pty
    if (pty !== undefined) {
      this.#theirs.push(pty.slave)
      copySettings(this.#terminal, pty.slave)
      copyWindowSize(this.#terminal, pty.master)
    }
    this.#reads = this.#onTerminal[0] === true && (interactive || !isPipe(1))
    const stdin = this.#reads ? pty!.slave : this.#onTerminal[0] ? 'ignore' : this.#inputPipe()
    const stdout = this.#onTerminal[1] ? pty!.slave : this.#outputPipe(process.stdout)
    const stderr = this.#onTerminal[2]
      ? pty!.slave
      : // Both in one file keep their order.
        !this.#onTerminal[1] && sameFile(1, 2)
        ? stdout
        : this.#outputPipe(process.stderr)
    // /dev/stdout, /dev/tty and the like open them again.
    if (owner !== undefined) for (const fd of this.#theirs) fchownSync(fd, owner.uid, owner.gid)
    // A terminal is taken over by its stdin.
    this.stdio =
      pty === undefined || this.#reads ? [stdin, stdout, stderr] : [pty.slave, stdout, stderr, stdin]
  }

  /** An argv that begins inside, so that a Ctrl-C of its terminal is not nsenter's, which would end before the program does. */
  inOwnSession(argv: readonly string[]): readonly string[] {
    if (this.#pty === undefined) return ['setsid', '--', ...argv]
    const stdin = this.#reads ? [] : ['sh', '-c', 'exec "$@" <&3 3<&-', 'netlab-exec']
    return ['setsid', '-c', '--', ...stdin, ...argv]
  }

  /** Begins to copy, once the program has been started. `failed` is called where output cannot be written. */
  connect(failed: () => void): void {
    for (const fd of this.#theirs) closeSync(fd)
    for (const { fd, to } of this.#pipes) this.#outputs.push(new Output(fd, false, to, failed))
    if (this.#input !== undefined) this.#ends.push(feed(process.stdin, this.#input))
    const pty = this.#pty
    if (pty === undefined) return
    this.#outputs.push(new Output(pty.master, true, this.#screen(), failed, this.#through))
    this.on('SIGWINCH', () => copyWindowSize(this.#terminal, pty.master))
    // Brought to the foreground again, after a stop or from the background.
    this.on('SIGCONT', () => this.#readKeys(pty.master))
    this.#readKeys(pty.master)
  }

  on(signal: NodeJS.Signals, work: (number?: number) => void): void {
    const listener = (_?: string, number?: number) => work(number)
    process.on(signal, listener)
    this.#ends.push(() => process.off(signal, listener))
  }

  /** Waits until all that the program has printed is written. */
  async rest(): Promise<void> {
    await Promise.all(this.#outputs.map(output => output.rest()))
  }

  /** Leaves the caller's terminal as it was, and closes the program's. */
  cut(): void {
    for (const end of this.#ends) end()
    if (this.#typed !== undefined) {
      this.#typed.stop()
      process.stdin.setRawMode(false)
    }
    for (const output of this.#outputs) output.stop()
  }

  /** A process in the background that touches its terminal is stopped. */
  #readKeys(master: number): void {
    if (!this.#reads || !inForeground()) return
    // A shell that has stopped netlab has set the terminal otherwise, which Node does not know.
    process.stdin.setRawMode(false)
    process.stdin.setRawMode(true)
    this.#typed ??= new Typed(process.stdin, master)
  }

  #screen(): Writable {
    if (this.#onTerminal[1]) return process.stdout
    if (this.#onTerminal[2]) return process.stderr
    const screen = new WriteStream(this.#terminal)
    this.#ends.push(() => screen.destroy())
    return screen
  }

  #inputPipe(): number {
    const { read, write } = openPipe()
    this.#theirs.push(read)
    this.#input = write
    return read
  }

  #outputPipe(to: Writable): number {
    const { read, write } = openPipe()
    this.#theirs.push(write)
    this.#pipes.push({ fd: read, to })
    return write
  }
}

/** Gives a signal to the program that nsenter waits for, and to its process group. */
export function signalInside(nsenter: ChildProcess, signal: NodeJS.Signals): void {
  for (const pid of nsenter.pid === undefined ? [] : childrenOf(nsenter.pid)) {
    for (const target of [-pid, pid]) {
      try {
        process.kill(target, signal)
        break
      } catch {
        // It leads no group yet, or has ended.
      }
    }
  }
}

function inForeground(): boolean {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return group === foreground
}

function isPipe(fd: number): boolean {
  const file = fstatSync(fd)
  return file.isFIFO() || file.isSocket()
}

function sameFile(one: number, other: number): boolean {
  const [a, b] = [fstatSync(one), fstatSync(other)]
  return a.dev === b.dev && a.ino === b.ino
}
