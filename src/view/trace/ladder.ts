import { endsText } from '../../trace/ends.ts'
import type { Ends, Way } from '../../trace/report.ts'
import { displayWidth } from '../display-width.ts'
import { shorten } from '../layout.ts'
import { printable } from '../printable.ts'
import type { Style } from '../terminal.ts'
import { type LadderRow, ladderRows, placesOnWay } from './ladder-rows.ts'

/** Columns between two places: less holds no addresses. */
const leastGap = 30
/** Columns behind the last place, for what happens there. */
const lastGap = 34

/** A text of a row, where it begins, and how it is coloured. */
interface Piece {
  at: number
  text: string
  paint?: (text: string) => string
}

/** One column for each place, time downwards: the packets between them, and what changes them there; empty where they do not fit side by side. */
export function ladderLines(style: Style, ways: readonly Way[]): string[] {
  const places = placesOnWay(ways)
  const gap = places.length < 2 ? 0 : Math.floor((style.width - lastGap) / (places.length - 1))
  if (gap < leastGap) return []
  const columns = new Map(places.map((place, at) => [place, at * Math.min(gap, 48)]))
  const row = (pieces: readonly Piece[]) => rowText(style, [...columns.values()], pieces)
  const head = rowText(
    style,
    [],
    places.map(place => ({
      at: columns.get(place)!,
      text: shorten(printable(place), gap - 2),
      paint: style.color.cyan.bold,
    })),
  )
  const lines = ladderRows(ways).flatMap(each => {
    if (each.kind === 'way') return []
    if (each.kind !== 'hop') return [row([{ ...noteOf(style, each), at: columns.get(each.place)! + 2 }])]
    return each.from === each.to
      ? []
      : arrowRows(style, row, columns.get(each.from)!, columns.get(each.to)!, each.ends)
  })
  return [head, ...lines, '']
}

function arrowRows(
  { color }: Style,
  row: (pieces: readonly Piece[]) => string,
  from: number,
  to: number,
  ends: Ends | undefined,
): string[] {
  const left = Math.min(from, to)
  const width = Math.abs(to - from)
  const label = ends === undefined ? '' : printable(endsText(ends))
  const line = '─'.repeat(Math.max(0, width - 2))
  const arrow = to > from ? `${line}▶` : `◀${line}`
  return [
    row([{ at: left + 2, text: shorten(label, width - 3) }]),
    row([{ at: left + 1, text: arrow, paint: color.dim }]),
  ]
}

/** What changes the packet, or stops it. */
function noteOf(
  { color }: Style,
  row: Extract<LadderRow, { kind: 'changed' | 'dropped' }>,
): Omit<Piece, 'at'> {
  if (row.kind === 'changed')
    return { text: `${row.change.what} becomes ${printable(row.change.after)}`, paint: color.yellow }
  return { text: `✘ ${printable(`${row.met.table} ${row.met.chain}`)} drops it`, paint: color.red }
}

/** A row with the places' lines, and its pieces over them. */
function rowText({ color, width }: Style, columns: readonly number[], pieces: readonly Piece[]): string {
  const parts: Piece[] = [
    ...pieces.map(piece => ({ ...piece, text: shorten(piece.text, width - piece.at) })),
    ...columns
      .filter(at => pieces.every(piece => at < piece.at || at >= piece.at + displayWidth(piece.text)))
      .map(at => ({ at, text: '│', paint: color.dim })),
  ].sort((a, b) => a.at - b.at)
  let line = ''
  let used = 0
  for (const { at, text, paint } of parts) {
    line += ' '.repeat(Math.max(0, at - used)) + (paint === undefined ? text : paint(text))
    used = Math.max(used, at) + displayWidth(text)
  }
  return line.trimEnd()
}
