import { deepest, readSource, type SourceDocument } from '../../text/document.ts'
import { jsonListSpans, yamlListSpans } from '../../text/list-spans.ts'
import { plainYaml } from '../../text/plain-yaml.ts'
import { type Source, type SourceText, unprintable } from '../../text/source-text.ts'
import { listDocument, unplacedDocument } from '../../text/unplaced.ts'

/** Reads what is too large to look for the place of each value in it, as a whole cluster's dump is: values first, places once something is told. */

/** The entries of Kubernetes' lists. */
const key = 'items'
/** Who has set which field of an object: a third of a dump, and nothing is made of it. */
export const unread = 'managedFields'

/** Makes of a list's entry what is kept of it: the rest is forgotten at once, so that a whole cluster needs no memory. */
export type KeepEntry = (value: unknown) => unknown

/** A JSON document that stands between two offsets of a text; undefined where it is not JSON. Of a key that stands twice the second counts. */
export function jsonDocument(
  source: SourceText,
  keep: KeepEntry,
  start = 0,
  end = source.text.length,
): SourceDocument | undefined {
  const text = source.text.slice(start, end)
  const list = unlessSyntaxError(() => jsonList(source, keep, start, text))
  if (list !== undefined) return list
  const part = source.part(text, offset => start + offset)
  return unlessSyntaxError(() => unplacedDocument(part, JSON.parse(text), text.search(/\S/)))
}

function jsonList(
  source: SourceText,
  keep: KeepEntry,
  start: number,
  text: string,
): SourceDocument | undefined {
  const spans = jsonListSpans(text, key)
  if (spans === undefined) return undefined
  const { entries, frame } = spans
  const around = without(source, text, start, frame)
  const partOf = ([from, to]: readonly [number, number]): Source =>
    source.part(text.slice(from, to), offset => start + from + offset)
  return listDocument({
    key,
    frame: unplacedDocument(around, JSON.parse(around.body), text.search(/\S/)),
    values: entries.map(([from, to]) => keep(JSON.parse(text.slice(from, to)))),
    entryAt: index => unplacedDocument(partOf(entries[index]!), undefined),
  })
}

function unlessSyntaxError<T>(parse: () => T): T | undefined {
  try {
    return parse()
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** What stands around a list's entries, with something in their place. */
function without(
  source: SourceText,
  text: string,
  start: number,
  [head, tail]: readonly [number, number],
  instead = '',
): Source {
  const body = text.slice(0, head) + instead + text.slice(tail)
  const shift = tail - head - instead.length
  return source.part(body, offset => start + offset + (offset > head ? shift : 0))
}

/** The documents of a YAML text, as the library reads them; undefined where they have to be read as a whole. */
export function yamlDocuments(source: SourceText, keep: KeepEntry): SourceDocument[] | undefined {
  // Directives stand before the line that begins their document.
  if (/^%/m.test(source.text) || unprintable(source.text) !== undefined) return undefined
  const documents: SourceDocument[] = []
  for (const [start, end] of documentSpans(source.text)) {
    const list = listOf(source, keep, start, end)
    const read = list === undefined ? documentsOf(source, start, end) : [list]
    if (read === undefined) return undefined
    documents.push(...read)
  }
  return documents
}

/** Between the lines that begin a document each, and say no more. */
function documentSpans(text: string): [number, number][] {
  const marks = [...text.matchAll(/^--- *\n/gm)]
  const starts = [0, ...marks.map(({ index, 0: mark }) => index + mark.length)]
  return starts.map((start, at): [number, number] => [start, marks[at]?.index ?? text.length])
}

/** What stands between two such lines, where it can be read alone: what the library says is wrong may depend on the rest. */
function documentsOf(source: SourceText, start: number, end: number): SourceDocument[] | undefined {
  const part = source.part(source.text.slice(start, end), offset => start + offset)
  const value = plainYaml(part.body)
  if (value !== undefined) return [unplacedDocument(part, value, part.body.search(/^ *[^#\s]/m))]
  if (part.body.length === source.text.length) return undefined
  const { documents, problems } = readSource(part)
  return problems.length === 0 ? documents : undefined
}

/** A document that is a list; undefined where it is none, or an entry cannot be read without the others. */
function listOf(source: SourceText, keep: KeepEntry, start: number, end: number): SourceDocument | undefined {
  const text = source.text.slice(start, end)
  const spans = yamlListSpans(text, key)
  if (spans === undefined) return undefined
  const { entries, column, frame } = spans
  // The frame ends with the line break behind the key, which a list in its place needs itself.
  const around = without(source, text, start, [frame[0] - 1, frame[1]], ' []\n')
  const outer = plainYaml(around.body)
  if (outer === undefined) return undefined
  const partOf = ([from, to]: readonly [number, number]): Source =>
    source.part(' '.repeat(column) + text.slice(from, to), offset => start + from - column + offset)
  const values: unknown[] = []
  const keys = new Map<string, string>()
  for (const [from, to] of entries) {
    const value =
      plainYaml(text.slice(from, to), column, keys, unread) ?? readAlone(partOf([from, to]), column)
    if (value === undefined) return undefined
    values.push(keep(value))
  }
  return listDocument({
    key,
    values,
    frame: unplacedDocument(around, outer, around.body.search(/^ *[^#\s]/m)),
    entryAt: index => {
      const entry = partOf(entries[index]!)
      return unplacedDocument(entry, undefined, entry.body.search(/(?<=^ *)[^#\s]/m))
    },
  })
}

/** Levels of nesting, and more than those, in which an entry stands. */
const levels = 4
/** What may be the name of a value, or mean one that has a name, in another entry too. */
const anchor = /(?:^|[\s[{,])[&*][^\s&*]/m

/** An entry of a list, as the library reads it; undefined where it cannot be read alone. Its dash says how far its lines have to be indented. */
function readAlone(source: Source, column: number): unknown {
  if (anchor.test(source.body)) return undefined
  const body = `${' '.repeat(column - 2)}- ${source.body.slice(column)}`
  const { documents, problems } = readSource({ ...source, body }, deepest - levels)
  if (problems.length > 0 || documents.length !== 1) return undefined
  const [value, ...others] = documents[0]!.value as unknown[]
  return others.length === 0 ? (value ?? undefined) : undefined
}
