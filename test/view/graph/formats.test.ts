import { expect, test } from 'vitest'
import type { Graph } from '../../../src/graph/graph.ts'
import { graphOf } from '../../../src/graph/lab-graph.ts'
import { chainsOf } from '../../../src/graph/lab-rules.ts'
import { labAsBuilt } from '../../../src/plan/lab-in-condition.ts'
import { loadLab } from '../../../src/read/load-lab.ts'
import { findLab } from '../../../src/read/load-shipped.ts'
import {
  type GraphFormat,
  graphFormats,
  renderGraph,
  renderRules,
} from '../../../src/view/graph/graph-formats.ts'
import { plain } from '../fixtures.ts'

const small = graphOf(labAsBuilt(loadLab(findLab('two-pods'))))

test('gives Mermaid a flowchart', async () => {
  expect(await renderGraph(plain(80), small, 'mermaid')).toMatchInlineSnapshot(`
    "flowchart TB
      subgraph n1["host"]
        n2["no address"]
        n3[["br1<br>10.0.0.1/24"]]
        n4["a<br>10.0.0.11/24<br>:8080<br>default via 10.0.0.1"]
        n5["b<br>10.0.0.21/24<br>:8080<br>default via 10.0.0.1"]
      end
      n3 ---|"veth_a – eth0"| n4
      n3 ---|"veth_b – eth0"| n5
      n2 --- n3
    "
  `)
})

test('gives Graphviz a graph with a cluster for each node', async () => {
  expect(await renderGraph(plain(80), small, 'dot')).toMatchInlineSnapshot(`
    "graph lab {
      label="Two pods on a bridge"; labelloc=t; rankdir=TB
      node [shape=box, fontname="monospace", fontsize=10]; edge [fontname="monospace", fontsize=8]
      subgraph "cluster frame host" {
        label="host"; labeljust=l
        "place host" [label="no address"]
        "bridge host br1" [label="br1\\n10.0.0.1/24", style=filled, fillcolor="#dafbe1"]
        "place a" [label="a\\n10.0.0.11/24\\n:8080\\ndefault via 10.0.0.1", style=filled, fillcolor="#ddf4ff"]
        "place b" [label="b\\n10.0.0.21/24\\n:8080\\ndefault via 10.0.0.1", style=filled, fillcolor="#ddf4ff"]
      }
      "bridge host br1" -- "place a" [taillabel="veth_a", headlabel="eth0"]
      "bridge host br1" -- "place b" [taillabel="veth_b", headlabel="eth0"]
      "place host" -- "bridge host br1"
    }
    "
  `)
})

test('gives other programs all that it knows', async () => {
  expect(JSON.parse(await renderGraph(plain(80), small, 'json'))).toEqual(JSON.parse(JSON.stringify(small)))
})

/** What a hostile lab, or what runs in it, may call things. */
const hostile =
  '</text><script>alert("1")</script>&amp;\u001b[2J\u202e"]; end\nclick n1 "javascript:1"\\" -->'

function poisoned<T>(drawn: T): T {
  const grown = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string')
      return ['kind', 'protocol', 'family'].includes(key) || value === 'host' ? value : `${value}${hostile}`
    if (Array.isArray(value)) return value.map(each => grown(each, key))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, grown(field, name)]))
  }
  return grown(drawn) as T
}

const marked: Graph = {
  ...small,
  places: small.places.map(place => ({ ...place, marks: [{ kind: 'changed', words: 'x' }] })),
}

test.each(graphFormats)('takes every name for text in %s', async format =>
  expectText(await renderGraph(plain(80), poisoned(marked), format), format),
)

test.each(graphFormats)('takes every word of a rule for text in %s', async format => {
  const { lab, condition } = labAsBuilt(loadLab(findLab('clusterip')))
  const counted = chainsOf(lab, condition.endpoints).map(({ chains, ...place }) => ({
    ...place,
    chains: chains.map(chain => (chain.isHook ? { ...chain, policy: 'DROP' } : chain)),
  }))
  const text = await renderRules(plain(80), { name: hostile, found: poisoned(counted) }, format)
  for (const words of ['KUBE-SERVICES', 'DNAT to', 'the rest: DROP'])
    expect(text).toContain(format === 'json' ? words.replace('the rest: ', '') : words)
  expectText(text, format)
})

function expectText(text: string, format: GraphFormat): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
  if (format === 'svg') {
    expect(text).not.toMatch(/<script|<\/text><|javascript:[^1]|href|url\(|@import/)
    expect([...text.matchAll(/<([a-z]+)/g)].map(([, tag]) => tag).filter(tag => tag === 'script')).toEqual([])
    expect(text.split('<text').length).toBe(text.split('</text>').length)
  }
  if (format === 'mermaid')
    for (const line of text.split('\n')) expect(line).not.toMatch(/^\s*(click|end\S)|<script/)
  if (format === 'dot') expect(text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')).not.toMatch(/script|click/)
}

test('an SVG asks for nothing from elsewhere, and knows light and dark', async () => {
  const text = await renderGraph(plain(80), small, 'svg')
  expect(text).not.toMatch(/href|url\(|@import|<image|<foreignObject|<script/)
  expect([...text.matchAll(/https?:[^"' ]*/g)].map(([url]) => url)).toEqual(['http://www.w3.org/2000/svg'])
  expect(text).toContain('prefers-color-scheme: dark')
})
