import { own } from '../../command/own.ts'
import { type ReadDocuments, readDocuments, type SourceDocument } from '../../text/document.ts'
import type { Problem } from '../../text/problem.ts'
import { SourceText } from '../../text/source-text.ts'
import { kinds } from './kinds.ts'
import { jsonDocument, unread, yamlDocuments } from './large-manifests.ts'

/** From this size on, in characters, a file is what a program wrote: whole clusters, and in JSON no key twice. */
const large = 256 * 1024

/** The documents of a file of manifests: YAML, JSON, or several JSON objects one after the other. */
export function manifestDocuments(text: string, file: string): ReadDocuments {
  const source = new SourceText(text, file)
  const isLarge = text.length >= large
  const documents = /^\s*\{/.test(text)
    ? jsonDocuments(source, isLarge)
    : isLarge && yamlDocuments(source, keptOf)
  if (documents) return { documents, problems: [] }
  const read = readDocuments(text, file)
  return read.problems.length === 0 ? read : { ...read, problems: asTemplate(text, file, read.problems) }
}

function jsonDocuments(source: SourceText, isLarge: boolean): SourceDocument[] | undefined {
  const only = isLarge ? jsonDocument(source, keptOf) : undefined
  return only === undefined ? jsonObjects(source) : [only]
}

/** The objects of a text in which several stand one after the other, each beginning a line; undefined where it is not such a text. */
function jsonObjects(source: SourceText): SourceDocument[] | undefined {
  const starts = [...source.text.matchAll(/^\{/gm)].map(({ index }) => index)
  if (starts.length < 2) return undefined
  const documents: SourceDocument[] = []
  for (const [at, start] of starts.entries()) {
    const document = jsonDocument(source, keptOf, start, starts[at + 1])
    if (document === undefined) return undefined
    documents.push(document)
  }
  return documents
}

/** What is read of an entry of a list: a large part of a dump says who has set which field, or is of kinds that are only counted. */
function keptOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const object = value as Record<string, unknown>
  const { kind, metadata } = object
  const isCounted = typeof kind === 'string' && own(kinds, kind) === undefined && !kind.endsWith('List')
  const ballast = isCounted
    ? Object.keys(object).filter(each => each !== 'kind' && each !== 'apiVersion')
    : []
  for (const each of ballast) delete object[each]
  // Of an object from which a key was deleted V8 makes a table, which is slow to read.
  if (typeof metadata === 'object' && metadata !== null && unread in metadata) metadata[unread] = undefined
  return object
}

/** What only a Helm chart has between its braces; other texts in them stand in rules of Prometheus, say. */
const ofHelm =
  /\{\{-?\s*(?:\$?\.(?:Values|Release|Chart|Capabilities)\b|include\s|template\s|if\s|with\s|range\s|define\s)/
const ofJinja = /\{%-?\s*(?:if|for|set|include)\b/
/** Two braces in place of a value: in YAML a map for a key, which nobody means. */
const ofOthers = /(?:^|[:-] )\s*\{\{/

/** Whether something is wrong where a template has its braces; they may also stand in a text that is meant so, as in a ConfigMap. */
export function isInTemplate({ sourceLine }: Problem): boolean {
  return [ofHelm, ofJinja, ofOthers].some(braces => braces.test(sourceLine))
}

/** The one thing that is wrong with a file that is a template of manifests; its other mistakes come of that. */
export function asTemplate(text: string, file: string, problems: readonly Problem[]): Problem[] {
  if (problems.length === 0) return []
  const found = [ofHelm, ofJinja].flatMap(braces => firstLine(text, braces) ?? []).at(0)
  const place = found ?? problems.find(({ sourceLine }) => ofOthers.test(sourceLine))
  if (place === undefined) return [...problems]
  const { line, sourceLine } = place
  const isHelm = ofHelm.test(sourceLine)
  const column = sourceLine.search(/\{[{%]/) + 1
  const message = isHelm
    ? 'this is a template of a Helm chart, and no manifest yet'
    : 'this is a template, and no manifest yet'
  const fix = isHelm
    ? 'let Helm fill it in: helm template CHART-FOLDER > manifests.yaml; with "-" a manifest is read from a pipe'
    : 'let the program that it belongs to fill it in first'
  return [{ file, line, column, length: 2, sourceLine, message, fix }]
}

function firstLine(text: string, braces: RegExp): Pick<Problem, 'line' | 'sourceLine'> | undefined {
  if (!braces.test(text)) return undefined
  const lines = text.split('\n')
  const at = lines.findIndex(line => braces.test(line))
  return { line: at + 1, sourceLine: (lines[at] ?? '').replace(/\r$/, '') }
}
