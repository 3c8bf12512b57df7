import { expect, test } from 'vitest'
import type { Shapes } from '../../../src/view/graph/shapes.ts'
import { along, pointOf, wayBetween } from '../../../src/view/page/movement.ts'

const shapes: Shapes = {
  ...{ title: '', width: 200, height: 200, frames: [], labels: [] },
  boxes: [{ id: 'a', kind: 'pod', x: 0, y: 0, width: 40, height: 20, corner: 4, texts: [] }],
  lines: [
    {
      ...{ id: 'cable', kind: 'cable' },
      points: [
        { x: 0, y: 0 },
        { x: 0, y: 50 },
        { x: 50, y: 50 },
      ],
    },
  ],
}

test('a packet goes along the corners of a line, down and up', () => {
  const [upper, lower] = [
    { line: 'cable', end: 'upper' },
    { line: 'cable', end: 'lower' },
  ] as const
  const corners = [
    { x: 0, y: 20 },
    { x: 0, y: 50 },
    { x: 30, y: 50 },
  ]
  expect(wayBetween(shapes, upper, lower)).toEqual(corners)
  expect(wayBetween(shapes, lower, upper)).toEqual(corners.toReversed())
})

test('from a line to a box it goes straight, and stands at the edge of the box', () => {
  expect(wayBetween(shapes, { line: 'cable', end: 'upper' }, { box: 'a' })).toEqual([
    { x: 0, y: 20 },
    { x: 40, y: 10 },
  ])
})

test('what is not drawn is nowhere', () => {
  expect(pointOf(shapes, { box: 'b' })).toBeUndefined()
  expect(wayBetween(shapes, { box: 'b' }, { box: 'a' })).toEqual([{ x: 40, y: 10 }])
})

test('a share of a line counts its length, corners included', () => {
  expect(along(shapes.lines[0]!.points, 0.75)).toEqual({ x: 25, y: 50 })
})
