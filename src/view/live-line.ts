import { printableInColor } from './printable.ts'
import type { Screen } from './terminal.ts'

/** Milliseconds after which work that goes on gets a spinner: what ends sooner would only flicker. */
const spinnerAfter = 80

/**
 * The line at the bottom of a terminal that moves while something runs. listr2 draws it and does nothing else: one task that
 * waits until it is told to end, no signal handlers, no errors. It is loaded only once something takes long enough to be seen.
 */
export class LiveLine {
  readonly #screen: Screen
  #text = ''
  #timer: NodeJS.Timeout | undefined
  #release: (() => void) | undefined
  #setTitle: ((title: string) => void) | undefined
  /** Until it settles listr2 holds the screen. */
  #drawing: Promise<void> | undefined
  #stopped = false

  constructor(screen: Screen) {
    this.#screen = screen
  }

  /** Columns that the text may take beside the spinner; listr2 goes by stdout, whichever stream it draws on. */
  get width(): number {
    return Math.min(this.#screen.width, process.stdout.columns || this.#screen.width, 1000) - 4
  }

  /** Shows a text with a spinner, from a moment on. */
  start(text: string): void {
    this.#text = printableInColor(text)
    this.#timer = setTimeout(() => this.#draw(), spinnerAfter)
  }

  update(text: string): void {
    this.#text = printableInColor(text)
    this.#setTitle?.(this.#text)
  }

  /** Takes the moving line away and leaves this text in its place. */
  end(text: string): void {
    this.#close()
    this.write(text)
  }

  /** Writes above what moves: at once, or as soon as the screen is free. */
  write(text: string): void {
    if (this.#drawing === undefined) this.#screen.write(text)
    else void this.#drawing.then(() => this.#screen.write(text))
  }

  /** Takes the moving line away for good; then the screen is as it was, cursor included. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#close()
    await this.#drawing
  }

  #close(): void {
    clearTimeout(this.#timer)
    this.#release?.()
    this.#release = undefined
    this.#setTitle = undefined
  }

  #draw(): void {
    const ended = new Promise<void>(resolve => {
      this.#release = resolve
    })
    const before = this.#drawing
    const drawing = (async () => {
      await before
      await this.#runListr(ended)
    })()
    this.#drawing = drawing
    void drawing.then(() => {
      if (this.#drawing === drawing) this.#drawing = undefined
    })
  }

  async #runListr(ended: Promise<void>): Promise<void> {
    const { DefaultRenderer, Listr, ListrDefaultRendererLogLevels, ListrLogger, ProcessOutput } =
      await import('listr2')
    if (this.#stopped) return
    // stdout may be a pipe while stderr is the terminal; listr2 asks stdout only.
    class Renderer extends DefaultRenderer {
      static override nonTTY = true
    }
    const stream = this.#screen.stream as NodeJS.WriteStream
    await new Listr(
      {
        title: this.#text,
        task: (_, task) => {
          this.#setTitle = title => {
            task.title = title
          }
          this.#setTitle(this.#text)
          return ended
        },
      },
      {
        renderer: Renderer,
        registerSignalListeners: false,
        rendererOptions: {
          // The finished line is ours: it has columns.
          clearOutput: true,
          color: { [ListrDefaultRendererLogLevels.PENDING]: text => this.#screen.color.yellow(text ?? '') },
          logger: new ListrLogger({
            useIcons: true,
            processOutput: new ProcessOutput(stream, stream, { leaveEmptyLine: false }),
          }),
        },
      },
    ).run()
  }
}
