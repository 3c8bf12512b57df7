import { px, rowHeight, svgDocument, svgText } from '../svg.ts'
import type { Line } from './drawing.ts'
import { type Layout, type PlacedBox, type PlacedLine, type Point, padding } from './layout.ts'

/** A drawing as SVG: light or dark as its reader's system is, and nothing loaded from elsewhere. */
export function renderSvg({ title, width, height, boxes, lines }: Layout): string {
  return svgDocument({ title, width, height }, style, [
    ...boxes.filter(({ box }) => box.kind === 'frame').map(boxText),
    ...lines.filter(({ line }) => line.kind !== 'unseen').map(lineText),
    ...boxes.filter(({ box }) => box.kind !== 'frame').map(boxText),
    ...lines.flatMap(labelTexts),
  ])
}

function boxText({ box, x, y, width, height }: PlacedBox): string {
  const kind = box.isOff ? `${box.kind} off` : box.kind
  const corner = box.kind === 'service' ? 12 : box.kind === 'frame' ? 8 : 4
  const rect = `<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" rx="${corner}"/>`
  const isCentred = box.kind === 'bridge' || box.kind === 'network' || box.kind === 'tunnel'
  const rows = box.rows.map((row, at) => {
    const left = isCentred ? x + width / 2 : x + padding
    return svgText(
      row.kind,
      row.text,
      left,
      y + padding + 9 + at * rowHeight,
      isCentred ? 'middle' : undefined,
    )
  })
  return [`<g class="${kind}">`, rect, ...rows, '</g>'].join('\n')
}

function lineText({ line, points }: PlacedLine): string {
  const kind = line.isOff ? `${line.kind} off` : line.kind
  const path = points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${px(x)} ${px(y)}`).join(' ')
  const drawn = `<path class="${kind}" d="${path}"/>`
  return line.arrow === undefined ? drawn : `${drawn}\n${arrowText(line.kind, line.arrow, points)}`
}

/** A triangle at an end, along the last piece of the line. */
function arrowText(kind: Line['kind'], at: 'upper' | 'lower', points: readonly Point[]): string {
  const [tip, before] = at === 'upper' ? [points[0]!, points[1]!] : [points.at(-1)!, points.at(-2)!]
  const length = Math.hypot(before.x - tip.x, before.y - tip.y) || 1
  const [dx, dy] = [(before.x - tip.x) / length, (before.y - tip.y) / length]
  const side = (sign: number) => `${px(tip.x + 7 * dx - sign * 4 * dy)} ${px(tip.y + 7 * dy + sign * 4 * dx)}`
  return `<path class="arrow ${kind}" d="M${px(tip.x)} ${px(tip.y)} L${side(1)} L${side(-1)} Z"/>`
}

function labelTexts({ labels }: PlacedLine): string[] {
  return labels.map(({ text, x, y }) => svgText('label', text, x, y + 11))
}

const style = `rect { stroke-width: 1.2 } .paper { fill: var(--paper) } .frame rect { fill: var(--frame); stroke: var(--frame-edge) } .machine rect { fill: var(--machine); stroke: var(--edge) }
.pod rect { fill: var(--pod); stroke: var(--pod-edge) } .bridge rect, .network rect { fill: var(--segment); stroke: var(--segment-edge) } .tunnel rect { fill: none; stroke: var(--segment-edge); stroke-dasharray: 5 4 }
.chain rect { fill: var(--frame); stroke: var(--edge) } .hook rect { fill: var(--segment); stroke: var(--segment-edge) } path.jump { stroke: var(--pod-edge) } .more rect { fill: none; stroke: var(--edge); stroke-dasharray: 2 3 } .service rect { fill: var(--service); stroke: var(--service-edge) } .off > rect { stroke: var(--off); stroke-width: 2 } .pod.off rect, .bridge.off rect { fill: var(--off-box) }
path { fill: none; stroke: var(--edge); stroke-width: 1.4 } path.carrier { stroke: var(--segment-edge); stroke-dasharray: 1 4 } path.tunnel { stroke: var(--segment-edge); stroke-dasharray: 5 4 } path.service { stroke: var(--service-edge) } path.off { stroke: var(--off); stroke-width: 2 } .arrow { stroke: none } .arrow.service { fill: var(--service-edge) } .arrow.jump { fill: var(--pod-edge) }`
