import { describe, expect, it } from 'vitest'
import {
  currentOf,
  ownAddressLost,
  ownNetwork,
  ownRouteOff,
} from '../../../src/diagnose/machines/own-network.ts'
import type { Link, Route } from '../../../src/observe/facts.ts'

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

describe('a link with addresses and routes of both families', () => {
  const lines = [
    'ip -n n1 tunnel add t mode gre remote 10.1.1.2',
    'ip -n n1 address add 10.9.9.1 dev t',
    'ip -n n1 address add fd00:0:0::9/128 dev t',
    'ip -n n1 link set dev t up',
    'ip -n n1 route add 10.2.0.0/16 dev t',
    'ip -n n1 route add fd02:0::/64 via fd00:0::8 dev t',
  ]
  const [made, four, six, up, route4, route6] = lines
  const own = ownNetwork([{ run: lines.map(line => ({ argv: line.split(' '), in: 'host' })) }])
  const facts = (links: readonly Link[], routes: readonly Route[] = []) => ({
    ...{ routesTo: {}, tables: new Map(), sysctls: {} },
    ...{ links, routes },
  })
  const link = (isUp: boolean, ...addresses: Link['addresses']): Link => ({
    ...{ name: 't', up: isUp, carrier: isUp, mac: '', mtu: 1476, addresses },
  })
  const [has4, has6] = [
    { address: '10.9.9.1', prefix: 32 },
    { address: 'fd00::9', prefix: 128 },
  ]
  const off = (destination: string, given: ReturnType<typeof facts>) => {
    const evidence = ownRouteOff(own, { place: 'n1', destination, instead: undefined }, given, [])
    return evidence && [evidence.headline, evidence.mend]
  }

  it('one of them is gone: nothing is said of the other family, which was not asked', () => {
    expect(off('10.2.0.1', facts([link(true, has4)]))).toEqual(['n1 has no route to 10.2.0.1', route4])
    expect(off('fd02::1', facts([link(true, has6)]))).toEqual(['n1 has no route to fd02::1', route6])
    const lost = ownAddressLost(own, 'n1', '10.9.9.1', facts([link(true)]))
    expect(lost).toMatchObject({
      headline: 't of n1 has lost its address 10.9.9.1/32',
      mend: `${four} && ${route4}`,
    })
  })

  it('what is there is found, however the command has written it', () => {
    const route = { destination: 'fd02::/64', gateway: 'fd00::8', device: 't' }
    expect(off('fd02::1', facts([link(true, has6)], [route]))).toBeUndefined()
  })

  it('switched off, it has lost all routes, and its addresses of IPv6', () => {
    expect(off('10.2.0.1', facts([link(false, has4)]))).toEqual([
      't of n1 is down, so its route to 10.2.0.0/16 is gone',
      [six, up, route4, route6].join(' && '),
    ])
    expect(off('fd02::1', facts([link(false)]))).toEqual([
      't of n1 is down, so its route to fd02::/64 is gone',
      [six, up, route4, route6].join(' && '),
    ])
  })

  it('gone, it is made again with all of them', () => {
    expect(off('10.2.0.1', facts([]))).toEqual([
      'n1 has no t, so its route to 10.2.0.0/16 is gone',
      [made, four, six, up, route4, route6].join(' && '),
    ])
  })
})
