import fc from 'fast-check'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { readDocuments } from '../../src/text/document.ts'
import { plainYaml } from '../../src/text/plain-yaml.ts'
import { damaged, flowPieces, manifestValue, nearlyYaml } from './yaml-fragments.ts'

/** What the library makes of it, in the order of its keys; undefined where it finds fault. */
function byLibrary(text: string): string | undefined {
  const { documents, problems } = readDocuments(text, 'a.yaml')
  return problems.length > 0 || documents.length !== 1 ? undefined : JSON.stringify(documents[0]!.value)
}

const written = fc.constantFrom(
  { indentSeq: false },
  { lineWidth: 0 },
  { singleQuote: true, indentSeq: false, lineWidth: 30 },
)
const flows = fc
  .tuple(manifestValue, flowPieces)
  .map(
    ([value, pieces]) =>
      `a: ${pieces}\n${stringify({ b: value }, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false })}`,
  )
const manifests = fc.tuple(manifestValue, written).map(([value, options]) => stringify(value, options))

it.each([
  ['texts that are nearly YAML', nearlyYaml],
  ['what a program writes', manifests],
  ['what is damaged', damaged(manifests)],
  ['what stands in braces and brackets', flows],
  ['what stands in them and is damaged', damaged(flows)],
])('gives nothing, or what the library gives, of %s', (_, texts) => {
  fc.assert(
    fc.property(texts, text => {
      const value = plainYaml(text)
      if (value !== undefined) expect(JSON.stringify(value)).toBe(byLibrary(text))
    }),
    { numRuns: 400 },
  )
})

it('reads what kubectl writes', () => {
  const text = `apiVersion: v1
kind: Service
metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"apiVersion":"v1","kind":"Service"}
    note: a long text that kubectl has broken
      into two lines
    "quoted": 'it''s "so"'
  managedFields:
  - fieldsV1:
      f:spec:
        f:ports:
          .: {}
          k:{"port":80,"protocol":"TCP"}:
            f:port: {}
  uid: 6e1c-4b
spec:
  clusterIPs:
  - 10.96.0.1
  ports:
  - port: 80
    targetPort: -1
  selector: null
  publishNotReadyAddresses: true
  externalIPs: []
status:
`
  expect(plainYaml(text)).toEqual({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': '{"apiVersion":"v1","kind":"Service"}\n',
        note: 'a long text that kubectl has broken into two lines',
        quoted: 'it\'s "so"',
      },
      managedFields: [
        {
          fieldsV1: {
            'f:spec': { 'f:ports': { '.': {}, 'k:{"port":80,"protocol":"TCP"}': { 'f:port': {} } } },
          },
        },
      ],
      uid: '6e1c-4b',
    },
    spec: {
      clusterIPs: ['10.96.0.1'],
      ports: [{ port: 80, targetPort: -1 }],
      selector: null,
      publishNotReadyAddresses: true,
      externalIPs: [],
    },
    status: null,
  })
})

it('reads what labs have in braces and brackets', () => {
  const text = `pods:
  a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}, "b": 1}
`
  expect(plainYaml(text)).toBeUndefined()
  expect(
    plainYaml(text.replace(', "b": 1', ', command: [sh, -c, "a: b", \'c, d\', 10.0.0.1:80, -1, no, true] ')),
  ).toEqual({
    pods: {
      a: {
        ...{ address: '10.0.0.11/24', serve: 8080, labels: { app: 'web' } },
        command: ['sh', '-c', 'a: b', 'c, d', '10.0.0.1:80', -1, 'no', true],
      },
    },
  })
  expect(plainYaml('bridges: [{name: br0}, {name: br1 }]\nsteps:\n- {title: A b, run: []}\n- []\n')).toEqual({
    bridges: [{ name: 'br0' }, { name: 'br1' }],
    steps: [{ title: 'A b', run: [] }, []],
  })
})

it('passes over what is below a key that nobody reads, and only that', () => {
  const below = ['- b: 1\n  c:\n    d: 2\n\n- |\n  e', '  b:\n  - {c: 1}\n', '', '# c'.replace('#', '  #')]
  for (const text of below) {
    const list = `- a: 1\n  m:\n  ${text.replaceAll('\n', '\n  ')}\n  z: 2\n- m: 3\n`
    expect(plainYaml(list, 0, new Map(), 'm')).toEqual([{ a: 1, m: null, z: 2 }, { m: 3 }])
  }
})

it.each([
  ...[
    'a: 1\na: 2',
    'a: &x 1',
    'a: *x',
    'a: {b: 1}: c',
    '- {b: 1} c',
    '- [a]: b',
    'a: {b: 1, b: 2}',
    'a: {b: 1,}',
    'a: {b: }',
    'a: {b}',
    'a: {"b": 1}',
    'a: {b: c: d}',
    'a: {b: - c}',
    'a: [a, ]',
    'a: [a: b]',
    'a: [b\n  ]',
    "a: ['it''s']",
    'a: ["\\n"]',
    'a: [0x1F]',
    'a: {true: 1}',
    'a: {<<: {}}',
    'a: [b',
    'a: 0x1F',
    'a: .inf',
    'a: "\\x41"',
    'a: >\n  b',
    'a: b # c',
  ],
  ...[
    'a:\n\tb: 1',
    'a: 1\r\n',
    '1: a',
    'true: a',
    '__proto__: 1',
    '? a',
    '--- a: 1',
    'a: b: c',
    'a',
    '',
    'a:\n    b: 1\n  c: 2',
  ],
])('leaves %j to the library', text => {
  expect(plainYaml(text)).toBeUndefined()
})

it('is not taken in by what nests without end', () => {
  expect(plainYaml('- '.repeat(100_000))).toBeUndefined()
  expect(
    plainYaml(Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')),
  ).toBeUndefined()
})

const many = 200_000
const lines = '\n'.repeat(many)
const spaces = ' '.repeat(many)

it.each([
  ['empty lines in a text', `a: |\n  x\n${lines}  y\n`, `x\n${lines}y\n`],
  ['empty lines behind a text', `a: |-\n  x\n${lines}`, 'x'],
  ['spaces in a quoted text', `a: " x${spaces}y${spaces}\n  z  "\n`, ` x${spaces}y z  `],
  ['comments', `${'# c\n'.repeat(5_000_000)}a: b\n`, 'b'],
])('reads very many %s in a moment', (_, text, a) => {
  expect(plainYaml(text)).toEqual({ a })
})
