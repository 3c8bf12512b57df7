import { expect, test } from 'vitest'
import { graphOf } from '../../../src/graph/lab-graph.ts'
import { labAsBuilt } from '../../../src/plan/lab-in-condition.ts'
import { loadLab } from '../../../src/read/load-lab.ts'
import { findLab } from '../../../src/read/load-shipped.ts'
import type { TraceReport } from '../../../src/trace/report.ts'
import { onDrawing } from '../../../src/view/graph/on-drawing.ts'
import { stopsOf } from '../../../src/view/live/stops.ts'

const graph = graphOf(labAsBuilt(loadLab(findLab('clusterip'))))
const on = onDrawing(graph)
const asked = { source: '10.0.0.21', sourcePort: 2000, destination: '10.100.100.100', port: 8080 }
const translated = { ...asked, destination: '10.0.0.11' }

const report: TraceReport = {
  ...{ lab: 'clusterip', from: 'netns_021', request: 'curl 10.100.100.100:8080', notes: [], repeats: 0 },
  ways: [
    {
      direction: 'out',
      visits: [
        { place: 'netns_021', items: [{ kind: 'out', link: 'eth0', ends: asked, at: 0 }] },
        {
          place: 'host',
          items: [
            { kind: 'in', link: 'veth_021', portOf: 'br1', ends: asked, at: 1 },
            {
              ...{
                kind: 'chain',
                hook: 'prerouting',
                family: 'ip',
                table: 'nat',
                chain: 'PREROUTING',
                type: 'nat',
              },
              ...{ ends: asked, verdict: 'accept', byPolicy: false },
              rules: [
                {
                  ...{
                    number: 1,
                    text: '-j KUBE-SERVICES',
                    verdict: 'jump',
                    to: 'KUBE-SERVICES',
                    explain: 'services',
                  },
                  inside: [
                    { number: 1, text: '-j KUBE-MARK-MASQ', verdict: 'jump', to: 'KUBE-MARK-MASQ' },
                    {
                      ...{ number: 2, verdict: 'accept' },
                      text: '-m comment --comment "a b" -j DNAT --to-destination 10.0.0.11:8080',
                    },
                  ],
                },
              ],
            },
            {
              ...{ kind: 'translation', what: 'destination', by: 'rule' },
              ...{ before: '10.100.100.100:8080', after: '10.0.0.11:8080' },
            },
            {
              ...{
                kind: 'chain',
                hook: 'forward',
                family: 'ip',
                table: 'filter',
                chain: 'FORWARD',
                type: 'filter',
              },
              ...{ ends: translated, verdict: 'drop', byPolicy: true, rules: [] },
            },
          ],
        },
      ],
    },
  ],
  end: { kind: 'dropped', place: 'host', words: 'the policy of filter FORWARD of host drops it' },
  saw: { ok: false, words: 'timed out', ms: 1000 },
}

test('a trace stops on links at their ends, at each chain with its rules, and where it ends', () => {
  const stops = stopsOf(report, on)
  const cable = graph.links.findIndex(({ near }) => near.place === 'netns_021')
  expect(stops.map(({ spot, title, isLost }) => [spot, title, isLost])).toEqual([
    [{ line: `link ${cable}`, end: 'lower' }, 'goes out by eth0', false],
    [{ line: `link ${cable}`, end: 'upper' }, 'comes in by veth_021, a port of br1', false],
    [{ box: 'place host' }, 'nat PREROUTING: passed', false],
    [{ box: 'place host' }, 'filter FORWARD: dropped by the policy', true],
    [{ box: 'place host' }, 'the policy of filter FORWARD of host drops it', true],
  ])
})

test('the rule that changes an address stands with what it changes, without its comment', () => {
  const stop = stopsOf(report, on)[2]!
  expect(stop.ends).toBe('10.0.0.21:2000 → 10.100.100.100:8080')
  expect(stop.changes).toEqual([
    { what: 'destination', before: '10.100.100.100:8080', after: '10.0.0.11:8080' },
  ])
  expect(stop.rules).toEqual([
    { depth: 0, number: 1, text: '-j KUBE-SERVICES', explain: 'services' },
    { depth: 1, text: 'in KUBE-MARK-MASQ no rule takes it' },
    { depth: 1, number: 2, text: '-j DNAT --to-destination 10.0.0.11:8080' },
  ])
})

test('an answered request ends where it began', () => {
  const answered = stopsOf({ ...report, saw: { ok: true, words: 'netns_011 answered', ms: 3 } }, on)
  expect(answered.at(-1)).toMatchObject({
    ...{ direction: 'end', place: 'netns_021', spot: { box: 'place netns_021' } },
    ...{ title: 'netns_011 answered (3.0 ms)', isLost: false },
  })
})
