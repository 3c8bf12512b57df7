import { expect, test } from 'vitest'
import * as z from 'zod'
import { checkAgainst } from '../../src/read/understand.ts'
import { readDocuments } from '../../src/text/document.ts'
import type { Problem } from '../../src/text/problem.ts'

function told(problems: readonly Problem[]): string[] {
  return problems.map(
    ({ line, column, message, fix }) => `${line}:${column} ${message}${fix ? ` — ${fix}` : ''}`,
  )
}

function problemsOf(text: string): string[] {
  return told(readDocuments(text, 'a.yaml').problems)
}

const schema = z.strictObject({
  name: z.string().meta({ examples: ['clusterip'] }),
  count: z.int().optional(),
  protocol: z.enum(['TCP', 'UDP']).optional(),
  pod: z
    .union([z.string(), z.strictObject({ address: z.string(), labels: z.string().optional() })])
    .meta({ examples: ['10.0.0.11/24'] })
    .optional(),
  checks: z
    .array(z.union([z.strictObject({ curl: z.string() }), z.strictObject({ command: z.string() })]))
    .optional(),
})

function schemaProblemsOf(text: string): string[] {
  const [document] = readDocuments(text, 'a.yaml').documents
  return told(checkAgainst(schema, document!).problems)
}

test('several documents are read, those with nothing in them are left out', () => {
  const { documents, problems } = readDocuments('---\na: 1\n---\n# nothing\n---\nb: [2]\n', 'a.yaml')
  expect(problems).toEqual([])
  expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { b: [2] }])
  expect(readDocuments('', 'a.yaml')).toEqual({ documents: [], problems: [] })
})

test('a problem points at a value, or at its key, or at what would hold it', () => {
  const [document] = readDocuments('pods:\n  näh: {address: 10.0.0.300/24}\n  b:\n', 'a.yaml').documents
  const at = (...args: Parameters<NonNullable<typeof document>['problemAt']>) => {
    const { line, column, length, sourceLine } = document!.problemAt(...args)
    return `${line}:${column} ${sourceLine.slice(column - 1, column - 1 + length)}`
  }
  expect(at(['pods', 'näh', 'address'], '')).toBe('2:18 10.0.0.300/24')
  expect(at(['pods', 'näh', 'address'], '', { on: 'key' })).toBe('2:9 address')
  expect(at(['pods', 'näh', 'gateway'], '')).toBe('2:8 {address: 10.0.0.300/24}')
  expect(at(['pods', 'b'], '')).toBe('3:3 b')
  expect(at(['pods'], '')).toBe('1:1 pods')
  expect(document!.lineAt(['pods', 'b'])).toBe(3)
})

test('a value behind an alias is shown where it is written', () => {
  const [document] = readDocuments('a: &x {port: 0}\nb: *x\n', 'a.yaml').documents
  expect(document!.problemAt(['b', 'port'], '')).toMatchObject({ line: 1, column: 14 })
})

test('syntax errors are told in words, one for each line', () => {
  expect(problemsOf('a:\n\tb: 1\n')).toEqual([
    '2:1 a tab is used as indentation — indent with spaces, two for each level',
  ])
  expect(problemsOf('a: "x\nb: 1')).toEqual(['1:4 this quote is never closed — close it with "'])
  expect(problemsOf('a: 1\na: 2\n')).toEqual([
    '2:1 "a" stands twice in this map, first in line 1 — keep one of the two',
  ])
  expect(problemsOf('a:1\nb: 2')).toEqual([
    '1:1 this is neither a key nor a value — write "key: value", with a space after the colon',
  ])
})

test('what would exhaust the machine is refused', () => {
  expect(problemsOf('['.repeat(200_000))).toEqual(['1:65 nested more than 64 levels deep'])
  expect(problemsOf('- '.repeat(200_000))).toHaveLength(1)
  expect(problemsOf('a: &x [*x]')).toEqual(['1:8 *x contains itself — write the value out'])
  const levels = Array.from(
    { length: 9 },
    (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`,
  )
  expect(problemsOf(['a0: &a0 [x, x, x]', ...levels].join('\n'))).toEqual([
    '6:20 aliases blow this file up to more than 100,000 values — write the values out',
  ])
})

test('a file that is no text is refused', () => {
  expect(problemsOf('name: x\0')).toEqual(['1:8 this is not a text file — give a lab file: YAML, in UTF-8'])
  expect(problemsOf('name: \u0007')).toEqual(['1:7 a control character (U+0007) stands here — remove it'])
})

test('a schema is explained in words', () => {
  expect(schemaProblemsOf('nam: 1')).toEqual(['1:1 unknown key "nam" — did you mean "name"?'])
  expect(schemaProblemsOf('name: 12\ncount: 1.5\nprotocol: udp')).toEqual([
    '1:7 expected text, found 12 — put it in quotes: "12"',
    '2:8 expected a whole number, found 1.5',
    '3:11 "udp" is not one of TCP, UDP — did you mean "UDP"?',
  ])
})

test('of several ways to write a value, the one that was meant is explained', () => {
  expect(schemaProblemsOf('name: x\npod: [1]')).toEqual([
    '2:6 expected text or a map (key: value), found a list — write, for example, ADDRESS/PREFIX',
  ])
  expect(schemaProblemsOf('name: x\npod: {adress: 1, labels: y}')).toEqual([
    '2:7 unknown key "adress" — did you mean "address"?',
  ])
  expect(schemaProblemsOf('name: x\nchecks:\n  - curl: 1\n  - comand: x\n  - 3')).toEqual([
    '3:11 expected text, found 1 — put it in quotes: "1"',
    '4:5 unknown key "comand" — did you mean "command"?',
    '5:5 expected a map (key: value), found 3',
  ])
})
