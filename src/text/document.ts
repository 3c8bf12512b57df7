import {
  Composer,
  type CST,
  type Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  Parser,
  type YAMLError,
} from 'yaml'
import { DocumentTree, type Path } from './document-tree.ts'
import { mostMistakes, type Problem } from './problem.ts'
import { type Source, SourceText, unprintable } from './source-text.ts'
import { yamlWords } from './yaml-words.ts'

export type { Path } from './document-tree.ts'
export { problemOfFile } from './source-text.ts'

/** How to tell a problem: what to write instead, and whether the key or the value is to blame. */
export interface ProblemOptions {
  fix?: string | undefined
  on?: 'key' | 'value'
}

/** One YAML document as plain data that still knows where each value was written. */
export interface SourceDocument {
  file: string
  text: string
  value: unknown
  /** A problem with the value at `path`; where there is no such value, with what would hold it. */
  problemAt(path: Path, message: string, options?: ProblemOptions): Problem
  /** 1-based line on which the value at `path` is written. */
  lineAt(path: Path): number
}

/** The documents of one file, and what is wrong with those that are left out. */
export interface ReadDocuments {
  documents: SourceDocument[]
  problems: Problem[]
}

/** No lab needs more; the parser of YAML takes the whole process down when a file nests some thousands. */
export const deepest = 64

/** Reads YAML (or JSON, which is YAML) with positions kept; a document with a syntax error is left out. */
export function readDocuments(text: string, file: string): ReadDocuments {
  return readSource(new SourceText(text, file))
}

/** Reads a text, or a part of one, as `readDocuments` does; `levels`: how deep what is in it may be nested. */
export function readSource(source: Source, levels = deepest): ReadDocuments {
  const odd = unprintable(source.body)
  if (odd) return { documents: [], problems: [source.problem(odd.at, odd.at + 1, odd.message, odd.fix)] }

  const parsed = parse(source.body, levels)
  if ('tooDeepAt' in parsed) {
    const message = `nested more than ${levels} levels deep`
    return { documents: [], problems: [source.problem(parsed.tooDeepAt, parsed.tooDeepAt + 1, message)] }
  }
  const documents: SourceDocument[] = []
  const problems: Problem[] = []
  for (const document of parsed.documents) {
    const mistakes = [...document.errors, ...document.warnings].slice(0, mostMistakes)
    if (mistakes.length > 0) {
      problems.push(...onePerLine(mistakes.map(mistake => syntaxProblem(mistake, document, source))))
      continue
    }
    const tree = new DocumentTree(document, source)
    problems.push(...tree.problems)
    if (!tree.readable) continue
    const value = plainData(document)
    if (value instanceof Error) problems.push(source.problem(0, 1, `cannot be read: ${value.message}`))
    else if (value !== null) documents.push(documentOf(value, tree, source))
  }
  return { documents, problems }
}

/** The tree has passed its checks; what may still fail is YAML 1.1 (merge keys), which a `%YAML` line asks for. */
function plainData(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: -1 })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function documentOf(value: unknown, tree: DocumentTree, source: Source): SourceDocument {
  return {
    file: source.file,
    text: source.text,
    value,
    problemAt: (path, message, options = {}) =>
      source.problem(...tree.range(path, options.on), message, options.fix),
    lineAt: path => source.lineOf(tree.range(path)[0]),
  }
}

/** Parses step by step, because only between the steps can the depth be seen in time. */
function parse(text: string, levels: number): { documents: Document.Parsed[] } | { tooDeepAt: number } {
  const parser = new Parser()
  const tokens: CST.Token[] = []
  let offset = 0
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme))
    // Below the document each level takes one place on the parser's stack, a flow collection in a map two.
    if (parser.stack.length > levels + 1) return { tooDeepAt: offset }
    offset = parser.offset
  }
  tokens.push(...parser.end())
  // Keys are compared here, in `DocumentTree`: the composer's own comparison is quadratic, and an error of its own kind.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false })
  const documents: Document.Parsed[] = []
  for (const token of tokens) documents.push(...(composer.next(token) as Iterable<Document.Parsed>))
  documents.push(...(composer.end() as Iterable<Document.Parsed>))
  return { documents }
}

function syntaxProblem(mistake: YAMLError, document: Document.Parsed, source: Source): Problem {
  const [from, to] = mistake.pos
  const found = source.body.slice(from).match(/^\S[^\s,\]}]{0,29}/)?.[0] ?? ''
  const startsLine = /^[ \t-]*$/.test(source.body.slice(source.body.lastIndexOf('\n', from - 1) + 1, from))
  const { message, fix } = yamlWords(mistake.code, mistake.message, found, startsLine)
  const isQuote = mistake.code === 'MISSING_CHAR' && mistake.message.includes('quote')
  const start = isQuote ? openingQuote(document.contents, from) : undefined
  return source.problem(start ?? from, start === undefined ? to : start + 1, message, fix)
}

/** Where the quoted text starts that ends at `end`, if there is one. */
function openingQuote(node: unknown, end: number): number | undefined {
  if (isScalar(node)) {
    const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE'
    return quoted && node.range && node.range[1] >= end ? node.range[0] : undefined
  }
  const inside = isPair(node) ? [node.key, node.value] : isMap(node) || isSeq(node) ? node.items : []
  for (const child of inside) {
    const found = openingQuote(child, end)
    if (found !== undefined) return found
  }
  return undefined
}

/** The parser trips again over the rest of a line that it did not understand; people need the first word only. */
function onePerLine(problems: readonly Problem[]): Problem[] {
  const seen = new Set<number>()
  return problems.filter(({ line }) => !seen.has(line) && seen.add(line))
}
