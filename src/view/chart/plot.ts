import { displayWidth } from '../display-width.ts'
import { thousands } from '../format.ts'
import { padEnd, padStart, widest } from '../layout.ts'
import type { Style } from '../terminal.ts'
import { BrailleCanvas } from './braille.ts'
import { type Scale, servicesScale } from './scale.ts'

/** A line of a plot. */
export interface PlotLine {
  /** Stands at its end. */
  label: string
  /** Services, and a value. */
  points: readonly (readonly [services: number, value: number])[]
  paint: (text: string) => string
}

/** What lines are plotted against. */
export interface PlotAxes {
  services: readonly number[]
  values: Scale
  /** A tick as text. */
  tick: (value: number) => string
}

/** Rows of a plot, without its axis. */
const rows = 16
/** Columns: a narrower plot shows nothing. */
const leastColumns = 24

/** Lines over the number of services, drawn in braille with their names at their ends; none where there is no room for it. */
export function plotLines({ width }: Style, lines: readonly PlotLine[], axes: PlotAxes): string[] {
  const labels = lines.map(({ label }) => label)
  const ticks = axes.values.ticks.map(axes.tick)
  const axis = widest(ticks) + 2
  const columns = width - axis - 1 - widest(labels)
  if (columns < leastColumns || lines.length === 0) return []
  const x = servicesScale(axes.services)
  const canvas = new BrailleCanvas(columns, rows)
  for (const [index, { points }] of lines.entries())
    canvas.draw(
      index,
      points.map(([services, value]) => [x.at(services), axes.values.at(value)]),
    )
  const rowOf = (value: number) => rows - 1 - Math.min(rows - 1, Math.floor(axes.values.at(value) * rows))
  const named = namesByRow(lines, rowOf)
  const marks = new Map(axes.values.ticks.map((value, index) => [rowOf(value), ticks[index]!]))
  const drawn = canvas.rows((character, inIt) => {
    const [only = 0, ...others] = inIt
    return others.length === 0 ? lines[only]!.paint(character) : character
  })
  return [
    ...drawn.map((row, at) => {
      const name = named.get(at)
      const mark = marks.get(at)
      const left = mark === undefined ? `${' '.repeat(axis - 1)}│` : `${padStart(mark, axis - 2)} ┤`
      return `${left}${row}${name === undefined ? '' : ` ${name.paint(name.label)}`}`.trimEnd()
    }),
    `${' '.repeat(axis - 1)}└${'─'.repeat(columns)}`,
    servicesLine(axes.services, x, axis, columns),
  ]
}

/** The row of each line's name: that of its end, or the next one that is free. */
function namesByRow(lines: readonly PlotLine[], rowOf: (value: number) => number): Map<number, PlotLine> {
  const ends = lines
    .map(line => ({ line, row: rowOf(line.points.at(-1)?.[1] ?? 0), value: line.points.at(-1)?.[1] ?? 0 }))
    .sort((a, b) => b.value - a.value)
  const named = new Map<number, PlotLine>()
  let free = 0
  for (const [index, { line, row }] of ends.entries()) {
    // Those below need a row each, too.
    const at = Math.min(Math.max(row, free), rows - (ends.length - index))
    named.set(at, line)
    free = at + 1
  }
  return named
}

/** Numbers below the axis, each with its last digit where it lies; one that has no room is left out. */
function servicesLine(services: readonly number[], { at }: Scale, axis: number, columns: number): string {
  let line = ''
  for (const count of services) {
    const text = thousands(count)
    const end = axis + Math.round(at(count) * (columns - 1)) + 1
    const start = Math.max(end - text.length, axis)
    if (line === '' || start > displayWidth(line)) line = padEnd(line, start) + text
  }
  return line
}
