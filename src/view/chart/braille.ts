/** The first of Unicode's 256 braille patterns, and the bit of each of a character's eight dots: row by row, left and right. */
const blank = 0x2800
const bits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const

/** A drawing of characters with two times four dots each, whose origin is at the lower left. */
export class BrailleCanvas {
  readonly #columns: number
  readonly #rows: number
  readonly #cells: { dots: number; lines: Set<number> }[]

  constructor(columns: number, rows: number) {
    this.#columns = columns
    this.#rows = rows
    this.#cells = Array.from({ length: columns * rows }, () => ({ dots: 0, lines: new Set<number>() }))
  }

  /** A line through points whose coordinates are from 0 to 1; `line` is its number, by which it is painted. */
  draw(line: number, points: readonly (readonly [x: number, y: number])[]): void {
    const dots = points.map(([x, y]): [number, number] => [
      Math.round(x * (2 * this.#columns - 1)),
      Math.round(y * (4 * this.#rows - 1)),
    ])
    for (const [index, [x, y]] of dots.entries()) {
      const [toX, toY] = dots[index + 1] ?? [x, y]
      const steps = Math.max(Math.abs(toX - x), Math.abs(toY - y), 1)
      for (let step = 0; step <= steps; step += 1)
        this.#dot(
          line,
          Math.round(x + ((toX - x) * step) / steps),
          Math.round(y + ((toY - y) * step) / steps),
        )
    }
  }

  /** The rows, topmost first; `paint` is given a character and the numbers of the lines in it. */
  rows(paint: (character: string, lines: ReadonlySet<number>) => string): string[] {
    return Array.from({ length: this.#rows }, (_, row) =>
      this.#cells
        .slice(row * this.#columns, (row + 1) * this.#columns)
        .map(({ dots, lines }) => (dots === 0 ? ' ' : paint(String.fromCodePoint(blank + dots), lines)))
        .join(''),
    )
  }

  #dot(line: number, x: number, y: number): void {
    const down = 4 * this.#rows - 1 - y
    const cell = this.#cells[Math.floor(down / 4) * this.#columns + Math.floor(x / 2)]
    if (cell === undefined) return
    cell.dots |= bits[down % 4]![x % 2]!
    cell.lines.add(line)
  }
}
