import { expect, test } from 'vitest'
import { expectedAfter } from '../../src/graph/expected.ts'
import { graphOf } from '../../src/graph/lab-graph.ts'
import { labAsBuilt } from '../../src/plan/lab-in-condition.ts'
import { loadLab } from '../../src/read/load-lab.ts'

/** What lines, each with the place where it runs before a colon, leave behind. */
function after(...lines: string[]) {
  const commands = lines.map(line => {
    const [place = '', words = ''] = line.split(': ')
    return { argv: words.split(' '), in: place }
  })
  return Object.fromEntries(
    [...expectedAfter(commands)].map(([place, { links, routes }]) => [
      place,
      {
        links: [...links].map(([name, { up, addresses, master }]) =>
          [name, up ? 'up' : 'down', ...addresses, ...(master === undefined ? [] : [`in ${master}`])].join(
            ' ',
          ),
        ),
        routes: [...routes.values()].map(({ to, via, device }) =>
          [
            to,
            ...(via === undefined ? [] : [`via ${via}`]),
            ...(device === undefined ? [] : [`dev ${device}`]),
          ].join(' '),
        ),
      },
    ]),
  )
}

const pod = [
  'host: ip netns add a',
  'host: ip link add name br1 type bridge',
  'host: ip link set dev br1 up',
  'host: ip link add name veth_a type veth peer name eth0 netns a',
  'host: ip link set dev veth_a master br1 up',
  'host: ip -n a address add 10.0.0.11/24 dev eth0',
  'a: ip link set eth0 up',
  'a: ip route add default via 10.0.0.1',
]

test('follows links, addresses, plugs and routes from namespace to namespace', () => {
  expect(after(...pod)).toEqual({
    host: { links: ['br1 up', 'veth_a up in br1'], routes: [] },
    a: { links: ['eth0 up 10.0.0.11/24'], routes: ['default via 10.0.0.1'] },
  })
})

test('takes the routes over an interface away with it, as the kernel does', () => {
  expect(after(...pod, 'a: ip link set eth0 down').a).toEqual({
    links: ['eth0 down 10.0.0.11/24'],
    routes: [],
  })
  expect(after(...pod, 'a: ip address del 10.0.0.11/24 dev eth0').a).toEqual({
    links: ['eth0 up'],
    routes: [],
  })
})

test('knows that a cable has two ends, and that a namespace takes its own along', () => {
  expect(after(...pod, 'host: ip link del veth_a').a).toEqual({ links: [], routes: [] })
  expect(after(...pod, 'host: ip netns del a')).toEqual({ host: { links: ['br1 up'], routes: [] } })
})

test('moves and renames', () => {
  const made = ['host: ip netns add a', 'host: ip link add v1 type veth peer name v2']
  expect(after(...made, 'host: ip link set v2 netns a name eth0')).toMatchObject({
    host: { links: ['v1 down'] },
    a: { links: ['eth0 down'] },
  })
})

test('reads routes however they are written', () => {
  const route = (words: string) =>
    after('host: ip link add eth0 type dummy', `host: ip ${words}`).host?.routes
  expect(route('route add 10.1.0.9/32 dev eth0 scope link')).toEqual(['10.1.0.9 dev eth0'])
  expect(route('route add 0.0.0.0/0 via 10.0.0.1')).toEqual(['default via 10.0.0.1'])
  expect(route('r a blackhole 10.1.0.0/16')).toEqual(['blackhole 10.1.0.0/16'])
  expect(route('-6 route add default via fd00:0::1')).toEqual(['default via fd00::1'])
})

test('keeps a default route of each family', () => {
  const routes = after(
    'host: ip route add default via 10.0.0.1',
    'host: ip -6 route add default via fd00::1',
    'host: ip route del default',
  )
  expect(routes.host?.routes).toEqual(['default via fd00::1'])
})

test('leaves out routes that are in another table than the one that is asked for', () => {
  const made = ['host: ip link add eth0 type dummy', 'host: ip route add 10.1.0.0/16 dev eth0 table main']
  const routes = (...words: string[]) => after(...made, ...words.map(each => `host: ip ${each}`)).host?.routes
  expect(
    routes(
      'route add 10.2.0.0/16 dev eth0 table 100',
      'route add 10.3.0.0/16 dev eth0 vrf blue',
      'route add local 10.4.0.0/16 dev lo',
      'route delete 10.1.0.0/16 table 100',
    ),
  ).toEqual(['10.1.0.0/16 dev eth0'])
})

test('takes of several next hops none for the only one', () => {
  expect(
    after('host: ip route add 10.1.0.0/16 nexthop via 10.0.0.1 dev a nexthop via 10.0.0.2 dev b').host
      ?.routes,
  ).toEqual(['10.1.0.0/16'])
})

test('flushes the addresses of an interface, of one family or of both', () => {
  const both = [...pod, 'a: ip address add fd00::11/64 dev eth0']
  expect(after(...both, 'a: ip -6 addr flush dev eth0').a?.links).toEqual(['eth0 up 10.0.0.11/24'])
  expect(after(...both, 'a: ip -4 addr flush eth0').a).toEqual({ links: ['eth0 up fd00::11/64'], routes: [] })
  expect(after(...both, 'a: ip address flush dev eth0 scope global').a?.links).toEqual(['eth0 up'])
})

test('knows tunnels that commands make, and those that the kernel brings along', () => {
  expect(
    after(
      'host: ip netns add n1',
      'n1: ip link set dev tunl0 up',
      'n1: ip address add 10.244.1.0/32 dev tunl0',
      'n1: ip tunnel add t mode ipip remote 192.0.2.1',
      'n1: ip link add name u type ipip local 192.0.2.2 remote 192.0.2.3',
      'n1: ip tunnel del t',
      'n1: ip link set dev other up',
    ).n1?.links,
  ).toEqual(['tunl0 up 10.244.1.0/32', 'u down'])
  const places = expectedAfter([
    {
      argv: ['ip', 'link', 'add', 'name', 'u', 'type', 'ipip', 'local', 'any', 'remote', '192.0.2.3'],
      in: 'host',
    },
  ])
  expect(places.get('host')?.links.get('u')?.ipip).toEqual({ remote: '192.0.2.3' })
})

test('draws those that are up as a tunnel over the networks of their machines', () => {
  const { segments, links } = graphOf(labAsBuilt(loadLab('labs/calico-ipip.yaml')))
  expect(segments.filter(({ kind }) => kind === 'tunnel')).toEqual([
    {
      ...{ id: 'tunnel IPIP', kind: 'tunnel', name: 'IPIP', addresses: [], marks: [] },
      carriedBy: ['network lan', 'network annex'],
    },
  ])
  const ends = links.flatMap(({ kind, near }) =>
    kind === 'tunnel' ? [`${near.place} ${near.interface}`] : [],
  )
  expect(ends).toEqual(['master tunl0', 'worker tunl0', 'annex-worker tunl0'])
})
