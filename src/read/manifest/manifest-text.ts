import { type ReadDocuments, readDocuments, type SourceDocument } from '../../text/document.ts'
import type { Problem } from '../../text/problem.ts'
import { lazyJsonDocument } from './lazy-json.ts'

/** From this size on, in characters, JSON is what a program wrote: whole clusters, and no key twice. */
const large = 256 * 1024

/** The documents of a file of manifests: YAML, JSON, or several JSON objects one after the other. */
export function manifestDocuments(text: string, file: string): ReadDocuments {
  if (/^\s*\{/.test(text)) {
    const json = text.length < large ? undefined : lazyJsonDocument(text, file, 0)
    const documents = json === undefined ? jsonObjects(text, file) : [json]
    if (documents !== undefined) return { documents, problems: [] }
  }
  const read = readDocuments(text, file)
  return read.problems.length === 0 ? read : { ...read, problems: asTemplate(text, file, read.problems) }
}

/** The objects of a text in which several stand one after the other, each beginning a line; undefined where it is not such a text. */
function jsonObjects(text: string, file: string): SourceDocument[] | undefined {
  const starts = [...text.matchAll(/^\{/gm)].map(({ index }) => index)
  if (starts.length < 2) return undefined
  const documents: SourceDocument[] = []
  for (const [at, start] of starts.entries()) {
    const document = lazyJsonDocument(text.slice(start, starts[at + 1]), file, start, text)
    if (document === undefined) return undefined
    documents.push(document)
  }
  return documents
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
