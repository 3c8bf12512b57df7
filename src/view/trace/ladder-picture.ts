import type { Place } from '../../command/command.ts'
import { endsText } from '../../trace/ends.ts'
import type { TraceReport } from '../../trace/report.ts'
import { withoutComment } from '../../trace/texts.ts'
import { duration } from '../format.ts'
import { hanging } from '../layout.ts'
import { charWidth, px, rowHeight, svgDocument, svgText, textWidth } from '../svg.ts'
import { type LadderRow, ladderRows, type PlacedRule, placesOnWay } from './ladder-rows.ts'
import { pictureStyle } from './picture-style.ts'
import { byConnection, chainName, translationWords, wayTitles } from './words.ts'

/** Pixels: around all, between two columns at least, from a line of small text to the next, and of a box around its text. */
const margin = 24
const leastGap = 150
const lineHeight = 15
const padding = 7
/** Characters of a line in a box; a longer word is not broken. */
const noteWidth = 46
/** Where the heads of the columns begin, and the rows below them. */
const [headTop, headHeight] = [44, 26]

/** A line of text in a box. */
interface Line {
  kind: 'name' | 'detail'
  text: string
}

/** A box on a place's line. */
interface Note {
  kind: 'note'
  place: Place
  /** How it looks: an address that changes, or where the packet is lost. */
  look: 'nat' | 'lost'
  lines: readonly Line[]
}

type Row = Note | { kind: 'title'; text: string } | (Extract<LadderRow, { kind: 'hop' }> & HopWords)

interface HopWords {
  label: string
  under: string
}

/** A request's way as a picture: one column for each place, time downwards, what changes the packet, and how it ended. */
export function renderLadderPicture(report: TraceReport): string {
  const { ways, from, request, end, saw, notes } = report
  const rows = rowsOf(report)
  const places = [...new Set([from, ...placesOnWay(ways), end.place])]
  const columns = columnsOf(places, rows)
  const title = `${from}: ${request}`
  const right = rightOf(places, columns, rows)
  const width = Math.max(right, textWidth(title, 'normal')) + margin
  let y = headTop + headHeight + 16
  const drawn = rows.map(row => {
    const part = rowPart(row, columns, y)
    y += heightOf(row)
    return part
  })
  const bottom = y + 4
  const wide = (mark: string, words: string) =>
    hanging(mark, words, Math.floor((width - 2 * margin) / charWidth.normal))
  const last = [
    ...(saw.ok
      ? wide('✔ ', `${saw.words} (${duration(saw.ms)})`)
      : wide('✘ ', `${end.words}. What ${from} sees: ${saw.words}`)
    ).map(text => ({ kind: saw.ok ? 'came' : 'off', text })),
    ...notes.flatMap(note => wide('! ', note)).map(text => ({ kind: 'detail', text })),
  ]
  return svgDocument({ title, width, height: bottom + 14 + last.length * rowHeight }, pictureStyle, [
    svgText('name', title, margin, 26),
    ...places.map(place => headPart(place, columns.get(place)!, bottom)),
    ...drawn,
    ...last.map(({ kind, text }, at) => svgText(kind, text, margin, bottom + 20 + at * rowHeight)),
  ])
}

function rowsOf({ ways, end, saw }: TraceReport): Row[] {
  const rows = ladderRows(ways).map((row): Row => {
    if (row.kind === 'way') return { kind: 'title', text: wayTitles[row.direction] }
    return row.kind === 'hop' ? { ...row, ...hopWords(row) } : noteOf(row)
  })
  const isTold = rows.some(row => row.kind === 'note' && row.look === 'lost')
  if (saw.ok || isTold) return rows
  return [...rows, { kind: 'note', place: end.place, look: 'lost', lines: wrapped('name', end.words) }]
}

function hopWords({ ends, wrapped: carrier, links }: Extract<LadderRow, { kind: 'hop' }>): HopWords {
  return {
    label: ends === undefined ? '' : endsText(ends),
    under: [links.join(' → '), ...(carrier === undefined ? [] : [`inside ${endsText(carrier)}`])].join(', '),
  }
}

function noteOf(row: Extract<LadderRow, { kind: 'changed' | 'dropped' }>): Note {
  const { kind, place, by } = row
  if (kind === 'dropped') {
    const how = row.met.byPolicy ? ' by its policy' : ''
    const head = `${chainName(row.met, by?.chain ?? row.met.chain)} drops it${how}`
    const lines = [...wrapped('name', head), ...ruleLines(by)]
    return { kind: 'note', place, look: 'lost', lines }
  }
  const why = row.change.by === 'rule' ? ruleLines(by) : wrapped('detail', byConnection)
  const lines = [...wrapped('name', translationWords(row.change)), ...why]
  return { kind: 'note', place, look: 'nat', lines }
}

/** The rule that has decided, and what it is for. */
function ruleLines(by: PlacedRule | undefined): Line[] {
  if (by === undefined) return []
  const { number, text, explain } = by.rule
  const words = text === undefined ? '' : `: ${withoutComment(text)}`
  return [
    ...wrapped('detail', `${by.chain} ${number ?? '?'}${words}`),
    ...(explain === undefined ? [] : wrapped('detail', explain)),
  ]
}

function wrapped(kind: Line['kind'], text: string): Line[] {
  return hanging('', text, noteWidth).map(line => ({ kind, text: line }))
}

function noteBox({ lines }: Note): { width: number; height: number } {
  const widths = lines.map(({ kind, text }) => textWidth(text, kind === 'name' ? 'normal' : 'small'))
  return { width: Math.max(...widths) + 2 * padding, height: lines.length * lineHeight + padding }
}

function heightOf(row: Row): number {
  if (row.kind === 'title') return 30
  if (row.kind === 'note') return noteBox(row).height + 12
  return row.under === '' ? 34 : 46
}

/** Where each place's line stands, in pixels: as far from the one before as what is written between them needs. */
function columnsOf(places: readonly Place[], rows: readonly Row[]): Map<Place, number> {
  const columns = new Map<Place, number>()
  const half = (place: Place) => textWidth(place, 'normal') / 2 + 14
  for (const [at, place] of places.entries()) {
    const before = places[at - 1]
    const left = before === undefined ? margin + half(place) : columns.get(before)! + half(before) + 12
    let x = before === undefined ? left : Math.max(left + half(place), columns.get(before)! + leastGap)
    for (const row of rows)
      if (row.kind === 'note' && row.place === before)
        x = Math.max(x, columns.get(before)! + noteBox(row).width + 16)
      else if (row.kind === 'hop') {
        const other = row.to === place ? row.from : row.from === place ? row.to : undefined
        const near = other === undefined ? undefined : columns.get(other)
        if (near !== undefined && other !== place) x = Math.max(x, near + labelWidth(row) + 28)
      }
    columns.set(place, x)
  }
  return columns
}

function labelWidth({ label, under }: HopWords): number {
  return Math.max(textWidth(label, 'small'), textWidth(under, 'small'))
}

/** As far as anything reaches. */
function rightOf(
  places: readonly Place[],
  columns: ReadonlyMap<Place, number>,
  rows: readonly Row[],
): number {
  return Math.max(
    ...places.map(place => columns.get(place)! + textWidth(place, 'normal') / 2 + 14),
    ...rows.map(row => {
      if (row.kind === 'title') return margin + textWidth(row.text, 'normal')
      if (row.kind === 'note') return columns.get(row.place)! + noteBox(row).width
      return row.from === row.to ? columns.get(row.from)! + loop + labelWidth(row) + 20 : 0
    }),
  )
}

function headPart(place: Place, x: number, bottom: number): string {
  const width = textWidth(place, 'normal') + 20
  return [
    `<path class="lane" d="M${px(x)} ${headTop + headHeight} V${px(bottom)}"/>`,
    `<g class="place"><rect x="${px(x - width / 2)}" y="${headTop}" width="${px(width)}" height="${headHeight}" rx="4"/>`,
    `${svgText('name', place, x, headTop + 17, 'middle')}</g>`,
  ].join('\n')
}

function rowPart(row: Row, columns: ReadonlyMap<Place, number>, y: number): string {
  if (row.kind === 'title') return svgText('way', row.text, margin, y + 18)
  if (row.kind === 'note') return notePart(row, columns.get(row.place)!, y)
  const [from, to] = [columns.get(row.from)!, columns.get(row.to)!]
  return from === to ? loopPart(row, from, y) : hopPart(row, from, to, y)
}

function notePart(note: Note, x: number, y: number): string {
  const { width, height } = noteBox(note)
  const left = x - 10
  return [
    `<g class="${note.look}"><rect x="${px(left)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" rx="4"/>`,
    ...note.lines.map(({ kind, text }, at) =>
      svgText(kind, text, left + padding, y + padding + 8 + at * lineHeight),
    ),
    '</g>',
  ].join('\n')
}

function hopPart({ label, under, wrapped: carrier }: HopRow, from: number, to: number, y: number): string {
  const [middle, line, side] = [(from + to) / 2, y + 20, to > from ? -1 : 1]
  const kind = carrier === undefined ? 'hop' : 'hop carried'
  return [
    svgText('hop', label, middle, y + 13, 'middle'),
    `<path class="${kind}" d="M${px(from)} ${px(line)} H${px(to)}"/>`,
    tip(to, line, side),
    ...(under === '' ? [] : [svgText('label', under, middle, line + 14, 'middle')]),
  ].join('\n')
}

type HopRow = Extract<Row, { kind: 'hop' }>

/** Pixels that a loop goes away from its line. */
const loop = 26

/** A place that sends to itself. */
function loopPart({ label, under }: HopRow, x: number, y: number): string {
  return [
    `<path class="hop" d="M${px(x)} ${px(y + 8)} h${loop} v14 h${-loop}"/>`,
    tip(x, y + 22, 1),
    svgText('hop', label, x + loop + 8, y + 13),
    ...(under === '' ? [] : [svgText('label', under, x + loop + 8, y + 27)]),
  ].join('\n')
}

/** An arrow's tip; the arrow comes from the right where `side` is 1, from the left where it is -1. */
function tip(x: number, y: number, side: number): string {
  return `<path class="tip" d="M${px(x)} ${px(y)} l${7 * side} -4 v8 Z"/>`
}
