import { expect, it } from 'vitest'
import { pinnedHardwareAddress } from '../../src/model/machine.ts'
import { wiringOf } from '../../src/model/wiring.ts'
import { labOf } from '../plan/lab-text.ts'

const lab = labOf(`name: lab
bridges:
  - {name: br1, address: 10.0.0.1/24, hairpin: true}
  - {name: br2, address: 10.0.1.1/24}
pods:
  a: 10.0.0.11/24
  b: {address: 10.0.1.11/24, gateway: 10.0.1.12, veth: cable}
  router: 10.0.1.12/24
outside: {client: 192.0.2.10/24, other: {address: 198.51.100.2/30, interface: eth1}}
`)

it('a pod is a machine with one link, a port of its bridge', () => {
  const { networks, machines } = wiringOf(lab)
  expect(networks.map(each => [each.place, each.name, each.kind === 'bridge' && each.pinned])).toEqual([
    ['host', 'br1', false],
    ['host', 'br2', false],
  ])
  expect(machines.slice(0, 2)).toEqual([
    {
      name: 'a',
      links: [
        {
          kind: 'bridge-port',
          near: {
            ...{ place: 'a', interface: 'eth0' },
            ...{ address: { address: '10.0.0.11', prefix: 24 }, gateway: '10.0.0.1' },
          },
          far: { place: 'host', interface: 'veth_a' },
          network: 'br1',
          ...{ hairpin: true, pinned: false },
        },
      ],
      routes: { others: [] },
      neighbours: [],
    },
    {
      name: 'b',
      links: [
        {
          kind: 'bridge-port',
          near: {
            ...{ place: 'b', interface: 'eth0' },
            ...{ address: { address: '10.0.1.11', prefix: 24 }, gateway: '10.0.1.12' },
          },
          far: { place: 'host', interface: 'cable' },
          network: 'br2',
          ...{ hairpin: false, pinned: false },
        },
      ],
      routes: { others: [] },
      neighbours: [],
    },
  ])
})

it('a machine outside is on a wire, and the first one is the way out', () => {
  const wires = wiringOf(lab).machines.flatMap(({ links }) => links.filter(link => link.kind === 'wire'))
  expect(wires.map(({ near, far }) => [near.place, near.gateway, far])).toEqual([
    [
      'client',
      '192.0.2.1',
      {
        ...{ place: 'host', interface: 'out_client' },
        ...{ address: { address: '192.0.2.1', prefix: 24 }, gateway: '192.0.2.10' },
      },
    ],
    [
      'other',
      '198.51.100.1',
      { place: 'host', interface: 'eth1', address: { address: '198.51.100.1', prefix: 30 } },
    ],
  ])
})

it('more than 200 pods are pinned, and so are their bridges', () => {
  const many = (count: number) => {
    const pods = Array.from({ length: count }, (_, at) => `  p${at}: 10.0.${at >> 7}.${(at & 127) + 2}/16\n`)
    const { networks, machines } = wiringOf(
      labOf(`name: lab\nbridge: {name: br1, address: 10.0.0.1/16}\npods:\n${pods.join('')}`),
    )
    const links = machines.flatMap(machine => machine.links)
    return [...networks, ...links].map(each => 'pinned' in each && each.pinned)
  }
  expect(new Set(many(200))).toEqual(new Set([false]))
  expect(new Set(many(201))).toEqual(new Set([true]))
  expect(pinnedHardwareAddress('10.0.1.255')).toBe('02:00:0a:00:01:ff')
})

it('a machine on networks has a cable for each of its interfaces, and routes of its own', () => {
  const { networks, machines } = wiringOf(
    labOf(`name: lab
networks: {office: {}, a-network-of-a-long-name: {}}
machines:
  pc: {interfaces: {eth0: {network: office, address: 10.1.1.9/24}}, gateway: 10.1.1.254}
  a-router-of-a-long-name:
    interfaces:
      eth0: {network: office, address: 10.1.1.254/24}
      eth1: {network: a-network-of-a-long-name, addresses: [60.1.1.1/24, 60.1.1.2/24]}
    gateway: none
    routes: [{to: 10.1.0.0/16, via: 10.1.1.9}]
`),
  )
  const [office, other] = networks
  expect(office).toEqual({ kind: 'segment', place: 'host', name: 'office' })
  expect(other?.name).toMatch(/^a-netw[-a-z]*[0-9a-z]+$/)
  expect(other?.name.length).toBeLessThanOrEqual(15)
  const [pc, router] = machines
  expect(pc).toEqual({
    name: 'pc',
    links: [
      {
        kind: 'segment-port',
        near: { place: 'pc', interface: 'eth0', addresses: [{ address: '10.1.1.9', prefix: 24 }] },
        far: { place: 'host', interface: 'pc_eth0' },
        network: 'office',
      },
    ],
    routes: { gateway: '10.1.1.254', others: [] },
    neighbours: [],
  })
  expect(router?.routes).toEqual({
    others: [{ to: { address: '10.1.0.0', prefix: 16 }, via: '10.1.1.9' }],
  })
  const [first, second] = router?.links ?? []
  expect([first, second]).toMatchObject([
    { network: 'office' },
    {
      network: other?.name,
      near: { interface: 'eth1', addresses: [{ address: '60.1.1.1' }, { address: '60.1.1.2' }] },
    },
  ])
  expect(new Set([first, second].map(link => link?.far.interface)).size).toBe(2)
})
