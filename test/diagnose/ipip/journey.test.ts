import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseSaved } from '../../../src/command/iptables-save.ts'
import { declaredRules } from '../../../src/diagnose/declared-rules.ts'
import { Journey } from '../../../src/diagnose/machines/journey.ts'
import { type OwnNetwork, ownNetwork } from '../../../src/diagnose/machines/own-network.ts'
import type { Surroundings } from '../../../src/diagnose/machines/surroundings.ts'
import { contains, familyOf } from '../../../src/model/address.ts'
import type { MachineFacts, Route } from '../../../src/observe/facts.ts'
import { parseLinks, parseRoutes } from '../../../src/observe/parse-facts.ts'
import { labAsBuilt } from '../../../src/plan/lab-in-condition.ts'
import { labOf } from '../../plan/lab-text.ts'
import { ipipBreaks } from './breaks.ts'

const running = labAsBuilt(labOf(readFileSync(new URL('ipip-nodes.yaml', import.meta.url), 'utf8')))
const own = ownNetwork(running.outlines)

/** As Linux 6.1 has printed it for `ip -j -d addr`, without what is not read. */
function tunnel(address: string, changes: { up?: boolean; name?: string; ends?: object } = {}): object {
  const { up = true, name = 'tunl0', ends = { remote: 'any', local: 'any' } } = changes
  return {
    ...{
      ifindex: 4,
      link: null,
      ifname: name,
      flags: ['NOARP', ...(up ? ['UP', 'LOWER_UP'] : [])],
      mtu: 1480,
    },
    ...{ link_type: 'ipip', address: '0.0.0.0', broadcast: '0.0.0.0' },
    linkinfo: { info_kind: 'ipip', info_data: { proto: 'any', ...ends, ttl: 0, pmtudisc: false } },
    addr_info: address === '' ? [] : [{ family: 'inet', local: address, prefixlen: 32, scope: 'global' }],
  }
}

const card = (address: string) => ({
  ...{
    ifname: 'eth0',
    flags: ['BROADCAST', 'UP', 'LOWER_UP'],
    mtu: 1500,
    address: `02:00:00:00:00:0${address.at(-1)}`,
  },
  addr_info: [{ family: 'inet', local: address, prefixlen: 24, scope: 'global' }],
})

const nearby = { dst: '10.1.1.0/24', dev: 'eth0', protocol: 'kernel', prefsrc: 'own' }
const through = (dst: string, gateway: string) => ({ dst, gateway, dev: 'tunl0', flags: ['onlink'] })

interface Node {
  tunnels: readonly object[]
  routes: readonly object[]
  saved?: string
}

const healthy = {
  n1: { tunnels: [tunnel('10.244.1.0')], routes: [nearby, through('10.244.2.0/26', '10.1.1.2')] },
  n2: { tunnels: [tunnel('10.244.2.0')], routes: [nearby, through('10.244.1.0/26', '10.1.1.1')] },
} satisfies Record<string, Node>

const addressOf = { n1: '10.1.1.1', n2: '10.1.1.2' }

function factsOf(name: 'n1' | 'n2', { tunnels, routes, saved = '' }: Node): MachineFacts {
  return {
    links: parseLinks(JSON.stringify([card(addressOf[name]), ...tunnels]), 'ipv4') ?? [],
    routes: parseRoutes(JSON.stringify(routes)) ?? [],
    listeners: [{ address: '*', port: 8080 }],
    ...{ routesTo: {}, tables: parseSaved(saved), sysctls: {} },
  }
}

/** What `ip route get` says of these routes. */
function lookedUp({ routes = [], links = [] }: MachineFacts, destination: string): Route | string {
  const local = links.some(({ addresses }) => addresses.some(({ address }) => address === destination))
  if (local) return { destination, device: 'lo', source: destination }
  const [best] = routes
    .flatMap(route => {
      const [address = '', prefix = '32'] = route.destination.split('/')
      const range = { address, prefix: Number(prefix) }
      return familyOf(address) === 'ipv4' && contains(range, destination)
        ? [{ route, bits: range.prefix }]
        : []
    })
    .sort((a, b) => b.bits - a.bits)
  if (best === undefined) return 'RTNETLINK answers: Network is unreachable'
  const source = links.find(({ name }) => name === best.route.device)?.addresses[0]?.address
  return { ...best.route, destination, ...(source === undefined ? {} : { source }) }
}

/** What is told of a request from n1 to n2's end of the tunnel. */
async function told(changes: Partial<typeof healthy | Record<string, Node>>, commands: OwnNetwork = own) {
  const nodes: Record<string, Node> = { ...healthy, ...changes } as Record<string, Node>
  const { lab } = running
  const machines = new Map(
    lab.nodes.map(({ name }) => [name, factsOf(name as 'n1' | 'n2', nodes[name]!)] as const),
  )
  const segment = {
    ...{ called: 'network lan', device: 'the switch of network lan', place: 'host', bridge: 'lan' },
    link: { name: 'lan', up: true, carrier: true, mac: '', mtu: 1500, addresses: [] },
  }
  const surroundings: Surroundings = {
    ...{ family: 'ipv4', lab, machines, pairs: [], own: commands, hasIpvs: false },
    rulesOf: node => declaredRules([], node, 'ipv4'),
    ports: lab.nodes.map(machine => {
      const [declared] = machine.interfaces
      const end = {
        name: declared!.port,
        up: true,
        carrier: true,
        mac: '',
        mtu: 1500,
        addresses: [],
        master: 'lan',
      }
      return { machine, declared: declared!, segment, end, link: machines.get(machine.name)?.links?.[0] }
    }),
    wayOf: (place, packet) => Promise.resolve(lookedUp(machines.get(place)!, packet.split(' ')[0]!)),
  }
  const question = {
    ...{ from: 'n1', url: '10.244.2.0:8080', address: '10.244.2.0', port: 8080, family: 'ipv4' as const },
    ...{ wantsFailure: false, steps: running.outlines.length },
  }
  const journey = new Journey(surroundings, question)
  const evidence = await journey.followed()
  return { evidence: evidence && { headline: evidence.headline, mend: evidence.mend }, journey }
}

const expected = (at: number) => {
  const [, headline, mend] = ipipBreaks[at]!
  return { headline, mend }
}

it('a way through a tunnel is followed there and back, with the packets that carry it', async () => {
  const { evidence, journey } = await told({})
  expect(evidence).toBeUndefined()
  expect(journey.end).toMatchObject({ place: 'n2', packet: { source: '10.244.1.0', in: 'tunl0' } })
  const crossed = journey.crossed.map(({ place, device, mtu, direction, wrapper, packet }) => ({
    ...{ place, device, mtu, direction, wrapper },
    ends: `${packet.source} ${packet.destination}`,
  }))
  expect(crossed).toEqual([
    {
      place: 'n1',
      device: 'tunl0',
      mtu: 1480,
      direction: 'there',
      wrapper: 0,
      ends: '10.244.1.0 10.244.2.0',
    },
    { place: 'n1', device: 'eth0', mtu: 1500, direction: 'there', wrapper: 20, ends: '10.1.1.1 10.1.1.2' },
    { place: 'n2', device: 'tunl0', mtu: 1480, direction: 'back', wrapper: 0, ends: '10.244.2.0 10.244.1.0' },
    { place: 'n2', device: 'eth0', mtu: 1500, direction: 'back', wrapper: 20, ends: '10.1.1.2 10.1.1.1' },
  ])
})

it('the far end is down', async () => {
  const down = { tunnels: [tunnel('10.244.2.0', { up: false })], routes: [nearby] }
  expect((await told({ n2: down })).evidence).toEqual(expected(0))
})

it('the near end is down', async () => {
  const down = { tunnels: [tunnel('10.244.1.0', { up: false })], routes: [nearby] }
  expect((await told({ n1: down })).evidence).toEqual(expected(1))
})

it('a route is gone, or another one stands in its place', async () => {
  const { tunnels } = healthy.n1
  expect((await told({ n1: { tunnels, routes: [nearby] } })).evidence).toEqual(expected(2))
  const other = [nearby, through('10.244.2.0/26', '10.1.1.9')]
  expect((await told({ n1: { tunnels, routes: other } })).evidence).toEqual(expected(3))
})

it('a tunnel whose far end is reached by the tunnel itself carries nothing', async () => {
  const { tunnels, routes } = healthy.n1
  const itself = { tunnels, routes: [...routes, { dst: '10.1.1.2', dev: 'tunl0' }] }
  expect((await told({ n1: itself })).evidence).toEqual({
    headline:
      'tunl0 of n1 would have to carry its own packets: those for 10.1.1.2, its far end, are routed into it',
    mend: undefined,
  })
})

it('the far end has lost its address, and with it the routes over it', async () => {
  const lost = { tunnels: [tunnel('')], routes: [nearby] }
  expect((await told({ n2: lost })).evidence).toEqual(expected(4))
})

it('a rule drops what carries the packets: by its name, and by its number', async () => {
  for (const protocol of ['ipencap', '4']) {
    const saved = `*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p ${protocol} -j DROP\nCOMMIT\n`
    expect((await told({ n2: { ...healthy.n2, saved } })).evidence).toEqual(expected(5))
  }
  const others = '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p ipip -j DROP\n-A INPUT -p udp -j DROP\nCOMMIT\n'
  expect((await told({ n2: { ...healthy.n2, saved: others } })).evidence).toBeUndefined()
})

it('what carries an answer belongs to a connection that is known', async () => {
  const saved =
    '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT\n-A INPUT -p 4 -j DROP\nCOMMIT\n'
  expect((await told({ n1: { ...healthy.n1, saved } })).evidence).toBeUndefined()
})

it('a tunnel with ends of its own opens only what is from one to the other', async () => {
  const ends = { remote: '10.1.1.7', local: '10.1.1.2' }
  const other = { tunnels: [tunnel('10.244.2.0', { ends })], routes: healthy.n2.routes }
  expect((await told({ n2: other })).evidence).toEqual({
    headline: 'n2 has no IPIP tunnel that opens packets of protocol 4 from 10.1.1.1 to 10.1.1.2',
    mend: undefined,
  })
  const right = { tunnels: [tunnel('10.244.2.0', { ends: { remote: '10.1.1.1', local: '10.1.1.2' } })] }
  expect((await told({ n2: { ...right, routes: healthy.n2.routes } })).evidence).toBeUndefined()
})

it('a tunnel that the lab has made and that is gone is made again, with its address and its routes', async () => {
  const commands = [
    'ip tunnel add t2 mode ipip local 10.1.1.2 remote 10.1.1.1',
    'ip address add 10.244.2.0/32 dev t2',
    'ip link set dev t2 up',
    'ip route add 10.244.1.0/26 dev t2',
  ]
  const run = commands.map(line => ({ argv: line.split(' '), in: 'n2' }))
  const made = new Map([...own, ...ownNetwork([{ run }])])
  expect((await told({ n2: { tunnels: [], routes: [nearby] } }, made)).evidence).toEqual({
    headline: 'n2 has no t2, so nobody there opens packets of protocol 4 from 10.1.1.1',
    mend: commands.map(line => line.replace(/^ip /, 'ip -n n2 ')).join(' && '),
  })
})
