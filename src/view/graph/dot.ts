import { printable } from '../printable.ts'
import type { Box, BoxKind, Drawing, Line } from './drawing.ts'

/** A drawing in Graphviz' language, for `dot -Tsvg`. */
export function renderDot({ title, direction, boxes, lines }: Drawing): string {
  const shown = lines.filter(({ kind }) => kind !== 'unseen')
  return [
    'graph lab {',
    `  label=${quoted(title)}; labelloc=t; rankdir=${direction === 'down' ? 'TB' : 'LR'}`,
    '  node [shape=box, fontname="monospace", fontsize=10]; edge [fontname="monospace", fontsize=8]',
    ...boxes.flatMap(box => boxLines(box, '  ')),
    ...shown.map(line => `  ${lineText(line)}`),
    '}\n',
  ].join('\n')
}

const shapes: Readonly<Partial<Record<BoxKind, string>>> = {
  service: 'style="rounded,filled", fillcolor="#fbefff"',
  network: 'style=filled, fillcolor="#dafbe1"',
  bridge: 'style=filled, fillcolor="#dafbe1"',
  tunnel: 'style=dashed',
  pod: 'style=filled, fillcolor="#ddf4ff"',
  more: 'style=dotted',
  hook: 'style=rounded',
}

function boxLines(box: Box, indent: string): string[] {
  const label = quoted(box.rows.map(row => row.text).join('\n'))
  const off = box.isOff ? ', color=red, penwidth=2' : ''
  if (box.children.length > 0)
    return [
      `${indent}subgraph ${quoted(`cluster ${box.id}`)} {`,
      `${indent}  label=${label}; labeljust=l${off.replaceAll(',', ';')}`,
      ...box.children.flatMap(child => boxLines(child, `${indent}  `)),
      `${indent}}`,
    ]
  const shape = shapes[box.kind]
  return [`${indent}${quoted(box.id)} [label=${label}${shape === undefined ? '' : `, ${shape}`}${off}]`]
}

function lineText({ from, to, kind, upper, lower, arrow, isOff }: Line): string {
  const options = [
    ...(upper === undefined ? [] : [`taillabel=${quoted(upper)}`]),
    ...(lower === undefined ? [] : [`headlabel=${quoted(lower)}`]),
    ...(kind === 'tunnel' ? ['style=dashed'] : kind === 'carrier' ? ['style=dotted'] : []),
    ...(arrow === undefined ? [] : [arrow === 'upper' ? 'dir=back' : 'dir=forward']),
    ...(isOff ? ['color=red'] : []),
  ]
  return `${quoted(from)} -- ${quoted(to)}${options.length === 0 ? '' : ` [${options.join(', ')}]`}`
}

/** In quotes all is text but the quote and the backslash. */
function quoted(text: string): string {
  return `"${printable(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}
