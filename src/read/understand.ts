import type * as z from 'zod'
import type { Path, SourceDocument } from '../text/document.ts'
import { mostMistakes, type Problem } from '../text/problem.ts'
import { type SchemaMistake, schemaWords } from './schema-words.ts'

/**
 * Checks a document, or the part of it at `at`, against a schema; each mistake is told in people's words.
 * A rule of the schema may give its own advice as `params.fix`, and examples in its metadata.
 */
export function checkAgainst<T>(
  schema: z.ZodType<T>,
  document: SourceDocument,
  at: Path = [],
): { value: T | undefined; problems: Problem[] } {
  const part = at.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], document.value)
  const result = schema.safeParse(part)
  if (result.success) return { value: result.data, problems: [] }
  const problems = schemaWords(schema, part, result.error.issues.slice(0, mostMistakes)).map(
    ({ path, message, fix, on }) => document.problemAt([...at, ...path], message, { fix, ...(on && { on }) }),
  )
  return { value: undefined, problems }
}

/** The part of a document that fits a schema. */
export interface Understood<T> {
  value: T | undefined
  problems: Problem[]
  /** Where in the document something was wrong. */
  mistaken: Path[]
  /** Turns a path of `value` into one of the document: list items that were left out shift the others. */
  original(path: Path): Path
}

type Container = Record<string | number, unknown>

/** Rounds of leaving out. Leaving out a field can make what it stood in incomplete, so that it goes in the next. */
const rounds = 8

/**
 * Checks a document against a schema, and where it does not fit leaves out what is wrong, entry by entry, so that
 * mistakes of the rest can be told in the same go. `required` stands in for keys without which nothing can be read.
 */
export function understand<T>(
  schema: z.ZodType<T>,
  document: SourceDocument,
  required: Readonly<Record<string, unknown>>,
): Understood<T> {
  const { value, problems } = checkAgainst(schema, document)
  if (value !== undefined) return { value, problems, mistaken: [], original: path => path }

  const indexes = new Map<unknown, number[]>()
  const rest = copy(document.value, indexes)
  const original = (path: Path) => originalPath(rest, path, indexes)
  const mistaken: Path[] = []
  for (let round = 0; round < rounds; round++) {
    const result = schema.safeParse(rest)
    if (result.success) return { value: result.data, problems, mistaken, original }
    const mistakes = schemaWords(schema, rest, result.error.issues)
    for (const { path } of mistakes) mistaken.push(original(path))
    if (!leaveOut(rest, mistakes, required, indexes)) break
  }
  return { value: undefined, problems, mistaken, original }
}

/** A copy in which nothing is shared, with the index that each list item has in the document. */
function copy(value: unknown, indexes: Map<unknown, number[]>): unknown {
  if (Array.isArray(value)) {
    const items = value.map(item => copy(item, indexes))
    indexes.set(items, [...items.keys()])
    return items
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner, indexes)]))
}

/** Removes what the mistakes are about; false where that leaves nothing. */
function leaveOut(
  root: unknown,
  mistakes: readonly SchemaMistake[],
  required: Readonly<Record<string, unknown>>,
  indexes: ReadonlyMap<unknown, number[]>,
): boolean {
  const doomed = new Map<Container, Set<string | number>>()
  for (const { path, missing } of mistakes) {
    const key = path.at(-1)
    const container = path.slice(0, -1).reduce<unknown>((value, step) => (value as Container)?.[step], root)
    if (typeof container !== 'object' || container === null) return false
    if (key === undefined) {
      if (missing === undefined || !Object.hasOwn(required, missing)) return false
      ;(container as Container)[missing] = required[missing]
    } else doomed.set(container as Container, (doomed.get(container as Container) ?? new Set()).add(key))
  }
  for (const [container, keys] of doomed) {
    if (Array.isArray(container)) {
      for (const index of [...keys].map(Number).sort((a, b) => b - a)) {
        container.splice(index, 1)
        indexes.get(container)?.splice(index, 1)
      }
    } else for (const key of keys) delete container[key]
  }
  return true
}

function originalPath(root: unknown, path: Path, indexes: ReadonlyMap<unknown, number[]>): Path {
  let value = root
  return path.map(key => {
    const known = typeof key === 'number' ? indexes.get(value)?.[key] : undefined
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Container)[key]
        : undefined
    return known ?? key
  })
}
