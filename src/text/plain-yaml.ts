/**
 * YAML as Go programs write it, `kubectl get -o yaml` above all: maps and lists in block style, or in one line in braces and brackets, texts plain, quoted or
 * literal. Of that form it gives what the YAML library gives, in a small part of the time, and of all else nothing: whoever asks then turns to the library.
 */

/** Nested deeper than this nothing is plain. */
const deepest = 32
/** The library refuses keys of more than 1,024 characters. */
const longestKey = 1000
/** Keys that are remembered: some have a name of their own in each object. */
const mostKeys = 10_000

const lineFeed = 10
const space = 32
const hash = 35
const dash = 45
const colon = 58

/** What a plain text may start with and need no second look. */
const startsPlain = /^[A-Za-z0-9._/$(+-]/
/** With what only a text starts. */
const startsText = /^[a-eg-mo-su-zA-EG-MO-SU-Z/]/
/** What a key may start with: with dashes or dots a line may mark a document. */
const startsKey = /^(?:[A-Za-z0-9_/$(]|\.(?!\.))/
/** What means a number, a truth value or nothing in the core schema of YAML 1.2. */
const inCoreSchema =
  /^(?:null|Null|NULL|true|True|TRUE|false|False|FALSE|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)$/
/** A whole number that is written in one way only. */
const plainNumber = /^(?:0|-?[1-9][0-9]{0,14})$/
/** A key in braces, with its colon. */
const flowKey = /([A-Za-z_][\w./-]*): +/y
/** A plain text in braces or brackets: what follows a colon here keeps it from being that of a key. */
const flowText = /(?:[A-Za-z0-9._/$(]|[+-](?=[\w.]))(?:[\w ./$()+=@%-]|:(?=[\w./]))*/y
/** A quoted text that means what it says. */
const flowQuoted = /"([^"\\\n]*)"|'([^'\n]*)'(?!')/y
/** Escapes that mean in JSON what they mean in YAML. */
const onlyEscapesOfJson = /^(?:[^\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*$/

class NotPlain extends Error {}

/**
 * The value of a YAML document; undefined where it is not of that plain form, or there is nothing. `column`: where the text begins in its
 * first line, behind the dash of an entry, say. `keys`: gathers those that are plain, so that one that comes again need not be looked at.
 * `unread`: a key of which nobody wants to know what is below it; it comes out as null.
 */
export function plainYaml(
  text: string,
  column = 0,
  keys = new Map<string, string>(),
  unread?: string,
): unknown {
  // Elsewhere they have meanings of their own: indentation, line breaks, the mark of an encoding.
  if (/[\t\r\uFEFF]/.test(text)) return undefined
  try {
    return new Reader(text, column, keys, unread).document()
  } catch (error) {
    if (error instanceof NotPlain) return undefined
    throw error
  }
}

/** Stands at the first character of a node. */
class Reader {
  readonly #text: string
  readonly #keys: Map<string, string>
  readonly #unread: string | undefined
  #at = 0
  /** Where in its line that is; -1 at the end of the text. */
  #column = 0
  /** Whether the line before it is empty. */
  #afterBlank = false

  constructor(text: string, column: number, keys: Map<string, string>, unread: string | undefined) {
    this.#text = text
    this.#keys = keys
    this.#unread = unread
    this.#toNode(column > 0 ? 0 : behindComments(text))
    if (column > 0 && this.#at > 0) throw new NotPlain()
    if (this.#column >= 0) this.#column += column
  }

  document(): unknown {
    if (this.#column < 0) return undefined
    const value = this.#block(0)
    if (this.#column >= 0) throw new NotPlain()
    return value
  }

  /** A map or a list that begins here. */
  #block(depth: number): unknown {
    if (depth > deepest) throw new NotPlain()
    return this.#isItem() ? this.#list(depth) : this.#map(depth)
  }

  #list(depth: number): unknown[] {
    const column = this.#column
    const items: unknown[] = []
    while (this.#column === column && this.#isItem()) {
      this.#at += 2
      this.#column += 2
      const isBlock = this.#isItem() || (!this.#isFlow() && this.#keyEnd() >= 0)
      items.push(isBlock ? this.#block(depth + 1) : this.#scalar(column, depth))
    }
    if (this.#column > column) throw new NotPlain()
    return items
  }

  #map(depth: number): Record<string, unknown> {
    const column = this.#column
    const map: Record<string, unknown> = {}
    while (this.#column === column && !this.#isItem()) {
      const end = this.#keyEnd()
      const key = this.#key(end)
      if (Object.hasOwn(map, key)) throw new NotPlain()
      this.#at = end + 1
      map[key] = this.#valueOfKey(column, depth, key === this.#unread)
    }
    if (this.#column > column) throw new NotPlain()
    return map
  }

  /** What stands behind a key's colon, or below it. */
  #valueOfKey(column: number, depth: number, isUnread: boolean): unknown {
    const text = this.#text
    while (text.charCodeAt(this.#at) === space) this.#at += 1
    if (this.#at < text.length && text.charCodeAt(this.#at) !== lineFeed) return this.#scalar(column, depth)
    this.#toNode(isUnread ? behindBlock(text, this.#at + 1, column) : this.#at + 1)
    const isBelow = this.#column > column || (this.#column === column && this.#isItem())
    return isBelow ? this.#block(depth + 1) : null
  }

  /** The place of the colon of the key that begins here; -1: here is no key. */
  #keyEnd(): number {
    const text = this.#text
    const first = text.charAt(this.#at)
    const isQuoted = first === '"' || first === "'"
    const end = isQuoted ? text.indexOf(first, this.#at + 1) + 1 : plainEnd(text, this.#at)
    return text.charCodeAt(end) === colon && endsWord(text, end + 1) ? end : -1
  }

  #key(end: number): string {
    const written = this.#text.slice(this.#at, Math.max(end, this.#at))
    const known = this.#keys.get(written)
    if (known !== undefined) return known
    const isQuoted = /^["']/.test(written)
    const isPlain = isQuoted ? !/[\\\n]/.test(written) : isPlainKey(written)
    const key = isQuoted ? written.slice(1, -1) : written
    if (!isPlain || written.length > longestKey || key === '__proto__') throw new NotPlain()
    if (this.#keys.size < mostKeys) this.#keys.set(written, key)
    return key
  }

  /** A text, a number or the like, or what stands in one line in braces or brackets, of a node in something that stands at `column`. */
  #scalar(column: number, depth: number): unknown {
    switch (this.#text.charAt(this.#at)) {
      case '"':
        return this.#doubleQuoted(column)
      case "'":
        return this.#singleQuoted(column)
      case '|':
        return this.#literal(column)
      case '{':
      case '[': {
        const value = this.#flow(depth + 1)
        this.#end(this.#at)
        return value
      }
      default:
        return this.#plain(column)
    }
  }

  /** A plain text goes on in the lines below that are indented. */
  #plain(column: number): unknown {
    let text = this.#plainLine()
    while (this.#column > column) {
      if (this.#afterBlank) throw new NotPlain()
      text += ` ${this.#plainLine()}`
    }
    return meaningOf(text)
  }

  /** A map in braces, a list in brackets, or what stands in one of them; it is in one line. */
  #flow(depth: number): unknown {
    if (depth > deepest) throw new NotPlain()
    const first = this.#text.charAt(this.#at)
    if (first === '{') return this.#flowMap(depth)
    if (first === '[') return this.#flowList(depth)
    const quoted = this.#match(flowQuoted)
    if (quoted !== undefined) return quoted[1] ?? quoted[2]
    const [text = ''] = this.#match(flowText) ?? []
    return meaningOf(text.slice(0, behindText(text, text.length)))
  }

  #flowMap(depth: number): Record<string, unknown> {
    const map: Record<string, unknown> = {}
    this.#eachIn('}', () => {
      const [, key = ''] = this.#match(flowKey) ?? []
      if (!isPlainKey(key) || key === '__proto__' || Object.hasOwn(map, key)) throw new NotPlain()
      map[key] = this.#flow(depth + 1)
    })
    return map
  }

  #flowList(depth: number): unknown[] {
    const items: unknown[] = []
    this.#eachIn(']', () => items.push(this.#flow(depth + 1)))
    return items
  }

  /** What stands between commas, from an opening brace or bracket to the closing one. */
  #eachIn(closing: string, read: () => void): void {
    this.#skip(1)
    if (this.#text.charAt(this.#at) !== closing) {
      read()
      this.#skip(0)
      while (this.#text.charAt(this.#at) === ',') {
        this.#skip(1)
        read()
        this.#skip(0)
      }
    }
    if (this.#text.charAt(this.#at) !== closing) throw new NotPlain()
    this.#at += 1
  }

  /** Passes over some characters, and the spaces behind them. */
  #skip(count: number): void {
    this.#at += count
    this.#at += spacesAt(this.#text, this.#at)
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found === null) return undefined
    this.#at = pattern.lastIndex
    return found
  }

  #plainLine(): string {
    const text = this.#text
    const start = this.#at
    const end = plainEnd(text, start)
    const isWhole = end === text.length || text.charCodeAt(end) === lineFeed
    const isDash = text.charCodeAt(start) === dash && endsWord(text, start + 1)
    if (!isWhole || isDash || !startsPlain.test(text.charAt(start))) throw new NotPlain()
    this.#toNode(end + 1)
    return text.slice(start, behindText(text, end))
  }

  #doubleQuoted(column: number): string {
    const text = this.#text
    const start = this.#at + 1
    let end = text.indexOf('"', start)
    while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
    const inner = this.#folded(start, end, column)
    this.#end(end + 1)
    if (!inner.includes('\\')) return inner
    if (!onlyEscapesOfJson.test(inner)) throw new NotPlain()
    return JSON.parse(`"${inner}"`) as string
  }

  #singleQuoted(column: number): string {
    const text = this.#text
    const start = this.#at + 1
    let end = text.indexOf("'", start)
    while (end >= 0 && text.charAt(end + 1) === "'") end = text.indexOf("'", end + 2)
    const inner = this.#folded(start, end, column)
    this.#end(end + 1)
    return inner.replaceAll("''", "'")
  }

  /** What stands between two quotes; a line break in it counts as a space. */
  #folded(start: number, end: number, column: number): string {
    if (end < 0) throw new NotPlain()
    const inner = this.#text.slice(start, end)
    if (!inner.includes('\n')) return inner
    const lines = inner.split('\n')
    const [first = '', ...others] = lines
    const isPlain = (line: string) => !line.endsWith('\\') && /[^ ]/.test(line)
    const isIndented = (line: string) => line.search(/[^ ]/) > column
    if (![first, ...others].every(isPlain) || !others.every(isIndented)) throw new NotPlain()
    return lines
      .map((line, at) =>
        line.slice(
          at === 0 ? 0 : spacesAt(line, 0),
          at < others.length ? behindText(line, line.length) : undefined,
        ),
      )
      .join(' ')
  }

  #literal(column: number): string {
    const text = this.#text
    const [header = ''] = /^\|[-+]?$/.exec(text.slice(this.#at, lineEnd(text, this.#at))) ?? []
    if (header === '') throw new NotPlain()
    const lines: string[] = []
    let indent = 0
    let filled = 0
    let at = lineEnd(text, this.#at) + 1
    while (at < text.length) {
      const end = lineEnd(text, at)
      const spaces = spacesAt(text, at)
      const isBlank = at + spaces === end
      if (!isBlank && indent === 0) indent = spaces
      // Spaces alone mean one thing or another, by how many there are.
      if (isBlank && spaces > 0) throw new NotPlain()
      if (!isBlank && (spaces <= column || spaces < indent)) break
      lines.push(isBlank ? '' : text.slice(at + indent, end))
      if (!isBlank) filled = lines.length
      at = end + 1
    }
    if (indent <= column) throw new NotPlain()
    this.#toNode(at)
    const kept = header === '|+' ? lines : lines.slice(0, filled)
    return kept.join('\n') + (header === '|-' ? '' : '\n')
  }

  #isItem(): boolean {
    return this.#text.charCodeAt(this.#at) === dash && this.#text.charCodeAt(this.#at + 1) === space
  }

  #isFlow(): boolean {
    const first = this.#text.charAt(this.#at)
    return first === '{' || first === '['
  }

  /** Nothing more may stand in the line from here on. */
  #end(at: number): void {
    const end = at + spacesAt(this.#text, at)
    if (end < this.#text.length && this.#text.charCodeAt(end) !== lineFeed) throw new NotPlain()
    this.#toNode(end + 1)
  }

  /** Goes to the first node at or after the start of a line. A comment would be one more thing that ends a text. */
  #toNode(start: number): void {
    const text = this.#text
    let line = start
    let column = spacesAt(text, line)
    while (text.charCodeAt(line + column) === lineFeed) {
      line += column + 1
      column = spacesAt(text, line)
    }
    if (text.charCodeAt(line + column) === hash) throw new NotPlain()
    this.#afterBlank = line > start
    this.#at = line + column
    this.#column = this.#at < text.length ? column : -1
  }
}

/** The start of the first line that is neither empty nor a comment. */
function behindComments(text: string): number {
  let line = 0
  for (;;) {
    const at = line + spacesAt(text, line)
    const code = text.charCodeAt(at)
    const end = code === hash ? text.indexOf('\n', at) : at
    if (end < 0 || (code !== hash && code !== lineFeed)) return line
    line = end + 1
  }
}

/** The start of the first line, at or below one, that is no part of the value of a key at `column`. */
function behindBlock(text: string, start: number, column: number): number {
  let line = start
  while (line < text.length) {
    const spaces = spacesAt(text, line)
    const code = text.charCodeAt(line + spaces)
    const isItem = code === dash && spaces === column && text.charCodeAt(line + spaces + 1) === space
    if (spaces <= column && code !== lineFeed && !isItem) break
    line = lineEnd(text, line) + 1
  }
  return line
}

/** What a plain text means: itself, a number, a truth value or nothing. */
function meaningOf(text: string): unknown {
  if (isText(text)) return text
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'null') return null
  if (plainNumber.test(text)) return Number(text)
  throw new NotPlain()
}

/** Whether a plain text is nothing else: no number, say. */
function isText(text: string): boolean {
  return startsText.test(text) || (startsPlain.test(text) && !inCoreSchema.test(text))
}

function isPlainKey(text: string): boolean {
  return startsKey.test(text) && isText(text) && !text.endsWith(' ')
}

/** Where a plain text ends that begins at `start`: at a line break, the colon of a key, or a comment. */
function plainEnd(text: string, start: number): number {
  let at = start
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === lineFeed || (code === colon && endsWord(text, at + 1))) break
    if (code === hash && text.charCodeAt(at - 1) === space) break
  }
  return at
}

function endsWord(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return at >= text.length || code === space || code === lineFeed
}

function isEscaped(text: string, at: number): boolean {
  let first = at
  while (text.charCodeAt(first - 1) === 92) first -= 1
  return (at - first) % 2 === 1
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

function spacesAt(text: string, at: number): number {
  let end = at
  while (text.charCodeAt(end) === space) end += 1
  return end - at
}

/** Where the spaces begin that stand before `end`; a pattern would begin anew at each of them. */
function behindText(text: string, end: number): number {
  let at = end
  while (text.charCodeAt(at - 1) === space) at -= 1
  return at
}
