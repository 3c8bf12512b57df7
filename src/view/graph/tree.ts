import { displayWidth } from '../display-width.ts'
import { flow } from '../layout.ts'
import type { Style } from '../terminal.ts'

/** A line of a tree, of pieces that are kept whole where the line is broken, and what is below it. */
export interface TreeNode {
  pieces: readonly string[]
  children: readonly TreeNode[]
  /** What stands in the column before the tree; left out: nothing. */
  margin?: string
}

/** A tree as lines; `margin`: columns before it, for counters. */
export function treeLines(style: Style, root: TreeNode, margin: number = 0): string[] {
  return [...nodeLines(style, root, '', '', margin), ...childLines(style, root.children, '', margin)]
}

function childLines(style: Style, children: readonly TreeNode[], prefix: string, margin: number): string[] {
  return children.flatMap((child, at) => {
    const isLast = at === children.length - 1
    const below = `${prefix}${isLast ? '   ' : '│  '}`
    return [
      ...nodeLines(
        style,
        child,
        `${prefix}${isLast ? '└─ ' : '├─ '}`,
        below,
        margin,
        child.children.length > 0,
      ),
      ...childLines(style, child.children, below, margin),
    ]
  })
}

function nodeLines(
  { color, width }: Style,
  { pieces, margin: counter = '' }: TreeNode,
  first: string,
  below: string,
  margin: number,
  hasChildren = false,
): string[] {
  const room = Math.max(12, width - margin - displayWidth(first))
  const lines = flow(pieces, room, 2, ' ')
  return lines.map((line, at) => {
    const lead = at === 0 ? first : below + (hasChildren ? '│' : '')
    const text = at === 0 ? line : line.slice(hasChildren ? 1 : 0)
    const before =
      margin === 0
        ? ''
        : `${' '.repeat(margin - 1 - displayWidth(at === 0 ? counter : ''))}${at === 0 ? counter : ''} `
    return (color.dim(before + lead) + text).trimEnd()
  })
}
