import { randomUUID } from 'node:crypto'
import { Writable } from 'node:stream'
import { exitCode, NetlabError } from '../errors.ts'
import { showShell } from '../run/inside.ts'
import { fields, type Shape, text, whole } from '../run/shape.ts'
import type { ShownTerminal, WindowSize } from '../sandbox/shown-terminal.ts'
import type { ShellOrders } from '../view/live/orders.ts'
import type { ShellTold } from '../view/live/parts.ts'
import type { Shown } from './lab-watch.ts'

/** Shells at once, of all windows together. */
const mostShells = 16
/** Bytes that a window may not have seen yet before a program that prints has to wait. */
const mostUnseen = 64 * 1024
/** Rows and columns of a window. */
const largestWindow = 1000

/** A window that has the page open. */
interface Reader {
  tell(told: ShellTold): void
  shells: Map<number, PageShell>
}

/** The shells of the page: each is its window's alone, and ends with it. */
export class PageShells {
  readonly #shown: Shown
  readonly #readers = new Map<string, Reader>()
  readonly #running = new Set<Promise<unknown>>()

  constructor(shown: Shown) {
    this.#shown = shown
  }

  /** A window listens: it is told who it is, and its shells end when it has gone. */
  join(tell: (told: ShellTold) => void, gone: AbortSignal): void {
    const id = randomUUID()
    const reader = { tell, shells: new Map<number, PageShell>() }
    this.#readers.set(id, reader)
    gone.addEventListener('abort', () => {
      this.#readers.delete(id)
      for (const shell of reader.shells.values()) shell.end()
    })
    tell({ kind: 'reader', id })
  }

  /** Whether an order is one for a shell. */
  knows(name: string): name is keyof ShellOrders {
    return Object.hasOwn(shapes, name)
  }

  /** Carries it out. Throws NetlabError where there is no such window, shell or place. */
  async carryOut(name: keyof ShellOrders, body: unknown): Promise<object> {
    if (!shapes[name](body))
      throw new NetlabError({
        what: `the order ${name} is not as it should be`,
        exitCode: exitCode.wrongInput,
      })
    const order = { name, body } as ShellOrder
    const reader = this.#readers.get(order.body.reader)
    if (reader === undefined) throw new NetlabError({ what: 'no window of the page is called that' })
    // It may have ended while the order was on its way.
    const shell = reader.shells.get(order.body.shell)
    switch (order.name) {
      case 'open':
        await this.#open(reader, order.body)
        break
      case 'type':
        await shell?.type(order.body.text)
        break
      case 'resize':
        shell?.resize([order.body.rows, order.body.columns])
        break
      case 'seen':
        shell?.printed.seen(order.body.bytes)
        break
      case 'close':
        shell?.end()
    }
    return {}
  }

  /** Settles when the last one has ended; to be called when no window is left. */
  async ended(): Promise<void> {
    await Promise.all(this.#running)
  }

  async #open(
    reader: Reader,
    { shell: number, place, rows, columns }: ShellOrders['open']['body'],
  ): Promise<void> {
    if (this.#running.size >= mostShells)
      throw new NetlabError({
        what: `${mostShells} shells are open already`,
        fix: 'end one: exit, or close its window',
      })
    if (reader.shells.has(number)) throw new NetlabError({ what: `shell ${number} is open already` })
    const shell = new PageShell(number, reader.tell)
    reader.shells.set(number, shell)
    const run = this.#run(shell, { place, size: [rows, columns] }).finally(() => {
      reader.shells.delete(number)
      this.#running.delete(run)
    })
    this.#running.add(run)
    run.catch(() => {})
    await Promise.race([shell.opened, run])
  }

  async #run(shell: PageShell, { place, size }: { place: string; size: WindowSize }): Promise<void> {
    const { sandbox, running } = this.#shown()
    await shell.run(await showShell({ sandbox, lab: running.lab }, { place }, { size, to: shell.printed }))
  }
}

/** A shell that a window shows. */
class PageShell {
  readonly printed: Printed
  /** Settles when it can be typed into. */
  readonly opened: Promise<void>
  readonly #number: number
  readonly #tell: Reader['tell']
  #terminal: ShownTerminal | undefined
  #isOver = false
  #open = () => {}

  constructor(number: number, tell: Reader['tell']) {
    this.#number = number
    this.#tell = tell
    this.printed = new Printed(chunk =>
      tell({ kind: 'printed', shell: number, base64: chunk.toString('base64') }),
    )
    this.opened = new Promise(resolve => {
      this.#open = resolve
    })
  }

  /** To its end, which the window is told. */
  async run(terminal: ShownTerminal): Promise<void> {
    this.#terminal = terminal
    if (this.#isOver) terminal.end()
    this.#open()
    const words = await terminal.ended.then(
      code => (code === 0 ? 'the shell has ended' : `the shell has ended, with exit code ${code}`),
      error => (error instanceof Error ? error.message : String(error)),
    )
    this.printed.destroy()
    this.#tell({ kind: 'left', shell: this.#number, words })
  }

  async type(text: string): Promise<void> {
    await this.#terminal?.type(text)
  }

  resize(size: WindowSize): void {
    this.#terminal?.resize(size)
  }

  end(): void {
    this.#isOver = true
    this.printed.destroy()
    this.#terminal?.end()
  }
}

/** What a shell prints, on its way to a window: no more than the window has room for. */
class Printed extends Writable {
  readonly #send: (chunk: Buffer) => void
  #unseen = 0
  #waiting: (() => void) | undefined

  constructor(send: (chunk: Buffer) => void) {
    super({ highWaterMark: mostUnseen / 4 })
    this.#send = send
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.#send(chunk)
    this.#unseen += chunk.length
    if (this.#unseen < mostUnseen) done()
    else this.#waiting = done
  }

  /** Node settles no write that waits, nor those behind it, by itself. */
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#goOn()
    done(error)
  }

  seen(bytes: number): void {
    this.#unseen = Math.max(0, this.#unseen - bytes)
    if (this.#unseen < mostUnseen) this.#goOn()
  }

  #goOn(): void {
    // The next chunk may be written before this returns, and wait in turn.
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.()
  }
}

const windowSize = { rows: whole(1, largestWindow), columns: whole(1, largestWindow) }
const named = { reader: text, shell: whole(0, Number.MAX_SAFE_INTEGER) }

const shapes: Readonly<Record<keyof ShellOrders, Shape>> = {
  open: fields({ ...named, ...windowSize, place: text }),
  type: fields({ ...named, text }),
  resize: fields({ ...named, ...windowSize }),
  seen: fields({ ...named, bytes: whole(0, Number.MAX_SAFE_INTEGER) }),
  close: fields(named),
}

type ShellOrder = {
  [Name in keyof ShellOrders]: { name: Name; body: ShellOrders[Name]['body'] }
}[keyof ShellOrders]
