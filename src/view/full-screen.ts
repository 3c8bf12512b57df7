import type { WriteStream } from 'node:tty'
import { displayWidth } from './display-width.ts'
import { shorten } from './layout.ts'
import { eachUncoloured, printableInColor } from './printable.ts'
import type { Screen } from './terminal.ts'

/**
 * The alternate screen, no cursor, and no line that goes on in the next one; and back, as every terminal since xterm has it (`smcup`,
 * `civis`, `rmam` of terminfo(5), and their opposites).
 */
const control = {
  enter: '\u001b[?1049h\u001b[?25l\u001b[?7l',
  leave: '\u001b[?7h\u001b[?25h\u001b[?1049l',
  /** To a row from 1 on, which is then empty. */
  line: (row: number) => `\u001b[${row};1H\u001b[2K`,
  clearBelow: '\u001b[J',
} as const

/** All of a terminal's window, drawn over and over, until it is left: then what stood there before is there again. */
export class FullScreen {
  readonly #stream: WriteStream
  readonly #draw: () => string
  #isOpen = false

  /** `draw` gives the text that is to be seen, in the width that the window has then. */
  constructor({ stream }: Screen, draw: () => string) {
    this.#stream = stream as WriteStream
    this.#draw = draw
  }

  enter(): void {
    this.#isOpen = true
    this.#stream.write(control.enter)
    this.#stream.on('resize', this.draw)
    // Whatever ends netlab, the person gets the terminal back.
    process.on('exit', this.leave)
  }

  /** Draws what is to be seen now; what has no room below is left out, and said to be. */
  readonly draw = (): void => {
    if (!this.#isOpen) return
    const { rows = 24, columns = 80 } = this.#stream
    const lines = this.#draw().trimEnd().split('\n')
    const fits = lines.length <= rows
    const shown = fits ? lines : [...lines.slice(0, rows - 1), `… ${lines.length - rows + 1} more lines`]
    const drawn = shown.map((line, at) => `${control.line(at + 1)}${cut(printableInColor(line), columns)}`)
    const rest = shown.length < rows ? `${control.line(shown.length + 1)}${control.clearBelow}` : ''
    // At once, so that nothing flickers.
    this.#stream.write(drawn.join('') + rest)
  }

  readonly leave = (): void => {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#stream.off('resize', this.draw)
    process.off('exit', this.leave)
    this.#stream.write(control.leave)
  }
}

/** As much of a coloured line as has room; the colours are all kept, so that the last one is ended. */
function cut(line: string, columns: number): string {
  let room = columns
  return eachUncoloured(line, piece => {
    const kept = room <= 0 ? '' : shorten(piece, room)
    room -= displayWidth(kept)
    return kept
  })
}
