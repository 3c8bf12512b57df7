import { describe, expect, test } from 'vitest'
import { graphOf } from '../../../src/graph/lab-graph.ts'
import { labAsBuilt } from '../../../src/plan/lab-in-condition.ts'
import { loadLab } from '../../../src/read/load-lab.ts'
import { findLab, shippedLabs } from '../../../src/read/load-shipped.ts'
import type { Drawing } from '../../../src/view/graph/drawing.ts'
import { labDrawing } from '../../../src/view/graph/lab-drawing.ts'
import { layoutOf, type PlacedBox } from '../../../src/view/graph/layout.ts'
import { crossings } from '../../../src/view/graph/layout-quality.ts'
import { renderSvg } from '../../../src/view/graph/svg.ts'

/** Three nodes on networks and on a tunnel that these carry: a plane has no room for it without a crossing. */
const needed: Readonly<Record<string, number>> = { 'calico-ipip': 1, 'flannel-directrouting': 1 }

const drawingOf = (lab: string): Drawing => labDrawing(graphOf(labAsBuilt(loadLab(findLab(lab)))))

describe.each(shippedLabs())('%s', lab => {
  test('is drawn without a crossing that is not needed, every box and line in its place', async () => {
    const layout = await layoutOf(drawingOf(lab))
    expect(crossings(layout.lines)).toBe(needed[lab] ?? 0)
    expect(overlaps(layout.boxes)).toEqual([])
    const isInside = ({ x, y, width, height }: PlacedBox) =>
      x >= 0 && y >= 0 && x + width <= layout.width && y + height <= layout.height
    expect(layout.boxes.filter(each => !isInside(each)).map(({ box }) => box.id)).toEqual([])
    const byId = new Map(layout.boxes.map(each => [each.box.id, each]))
    for (const { line, points } of layout.lines) {
      expect(touches(byId.get(line.from)!, points[0]!), `${line.id} at ${line.from}`).toBe(true)
      expect(touches(byId.get(line.to)!, points.at(-1)!), `${line.id} at ${line.to}`).toBe(true)
    }
  })
})

test('the same lab gives the same picture', async () => {
  const draw = async () => renderSvg(await layoutOf(drawingOf('flannel-vxlan')))
  expect(await draw()).toBe(await draw())
})

function overlaps(boxes: readonly PlacedBox[]): string[] {
  const leaves = boxes.filter(({ box }) => box.kind !== 'frame')
  return leaves.flatMap((one, at) =>
    leaves
      .slice(at + 1)
      .filter(
        other =>
          one.x < other.x + other.width &&
          other.x < one.x + one.width &&
          one.y < other.y + other.height &&
          other.y < one.y + one.height,
      )
      .map(other => `${one.box.id} and ${other.box.id}`),
  )
}

function touches({ x, y, width, height }: PlacedBox, point: { x: number; y: number }): boolean {
  const [near, tolerance] = [(value: number, edge: number) => Math.abs(value - edge) < 1, 1]
  const within =
    point.x >= x - tolerance &&
    point.x <= x + width + tolerance &&
    point.y >= y - tolerance &&
    point.y <= y + height + tolerance
  return (
    within && (near(point.y, y) || near(point.y, y + height) || near(point.x, x) || near(point.x, x + width))
  )
}
