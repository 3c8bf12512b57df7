import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { PassThrough, type Writable } from 'node:stream'
import { feed, Output, Typed } from '../copying.ts'
import { endedBy } from '../ending.ts'
import { openPipe, openPty, type Pty, setWindowSize } from '../native.ts'
import type { GuestCommand } from './frames.ts'

/** Where what a program prints goes. */
export interface GuestOutputs {
  stdout: Writable
  stderr: Writable
}

/** A program in a virtual machine that the agent there runs for somebody outside. */
export class GuestProgram {
  /** Its exit code, after all that it printed has been written; rejects where it cannot be started. */
  readonly done: Promise<number>
  readonly #child: ChildProcess
  readonly #pty: Pty | undefined
  readonly #input: PassThrough | undefined
  readonly #stops: (() => void)[] = []

  constructor(command: GuestCommand, to: GuestOutputs) {
    const { argv, env, terminals, size, reads } = command
    const cwd = prepare(command)
    const pty = terminals.some(Boolean) ? openPty() : undefined
    this.#pty = pty
    if (pty !== undefined) setWindowSize(pty.slave, size)
    const theirs = pty === undefined ? [] : [pty.slave]
    const outputs: Output[] = pty === undefined ? [] : [new Output(pty.master, true, to.stdout, () => {})]
    const output = (at: 1 | 2, where: Writable) => {
      if (terminals[at] && pty !== undefined) return pty.slave
      const { read, write } = openPipe()
      theirs.push(write)
      outputs.push(new Output(read, false, where, () => {}))
      return write
    }
    this.#input = reads ? new PassThrough() : undefined
    const stdin = this.#stdin(terminals[0], theirs)
    const stdio = [stdin, output(1, to.stdout), output(2, to.stderr)]
    // A terminal is its program's own, so that Ctrl-C is.
    const takesOver = pty !== undefined && stdin === pty.slave
    const [file = '', ...args] = [...(takesOver ? ['setsid', '-c', '--'] : []), ...argv]
    this.#child = spawn(file, args, { cwd, env: { ...env }, stdio, detached: !takesOver })
    for (const fd of theirs) closeSync(fd)
    this.done = new Promise<number>((resolve, reject) => {
      this.#child.once('error', reject)
      this.#child.once('exit', (code, signal) => resolve(code ?? endedBy(signal)))
    }).finally(async () => {
      await Promise.all(outputs.map(each => each.rest()))
      for (const stop of [...this.#stops, ...outputs.map(each => () => each.stop())]) stop()
    })
  }

  #stdin(isTerminal: boolean, theirs: number[]): number | 'ignore' {
    const input = this.#input
    if (input === undefined) return 'ignore'
    if (isTerminal && this.#pty !== undefined) {
      const typed = new Typed(input, this.#pty.master)
      this.#stops.push(() => typed.stop())
      return this.#pty.slave
    }
    const { read, write } = openPipe()
    theirs.push(read)
    this.#stops.push(feed(input, write))
    return read
  }

  /** Gives it bytes to read; none: that is all. Waits until there is room for more, or it has ended. */
  async give(bytes: Buffer): Promise<void> {
    const input = this.#input
    if (input === undefined) return
    if (bytes.length === 0) input.end()
    else if (!input.write(bytes)) {
      const room = new Promise(resolve => input.once('drain', resolve))
      await Promise.race([room, this.done.catch(() => {})])
    }
  }

  resize(size: readonly [number, number]): void {
    if (this.#pty !== undefined) setWindowSize(this.#pty.master, size)
  }

  /** Sends a signal to it and to what it has started in its process group. */
  signal(name: NodeJS.Signals): void {
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, name)
    } catch {
      // It has ended.
    }
  }
}

/** Writes the files that a command needs; returns the folder that it runs in. */
function prepare({ cwd, files }: GuestCommand): string {
  for (const [path, text] of Object.entries(files)) {
    // What stands below /usr is shared with this machine as it is, and cannot be written.
    if (textOf(path) === text) continue
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  mkdirSync(cwd, { recursive: true })
  return cwd
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
