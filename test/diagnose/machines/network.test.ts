import { expect, it } from 'vitest'
import { declaredRules } from '../../../src/diagnose/declared-rules.ts'
import { crossing } from '../../../src/diagnose/machines/network.ts'
import type { Port } from '../../../src/diagnose/machines/port.ts'
import type { Surroundings } from '../../../src/diagnose/machines/surroundings.ts'
import { labOf } from '../../plan/lab-text.ts'

const lab = labOf(`name: lab
networks: {lan: {}}
machines:
  a: {interfaces: {eth0: {network: lan, address: 10.1.1.1/24}}}
  b: {interfaces: {eth0: {network: lan, address: 10.1.1.2/24}}}
  c: {interfaces: {eth0: {network: lan, address: 10.1.1.3/24}}}
`)

const link = { name: 'eth0', up: true, carrier: true, mac: '02:00:00:00:00:01', mtu: 1500 }

const segment = {
  ...{ called: 'network lan', device: 'the switch of network lan', place: 'host', bridge: 'lan' },
  link: { ...link, name: 'lan', addresses: [] },
}

/** The lab as its kernel says it, with some ports otherwise. */
function surroundings(changes: Readonly<Record<string, Partial<Port>>> = {}): Surroundings {
  const ports = lab.machines.map((machine): Port => {
    const [declared] = machine.interfaces
    return {
      ...{ machine, declared: declared!, segment },
      link: { ...link, addresses: declared!.addresses },
      end: { ...link, name: declared!.port, addresses: [], master: 'lan' },
      ...changes[machine.name],
    }
  })
  return {
    family: 'ipv4',
    lab,
    machines: new Map(
      lab.machines.map(({ name }) => [name, { routesTo: {}, tables: new Map(), sysctls: {} }]),
    ),
    ports,
    pairs: [],
    own: new Map(),
    hasIpvs: false,
    rulesOf: node => declaredRules([], node, 'ipv4'),
    wayOf: () => Promise.reject(new Error('nobody asks')),
  }
}

it('who has the address takes the frame', () => {
  expect(crossing(surroundings(), 'a', 'eth0', '10.1.1.2')).toMatchObject({ machine: { name: 'b' } })
})

it.each([
  [
    'an address that is there twice',
    { c: { link: { ...link, addresses: [{ address: '10.1.1.2', prefix: 24 }] } } },
    '10.1.1.2 is there twice on network lan: b and c have it',
    'ip -n c address delete 10.1.1.2 dev eth0',
  ],
  ['a cable that is gone', { b: { end: undefined } }, 'the cable of eth0 of b is gone', undefined],
  [
    'an address that nobody ever had',
    { b: { declared: lab.machines[0]!.interfaces[0]!, link: { ...link, addresses: [] } } },
    'nobody on network lan has 10.1.1.2, so a gets no answer to its ARP request',
    undefined,
  ],
])('%s is told', (_, changes, headline, mend) => {
  expect(crossing(surroundings(changes), 'a', 'eth0', '10.1.1.2')).toMatchObject({
    headline,
    ...(mend === undefined ? {} : { mend }),
  })
})
