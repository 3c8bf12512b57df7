import type { Drawing } from './drawing.ts'
import type { Layout, PlacedBox, PlacedLine, Point } from './layout.ts'

/** A crossing is worse than any order. */
const perCrossing = 1000

/** How much is wrong with a layout: crossings, and boxes that stand in another order than they are listed. */
export function faultsOf(drawing: Drawing, layout: Layout): number {
  return crossings(layout.lines) * perCrossing + disorder(drawing, layout)
}

/** The layout, or its mirror image where that has the boxes in the order in which they are listed. */
export function inOrder(drawing: Drawing, layout: Layout): Layout {
  if (drawing.direction !== 'down') return layout
  const other = mirrored(layout)
  return disorder(drawing, other) < disorder(drawing, layout) ? other : layout
}

/** How often two lines cross. */
export function crossings(lines: readonly PlacedLine[]): number {
  const seen = lines.filter(({ line }) => line.kind !== 'unseen')
  const pieces = seen.flatMap(({ points }, line) =>
    points.slice(1).map((to, at) => ({ line, from: points[at]!, to })),
  )
  let count = 0
  for (const [at, one] of pieces.entries())
    for (const other of pieces.slice(at + 1)) if (one.line !== other.line && cross(one, other)) count += 1
  return count
}

interface Piece {
  from: Point
  to: Point
}

function cross(one: Piece, other: Piece): boolean {
  const side = (a: Point, b: Point, c: Point) =>
    Math.sign((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x))
  return (
    side(one.from, one.to, other.from) * side(one.from, one.to, other.to) < 0 &&
    side(other.from, other.to, one.from) * side(other.from, other.to, one.to) < 0
  )
}

/** Pairs of boxes that stand side by side in another order than they are listed. */
function disorder({ boxes }: Drawing, layout: Layout): number {
  const placed = new Map(layout.boxes.map(each => [each.box.id, each]))
  const groups = [boxes, ...boxes.map(({ children }) => children)].map(group =>
    group.map(({ id }) => placed.get(id)!),
  )
  return groups.flatMap(group =>
    group.flatMap((one, at) => group.slice(at + 1).filter(other => isBehind(one, other))),
  ).length
}

function isBehind(one: PlacedBox, other: PlacedBox): boolean {
  const isBeside = one.y < other.y + other.height && other.y < one.y + one.height
  return isBeside && one.box.kind === other.box.kind && other.x < one.x
}

function mirrored(layout: Layout): Layout {
  const { width } = layout
  return {
    ...layout,
    boxes: layout.boxes.map(each => ({ ...each, x: width - each.x - each.width })),
    lines: layout.lines.map(({ line, points, labels }) => ({
      line,
      points: points.map(({ x, y }) => ({ x: width - x, y })),
      labels: labels.map(label => ({ ...label, x: width - label.x - label.width })),
    })),
  }
}
