import { expect, it } from 'vitest'
import { currentOf, ownNetwork } from '../../../src/diagnose/machines/own-network.ts'

function after(...lines: readonly string[]) {
  const run = lines.map(line => ({ argv: line.split(' '), in: 'host' }))
  const place = ownNetwork([{ run }]).get('n1')
  return {
    links: [...(place?.links.keys() ?? [])],
    routes: [...(place?.routes.values() ?? [])].map(({ command }) => command),
  }
}

const add = 'ip -n n1 route add 10.244.2.0/26 via 10.1.1.2 dev tunl0 onlink'

it('what a later command takes away is not to be there', () => {
  expect(after(add)).toEqual({ links: [], routes: [add] })
  expect(after(add, 'ip -n n1 route del 10.244.2.0/26').routes).toEqual([])
  expect(after(add, 'ip -n n1 link set dev tunl0 down').routes).toEqual([])
  const replace = 'ip -n n1 route replace 10.244.2.0/26 via 10.1.1.2 dev eth0'
  expect(after(add, replace).routes).toEqual([replace])
  const tunnel = 'ip -n n1 tunnel add t mode ipip'
  expect(after(tunnel, 'ip -n n1 route add 10.2.0.0/16 dev t', 'ip -n n1 link del t')).toEqual({
    links: [],
    routes: [],
  })
})

it.each([
  'ip -n n1 route add blackhole 10.244.1.0/26',
  'ip -n n1 route add 10.2.0.0/16 via 10.1.1.2 table 7',
  'ip route add 10.2.0.0/16 via 10.1.1.2',
  'ip -n n1 route show',
])('no route of a machine that could be followed: %s', line => {
  expect(after(line).routes).toEqual([])
})

it('of two states it is the later one where a route is there that only that one has', () => {
  const run = (line: string) => ({ run: [{ argv: line.split(' '), in: 'host' }] })
  const early = ownNetwork([run(add)])
  const late = ownNetwork([run(add), run('ip -n n1 route replace 10.244.2.0/26 via 10.1.1.2 dev eth0')])
  const machine = (device: string) => ({
    ...{ routesTo: {}, tables: new Map(), sysctls: {} },
    routes: [{ destination: '10.244.2.0/26', gateway: '10.1.1.2', device }],
  })
  expect(currentOf(early, late, new Map([['n1', machine('eth0')]]))).toBe(late)
  expect(currentOf(early, late, new Map([['n1', machine('tunl0')]]))).toBe(early)
  expect(currentOf(early, late, new Map())).toBe(early)
})
