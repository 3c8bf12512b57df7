import elk from 'elkjs/lib/elk.bundled.js'
import type { ElkExtendedEdge, ElkLabel, ElkNode } from 'elkjs/lib/elk-api.js'
import { charWidth, rowHeight, textWidth } from '../svg.ts'
import type { Box, Drawing, Line } from './drawing.ts'
import { faultsOf, inOrder } from './layout-quality.ts'

/** Pixels. */
export const padding = 9

export interface Point {
  x: number
  y: number
}

export interface PlacedText extends Point {
  text: string
  width: number
}

/** A box with its place on the whole drawing, in pixels. */
export interface PlacedBox extends Point {
  box: Box
  width: number
  height: number
}

export interface PlacedLine {
  line: Line
  points: readonly Point[]
  labels: readonly PlacedText[]
}

/** A drawing of which everything has its place, in pixels. */
export interface Layout {
  title: string
  width: number
  height: number
  /** Frames before what is in them. */
  boxes: readonly PlacedBox[]
  lines: readonly PlacedLine[]
}

/** Drawings of more boxes are laid out twice only. */
const largeDrawing = 60

/**
 * Gives everything its place, by the Eclipse Layout Kernel; the same drawing gets the same places. Its search for an order without
 * crossings depends on where it begins, so of several beginnings the best result is taken.
 */
export async function layoutOf(drawing: Drawing): Promise<Layout> {
  const beginnings = drawing.boxes.length > largeDrawing ? [0, 1] : [0, 1, 2, 3, 4, 5, 6]
  let best: { layout: Layout; faults: number } | undefined
  for (const beginning of beginnings) {
    const layout = inOrder(drawing, await laidOut(drawing, beginning))
    const faults = faultsOf(drawing, layout)
    if (best === undefined || faults < best.faults) best = { layout, faults }
    if (faults === 0) break
  }
  return best!.layout
}

/** `beginning` 0: from the order in which the boxes are listed; others: from a random one. */
async function laidOut(drawing: Drawing, beginning: number): Promise<Layout> {
  const root: ElkNode = {
    id: 'root',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': drawing.direction === 'down' ? 'DOWN' : 'RIGHT',
      'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.randomSeed': `${beginning + 1}`,
      'elk.padding': '[top=16,left=16,bottom=16,right=16]',
      ...(beginning === 0 ? { 'elk.layered.considerModelOrder.strategy': 'PREFER_EDGES' } : {}),
      ...spacing,
    },
    children: drawing.boxes.map(elkNode),
    edges: drawing.lines.map(elkEdge),
  }
  const placed = await new elk.default().layout(root)
  const boxes: PlacedBox[] = []
  const byId = boxesById(drawing.boxes)
  const offsets = new Map<string, Point>([['root', { x: 0, y: 0 }]])
  collect(placed, { x: 0, y: 0 }, byId, boxes, offsets)
  const lines = drawing.lines.map((line, at) => placedLine(line, placed.edges![at]!, offsets))
  return { title: drawing.title, width: placed.width ?? 0, height: placed.height ?? 0, boxes, lines }
}

const spacing = {
  'elk.spacing.nodeNode': '24',
  'elk.layered.spacing.nodeNodeBetweenLayers': '30',
  'elk.spacing.edgeNode': '16',
  'elk.spacing.edgeEdge': '12',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '10',
  'elk.spacing.edgeLabel': '4',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
  'elk.layered.thoroughness': '40',
}

function boxesById(boxes: readonly Box[], into = new Map<string, Box>()): Map<string, Box> {
  for (const box of boxes) {
    into.set(box.id, box)
    boxesById(box.children, into)
  }
  return into
}

function elkNode(box: Box): ElkNode {
  const { id, rows, children, least = 0, hasRowEnds = false } = box
  const widths = rows.map(({ text, kind }) => textWidth(text, kind === 'detail' ? 'small' : 'normal'))
  const width = Math.max(Math.max(0, ...widths) + 2 * padding, least * charWidth.small)
  if (children.length > 0) {
    const top = rows.length * rowHeight + padding + 8
    return {
      id,
      layoutOptions: {
        'elk.padding': `[top=${top},left=16,bottom=16,right=16]`,
        'elk.nodeSize.constraints': 'MINIMUM_SIZE',
        'elk.nodeSize.minimum': `(${width}, 40)`,
        ...spacing,
      },
      children: children.map(elkNode),
    }
  }
  return {
    ...{ id, width, height: rows.length * rowHeight + 2 * padding - 4 },
    ...(hasRowEnds
      ? { ports: rowPorts(box, width), layoutOptions: { 'elk.portConstraints': 'FIXED_POS' } }
      : {}),
  }
}

/** One on the left, where lines end, and one at the right of each row. */
function rowPorts({ id, rows }: Box, width: number) {
  const middle = (at: number) => padding - 2 + at * rowHeight + rowHeight / 2
  return [
    { id: headPort(id), x: 0, y: middle(0), layoutOptions: { 'elk.port.side': 'WEST' } },
    ...rows.map((_, at) => ({
      ...{ id: rowPort(id, at), x: width, y: middle(at) },
      layoutOptions: { 'elk.port.side': 'EAST' },
    })),
  ]
}

function headPort(id: string): string {
  return `${id} head`
}

function rowPort(id: string, row: number): string {
  return `${id} row ${row}`
}

function elkEdge({ id, from, fromRow, to, upper, lower }: Line): ElkExtendedEdge {
  const label = (text: string, placement: string): ElkLabel => ({
    text,
    width: textWidth(text, 'small'),
    height: rowHeight - 3,
    layoutOptions: { 'elk.edgeLabels.placement': placement },
  })
  return {
    id,
    ...(fromRow === undefined
      ? { sources: [from], targets: [to] }
      : { sources: [rowPort(from, fromRow)], targets: [headPort(to)] }),
    labels: [
      ...(upper === undefined ? [] : [label(upper, 'TAIL')]),
      ...(lower === undefined ? [] : [label(lower, 'HEAD')]),
    ],
  }
}

function collect(
  node: ElkNode,
  at: Point,
  byId: ReadonlyMap<string, Box>,
  into: PlacedBox[],
  offsets: Map<string, Point>,
): void {
  for (const child of node.children ?? []) {
    const own = { x: at.x + (child.x ?? 0), y: at.y + (child.y ?? 0) }
    offsets.set(child.id, own)
    into.push({ box: byId.get(child.id)!, ...own, width: child.width ?? 0, height: child.height ?? 0 })
    collect(child, own, byId, into, offsets)
  }
}

/** ELK tells an edge's points relative to the box that has both of its ends. */
function placedLine(line: Line, edge: ElkExtendedEdge, offsets: ReadonlyMap<string, Point>): PlacedLine {
  const container = (edge as { container?: string }).container ?? 'root'
  const { x, y } = offsets.get(container) ?? { x: 0, y: 0 }
  const moved = (point: Point): Point => ({ x: point.x + x, y: point.y + y })
  const points = (edge.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) =>
    [startPoint, ...bendPoints, endPoint].map(moved),
  )
  const labels = (edge.labels ?? []).map(label => ({
    ...{ text: label.text ?? '', width: label.width ?? 0 },
    ...moved({ x: label.x ?? 0, y: label.y ?? 0 }),
  }))
  return { line, points, labels }
}
