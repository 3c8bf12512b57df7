import { expect, test } from 'vitest'
import type { Told } from '../../src/trace/chain-groups.ts'
import type { ChainMet, Ends, Passage } from '../../src/trace/report.ts'
import { betweenOf, visitOf } from '../../src/trace/visits.ts'

const asked: Ends = { source: '10.0.0.1', sourcePort: 2000, destination: '10.96.0.1', port: 80 }
const translated: Ends = { ...asked, destination: '10.0.0.2', port: 8080 }

function passage(kind: Passage['kind'], link: string, ends: Ends, at: number) {
  return { place: 'node', kind, link, ends, at }
}

function chain(hook: string, ends: Ends, interfaces: Pick<Told, 'in' | 'out'>): Told {
  const met: ChainMet = {
    ...{ kind: 'chain', hook, family: 'ip', table: 'nat', chain: hook.toUpperCase(), type: 'nat', ends },
    ...{ rules: [], verdict: 'accept', byPolicy: true },
  }
  return { direction: 'out', item: met, ...interfaces }
}

test('a packet that comes by twice has each time what happened then', () => {
  const first = { place: 'node', passages: [passage('out', 'eth0', asked, 1)] }
  const second = {
    place: 'node',
    passages: [passage('in', 'eth0', translated, 3), passage('out', 'veth', translated, 4)],
  }
  const told = [
    chain('output', asked, { out: 'eth0' }),
    chain('prerouting', translated, { in: 'eth0' }),
    chain('postrouting', translated, { out: 'veth' }),
  ]
  const between = betweenOf([first, second], new Map([['node', told]]), 'out')
  expect(between.map(each => each.told.length)).toEqual([1, 2])
})

test('an address is translated behind the chain that does it, before the way is looked up', () => {
  const stay = { place: 'node', passages: [passage('in', 'a', asked, 1), passage('out', 'b', translated, 2)] }
  const told = [chain('prerouting', asked, { in: 'a' }), chain('forward', translated, { in: 'a', out: 'b' })]
  const { items } = visitOf({ place: 'node', stay, told }, [{ kind: 'route', text: '10.0.0.2 dev b' }])
  expect(items.map(item => (item.kind === 'chain' ? item.hook : item.kind))).toEqual([
    ...['in', 'prerouting', 'translation', 'route', 'forward', 'out'],
  ])
  expect(items[2]).toEqual({
    ...{ kind: 'translation', what: 'destination', by: 'rule' },
    ...{ before: '10.96.0.1:80', after: '10.0.0.2:8080' },
  })
})
