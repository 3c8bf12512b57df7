import { Document, isMap, isPair, isScalar, isSeq, type Node } from 'yaml'

/** A comment that stands before a part of a document. */
export interface YamlComment {
  path: readonly (string | number)[]
  text: string
}

/** Columns that a list or a map may take before it is broken into lines. */
const wide = 96

/**
 * A map as YAML that people write: what fits stands on one line, a blank line before each of its own keys that has a comment. `lists`: keys
 * whose entries have a line each, however short.
 */
export function yamlText(
  value: Readonly<Record<string, unknown>>,
  { lists, comments, first }: { lists: ReadonlySet<string>; comments: readonly YamlComment[]; first: string },
): string {
  const document = new Document(value, { aliasDuplicateObjects: false })
  const root = document.contents
  if (isMap(root)) {
    for (const pair of root.items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : ''
      if (lists.has(key)) for (const item of itemsOf(pair.value)) fold(item)
      else fold(pair.value)
    }
  }
  for (const { path, text } of comments) {
    const node = commented(document, path)
    if (node === undefined) continue
    node.commentBefore = shown(text)
    if (path.length === 1) node.spaceBefore = true
  }
  document.commentBefore = shown(first)
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}

/** Puts what fits on one line, from outside inwards. */
function fold(node: unknown): void {
  if (!isMap(node) && !isSeq(node)) return
  if (JSON.stringify(node).length <= wide) node.flow = true
  else for (const item of itemsOf(node)) fold(item)
}

function itemsOf(node: unknown): unknown[] {
  if (isMap(node)) return node.items.map(item => (isPair(item) ? item.value : item))
  return isSeq(node) ? node.items : []
}

/** The node before which a comment stands: a map's key, a list's item. */
function commented(document: Document, path: YamlComment['path']): Node | undefined {
  const last = path.at(-1)
  const outer = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (isSeq(outer) && typeof last === 'number') return outer.items[last] as Node | undefined
  if (!isMap(outer)) return undefined
  return outer.items.map(({ key }) => key).find(key => isScalar(key) && key.value === last) as
    | Node
    | undefined
}

/** A comment's lines as the library wants them: it writes the "#" itself. */
function shown(text: string): string {
  return text
    .split('\n')
    .map(line => ` ${line}`)
    .join('\n')
}
