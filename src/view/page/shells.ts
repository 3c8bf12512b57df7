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

/** A shell of this window. What is typed goes out in order, and may wait for its program; what that waits for itself goes out beside it. */
export class PageShell {
  readonly #named: ShellNamed
  readonly #ended: (words: string) => void
  #terminal: PageTerminal | undefined
  #isReady = false
  #typed = ''
  #typing: Promise<void> | undefined
  #seen = 0
  #size: { rows: number; columns: number } | undefined
  #telling: Promise<void> | undefined

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
    this.#isReady = true
    this.#type()
    this.#tell()
  }

  type(text: string): void {
    this.#typed += text
    this.#type()
  }

  resize(rows: number, columns: number): void {
    this.#size = { rows, columns }
    this.#tell()
  }

  close(): void {
    if (this.#isOpen) void this.#ask(() => order('close', this.#named))
  }

  printed(base64: string): void {
    const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0))
    this.#terminal?.write(bytes, () => {
      this.#seen += bytes.length
      this.#tell()
    })
  }

  left(words: string): void {
    if (open.delete(this.#named.shell)) this.#ended(words)
  }

  get #isOpen(): boolean {
    return open.has(this.#named.shell)
  }

  #type(): void {
    this.#typing ??= this.#typeAll().finally(() => {
      this.#typing = undefined
    })
  }

  async #typeAll(): Promise<void> {
    while (this.#isReady && this.#isOpen && this.#typed !== '') {
      const text = this.#typed.slice(0, mostTyped)
      this.#typed = this.#typed.slice(mostTyped)
      await this.#ask(() => order('type', { ...this.#named, text }))
    }
  }

  #tell(): void {
    this.#telling ??= this.#tellAll().finally(() => {
      this.#telling = undefined
    })
  }

  async #tellAll(): Promise<void> {
    while (this.#isReady && this.#isOpen && (this.#seen > 0 || this.#size !== undefined)) {
      const [bytes, size] = [this.#seen, this.#size]
      this.#seen = 0
      this.#size = undefined
      if (bytes > 0) await this.#ask(() => order('seen', { ...this.#named, bytes }))
      if (size !== undefined) await this.#ask(() => order('resize', { ...this.#named, ...size }))
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
