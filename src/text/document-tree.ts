import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml'
import { mostMistakes, type Problem } from './problem.ts'
import type { Source } from './source-text.ts'

/** Keys and indexes that lead from a document's root to a value. */
export type Path = readonly (string | number)[]

/** Values that aliases may add up to: plenty for a person's file, too few for a bomb. */
const mostAliased = 100_000
/** The YAML library looks each one up by going through the file. */
const mostAliases = 1_000

/** Nodes by path, after the checks that need no schema: keys given twice, aliases that lead nowhere or explode. */
export class DocumentTree {
  readonly problems: Problem[] = []
  readable = true
  private readonly root: Node | null
  private readonly source: Source
  private readonly anchors = new Map<string, Node>()
  private readonly targets = new Map<Node, Node>()
  private readonly sizes = new Map<Node, number>()
  /** Filled where a path leads: files may have maps with very many keys. */
  private readonly pairs = new Map<YAMLMap, Map<string, Pair>>()
  private aliased = 0

  constructor(document: Document.Parsed, source: Source) {
    this.source = source
    this.root = document.contents
    this.measure(this.root, new Set())
  }

  /** Offsets of what `path` names, or of the nearest thing around it that was written. */
  range(path: Path, on?: 'key' | 'value'): [number, number] {
    let node = this.follow(this.root)
    let key: Node | null = null
    for (const step of path) {
      if (isMap(node)) {
        const pair = this.pairsOf(node).get(String(step))
        if (!pair) break
        key = pair.key as Node
        node = this.follow(pair.value as Node | null)
      } else if (isSeq(node) && typeof step === 'number' && node.items[step]) {
        const item = node.items[step]
        key = null
        node = this.follow((isPair(item) ? item.key : item) as Node | null)
      } else break
    }
    const range = node?.range
    const multiline = (isMap(node) || isSeq(node)) && !node.flow
    const empty = !range || range[0] === range[1]
    if (key?.range && (on === 'key' || (on !== 'value' && multiline) || empty)) {
      return [key.range[0], key.range[1]]
    }
    return range ? [range[0], range[1]] : [0, 1]
  }

  private pairsOf(map: YAMLMap): Map<string, Pair> {
    const known = this.pairs.get(map)
    if (known) return known
    const pairs = new Map(map.items.map(item => [keyText(item.key), item]))
    this.pairs.set(map, pairs)
    return pairs
  }

  private follow(node: Node | null | undefined): Node | null {
    let seen = node ?? null
    for (let hops = 0; isAlias(seen) && hops < 100; hops++) seen = this.targets.get(seen) ?? null
    return seen
  }

  /** How many values a node stands for, aliases spelled out. */
  private measure(node: Node | null | undefined, open: Set<Node>): number {
    if (!node) return 1
    if (isAlias(node)) return this.measureAlias(node, open)
    if ('anchor' in node && typeof node.anchor === 'string') this.anchors.set(node.anchor, node)
    open.add(node)
    let size = 1
    if (isMap(node)) {
      this.checkKeys(node.items)
      for (const pair of node.items) size += this.measure(pair.value as Node | null, open)
    } else if (isSeq(node)) {
      for (const item of node.items) size += this.measure(item as Node | null, open)
    }
    open.delete(node)
    this.sizes.set(node, size)
    return size
  }

  private measureAlias(node: Node & { source: string }, open: Set<Node>): number {
    const target = this.anchors.get(node.source)
    if (!target) {
      this.refuse(
        node,
        `there is no anchor &${node.source} above`,
        'put the text in quotes if it starts with *',
      )
      return 1
    }
    if (open.has(target)) {
      this.refuse(node, `*${node.source} contains itself`, 'write the value out')
      return 1
    }
    this.targets.set(node, target)
    if (this.targets.size === mostAliases + 1) {
      this.refuse(node, `more than ${mostAliases.toLocaleString('en')} aliases`, 'write the values out')
    }
    const size = this.sizes.get(target) ?? 1
    const before = this.aliased
    this.aliased += size
    if (before <= mostAliased && this.aliased > mostAliased) {
      this.refuse(
        node,
        `aliases blow this file up to more than ${mostAliased.toLocaleString('en')} values`,
        'write the values out',
      )
    }
    return size
  }

  private checkKeys(items: readonly Pair[]): void {
    const first = new Map<string, number>()
    for (const { key } of items) {
      if (!isScalar(key) || key.range === undefined || key.range === null) {
        this.refuse(
          key as Node | null,
          'a key must be plain text',
          'put text that starts with [, {, * or ? in quotes',
        )
        continue
      }
      const name = keyText(key)
      const line = first.get(name)
      if (line === undefined) first.set(name, this.source.lineOf(key.range[0]))
      else {
        const message = `"${name}" stands twice in this map, first in line ${line}`
        this.tell(key.range, message, 'keep one of the two')
      }
    }
  }

  private tell([from, to]: readonly number[], message: string, fix: string): void {
    if (this.problems.length >= mostMistakes) return
    this.problems.push(this.source.problem(from ?? 0, to ?? 1, message, fix))
  }

  private refuse(node: Node | null, message: string, fix: string): void {
    this.readable = false
    this.tell(node?.range ?? [0, 1], message, fix)
  }
}

/** A key as plain data has it. */
function keyText(key: unknown): string {
  const value = isScalar(key) ? key.value : key
  return value === null ? '' : String(value)
}
