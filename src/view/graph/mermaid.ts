import { printable } from '../printable.ts'
import type { Box, BoxKind, Drawing, Line } from './drawing.ts'

/** A drawing as a Mermaid flowchart, for Markdown pages that draw it themselves. */
export function renderMermaid({ direction, boxes, lines }: Drawing): string {
  const ids = new Map<string, string>()
  const shown = lines.filter(({ kind }) => kind !== 'unseen')
  return [
    `flowchart ${direction === 'down' ? 'TB' : 'LR'}`,
    ...boxes.flatMap(box => boxLines(box, ids, '  ')),
    ...shown.map(line => `  ${lineText(line, ids)}`),
    ...offClass(boxes, ids),
    '',
  ].join('\n')
}

const corners: Readonly<Partial<Record<BoxKind, readonly [string, string]>>> = {
  service: ['([', '])'],
  network: ['[[', ']]'],
  bridge: ['[[', ']]'],
  tunnel: ['[[', ']]'],
  hook: ['([', '])'],
}

function boxLines(box: Box, ids: Map<string, string>, indent: string): string[] {
  const id = idOf(box.id, ids)
  const text = box.rows.map(row => escaped(row.text)).join('<br>')
  if (box.children.length > 0)
    return [
      `${indent}subgraph ${id}["${text}"]`,
      ...box.children.flatMap(child => boxLines(child, ids, `${indent}  `)),
      `${indent}end`,
    ]
  const [open, close] = corners[box.kind] ?? ['[', ']']
  return [`${indent}${id}${open}"${text}"${close}`]
}

function lineText({ from, to, kind, upper, lower, arrow }: Line, ids: Map<string, string>): string {
  const label = [upper, lower]
    .filter(each => each !== undefined)
    .map(escaped)
    .join(' – ')
  const middle = label === '' ? '' : `|"${label}"|`
  const dashed = kind === 'tunnel' || kind === 'carrier'
  const [one, other] = arrow === 'upper' ? [to, from] : [from, to]
  const shaft = arrow === undefined ? (dashed ? '-.-' : '---') : '-->'
  return `${idOf(one, ids)} ${shaft}${middle} ${idOf(other, ids)}`
}

function offClass(boxes: readonly Box[], ids: Map<string, string>): string[] {
  const off = allBoxes(boxes).filter(({ isOff }) => isOff)
  if (off.length === 0) return []
  return [
    '  classDef off stroke:#cf222e,stroke-width:3px',
    `  class ${off.map(({ id }) => idOf(id, ids)).join(',')} off`,
  ]
}

function allBoxes(boxes: readonly Box[]): Box[] {
  return boxes.flatMap(box => [box, ...allBoxes(box.children)])
}

function idOf(id: string, ids: Map<string, string>): string {
  const known = ids.get(id) ?? `n${ids.size + 1}`
  ids.set(id, known)
  return known
}

/** Mermaid knows entities by `#`; with every character that means something to it, or to HTML, as one, all else is text. */
function escaped(text: string): string {
  return printable(text).replaceAll(/[#&<>"`\\[\](){}|;\n]/g, character => `#${character.codePointAt(0)};`)
}
