import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { overlap, subnetOf } from '../../src/model/address.ts'
import type { Lab, Overlay } from '../../src/model/lab.ts'
import { routedTo, tunnelled } from '../../src/model/overlay.ts'
import { parseLab } from '../../src/read/parse-lab.ts'

function overlayOf(overlay: string, ...nodes: readonly string[]): Overlay {
  const entries = nodes.map((node, index) => `  n${index + 1}: {${node}}\n`)
  const networks = nodes.some(node => node.includes('network: b')) ? 'a: {}, b: {}' : 'a: {}'
  return read(`overlay: {${overlay}}\nnetworks: {${networks}}\nnodes:\n${entries.join('')}`).overlay!
}

function read(text: string): Lab {
  const { lab, problems } = parseLab(`name: x\n${text}`, 'lab.yaml', () => ({ text: '' }))
  expect(problems).toEqual([])
  return lab!
}

const on = (network: string, address: string, more = '') =>
  `interfaces: {eth0: {network: ${network}, address: ${address}/24}}${more}`

const subnets = ({ leases }: Overlay) => leases.map(({ subnet }) => subnetOf(subnet))
const flannel = 'network: 172.7.0.0/16, backend'

test('a node has the part that it states, else that of its bridge, else the next that nobody has', () => {
  const overlay = overlayOf(
    `${flannel}: host-gw`,
    on('a', '10.4.7.21'),
    on('a', '10.4.7.22', ', subnet: 172.7.22.0/24'),
    on('a', '10.4.7.23', ', bridge: {name: docker0, address: 172.7.1.1/24}'),
    on('a', '10.4.7.24'),
  )
  expect(subnets(overlay)).toEqual(['172.7.2.0/24', '172.7.22.0/24', '172.7.1.0/24', '172.7.3.0/24'])
})

test.each([
  ['172.7.0.0/16', '172.7.1.0/24'],
  ['172.7.0.0/22', '172.7.1.0/24'],
  ['172.7.0.0/23', '172.7.0.128/25'],
  ['172.7.0.0/28', '172.7.0.4/30'],
])('of %s the first node has %s', (network, subnet) => {
  expect(subnets(overlayOf(`network: ${network}, backend: vxlan`, on('a', '10.4.7.21')))).toEqual([subnet])
})

test('a node without a bridge has one with the first address of its part', () => {
  const lab = read(
    `overlay: {${flannel}: vxlan}\nnetworks: {a: {}}\nnodes: {n: {${on('a', '10.4.7.21', ', pods: {p: 172.7.1.2/24}')}}}\n`,
  )
  expect(lab.bridges).toEqual([
    {
      ...{ name: 'cni0', node: 'n', address: { address: '172.7.1.1', prefix: 24 } },
      ...{ hairpin: true, masquerade: 'never', mtu: 1450 },
    },
  ])
})

test.each([
  ['host-gw', '', undefined],
  ['vxlan', '', 1450],
  ['vxlan', ', mtu: 1400', 1350],
  ['host-gw', ', mtu: 1400', 1400],
])("with %s and an interface%s the pods' cables carry what is left of it", (backend, mtu, left) => {
  const { bridges } = read(
    `overlay: {${flannel}: ${backend}}\nnetworks: {a: {}}
nodes:
  n: {interfaces: {eth0: {network: a, address: 10.4.7.21/24${mtu}}}}
  stated: {interfaces: {eth0: {network: a, address: 10.4.7.22/24}}, bridge: {name: b0, address: 172.7.9.1/24, mtu: 1300}}
`,
  )
  expect(bridges.map(bridge => bridge.mtu)).toEqual([left, 1300])
})

test.each([
  ['host-gw', ['n2'], []],
  ['vxlan', [], ['n2', 'n3']],
  ['vxlan, directRouting: true', ['n2'], ['n3']],
])('with %s the neighbour and the node behind a router are reached so', (backend, byRoute, byTunnel) => {
  const far = backend === 'host-gw' ? [] : [on('b', '10.4.8.23')]
  const overlay = overlayOf(`${flannel}: ${backend}`, on('a', '10.4.7.21'), on('a', '10.4.7.22'), ...far)
  const [first] = overlay.leases
  expect(routedTo(overlay, first!).map(({ node }) => node)).toEqual(byRoute)
  expect(tunnelled(overlay, first!).map(({ node }) => node)).toEqual(byTunnel)
})

test('the parts of any number of nodes are apart, in the network, and each other node is reached in one way', () => {
  const backends = fc.constantFrom('vxlan', 'vxlan, directRouting: true')
  const sizes = fc.record({ prefix: fc.integer({ min: 16, max: 20 }), more: fc.nat({ max: 8 }) })
  fc.assert(
    fc.property(sizes, backends, ({ prefix, more }, backend) => {
      const nodes = Array.from({ length: more }, (_, index) => on('a', `10.4.1.${index + 1}`))
      // Both networks have somebody.
      const ends = [on('a', '10.4.1.200'), on('b', '10.4.0.200')]
      const overlay = overlayOf(`network: 172.16.0.0/${prefix}, backend: ${backend}`, ...ends, ...nodes)
      const { leases } = overlay
      expect(leases).toHaveLength(more + 2)
      for (const lease of leases) {
        const others = leases.filter(each => each !== lease)
        expect(overlap(overlay.network, lease.subnet)).toBe(true)
        expect(others.some(each => overlap(each.subnet, lease.subnet))).toBe(false)
        const reached = [...routedTo(overlay, lease), ...tunnelled(overlay, lease)]
        expect(new Set(reached)).toEqual(new Set(others))
        expect(reached).toHaveLength(others.length)
      }
    }),
    { numRuns: 30 },
  )
})
