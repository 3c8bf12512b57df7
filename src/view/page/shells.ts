import type { ShellNamed } from '../live/orders.ts'
import type { ShellTold } from '../live/parts.ts'
import { OrderError, order } from './connection.ts'
import type { PageTerminal } from './terminal.ts'

/** Characters of an order; more go out in the next one. */
const mostTyped = 8000

let count = 0
const open = new Map<number, PageShell>()

/** Passes on what netlab view tells of this window's shells; those of a connection that is gone have ended. */
export function hearShells(told: ShellTold): void {
  if (told.kind === 'reader')
    for (const shell of open.values()) shell.left('the connection to netlab view was lost')
  else if (told.kind === 'printed') open.get(told.shell)?.printed(told.base64)
  else open.get(told.shell)?.left(told.words)
}

/** A shell of this window: what is typed goes out in order, one order at a time. */
export class PageShell {
  readonly #named: ShellNamed
  readonly #ended: (words: string) => void
  #terminal: PageTerminal | undefined
  #typed = ''
  #unseen = 0
  #sending: Promise<void> | undefined

  /** `ended` hears once how it has ended. */
  constructor(reader: string, ended: (words: string) => void) {
    count += 1
    this.#named = { reader, shell: count }
    this.#ended = ended
    open.set(count, this)
  }

  /** Opens it in a place, and shows it on a terminal. */
  async open(place: string, terminal: PageTerminal): Promise<void> {
    this.#terminal = terminal
    const { rows, columns } = terminal
    await this.#ask(() => order('open', { ...this.#named, place, rows, columns }))
  }

  type(text: string): void {
    this.#typed += text
    this.#send()
  }

  resize(rows: number, columns: number): void {
    if (this.#isOpen) void this.#ask(() => order('resize', { ...this.#named, rows, columns }))
  }

  close(): void {
    if (this.#isOpen) void this.#ask(() => order('close', this.#named))
  }

  printed(base64: string): void {
    const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0))
    this.#terminal?.write(bytes, () => {
      this.#unseen += bytes.length
      this.#send()
    })
  }

  left(words: string): void {
    if (open.delete(this.#named.shell)) this.#ended(words)
  }

  get #isOpen(): boolean {
    return open.has(this.#named.shell)
  }

  #send(): void {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined
    })
  }

  async #sendAll(): Promise<void> {
    while (this.#isOpen && (this.#typed !== '' || this.#unseen > 0)) {
      const [bytes, text] = [this.#unseen, this.#typed.slice(0, mostTyped)]
      this.#unseen = 0
      this.#typed = this.#typed.slice(mostTyped)
      if (bytes > 0) await this.#ask(() => order('seen', { ...this.#named, bytes }))
      if (text !== '') await this.#ask(() => order('type', { ...this.#named, text }))
    }
  }

  /** A shell of which something cannot be asked any more has ended. */
  async #ask(asked: () => Promise<object>): Promise<void> {
    try {
      await asked()
    } catch (error) {
      const failed = error instanceof OrderError ? error.failed : { what: String(error) }
      this.left([failed.what, failed.fix].filter(words => words !== undefined).join(': '))
    }
  }
}
