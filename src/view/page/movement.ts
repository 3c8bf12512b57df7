import type { Point } from '../graph/layout.ts'
import type { Spot } from '../graph/on-drawing.ts'
import type { Shapes } from '../graph/shapes.ts'

/** How far from its end of a line a packet stands, as a share of the line: on the line, and not over the box. */
const fromEnd = 0.2

/** Where on a drawing a spot is; undefined where it is not drawn. */
export function pointOf(shapes: Shapes, spot: Spot): Point | undefined {
  if ('box' in spot) {
    const box = shapes.boxes.find(({ id }) => id === spot.box)
    return box === undefined ? undefined : { x: box.x + box.width, y: box.y + box.height / 2 }
  }
  const line = shapes.lines.find(({ id }) => id === spot.line)
  return line === undefined ? undefined : along(line.points, share(spot.end))
}

/** The corners of a packet's way from one spot to another: along the line, where both are ends of one. */
export function wayBetween(shapes: Shapes, from: Spot, to: Spot): Point[] {
  const ends = [pointOf(shapes, from), pointOf(shapes, to)].filter(point => point !== undefined)
  if (!('line' in from && 'line' in to) || from.line !== to.line || from.end === to.end) return ends
  const line = shapes.lines.find(({ id }) => id === from.line)
  if (line === undefined) return ends
  const corners = line.points.slice(1, -1)
  return [ends[0]!, ...(from.end === 'upper' ? corners : corners.toReversed()), ends[1]!]
}

function share(end: 'upper' | 'lower'): number {
  return end === 'upper' ? fromEnd : 1 - fromEnd
}

/** The point at a share of a line's length. */
export function along(points: readonly Point[], share: number): Point {
  const pieces = points.slice(1).map((to, at) => ({ from: points[at]!, to }))
  const lengths = pieces.map(({ from, to }) => Math.hypot(to.x - from.x, to.y - from.y))
  let left = lengths.reduce((sum, length) => sum + length, 0) * share
  for (const [at, { from, to }] of pieces.entries()) {
    const length = lengths[at]!
    if (left <= length && length > 0) {
      const part = left / length
      return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }
    }
    left -= length
  }
  return points.at(-1) ?? { x: 0, y: 0 }
}
