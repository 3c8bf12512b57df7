import { svgCommonStyle, svgDocument, svgText } from '../svg.ts'
import type { Layout } from './layout.ts'
import { pathText } from './path-text.ts'
import { type BoxShape, type LineShape, shapesOf, type TextShape } from './shapes.ts'

/** A drawing as SVG: light or dark as its reader's system is, and nothing loaded from elsewhere. */
export function renderSvg(layout: Layout): string {
  const { title, width, height, frames, lines, boxes, labels } = shapesOf(layout)
  return svgDocument({ title, width, height }, style, [
    ...frames.map(boxText),
    ...lines.map(lineText),
    ...boxes.map(boxText),
    ...labels.map(textText),
  ])
}

function boxText({ kind, x, y, width, height, corner, texts }: BoxShape): string {
  const rect = `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${corner}"/>`
  return [`<g class="${kind}">`, rect, ...texts.map(textText), '</g>'].join('\n')
}

function textText({ kind, text, x, y, isCentred }: TextShape): string {
  return svgText(kind, text, x, y, isCentred ? 'middle' : undefined)
}

function lineText({ kind, points, arrow }: LineShape): string {
  const drawn = `<path class="${kind}" d="${pathText(points)}"/>`
  return arrow === undefined
    ? drawn
    : `${drawn}\n<path class="arrow ${arrow.kind}" d="${pathText(arrow.points)} Z"/>`
}

const style = `rect { stroke-width: 1.2 } .paper { fill: var(--paper) } .frame rect { fill: var(--frame); stroke: var(--frame-edge) } .machine rect { fill: var(--machine); stroke: var(--edge) }
.pod rect { fill: var(--pod); stroke: var(--pod-edge) } .bridge rect, .network rect { fill: var(--segment); stroke: var(--segment-edge) } .tunnel rect { fill: none; stroke: var(--segment-edge); stroke-dasharray: 5 4 }
.chain rect { fill: var(--frame); stroke: var(--edge) } .hook rect { fill: var(--segment); stroke: var(--segment-edge) } path.jump { stroke: var(--pod-edge) } .more rect { fill: none; stroke: var(--edge); stroke-dasharray: 2 3 } .service rect { fill: var(--service); stroke: var(--service-edge) } .off > rect { stroke: var(--off); stroke-width: 2 } .pod.off rect, .bridge.off rect { fill: var(--off-box) }
path { fill: none; stroke: var(--edge); stroke-width: 1.4 } path.carrier { stroke: var(--segment-edge); stroke-dasharray: 1 4 } path.tunnel { stroke: var(--segment-edge); stroke-dasharray: 5 4 } path.service { stroke: var(--service-edge) } path.off { stroke: var(--off); stroke-width: 2 } .arrow { stroke: none } .arrow.service { fill: var(--service-edge) } .arrow.jump { fill: var(--pod-edge) }`

/** How each class of a drawing looks, light and dark, for a page that draws it. */
export const drawingStyle = `${svgCommonStyle}\n${style}`
