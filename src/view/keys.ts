import { emitKeypressEvents, type Key } from 'node:readline'
import type { ReadStream } from 'node:tty'

/** Single keys from a terminal, without Enter behind them. From its making to `close` the terminal is in raw mode. */
export class Keys {
  readonly #stdin: ReadStream
  readonly #interrupt: () => void
  #waiting: { names: readonly string[]; take: (name: string) => void } | undefined

  /** `interrupt` is called for Ctrl-C, which is no signal in raw mode, and where the terminal has gone away. */
  constructor(stdin: ReadStream, interrupt: () => void) {
    this.#stdin = stdin
    this.#interrupt = interrupt
    emitKeypressEvents(stdin)
    stdin.on('end', interrupt).on('error', interrupt)
    this.#open()
  }

  /** The next key that is one of these; what is typed while nobody waits is forgotten, so that a second Enter skips nothing. */
  async next(names: readonly string[], signal: AbortSignal): Promise<string> {
    signal.throwIfAborted()
    let aborted = () => {}
    try {
      return await new Promise<string>((take, reject) => {
        aborted = () => reject(signal.reason)
        signal.addEventListener('abort', aborted)
        this.#waiting = { names, take }
      })
    } finally {
      this.#waiting = undefined
      signal.removeEventListener('abort', aborted)
    }
  }

  /** Gives the terminal, as it was found, to somebody else for a while. */
  async lend<T>(work: () => Promise<T>): Promise<T> {
    this.close()
    const result = await work()
    this.#open()
    return result
  }

  /** Gives the terminal back as it was found. */
  close(): void {
    this.#stdin.off('keypress', this.#pressed)
    this.#stdin.setRawMode(false)
    this.#stdin.pause()
  }

  #open(): void {
    this.#stdin.setRawMode(true)
    this.#stdin.on('keypress', this.#pressed)
    this.#stdin.resume()
  }

  readonly #pressed = (text: string | undefined, key: Key): void => {
    if (key.ctrl && key.name === 'c') {
      this.#interrupt()
      return
    }
    const name = key.name === 'return' || key.name === 'enter' ? 'Enter' : (text ?? '').toLowerCase()
    if (this.#waiting?.names.includes(name)) this.#waiting.take(name)
  }
}
