/** Where in a text the entries of a list stand, by offsets: from the first character of each to behind its last. */
export interface ListSpans {
  entries: readonly (readonly [from: number, to: number])[]
  /** The text without its entries is what stands before the first of these, and from the second one on. */
  frame: readonly [head: number, tail: number]
}

/**
 * Where the entries stand of the list that a JSON object, or a text that may be one, has under `key`; undefined where it has none. Where each
 * ends is guessed by how the text is indented: what does not parse there is no entry.
 */
export function jsonListSpans(text: string, key: string): ListSpans | undefined {
  const start = valueOfKey(text, key)
  if (start === undefined || text.charAt(start) !== '[') return undefined
  const entries: [number, number][] = []
  let at = skipSpace(text, start + 1)
  // Where objects stand in lines of their own, the brace that ends one is below the one that begins it.
  let indent = text.charAt(at) === '{' ? /^ *\n( *)$/.exec(text.slice(start + 1, at))?.[1] : undefined
  while (at < text.length && text.charAt(at) !== ']') {
    const last = indent === undefined ? -1 : closingBrace(text, indent, at)
    // Where there is none, each of the others would be looked for as far as the end of the text.
    if (last < 0) indent = undefined
    const end = last < 0 ? jsonEnd(text, at) : last + 1
    entries.push([at, end])
    const next = skipSpace(text, end)
    const isLast = text.charAt(next) === ']'
    if (!isLast && text.charAt(next) !== ',') return undefined
    at = isLast ? next : skipSpace(text, next + 1)
    if (!isLast && text.charAt(at) === ']') return undefined
  }
  const frame = [start + 1, at] as const
  // What stands twice counts the second time, in JSON, and may be written with escapes.
  const around = text.slice(0, frame[0]) + text.slice(frame[1])
  return around.split(`"${key}"`).length === 2 && !around.includes('\\u') ? { entries, frame } : undefined
}

/** Where, from an offset on, the first brace stands that ends an object in a line of its own, behind an indent; -1: there is none. */
function closingBrace(text: string, indent: string, from: number): number {
  const column = indent.length + 1
  // `indexOf` of the whole, which has a line break and many spaces, takes thrice as long.
  for (let line = text.indexOf('\n', from); line >= 0; line = text.indexOf('\n', line + 1))
    if (text.charCodeAt(line + column) === brace && text.startsWith(indent, line + 1)) return line + column
  return -1
}

/** Where the value of a key of the outermost object begins. */
function valueOfKey(text: string, key: string): number | undefined {
  const wanted = `"${key}"`
  let at = skipSpace(text, 0)
  if (text.charAt(at) !== '{') return undefined
  do {
    const start = skipSpace(text, at + 1)
    const end = jsonEnd(text, start)
    const after = skipSpace(text, end)
    if (text.charAt(start) !== '"' || text.charAt(after) !== ':') return undefined
    const value = skipSpace(text, after + 1)
    if (end - start === wanted.length && text.startsWith(wanted, start)) return value
    at = skipSpace(text, jsonEnd(text, value))
  } while (text.charAt(at) === ',')
  return undefined
}

const quote = 34
const comma = 44
const backslash = 92
const brace = 125

/** Behind the JSON value that begins at an offset. What stands in between may be no JSON: `JSON.parse` tells. */
function jsonEnd(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      at = stringEnd(text, at)
      if (depth === 0) return at + 1
    } else if (code === 0x7b || code === 0x5b) depth += 1
    else if (code === 0x7d || code === 0x5d) {
      depth -= 1
      if (depth <= 0) return depth < 0 ? at : at + 1
    } else if (depth === 0 && (code === comma || code <= 0x20 || code === 0x3a)) return at
  }
  return text.length
}

/** The quote that ends the string that begins at an offset. */
function stringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let first = end
    while (text.charCodeAt(first - 1) === backslash) first -= 1
    if ((end - first) % 2 === 0) return end
  }
  return text.length
}

/** What JSON takes for space: of what stands between entries nobody else looks whether it is JSON. */
const spaces: readonly number[] = [0x20, 0x0a, 0x0d, 0x09]

function skipSpace(text: string, start: number): number {
  let at = start
  while (spaces.includes(text.charCodeAt(at))) at += 1
  return at
}

/** The entries of a list in block style: each begins behind its dash. */
export interface BlockListSpans extends ListSpans {
  /** Where in its line each begins. */
  column: number
}

/** Where the entries stand of the list that a YAML document has in block style under `key`; undefined where it has none. Where the last one ends is where the list does. */
export function yamlListSpans(text: string, key: string): BlockListSpans | undefined {
  const opening = new RegExp(`^${key}: *\\n( *)- `, 'm').exec(text)
  if (opening === null) return undefined
  const { index, 0: lines, 1: indent = '' } = opening
  const head = index + lines.indexOf('\n') + 1
  const dash = `${indent}- `
  const starts: number[] = []
  for (let at = head - 1; at >= 0; at = text.indexOf(`\n${dash}`, at + 1)) starts.push(at + 1)
  // Only behind the last one is it looked for: what has it inside is no entry, and whoever reads it finds that out.
  const outerLine = new RegExp(`^ {0,${indent.length}}[^ \\n]`, 'gm')
  outerLine.lastIndex = starts.at(-1)! + dash.length
  const tail = outerLine.exec(text)?.index ?? text.length
  return {
    entries: starts.map((start, at) => [start + dash.length, starts[at + 1] ?? tail]),
    column: dash.length,
    frame: [head, tail],
  }
}
