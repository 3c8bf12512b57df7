/** One change to a list; `at` is the 0-based place in the list as the edits before left it, `item` an index of the new list. */
export type Edit =
  | { kind: 'delete'; at: number }
  | { kind: 'insert' | 'replace'; at: number; item: number }
  | { kind: 'append'; item: number }

/** The most comparisons that are worth a shorter script: beyond, the differing middle is replaced as it stands. */
const mostComparisons = 1_000_000

/** A short list of edits that turns one list into the other, done from the front to the back. */
export function editScript(before: readonly string[], after: readonly string[]): Edit[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let beforeEnd = before.length
  let afterEnd = after.length
  while (beforeEnd > start && afterEnd > start && before[beforeEnd - 1] === after[afterEnd - 1]) {
    beforeEnd--
    afterEnd--
  }
  const kept = keptPairs(before.slice(start, beforeEnd), after.slice(start, afterEnd))
  const edits: Edit[] = []
  let length = before.length
  let [old, item] = [start, start]
  for (const [oldKept, itemKept] of [...kept, [beforeEnd - start, afterEnd - start] as const]) {
    for (; old < start + oldKept && item < start + itemKept; old++, item++) {
      edits.push({ kind: 'replace', at: item, item })
    }
    for (; old < start + oldKept; old++, length--) edits.push({ kind: 'delete', at: item })
    for (; item < start + itemKept; item++, length++) {
      edits.push(item === length ? { kind: 'append', item } : { kind: 'insert', at: item, item })
    }
    old++
    item++
  }
  return edits
}

/** Pairs of places whose items stay: a longest common subsequence. */
function keptPairs(before: readonly string[], after: readonly string[]): (readonly [number, number])[] {
  const width = after.length + 1
  if (before.length * after.length > mostComparisons) return []
  const longest = new Uint32Array((before.length + 1) * width)
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const below = longest[(i + 1) * width + j]!
      const right = longest[i * width + j + 1]!
      const both = before[i] === after[j] ? longest[(i + 1) * width + j + 1]! + 1 : 0
      longest[i * width + j] = Math.max(below, right, both)
    }
  }
  const pairs: (readonly [number, number])[] = []
  for (let i = 0, j = 0; i < before.length && j < after.length; ) {
    const here = longest[i * width + j]!
    if (before[i] === after[j] && here === longest[(i + 1) * width + j + 1]! + 1) pairs.push([i++, j++])
    else if (here === longest[(i + 1) * width + j]) i++
    else j++
  }
  return pairs
}
