import { type Path, type ReadDocuments, readSource, type SourceDocument } from './document.ts'
import { plainYaml } from './plain-yaml.ts'
import { type Source, SourceText, unprintable } from './source-text.ts'

/** Reads YAML as `readDocuments` does; but where a text is of a plain form, things are placed in it once there is something to tell. */
export function readPlainly(text: string, file: string): ReadDocuments {
  const source = new SourceText(text, file)
  const value = unprintable(source.body) === undefined ? plainYaml(source.body) : undefined
  if (value === undefined) return readSource(source)
  return { documents: [unplacedDocument(source, value)], problems: [] }
}

/**
 * A document whose value is known: where in its text things stand is looked for once there is something to tell. `start`: the offset of its
 * first character that is no space, where a problem is told that can be placed no better.
 */
export function unplacedDocument(source: Source, value: unknown, start = 0): SourceDocument {
  let read: ReadDocuments | undefined
  const placed = () => {
    read ??= readSource(source)
    return read.documents[0]
  }
  return {
    file: source.file,
    text: source.text,
    value,
    problemAt: (path, message, options = {}) =>
      placed()?.problemAt(path, message, options) ??
      source.problem(start, source.body.length, message, options.fix),
    lineAt: path => (path.length === 0 ? undefined : placed()?.lineAt(path)) ?? source.lineOf(start),
  }
}

/** A list's entries, and what stands around them, each read by itself. */
export interface ListParts {
  /** The list without its entries. */
  frame: SourceDocument
  /** The key of the entries. */
  key: string
  values: readonly unknown[]
  /** The entry at an index. */
  entryAt(index: number): SourceDocument
}

/** A long list as one document: for a place in an entry no more than the entry is looked through. */
export function listDocument({ frame, key, values, entryAt }: ListParts): SourceDocument {
  const known = new Map<number, SourceDocument>()
  const entry = (index: number) => {
    const found = known.get(index) ?? entryAt(index)
    known.set(index, found)
    return found
  }
  const within = (path: Path): [SourceDocument, Path] => {
    const [first, index, ...inner] = path
    return first === key && typeof index === 'number' ? [entry(index), inner] : [frame, path]
  }
  return {
    file: frame.file,
    text: frame.text,
    value: { ...(frame.value as object), [key]: values },
    problemAt: (path, ...about) => {
      const [document, inner] = within(path)
      return document.problemAt(inner, ...about)
    },
    lineAt: path => {
      const [document, inner] = within(path)
      return document.lineAt(inner)
    },
  }
}
