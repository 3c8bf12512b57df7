import { readSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { ReadStream } from 'node:tty'

/** Bytes that a pipe, or a terminal, may still hold when its writer ends: the kernel's largest pipe for an ordinary user. */
const mostHeld = 1024 * 1024
/** Milliseconds until a terminal is tried again whose program reads more slowly than its person pastes. */
const retry = 10

/** What a program prints, on its way out. */
export class Output {
  readonly #from: Socket
  readonly #fd: number
  readonly #to: Writable
  readonly #onError: (error: NodeJS.ErrnoException) => void
  readonly #through: (chunk: Buffer) => Buffer
  #broken = false

  /** Closes `fd` in the end. What comes is written as `through` returns it. `failed` is called where nothing can be written any more; why, is told by who watches netlab's output. */
  constructor(
    fd: number,
    isTerminal: boolean,
    to: Writable,
    failed: () => void,
    through: (chunk: Buffer) => Buffer = chunk => chunk,
  ) {
    this.#through = through
    this.#fd = fd
    this.#to = to
    this.#from = isTerminal ? new ReadStream(fd) : new Socket({ fd, readable: true, writable: false })
    this.#onError = error => {
      // The program learns of it as it would without netlab: its own next write fails.
      this.#from.destroy()
      if (this.#broken) return
      this.#broken = true
      // A reader that has seen enough, or a window that was closed.
      if (error.code !== 'EPIPE' && error.code !== 'EIO') failed()
    }
    to.on('error', this.#onError)
    // A terminal's end of file: no program has it open any more.
    this.#from.on('error', () => {})
    this.#from.on('data', (chunk: Buffer) => {
      if (to.write(through(chunk))) return
      this.#from.pause()
      to.once('drain', () => this.#from.resume())
    })
    this.#from.resume()
  }

  /** Copies what is held at this moment, and waits until it is written; what comes later is somebody else's. */
  async rest(): Promise<void> {
    if (!this.#from.destroyed) {
      this.#from.pause()
      for (let chunk = this.#from.read(); chunk !== null; chunk = this.#from.read())
        this.#to.write(this.#through(chunk))
      for (const chunk of this.#held()) this.#to.write(this.#through(chunk))
    }
    if (!this.#broken) await new Promise(resolve => this.#to.write('', resolve))
  }

  stop(): void {
    this.#from.destroy()
    this.#to.off('error', this.#onError)
  }

  *#held(): Generator<Buffer> {
    for (let left = mostHeld; left > 0; ) {
      const bytes = Buffer.allocUnsafe(65_536)
      let count = 0
      try {
        count = readSync(this.#fd, bytes)
      } catch {
        // EAGAIN: it holds no more. EIO: nor does it ever again.
      }
      if (count === 0) return
      left -= count
      yield bytes.subarray(0, count)
    }
  }
}

/** Copies stdin into a pipe, its end included. Returns what stops it. */
export function feed(from: Readable, fd: number): () => void {
  const to = new Socket({ fd, readable: false, writable: true })
  const stop = () => {
    from.unpipe(to).off('error', stop)
    from.pause()
    to.destroy()
  }
  // The program reads no more, or stdin is a folder, say: an end of file.
  to.on('error', stop)
  from.on('error', stop)
  from.pipe(to)
  return stop
}

/** What a person types, on its way into another terminal. */
export class Typed {
  readonly #master: number
  readonly #from: Readable
  #waiting: Buffer = Buffer.alloc(0)
  #timer: NodeJS.Timeout | undefined

  constructor(from: Readable, master: number) {
    this.#from = from
    this.#master = master
    from.on('data', this.#take)
    from.resume()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#from.off('data', this.#take)
    this.#from.pause()
  }

  readonly #take = (bytes: Buffer): void => {
    this.#waiting = Buffer.concat([this.#waiting, bytes])
    this.#write()
  }

  #write(): void {
    try {
      while (this.#waiting.length > 0)
        this.#waiting = this.#waiting.subarray(writeSync(this.#master, this.#waiting))
      this.#from.resume()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
      this.#from.pause()
      this.#timer = setTimeout(() => this.#write(), retry)
    }
  }
}
