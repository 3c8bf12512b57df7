import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { Lexer, stringify } from 'yaml'
import { jsonDocument, yamlDocuments } from '../../../src/read/manifest/large-manifests.ts'
import { manifestsOf, readManifests } from '../../../src/read/manifest/read-manifests.ts'
import { type Path, readDocuments, type SourceDocument } from '../../../src/text/document.ts'
import { SourceText } from '../../../src/text/source-text.ts'
import { damaged, manifestValue, nearlyYaml } from '../../text/yaml-fragments.ts'

const whole = (value: unknown) => value

function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [
    path,
    ...Object.entries(value).flatMap(([key, inner]) =>
      pathsIn(inner, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ]
}

/** All that a document says of itself, but for the place of a list's entries together, which nobody asks for. */
function allOf(document: SourceDocument) {
  const { value } = document
  const paths = pathsIn(value).filter(([first, ...others]) => first !== 'items' || others.length > 0)
  return {
    value: JSON.stringify(value),
    places: paths.map(path => [
      path,
      document.lineAt(path),
      ...([undefined, 'key', 'value'] as const).map(on => document.problemAt([...path], 'off', on && { on })),
      document.problemAt([...path, 'missing'], 'off'),
    ]),
  }
}

function mustBeAlike(quick: readonly SourceDocument[] | undefined, text: string): void {
  if (quick === undefined) return
  const { documents, problems } = readDocuments(text, 'm')
  expect(problems).toEqual([])
  expect(quick.map(allOf)).toEqual(documents.map(allOf))
}

const list = fc
  .tuple(fc.array(manifestValue, { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([items, indentSeq]) =>
    stringify({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } }, { indentSeq }),
  )
const entries = fc
  .array(nearlyYaml, { minLength: 1, maxLength: 3 })
  .map(
    texts =>
      `items:\n${texts.map(text => `- a: 1\n  ${text.replaceAll('\n', '\n  ')}\n`).join('')}kind: List\n`,
  )
const stream = fc.array(fc.oneof(list, nearlyYaml), { maxLength: 3 }).map(texts => texts.join('---\n'))

it.each([
  ['a list', list],
  ['a list that is damaged', damaged(list)],
  ['a list of nearly YAML', entries],
  ['several documents', stream],
])('%s in YAML has the values and places that it has when it is read as a whole', (_, texts) => {
  fc.assert(
    fc.property(texts, text => mustBeAlike(yamlDocuments(new SourceText(text, 'm'), whole), text)),
    { numRuns: 60 },
  )
})

it('so does an entry that begins with a comment', () => {
  const text = 'items:\n- # a: 1\n  b: 2\nkind: List\n'
  mustBeAlike(yamlDocuments(new SourceText(text, 'm'), whole), text)
})

it('so does a list in JSON', () => {
  const lists = fc.record({
    kind: fc.constant('List'),
    items: fc.array(manifestValue),
    metadata: manifestValue,
  })
  fc.assert(
    fc.property(lists, fc.constantFrom(0, 1, 4), (value, indent) => {
      const text = JSON.stringify(value, null, indent)
      const document = jsonDocument(new SourceText(text, 'm'), whole)
      expect(document).toBeDefined()
      mustBeAlike([document!], text)
    }),
    { numRuns: 60 },
  )
})

it('what is not JSON is not taken for it, wherever the fault is', () => {
  const texts = fc
    .record({ a: manifestValue, items: fc.array(manifestValue), z: manifestValue })
    .map(value => JSON.stringify(value))
  fc.assert(
    fc.property(damaged(texts), text => {
      let value: unknown
      try {
        value = JSON.parse(text)
      } catch {}
      const document = jsonDocument(new SourceText(text, 'm'), whole)
      expect(JSON.stringify(document?.value)).toBe(JSON.stringify(value))
    }),
    { numRuns: 400 },
  )
})

it.each(['abc\ndef', '{a: 1,\nb: 2}', '"a\nb"', '{a: 1}\n-'])(
  'an entry that is not indented is none that could be read alone: %j',
  entry => {
    const text = `items:\n- ${entry}\n- a: 1\n`
    mustBeAlike(yamlDocuments(new SourceText(text, 'm'), whole), text)
  },
)

it.each(['\f', '\v', '\0'])('%j between entries is no JSON', space => {
  const source = new SourceText(`{"items": [{},${space}{}]}`, 'm')
  expect(jsonDocument(source, whole)).toBeUndefined()
})

it('a list in JSON with an entry in each line is read line by line', () => {
  const values = Array.from({ length: 100_000 }, (_, a) => ({ a }))
  const text = `{"items": [\n  ${values.map(value => JSON.stringify(value)).join(',\n  ')}\n]}`
  expect(jsonDocument(new SourceText(text, 'm'), whole)?.value).toEqual({ items: values })
})

describe('of a dump with mistakes', () => {
  const service = (name: string, spec: object) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, managedFields: [{ manager: 'x' }] },
    spec,
  })
  const dump = {
    apiVersion: 'v1',
    items: [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'large' }, data: { a: 'x'.repeat(300_000) } },
      service('a', { ports: [{ port: 80 }] }),
      service('b', { clusterip: '10.96.0.1', ports: [{ port: 0 }] }),
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, status: { images: [] } },
      { apiVersion: 'v1', kind: 'Sevice', metadata: { name: 'c' } },
      { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'd' } },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        addressType: 'IPv4',
        metadata: { name: 'e' },
      },
      { kind: 'Service' },
      {
        apiVersion: 'v1',
        kind: 'ServiceList',
        items: [service('f', { ports: [] }), { spec: 1, metadata: { name: 'g' } }],
      },
      service('a', { ports: [{ port: 81 }] }),
      null,
    ],
    kind: 'List',
    metadata: { resourceVersion: '' },
  }
  const {
    items: [, ...withoutNull],
    ...rest
  } = { ...dump, items: dump.items.toReversed() }
  const lex = vi.spyOn(Lexer.prototype, 'lex')
  beforeEach(() => lex.mockClear())
  afterAll(() => lex.mockRestore())

  it.each([
    ['YAML', stringify({ ...rest, items: withoutNull.toReversed() }, { indentSeq: false })],
    ['YAML whose lists are indented', stringify({ ...rest, items: withoutNull.toReversed() })],
    ['JSON', JSON.stringify(dump, null, 4)],
    ['JSON in one line', JSON.stringify(dump)],
  ])(
    'in %s all is told that is told where each value has its place, and only what is told is looked through',
    (_, text) => {
      const { objects, problems, skipped, otherKinds } = readManifests(text, 'm')
      expect(problems.length).toBeGreaterThan(5)
      expect(lex.mock.calls.length).toBeGreaterThan(0)
      expect(Math.max(...lex.mock.calls.map(([part]) => part.length))).toBeLessThan(1000)
      const whole = manifestsOf([readDocuments(text, 'm')])
      expect({ objects, problems, skipped, otherKinds }).toEqual({
        objects: whole.objects,
        problems: whole.problems,
        skipped: whole.skipped,
        otherKinds: whole.otherKinds,
      })
    },
  )

  it('a fault of YAML is told as in a small file', () => {
    const text = stringify(dump, { indentSeq: false })
    const broken = text.replace('clusterip: 10.96.0.1', 'clusterip: "10.96.0.1')
    expect(readManifests(broken, 'm').problems).toEqual(readDocuments(broken, 'm').problems)
    const twice = text.replace('clusterip: 10.96.0.1', 'ports: []')
    expect(readManifests(twice, 'm').problems).toEqual(manifestsOf([readDocuments(twice, 'm')]).problems)
  })
})
