import { rowHeight } from '../svg.ts'
import type { Line, RowKind } from './drawing.ts'
import { type Layout, type PlacedBox, type PlacedLine, type Point, padding } from './layout.ts'

/** A line of text; `kind` is its class. Pixels, as everywhere here. */
export interface TextShape extends Point {
  kind: RowKind | 'label'
  text: string
  isCentred: boolean
}

/** A rectangle with its lines of text. */
export interface BoxShape extends Point {
  /** The box of the drawing. */
  id: string
  /** Its classes. */
  kind: string
  width: number
  height: number
  /** The radius of its corners. */
  corner: number
  texts: readonly TextShape[]
}

/** A line with its corners, from the upper box to the lower one. */
export interface LineShape {
  /** The line of the drawing. */
  id: string
  /** Its classes. */
  kind: string
  points: readonly Point[]
  /** The three corners of its arrow. */
  arrow?: { kind: Line['kind']; points: readonly Point[] }
}

/** All that is drawn, in the order in which it is: frames below lines, boxes above them. */
export interface Shapes {
  title: string
  width: number
  height: number
  frames: readonly BoxShape[]
  lines: readonly LineShape[]
  boxes: readonly BoxShape[]
  labels: readonly TextShape[]
}

/** A drawing as rectangles, lines and texts, for whatever draws them. */
export function shapesOf({ title, width, height, boxes, lines }: Layout): Shapes {
  const isFrame = ({ box }: PlacedBox) => box.kind === 'frame'
  return {
    ...{ title, width: Math.ceil(width), height: Math.ceil(height) },
    frames: boxes.filter(isFrame).map(boxShape),
    lines: lines.filter(({ line }) => line.kind !== 'unseen').map(lineShape),
    boxes: boxes.filter(box => !isFrame(box)).map(boxShape),
    labels: lines.flatMap(labelShapes),
  }
}

function boxShape({ box, x, y, width, height }: PlacedBox): BoxShape {
  const isCentred = box.kind === 'bridge' || box.kind === 'network' || box.kind === 'tunnel'
  const left = isCentred ? x + width / 2 : x + padding
  return {
    ...{ id: box.id, kind: box.isOff ? `${box.kind} off` : box.kind },
    ...{ x: px(x), y: px(y), width: px(width), height: px(height) },
    corner: box.kind === 'service' ? 12 : box.kind === 'frame' ? 8 : 4,
    texts: box.rows.map(({ kind, text }, at) => ({
      ...{ kind, text, isCentred },
      ...rounded({ x: left, y: y + padding + 9 + at * rowHeight }),
    })),
  }
}

function lineShape({ line, points }: PlacedLine): LineShape {
  const { id, kind, isOff, arrow } = line
  return {
    ...{ id, kind: isOff ? `${kind} off` : kind, points: points.map(rounded) },
    ...(arrow === undefined ? {} : { arrow: { kind, points: arrowPoints(arrow, points) } }),
  }
}

/** A triangle at an end, along the last piece of the line. */
function arrowPoints(at: 'upper' | 'lower', points: readonly Point[]): Point[] {
  const [tip, before] = at === 'upper' ? [points[0]!, points[1]!] : [points.at(-1)!, points.at(-2)!]
  const length = Math.hypot(before.x - tip.x, before.y - tip.y) || 1
  const [dx, dy] = [(before.x - tip.x) / length, (before.y - tip.y) / length]
  const side = (sign: number) => ({
    x: tip.x + 7 * dx - sign * 4 * dy,
    y: tip.y + 7 * dy + sign * 4 * dx,
  })
  return [tip, side(1), side(-1)].map(rounded)
}

function labelShapes({ labels }: PlacedLine): TextShape[] {
  return labels.map(({ text, x, y }) => ({
    ...{ kind: 'label', text, isCentred: false },
    ...rounded({ x, y: y + 11 }),
  }))
}

function rounded({ x, y }: Point): Point {
  return { x: px(x), y: px(y) }
}

function px(value: number): number {
  return Math.round(value * 10) / 10
}
