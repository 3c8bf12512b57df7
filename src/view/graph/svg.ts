import { printableXml } from '../printable.ts'
import type { Line, Row } from './drawing.ts'
import { type Layout, type PlacedBox, type PlacedLine, type Point, padding, rowHeight } from './layout.ts'

/** A drawing as SVG: light or dark as its reader's system is, and nothing loaded from elsewhere. */
export function renderSvg({ title, width, height, boxes, lines }: Layout): string {
  const [w, h] = [Math.ceil(width), Math.ceil(height)]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="img" aria-label="${printableXml(title)}">`,
    `<title>${printableXml(title)}</title>`,
    style,
    `<rect class="paper" width="${w}" height="${h}" rx="6"/>`,
    ...boxes.filter(({ box }) => box.kind === 'frame').map(boxText),
    ...lines.filter(({ line }) => line.kind !== 'unseen').map(lineText),
    ...boxes.filter(({ box }) => box.kind !== 'frame').map(boxText),
    ...lines.flatMap(labelTexts),
    '</svg>\n',
  ].join('\n')
}

function boxText({ box, x, y, width, height }: PlacedBox): string {
  const kind = box.isOff ? `${box.kind} off` : box.kind
  const corner = box.kind === 'service' ? 12 : box.kind === 'frame' ? 8 : 4
  const rect = `<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" rx="${corner}"/>`
  const isCentred = box.kind === 'bridge' || box.kind === 'network' || box.kind === 'tunnel'
  const rows = box.rows.map((row, at) => {
    const left = isCentred ? x + width / 2 : x + padding
    return rowText(row, { x: left, y: y + padding + 9 + at * rowHeight }, isCentred)
  })
  return [`<g class="${kind}">`, rect, ...rows, '</g>'].join('\n')
}

function rowText({ text, kind }: Row, { x, y }: Point, isCentred: boolean): string {
  const anchor = isCentred ? ' text-anchor="middle"' : ''
  return `<text class="${kind}" x="${px(x)}" y="${px(y)}"${anchor}>${printableXml(text)}</text>`
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
  return labels.map(
    ({ text, x, y }) => `<text class="label" x="${px(x)}" y="${px(y + 11)}">${printableXml(text)}</text>`,
  )
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10)
}

const style = `<style>
svg { --paper: #ffffff; --ink: #1f2328; --soft: #59636e; --edge: #6e7781; --frame: #f6f8fa; --frame-edge: #d1d9e0; --machine: #eef1f4; --pod: #ddf4ff; --pod-edge: #54aeff; --segment: #dafbe1; --segment-edge: #4ac26b; --service: #fbefff; --service-edge: #a475f9; --off: #cf222e; --off-box: #ffebe9 }
@media (prefers-color-scheme: dark) { svg { --paper: #0d1117; --ink: #e6edf3; --soft: #9198a1; --edge: #9198a1; --frame: #151b23; --frame-edge: #3d444d; --machine: #212830; --pod: #12304f; --pod-edge: #388bfd; --segment: #12361f; --segment-edge: #2ea043; --service: #2d1b4e; --service-edge: #a371f7; --off: #ff7b72; --off-box: #49181a } }
text { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace; font-size: 12px; fill: var(--ink) }
.name { font-weight: 700 } .detail, .label { font-size: 11px; fill: var(--soft) } text.off { fill: var(--off); font-weight: 700 }
rect { stroke-width: 1.2 } .paper { fill: var(--paper) } .frame rect { fill: var(--frame); stroke: var(--frame-edge) } .machine rect { fill: var(--machine); stroke: var(--edge) }
.pod rect { fill: var(--pod); stroke: var(--pod-edge) } .bridge rect, .network rect { fill: var(--segment); stroke: var(--segment-edge) } .tunnel rect { fill: none; stroke: var(--segment-edge); stroke-dasharray: 5 4 }
.chain rect { fill: var(--frame); stroke: var(--edge) } .hook rect { fill: var(--segment); stroke: var(--segment-edge) } path.jump { stroke: var(--pod-edge) } .more rect { fill: none; stroke: var(--edge); stroke-dasharray: 2 3 } .service rect { fill: var(--service); stroke: var(--service-edge) } .off > rect { stroke: var(--off); stroke-width: 2 } .pod.off rect, .bridge.off rect { fill: var(--off-box) }
path { fill: none; stroke: var(--edge); stroke-width: 1.4 } path.carrier { stroke: var(--segment-edge); stroke-dasharray: 1 4 } path.tunnel { stroke: var(--segment-edge); stroke-dasharray: 5 4 } path.service { stroke: var(--service-edge) } path.off { stroke: var(--off); stroke-width: 2 } .arrow { stroke: none } .arrow.service { fill: var(--service-edge) } .arrow.jump { fill: var(--pod-edge) }
</style>`
