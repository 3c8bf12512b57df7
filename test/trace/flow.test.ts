import { expect, test } from 'vitest'
import type { TraceEvent } from '../../src/sandbox/trace/order.ts'
import type { Packet } from '../../src/sandbox/trace/packet.ts'
import { flowsOf } from '../../src/trace/flow.ts'

const asked: Packet = {
  ...{ family: 'ipv4', protocol: 'udp', key: 'udp abcd' },
  ...{ source: '10.0.0.1', sourcePort: 2000, destination: '10.96.0.10', port: 53 },
}
const translated: Packet = { ...asked, destination: '10.0.0.9' }
const answer: Packet = {
  ...asked,
  ...{ source: '10.0.0.9', sourcePort: 53, destination: '10.0.0.1', port: 2000 },
}

function onLink(place: string, at: number, packet: Packet): TraceEvent {
  return { kind: 'link', place, link: 'eth0', isOut: true, at, packet }
}
function atRule(place: string, packet: Packet): TraceEvent {
  return {
    ...{ kind: 'rule', what: 'rule', id: 1, family: 'ip', table: 'nat', chain: 'PREROUTING' },
    ...{ verdict: 'accept', place, packet },
  }
}

test('an answer by another way is an answer, in whatever order the places were read', () => {
  const events = [
    onLink('client', 0, asked),
    onLink('router', 50, answer),
    atRule('host', asked),
    atRule('host', asked),
    onLink('host', 20, translated),
  ]
  const [flow] = flowsOf(events, 'client', () => true)
  expect([asked, translated, answer].map(packet => flow?.directionOf(packet))).toEqual(['out', 'out', 'back'])
})

test('of many requests each has its own packets', () => {
  const other: Packet = { ...asked, key: 'udp 1234', sourcePort: 2001 }
  const flows = flowsOf([onLink('client', 0, asked), onLink('client', 5, other)], 'client', () => true)
  expect(flows.map(({ key }) => key)).toEqual(['udp abcd', 'udp 1234'])
  expect(flows.map(({ directionOf }) => directionOf(other))).toEqual([undefined, 'out'])
})

test('a first packet that is on no link, as a rule stops it, begins a request in its turn', () => {
  const syn: Packet = { ...asked, protocol: 'tcp', kind: 'syn', key: 'tcp 1' }
  const again: Packet = { ...syn, key: 'tcp 2' }
  const flows = flowsOf([atRule('client', syn), onLink('client', 5, again)], 'client', () => true)
  expect(flows.map(({ key }) => key)).toEqual(['tcp 1', 'tcp 2'])
})
