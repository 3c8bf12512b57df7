import type { Point } from './layout.ts'

/** Corners as the `d` of an SVG's path. */
export function pathText(points: readonly Point[]): string {
  return points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${x} ${y}`).join(' ')
}
