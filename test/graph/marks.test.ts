import { expect, test } from 'vitest'
import type { Graph } from '../../src/graph/graph.ts'
import { expectedOf, graphOf } from '../../src/graph/lab-graph.ts'
import { markedGraph, type Seen } from '../../src/graph/marks.ts'
import type { DrawnFacts, Link } from '../../src/observe/facts.ts'
import { labAsBuilt } from '../../src/plan/lab-in-condition.ts'
import { labOf } from '../plan/lab-text.ts'

const small = `name: small
title: Two pods
bridge: {name: br1, address: 10.0.0.1/24}
outside: {client: 192.0.2.10/24}
pods:
  a: {address: 10.0.0.11/24, serve: 80, labels: {app: web}}
  b: {address: 10.0.0.12/24}
services:
  - {name: web, clusterIP: 10.96.0.1, selector: {app: web}, ports: [{port: 80}]}
`
const running = labAsBuilt(labOf(small))

function link(name: string, address?: string, more: Partial<Link> = {}): Link {
  const [own = '', prefix = ''] = address?.split('/') ?? []
  const addresses = address === undefined ? [] : [{ address: own, prefix: Number(prefix) }]
  return { name, up: true, carrier: true, mac: '', mtu: 1500, addresses, ...more }
}

const route = { destination: 'default', gateway: '10.0.0.1', device: 'eth0', protocol: 'boot' }
const connected = { destination: '10.0.0.0/24', device: 'eth0', protocol: 'kernel' }

function podFacts(address: string): DrawnFacts {
  return { links: [link('lo'), link('eth0', address)], routes: [route, connected], rules: new Map() }
}

/** What the kernel says of a lab in which all is well. */
const healthy = {
  host: {
    links: [
      link('lo'),
      link('br1', '10.0.0.1/24'),
      link('veth_a', undefined, { master: 'br1' }),
      link('veth_b', undefined, { master: 'br1' }),
      link('out_client', '192.0.2.1/24'),
    ],
    routes: [
      { ...route, gateway: '192.0.2.10', device: 'out_client' },
      { destination: '10.0.0.0/24', device: 'br1', protocol: 'kernel' },
    ],
    rules: new Map(),
  },
  client: {
    links: [link('lo'), link('eth0', '192.0.2.10/24')],
    routes: [{ ...route, gateway: '192.0.2.1' }],
    rules: new Map(),
  },
  a: podFacts('10.0.0.11/24'),
  b: podFacts('10.0.0.12/24'),
} satisfies Record<string, DrawnFacts>

function marked(
  facts: Record<string, DrawnFacts | undefined>,
  more: Partial<Seen> = {},
  of = running,
): Graph {
  const known = Object.entries(facts).flatMap(([place, each]) =>
    each === undefined ? [] : [[place, each] as const],
  )
  return markedGraph(graphOf(of), {
    ...{ lab: of.lab, expected: expectedOf(of), facts: new Map(known), rules: new Map() },
    condition: of.condition,
    ...more,
  })
}

function marksOf(graph: Graph): string[] {
  return [
    ...graph.places.map(({ name, marks }) => ({ name, marks })),
    ...graph.segments.map(({ name, marks }) => ({ name, marks })),
    ...graph.links.map(({ near, marks }) => ({ name: `cable of ${near.place}`, marks })),
    ...graph.services.map(({ service: name, marks }) => ({ name, marks })),
  ].flatMap(({ name, marks }) => marks.map(({ kind, words }) => `${name}: ${kind}: ${words}`))
}

test('marks nothing where all is as the lab has made it', () => {
  expect(marksOf(marked(healthy))).toEqual([])
})

test.each<[string, Record<string, DrawnFacts | undefined>, string[]]>([
  [
    'an interface that is down',
    { a: { ...healthy.a, links: [link('eth0', '10.0.0.11/24', { up: false })], routes: [] } },
    [
      'a: down: eth0 is down',
      'a: changed: lost the route default via 10.0.0.1',
      'cable of a: down: eth0 is down',
    ],
  ],
  [
    'an interface that is gone',
    { a: { ...healthy.a, links: [link('lo')] } },
    ['a: gone: eth0 is gone', 'cable of a: down: eth0 is down'],
  ],
  [
    'a namespace that is gone',
    { a: undefined },
    ['a: gone: its namespace is gone', 'cable of a: down: eth0 is down'],
  ],
  [
    'another address',
    { b: podFacts('10.0.0.99/24') },
    ['b: changed: eth0 lost 10.0.0.12/24', 'b: changed: eth0 got 10.0.0.99/24'],
  ],
  [
    'another way out',
    { b: { ...healthy.b, routes: [{ ...route, gateway: '10.0.0.11' }] } },
    ['b: changed: lost the route default via 10.0.0.1', 'b: changed: got the route default via 10.0.0.11'],
  ],
  [
    'an interface more',
    { b: { ...healthy.b, links: [...healthy.b.links, link('dummy0')] } },
    ["b: changed: dummy0 is no step's"],
  ],
  [
    'a cable that is pulled out, and one that is down',
    {
      host: {
        ...healthy.host,
        links: [
          ...[link('br1', '10.0.0.1/24'), link('veth_a'), link('out_client', '192.0.2.1/24')],
          link('veth_b', undefined, { up: false, master: 'br1' }),
        ],
      },
    },
    ['cable of a: changed: veth_a is not plugged into br1', 'cable of b: down: veth_b is down'],
  ],
  [
    'a bridge without its address',
    { host: { ...healthy.host, links: [link('br1'), ...healthy.host.links.slice(2)] } },
    ['br1: changed: br1 lost 10.0.0.1/24'],
  ],
])('marks %s, and nothing else', (_, changes, expected) => {
  expect(marksOf(marked({ ...healthy, ...changes }))).toEqual(expected)
})

test.each<[string, { via?: string }]>([
  ['a route', {}],
  ['a next hop', { via: '10.0.0.9' }],
])('marks %s beyond another interface, and names both', (_, { via }) => {
  const own = expectedOf(running).get('b')!
  const hop = via === undefined ? {} : { via }
  const added = { to: '10.9.0.0/16', device: 'eth0', ...hop }
  const routes = new Map([...own.routes, ['ipv4 10.9.0.0/16', added]])
  const expected = new Map([...expectedOf(running), ['b', { ...own, routes }]])
  const facts = (device: string) => {
    const gateway = via === undefined ? {} : { gateway: via }
    const seen = { destination: added.to, device, protocol: 'boot', ...gateway }
    return { ...healthy, b: { ...healthy.b, routes: [...healthy.b.routes, seen] } }
  }
  const way = via === undefined ? '' : ` via ${via}`
  expect(marksOf(marked(facts('eth0'), { expected }))).toEqual([])
  expect(marksOf(marked(facts('eth1'), { expected }))).toEqual([
    `b: changed: lost the route 10.9.0.0/16${way} dev eth0`,
    `b: changed: got the route 10.9.0.0/16${way} dev eth1`,
  ])
})

test('marks a pod that is not ready, and the service whose rules still send there', () => {
  const condition = { ended: {}, notReady: { a: 'its program has ended' } }
  expect(marksOf(marked(healthy, { condition }))).toEqual([
    'a: not ready: not ready: its program has ended',
    'default/web: not ready: its rules still send to a',
  ])
})

test('shows the addresses and routes that the kernel has', () => {
  const graph = marked({ ...healthy, b: podFacts('10.0.0.99/24') })
  expect(graph.running).toBe(true)
  expect(graph.places.find(({ name }) => name === 'b')).toMatchObject({
    interfaces: [{ name: 'eth0', addresses: ['10.0.0.99/24'] }],
    routes: [{ to: 'default', via: '10.0.0.1', device: 'eth0' }],
  })
})

test('kube-ipvs0, which nobody has switched on, is not down, but may have lost an address', () => {
  const inIpvs = labAsBuilt(labOf(`${small}proxy: {mode: ipvs}\n`))
  const withDevice = (address?: string) => {
    const links = [...healthy.host.links, link('kube-ipvs0', address, { up: false, carrier: false })]
    return marksOf(marked({ ...healthy, host: { ...healthy.host, links } }, {}, inIpvs))
  }
  expect(withDevice('10.96.0.1/32')).toEqual([])
  expect(withDevice()).toEqual(['host: changed: kube-ipvs0 lost 10.96.0.1/32'])
})
