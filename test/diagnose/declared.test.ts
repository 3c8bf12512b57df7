import { expect, it } from 'vitest'
import { declaredBy } from '../../src/diagnose/declared.ts'
import { labAsBuilt } from '../../src/plan/lab-in-condition.ts'
import { labOf } from '../plan/lab-text.ts'

const text = `name: lab
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080}
  b: 10.0.0.12/24
outside: {client: 192.0.2.10/24}
`

/** What a lab with these steps declares up to one of them; a look at its plan fails. */
function declared(steps = '', upTo = Number.POSITIVE_INFINITY) {
  const { outlines, ...rest } = labAsBuilt(labOf(text + steps))
  const running = {
    ...rest,
    outlines,
    get plan(): never {
      throw new Error('the lab was compiled')
    },
  }
  return declaredBy(running, upTo, 'ipv4')
}

it('what the lab declares is known without a command, each with what sets it', () => {
  const { places, bridges, hostAddresses, hostGateway, servers } = declared()
  expect(places.get('a')).toEqual({
    name: 'eth0',
    address: {
      value: { address: '10.0.0.11', prefix: 24 },
      command: 'ip -n a address add 10.0.0.11/24 dev eth0',
    },
    up: 'ip -n a link set dev eth0 up',
    gateway: { value: '10.0.0.1', command: 'ip -n a route add default via 10.0.0.1' },
    hostEnd: 'veth_a',
    bridge: { value: 'br1', command: 'ip link set dev veth_a master br1 up' },
  })
  expect(places.get('client')).toMatchObject({ gateway: { value: '192.0.2.1' }, hostEnd: 'out_client' })
  expect(places.get('client')?.bridge).toBeUndefined()
  expect(bridges.get('br1')?.up).toBe('ip link set dev br1 up')
  expect([...hostAddresses].map(([name, { value }]) => [name, value.address])).toEqual([
    ['br1', '10.0.0.1'],
    ['out_client', '192.0.2.1'],
  ])
  expect(hostGateway).toBe('ip route add default via 192.0.2.10')
  expect([...servers]).toEqual(['a'])
})

it('nothing is there before the step that builds it', () => {
  const steps = `steps:
  - {title: Look}
  - {title: Build, build: [network, servers]}
`
  const titles = labAsBuilt(labOf(text + steps)).outlines.map(({ title }) => title)
  const [before, after] = [titles.indexOf('Build'), titles.indexOf('Build') + 1].map(upTo =>
    declared(steps, upTo),
  )
  expect([before?.places.size, before?.servers.size, before?.hostGateway]).toEqual([0, 0, undefined])
  expect([after?.places.size, after?.servers.size]).toEqual([3, 1])
})

it("what a lab's own commands change is read from them", () => {
  const { places, hostAddresses } = declared(`steps:
  - title: By hand
    run:
      - ip -n a route del default
      - ip netns exec a ip a d 10.0.0.11/24 dev eth0
      - ip -n a addr add 10.0.0.99/16 dev eth0
      - ip -n b link set eth0 down
      - ip link set dev veth_b master br9
      - ip addr add 172.16.0.1/24 dev br1
      - ip link add by-hand type veth peer name eth7 netns c
`)
  expect(places.get('a')).toMatchObject({ address: { value: { address: '10.0.0.99', prefix: 16 } } })
  expect(places.get('a')?.gateway).toBeUndefined()
  expect(places.get('b')).toMatchObject({ bridge: { value: 'br9' } })
  expect(places.get('b')?.up).toBeUndefined()
  expect(places.get('c')).toEqual({ name: 'eth7', hostEnd: 'by-hand' })
  expect(hostAddresses.get('br1')?.command).toBe('ip addr add 172.16.0.1/24 dev br1')
})
