import { expect, test } from 'vitest'
import { builtSoFar } from '../../src/graph/built-so-far.ts'
import { expectedOf, graphOf } from '../../src/graph/lab-graph.ts'
import { afterSteps, type LabInCondition, labAsBuilt } from '../../src/plan/lab-in-condition.ts'
import { labOf } from '../plan/lab-text.ts'

const lesson = labAsBuilt(
  labOf(`name: small
title: A router, and then two pods
bridge: {name: br1, address: 10.0.0.1/24}
outside: {client: 192.0.2.10/24}
pods:
  a: {address: 10.0.0.11/24, serve: 80, labels: {app: web}}
  b: {address: 10.0.0.12/24}
services:
  - {name: web, clusterIP: 10.96.0.1, selector: {app: web}, ports: [{port: 80}]}
steps:
  - {title: Nothing yet, why: w, run: [sysctl -w net.ipv4.ip_forward=1]}
  - {title: The network, why: w, build: [network, servers]}
  - {title: A route more, why: w, run: [ip link add dummy0 type dummy]}
`),
)

/** Places, segments and links that are drawn after so many steps, of which the kernel has what it should but `gone`. */
function drawnAfter(count: number, gone: readonly string[] = []): string[] {
  const running: LabInCondition = afterSteps(lesson, count)
  const expected = expectedOf(running)
  const facts = new Map(
    [...expected]
      .filter(([place]) => !gone.includes(place))
      .map(([place, { links }]) => [
        place,
        {
          links: [...links.keys()].map(name => ({
            name,
            up: true,
            carrier: true,
            mac: '',
            mtu: 1500,
            addresses: [],
          })),
        },
      ]),
  )
  const { lab, plan } = running
  const { places, segments, links } = builtSoFar(graphOf(running, expected), { lab, plan, expected, facts })
  return [
    ...places.map(({ name }) => name),
    ...segments.map(({ name }) => name),
    ...links.map(({ near }) => `cable of ${near.place}`),
  ]
}

const all = ['host', 'a', 'b', 'client', 'br1', 'cable of client', 'cable of a', 'cable of b']

test('before the first step, and before the step that builds them, no pod and no cable is drawn', () => {
  const titles = lesson.plan.steps.map(({ title }) => title)
  const before = titles.indexOf('Nothing yet')
  expect(drawnAfter(0)).toEqual(['host'])
  expect(drawnAfter(before + 1)).toEqual(['host'])
  expect(drawnAfter(before + 2).toSorted()).toEqual(all.toSorted())
})

test('what was built and is gone stays on the drawing', () => {
  expect(drawnAfter(lesson.plan.steps.length, ['a']).toSorted()).toEqual(all.toSorted())
})
