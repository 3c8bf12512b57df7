import { expect, test } from 'vitest'
import type { Graph } from '../../../src/graph/graph.ts'
import { graphOf } from '../../../src/graph/lab-graph.ts'
import type { PlaceChains } from '../../../src/graph/lab-rules.ts'
import { labAsBuilt } from '../../../src/plan/lab-in-condition.ts'
import { loadLab } from '../../../src/read/load-lab.ts'
import { findLab } from '../../../src/read/load-shipped.ts'
import { onDrawing } from '../../../src/view/graph/on-drawing.ts'
import {
  arrowCounts,
  countersOf,
  otherMarks,
  placeParts,
  targetsOf,
  withoutCounters,
} from '../../../src/view/live/lab-parts.ts'
import { changedParts, type Parts } from '../../../src/view/live/parts.ts'

const graphOfLab = (lab: string) => graphOf(labAsBuilt(loadLab(findLab(lab))))
const clusterip = graphOfLab('clusterip')

const down = (words: string) => [{ kind: 'down' as const, words }]
const cut: Graph = {
  ...clusterip,
  places: clusterip.places.map(place =>
    place.name === 'netns_011' ? { ...place, marks: down('eth0 is down') } : place,
  ),
  links: clusterip.links.map(link =>
    link.near.place === 'netns_011'
      ? { ...link, marks: [...down('eth0 is down'), ...down('veth_011 is down')] }
      : link,
  ),
}

test('a place has its interfaces and the far ends of its cables, each up or down', () => {
  const parts = placeParts(cut)
  expect(parts.find(({ name }) => name === 'netns_011')).toEqual({
    ...{ name: 'netns_011', kind: 'pod', marks: ['eth0 is down'] },
    links: [{ name: 'eth0', up: false }],
  })
  expect(parts.find(({ name }) => name === 'host')?.links).toEqual([
    { name: 'out_client', up: true },
    { name: 'veth_011', up: false },
    { name: 'veth_021', up: true },
  ])
})

test('of two ends with one name each is up or down by itself', () => {
  const [cable] = clusterip.links.filter(({ near }) => near.place === 'netns_011')
  const [far] = clusterip.links.filter(({ near }) => near.place === 'netns_021')
  const alike = { ...cable!, near: { place: 'netns_011', interface: 'eth0' }, far: far!.near }
  const upOf = (graph: Graph) =>
    placeParts(graph)
      .filter(({ name }) => name.startsWith('netns_'))
      .flatMap(({ name, links }) => links.map(({ up }) => `${name} ${up}`))
  const farDown = { ...clusterip, links: [{ ...alike, marks: down('eth0 is down') }] }
  expect(upOf(farDown)).toEqual(['netns_011 true', 'netns_021 false'])
  expect(otherMarks(farDown)).toEqual(['netns_021: eth0 is down'])
  const nearDown = { ...farDown, places: cut.places }
  expect(upOf(nearDown)).toEqual(['netns_011 false', 'netns_021 true'])
  expect(otherMarks(nearDown)).toEqual([])
  const farGone = {
    ...clusterip,
    links: [{ ...alike, marks: [{ kind: 'gone' as const, words: 'eth0 is gone' }] }],
  }
  expect(upOf(farGone)).toEqual(['netns_011 true'])
})

test('a lab of a thousand pods is looked at once a second', () => {
  const [pod] = clusterip.places.filter(({ kind }) => kind === 'pod')
  const names = Array.from({ length: 1000 }, (_, at) => `pod-${at}`)
  const large: Graph = {
    ...clusterip,
    places: names.map(name => ({ ...pod!, name })),
    links: names.map(name => ({
      ...{ kind: 'veth', near: { place: name, interface: 'eth0' }, marks: down('eth0 is down') },
      far: { place: 'host', interface: `veth-${name}` },
    })),
  }
  const began = performance.now()
  expect(placeParts(large).every(({ links }) => links.every(({ up }) => !up))).toBe(true)
  expect(otherMarks(large)).toHaveLength(1000)
  // It takes milliseconds, and took half a minute.
  expect(performance.now() - began).toBeLessThan(2000)
})

test('what is told with a place is not told again', () => {
  expect(otherMarks(cut)).toEqual(['host: veth_011 is down'])
})

test('services and what pods serve can be asked for, over UDP with its scheme', () => {
  expect(targetsOf(clusterip)).toEqual([
    { name: 'default/http-server', url: '10.100.100.100:8080' },
    { name: 'netns_011', url: '10.0.0.11:8080' },
    { name: 'netns_021', url: '10.0.0.21:8080' },
  ])
  const dns = targetsOf(graphOfLab('kube-dns')).map(({ url }) => url)
  expect(dns).toEqual(expect.arrayContaining([expect.stringMatching(/^udp:\/\/[\d.]+:53$/)]))
})

const found: readonly PlaceChains[] = [
  {
    ...{ place: 'host', family: 'ipv4' },
    chains: [
      {
        ...{ table: 'nat', name: 'KUBE-SEP', isHook: false },
        rules: [
          { match: '', verdict: 'DNAT to 10.0.0.11:8080', service: 'default/http-server', packets: 3 },
          { match: '', verdict: 'DNAT to 10.0.0.21:8080', service: 'default/other', packets: 7 },
          { match: '', verdict: 'DNAT to 10.0.0.11:8080', service: 'default/http-server', packets: 2 },
          { match: '', verdict: 'ACCEPT' },
        ],
      },
    ],
  },
]

test('counters are apart from rules, in their order', () => {
  expect(countersOf(found)).toEqual([3, 7, 2, null])
  expect(JSON.stringify(withoutCounters(found))).not.toContain('packets')
})

test("an arrow counts what the service's own rules have sent to its pod, on all nodes", () => {
  const on = onDrawing(clusterip)
  const [first] = on.arrows
  expect(first?.endpoints).toEqual([{ service: 'default/http-server', target: '10.0.0.11:8080' }])
  expect(arrowCounts(on, [...found, ...found])).toEqual({ [first!.line]: 10 })
})

test('only parts that have changed are told', () => {
  const now = { lab: { name: 'x', title: '', targets: [] }, marks: ['off'], packets: [1] } as unknown as Parts
  const before = { lab: JSON.stringify(now.lab), marks: '[]', packets: '[1]' }
  expect(changedParts(before, now)).toEqual({ marks: '["off"]' })
})
