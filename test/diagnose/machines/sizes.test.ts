import { expect, it } from 'vitest'
import type { Port } from '../../../src/diagnose/machines/port.ts'
import { type Crossed, lostInSilence, narrowFor } from '../../../src/diagnose/machines/sizes.ts'

const link = (name: string, mtu: number) => ({ name, up: true, carrier: true, mac: '', mtu, addresses: [] })

interface Sizes {
  card?: number
  atSwitch?: number
  network?: number
  declared?: number
}

/** A machine's card on the network `lan`, and the other end of its cable. */
function port(name: string, { card = 1500, atSwitch = 1500, network, declared }: Sizes = {}): Port {
  const eth0 = { name: 'eth0', network: 'lan', addresses: [], port: `${name}_eth0` }
  const mtu = network === undefined ? {} : { mtu: network }
  return {
    machine: { name, interfaces: [], routes: [], neighbours: [], sysctls: {}, containers: [] },
    declared: { ...eth0, ...(declared === undefined ? {} : { mtu: declared }) },
    segment: {
      ...{
        called: 'network lan',
        device: 'the switch',
        place: 'host',
        bridge: 'lan',
        link: link('lan', 1500),
      },
      ...mtu,
    },
    link: link('eth0', card),
    end: link(`${name}_eth0`, atSwitch),
  }
}

function crossed(own: Port, taker: Port, changes: Partial<Crossed> = {}): Crossed {
  const packet = { source: '10.0.0.1', destination: '10.0.0.2', mark: 0, states: [] }
  return {
    ...{ place: own.machine.name, device: 'eth0', mtu: own.link?.mtu ?? 0, packet, direction: 'back' },
    ...{ forwards: false, wrapper: 0, ports: { own, taker } },
    ...changes,
  }
}

const told = (each: Crossed, bytes: number) => {
  const narrow = narrowFor([each], bytes)
  if (narrow?.kind !== 'silent') return narrow?.kind
  const { headline, mend } = lostInSilence(narrow, new Map(), [])
  return { headline, mend }
}

it('what fits gets through', () => {
  expect(narrowFor([crossed(port('a'), port('b'))], 1500)).toBeUndefined()
  expect(narrowFor([crossed(port('a', { card: 1400 }), port('b'))], 1500)).toBeUndefined()
})

it('a router tells, and what follows is smaller', () => {
  const hops = [
    crossed(port('r', { card: 1400 }), port('s'), { forwards: true }),
    crossed(port('s'), port('b', { atSwitch: 1300 }), { forwards: true }),
  ]
  expect(narrowFor(hops, 1500)).toMatchObject({ kind: 'told', index: 0, mtu: 1400 })
  expect(narrowFor(hops, 1400, 1)).toMatchObject({ kind: 'silent', index: 1, size: 1400, mtu: 1300 })
})

it('of a small network the cards are to be smaller, at both of its ends', () => {
  const small = { network: 1400, atSwitch: 1400 }
  expect(told(crossed(port('a', small), port('b', small)), 1500)).toEqual({
    headline:
      'network lan takes 1400 bytes, and a sends packets of 1500: they get lost without a word, smaller ones arrive',
    mend: 'ip -n a link set dev eth0 mtu 1400 && ip -n b link set dev eth0 mtu 1400',
  })
})

it.each([
  [
    'the other end of a cable',
    { atSwitch: 1300 },
    'b_eth0, the other end of eth0 of b,',
    'ip link set dev b_eth0 mtu 1500',
  ],
  ['a card', { card: 1300 }, 'eth0 of b', 'ip -n b link set dev eth0 mtu 1500'],
])('%s that is not as the lab has it is to be as large again', (_, sizes, called, mend) => {
  expect(told(crossed(port('a'), port('b', sizes)), 1500)).toEqual({
    headline: `${called} takes 1300 bytes, and a sends packets of 1500: they get lost without a word, smaller ones arrive`,
    mend,
  })
})

it('a wrapper counts, and is cut where its own card takes less', () => {
  const small = { network: 1450, atSwitch: 1450 }
  const wrapped = { wrapper: 50 }
  expect(narrowFor([crossed(port('a', small), port('b', small), wrapped)], 1450)).toMatchObject({
    size: 1500,
    mtu: 1450,
  })
  const fitting = { ...small, card: 1450, declared: 1450 }
  expect(narrowFor([crossed(port('a', fitting), port('b', fitting), wrapped)], 1450)).toBeUndefined()
})
