import { stringify } from 'yaml'
import * as z from 'zod'
import { didYouMean, nearest } from '../text/did-you-mean.ts'

type Key = string | number
type Issue = z.core.$ZodIssue
type Schema = z.core.$ZodType

/** A mistake in people's words, with where it is. */
export interface SchemaMistake {
  path: Key[]
  message: string
  fix?: string | undefined
  on?: 'key' | 'value'
  /** The key that is missing in what `path` names. */
  missing?: string
}

/** Says in people's words what a schema complains about. */
export function schemaWords(schema: Schema, value: unknown, issues: readonly Issue[]): SchemaMistake[] {
  return issues
    .filter(issue => !isMisspelt(schema, value, issue, issues))
    .flatMap(issue => wordsFor(schema, value, issue))
}

/** A key that is missing only because it was written wrongly: the unknown key is told, and that is enough. */
function isMisspelt(root: Schema, value: unknown, issue: Issue, issues: readonly Issue[]): boolean {
  const path = missingPath(issue)
  if (path.length === 0 || valueAt(value, path) !== undefined) return false
  const parent = path.slice(0, -1)
  const known = keysOf(schemaAt(root, parent, value))
  return issues.some(
    other =>
      other.code === 'unrecognized_keys' &&
      other.path.join('\0') === parent.join('\0') &&
      other.keys.some(key => nearest(key, known) === path.at(-1)),
  )
}

/** Where something is missing: a rule of the schema's own names the key (`params.missing`). */
function missingPath(issue: Issue): Key[] {
  const key = issue.code === 'custom' ? issue.params?.missing : undefined
  return [...(issue.path as Key[]), ...(typeof key === 'string' ? [key] : [])]
}

function wordsFor(root: Schema, value: unknown, issue: Issue): SchemaMistake[] {
  const path = issue.path as Key[]
  const found = valueAt(value, path)
  const schema = schemaAt(root, path, value)
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysOf(schema)
      const options = optionsOf(schema)
      // Of several ways zod settles for the only one of which nothing but keys is wrong, though another may know those keys.
      if (options.length > 0 && issue.keys.some(key => known.includes(key))) {
        const errors = options.map(option => z.core.safeParse(option, found).error?.issues ?? [])
        if (errors.every(each => each.length > 0)) return unionWords(errors, schema, path, found)
      }
      return issue.keys.map(key => ({
        path: [...path, key],
        on: 'key',
        message: `unknown key "${key}"`,
        fix: didYouMean(key, known, 'keys that can stand here'),
      }))
    }
    case 'invalid_type':
      if (found === undefined) return [missing(path, schema)]
      return [
        {
          path,
          message: `expected ${typeName(issue.expected)}, found ${describe(found)}`,
          fix: advice(schema, issue.expected, found),
        },
      ]
    case 'invalid_value': {
      if (found === undefined) return [missing(path, schema)]
      const values = issue.values.map(String)
      if (values.length === 1) {
        return [
          { path, message: `expected ${values[0]}, found ${describe(found)}`, fix: `write ${values[0]}` },
        ]
      }
      const message = `${describe(found)} is not one of ${values.join(', ')}`
      return [
        {
          path,
          message,
          fix: didYouMean(typeof found === 'object' ? '' : String(found), values, 'write one of'),
        },
      ]
    }
    case 'invalid_union':
      return unionWords(issue.errors, schema, path, found)
    case 'invalid_key':
    case 'invalid_element':
      return issue.issues.map(inner => ({ path, on: 'key', message: inner.message, fix: ownFix(inner) }))
    case 'custom': {
      const { missing: key, on } = (issue.params ?? {}) as { missing?: string; on?: 'key' }
      if (key !== undefined) return [missing([...path, key], schemaAt(schema, [key], found))]
      const fix = ownFix(issue) ?? example(schema)
      return [{ path, message: issue.message, fix, ...(on === undefined ? {} : { on }) }]
    }
    case 'too_small':
      return [{ path, message: tooSmall(issue, found), fix: example(schema) }]
    case 'too_big':
      return [{ path, message: tooBig(issue, found), fix: example(schema) }]
    default:
      return [{ path, message: issue.message, fix: ownFix(issue) ?? example(schema) }]
  }
}

/** Of a value that may be written in several ways, tells what is wrong with the way that was most likely meant. */
function unionWords(
  errors: readonly (readonly Issue[])[],
  schema: Schema | undefined,
  path: Key[],
  found: unknown,
): SchemaMistake[] {
  if (found === undefined) return [missing(path, schema)]
  const options = optionsOf(schema)
  const ways = errors.flatMap((issues, index) => waysOf(issues, options[index]))
  const fitting = ways.filter(way => !way.issues.some(each => each.path.length === 0 && isWrongType(each)))
  const [best] = fitting
    .map(way => ({ ...way, far: distance(way.option, way.issues, found) }))
    .sort((a, b) => a.far - b.far || given(b.option, found) - given(a.option, found))
  if (best?.option === undefined) {
    const expected = ways.flatMap(way => way.issues.filter(isWrongType).map(each => expectation(each)))
    const message = `expected ${orList([...new Set(expected)])}, found ${describe(found)}`
    const literals = ways.flatMap(way => way.issues.flatMap(literalsOf))
    const near = typeof found === 'string' ? nearest(found, literals) : undefined
    const types = ways.flatMap(way => way.issues.flatMap(typeOf))
    const isTextOnly = types.includes('string') && !types.includes('int') && !types.includes('number')
    const shown = isTextOnly ? advice(schema, 'string', found) : example(schema)
    const fix = near === undefined ? (shown ?? options.map(example).find(Boolean)) : `did you mean "${near}"?`
    return [{ path, message, fix }]
  }
  return schemaWords(best.option, found, best.issues).map(mistake => ({
    ...mistake,
    path: [...path, ...mistake.path],
  }))
}

/** How far a value is from one way of writing it: unknown keys count most, for they say which way was meant. */
function distance(option: Schema | undefined, issues: readonly Issue[], found: unknown): number {
  const known = keysOf(option)
  return issues.reduce((sum, issue) => {
    if (issue.code === 'unrecognized_keys') {
      return sum + issue.keys.reduce((cost, key) => cost + (nearest(key, known) === undefined ? 4 : 1), 0)
    }
    return sum + (valueAt(found, issue.path as Key[]) === undefined ? 2 : 1)
  }, 0)
}

/** How many keys that one way of writing a value asks for are there. */
function given(option: Schema | undefined, found: unknown): number {
  const inner = unwrapped(option)
  if (!(inner instanceof z.ZodObject)) return 0
  const asked = Object.entries(inner.shape).filter(([, part]) => !(part instanceof z.ZodOptional))
  return asked.filter(([key]) => valueAt(found, [key]) !== undefined).length
}

/** A way, or the ways that it may be written in turn. */
function waysOf(
  issues: readonly Issue[],
  option: Schema | undefined,
): { issues: readonly Issue[]; option: Schema | undefined }[] {
  const [only, ...more] = issues
  if (only?.code !== 'invalid_union' || only.path.length > 0 || more.length > 0) return [{ issues, option }]
  const inner = optionsOf(option)
  return only.errors.flatMap((each, index) => waysOf(each, inner[index]))
}

function isWrongType(issue: Issue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union'
}

function typeOf(issue: Issue): string[] {
  return issue.code === 'invalid_type' ? [issue.expected] : []
}

function literalsOf(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String)
  return issue.code === 'invalid_union' ? issue.errors.flat().flatMap(literalsOf) : []
}

function expectation(issue: Issue): string {
  if (issue.code === 'invalid_type') return typeName(issue.expected)
  if (issue.code === 'invalid_value') return issue.values.join(', ')
  if (issue.code === 'invalid_union') {
    return orList([...new Set(issue.errors.flat().filter(isWrongType).map(expectation))])
  }
  return issue.message
}

function missing(path: Key[], schema: Schema | undefined): SchemaMistake {
  const key = path.at(-1) ?? ''
  const shown = exampleOf(schema) ?? '…'
  return {
    path: path.slice(0, -1),
    on: 'key',
    message: `"${key}" is missing`,
    fix: `add "${key}: ${shown}"`,
    missing: String(key),
  }
}

function advice(schema: Schema | undefined, expected: string, found: unknown): string | undefined {
  if (expected === 'string' && (typeof found === 'number' || typeof found === 'boolean')) {
    return `put it in quotes: "${found}"`
  }
  return example(schema)
}

function example(schema: Schema | undefined): string | undefined {
  const shown = exampleOf(schema)
  return shown === undefined ? undefined : `write, for example, ${shown}`
}

function exampleOf(schema: Schema | undefined): string | undefined {
  for (let each = schema; each; each = wrapped(each)) {
    const examples = z.globalRegistry.get(each as z.ZodType)?.examples as unknown
    if (Array.isArray(examples) && examples.length > 0) return withPlaceholders(inline(examples[0]))
  }
  return undefined
}

/** An example without the addresses and pods of the lab that it is from, which would be wrong in another. */
function withPlaceholders(example: string): string {
  return example
    .replace(
      /"?(?:\b\d{1,3}(?:\.\d{1,3}){3}|\b[0-9a-f]{2,4}(?::[0-9a-f]{0,4}){2,7})(\/\d{1,3})?\b"?/g,
      (_, prefix) => (prefix === undefined ? 'ADDRESS' : 'ADDRESS/PREFIX'),
    )
    .replace(/\bnetns_\d+\b/g, 'POD')
}

function inline(value: unknown): string {
  if (typeof value === 'string') return value
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trim()
}

function ownFix(issue: Issue): string | undefined {
  const fix: unknown = 'params' in issue ? issue.params?.fix : undefined
  return typeof fix === 'string' ? fix : undefined
}

function tooSmall(issue: z.core.$ZodIssueTooSmall, found: unknown): string {
  if (issue.origin === 'array' || issue.origin === 'string') return 'must not be empty'
  return `${describe(found)} is too small: ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`
}

function tooBig(issue: z.core.$ZodIssueTooBig, found: unknown): string {
  if (issue.origin === 'string') return `longer than ${issue.maximum} characters`
  if (issue.origin === 'array') return `more than ${issue.maximum} entries`
  return `${describe(found)} is too much: ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`
}

function typeName(expected: string): string {
  const names: Record<string, string> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    object: 'a map (key: value)',
    record: 'a map (key: value)',
    array: 'a list (- item)',
    null: 'nothing',
  }
  return names[expected] ?? expected
}

function describe(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value === 'string') return value.length > 60 ? 'a long text' : `"${value}"`
  return String(value)
}

function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

function valueAt(value: unknown, path: readonly Key[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<Key, unknown>)[key]
        : undefined,
    value,
  )
}

/**
 * The schema of what stands at `path` in `value`. Of several ways to write what is around it, that one which knows the most of the keys
 * that are there, and the first of those.
 */
function schemaAt(schema: Schema | undefined, path: readonly Key[], value: unknown): Schema | undefined {
  const [key, ...rest] = path
  const outer = unwrapped(schema)
  if (key === undefined || outer === undefined) return schema
  if (outer instanceof z.ZodUnion) {
    const options = (outer.options as readonly Schema[]).toSorted(
      (a, b) => unknownKeys(a, value) - unknownKeys(b, value),
    )
    for (const option of options) {
      const inner = schemaAt(option, path, value)
      if (inner) return inner
    }
    return undefined
  }
  const part = valueAt(value, [key])
  if (outer instanceof z.ZodObject && Object.hasOwn(outer.shape, key)) {
    return schemaAt(outer.shape[key] as Schema, rest, part)
  }
  if (outer instanceof z.ZodRecord) return schemaAt(outer.valueType as Schema, rest, part)
  if (outer instanceof z.ZodArray && typeof key === 'number')
    return schemaAt(outer.element as Schema, rest, part)
  return undefined
}

function unknownKeys(schema: Schema, value: unknown): number {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 0
  const known = keysOf(schema)
  return Object.keys(value).filter(key => !known.includes(key)).length
}

function keysOf(schema: Schema | undefined): string[] {
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodUnion) return (inner.options as readonly Schema[]).flatMap(keysOf)
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : []
}

function optionsOf(schema: Schema | undefined): readonly Schema[] {
  const inner = unwrapped(schema)
  return inner instanceof z.ZodUnion ? (inner.options as readonly Schema[]) : []
}

function unwrapped(schema: Schema | undefined): Schema | undefined {
  let inner = schema
  for (let next = wrapped(inner); next; next = wrapped(inner)) inner = next
  return inner
}

function wrapped(schema: Schema | undefined): Schema | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return schema.unwrap() as Schema
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return schema.unwrap() as Schema
  if (schema instanceof z.ZodPipe) return schema.in as Schema
  if (schema instanceof z.ZodLazy) return schema.unwrap() as Schema
  return undefined
}
