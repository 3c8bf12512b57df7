import { expect, test } from 'vitest'
import { loadLab } from '../../src/read/load-lab.ts'
import { findLab } from '../../src/read/load-shipped.ts'
import type { TraceEvent } from '../../src/sandbox/trace/order.ts'
import { endKnown, endOf } from '../../src/trace/end.ts'
import type { ChainMet, Ends, Passage, TraceEnd, Visit, Way } from '../../src/trace/report.ts'

const lab = loadLab(findLab('hairpin'))
const asked: Ends = { source: '10.0.0.21', sourcePort: 2000, destination: '10.96.0.80', port: 8080 }
const reply = { destination: '10.0.0.21', port: 2000, sourcePort: 8080 }

function came(kind: 'syn-ack' | 'rst'): TraceEvent {
  const packet = { ...reply, source: '10.96.0.80', family: 'ipv4', protocol: 'tcp', kind } as const
  return { kind: 'link', place: 'other', link: 'eth0', isOut: false, at: 1, packet }
}

function visit(place: string, kind: Passage['kind'], ends: Ends): Visit {
  return { place, items: [{ kind, link: 'eth0', ends, at: 0 }] }
}

function answerFrom(source: string): Way[] {
  const answer = { ...reply, source }
  return [
    { direction: 'out', visits: [visit('other', 'out', asked), visit('web', 'in', asked)] },
    { direction: 'back', visits: [visit('web', 'out', answer), visit('other', 'in', answer)] },
  ]
}

test('an answer from another address than was asked is none for whoever asks', () => {
  const saw = { ok: false, words: 'no answer comes', ms: 1000 }
  expect(endOf(answerFrom('10.0.0.11'), saw, 'other', [], lab)).toEqual({
    ...{ kind: 'lost', place: 'other' },
    words: 'the answer comes to other from 10.0.0.11:8080, but other waits for one from 10.96.0.80:8080',
  })
})

test('whoever is asked may refuse', () => {
  const saw = { ok: false, words: 'the connection is refused', ms: 1 }
  expect(endOf(answerFrom('10.96.0.80'), saw, 'other', [came('rst')], lab)).toEqual({
    ...{ kind: 'refused', place: 'web', words: 'web refuses: the connection is refused' },
  })
})

const taken: TraceEnd = {
  kind: 'unfinished',
  place: 'web',
  words: 'the connection to web comes about, but no whole answer comes on it',
}

test('who takes a connection does not refuse', () => {
  const saw = { ok: false, words: 'no answer comes', ms: 1000 }
  expect(endOf(answerFrom('10.96.0.80'), saw, 'other', [came('syn-ack')], lab)).toEqual(taken)
})

test('the diagnosis knows where packets end that a trace does not follow', () => {
  const words = "the answer's packets of 1500 bytes get lost"
  expect(endKnown(taken, { place: 'node', words, large: true })).toEqual({
    ...{ kind: 'unfinished', place: 'node' },
    words: "the connection comes about, but the answer's packets of 1500 bytes get lost",
  })
  expect(endKnown(taken, { place: 'node', words: 'node does not forward' })).toEqual(taken)
  expect(endKnown(taken, undefined)).toEqual(taken)
})

test('a message about a refusal stays away where a redirect has gone before it', () => {
  const link = 'out_client'
  const filter: ChainMet = {
    ...{
      kind: 'chain',
      hook: 'forward',
      family: 'ip',
      table: 'kube-proxy',
      chain: 'filter-forward',
      type: 'filter',
    },
    ...{ ends: asked, verdict: 'drop', byPolicy: false },
    rules: [{ number: 1, text: 'reject', verdict: 'drop' }],
  }
  const saw = { ok: false, words: 'no answer comes', ms: 1000 }
  const end = (device: string, ...errors: Way[]) => {
    const route = { kind: 'route', text: `10.96.0.80 from 10.0.0.21 via 10.0.0.1 dev ${device}` } as const
    const items = [{ kind: 'in', link, ends: asked, at: 0 } as const, route, filter]
    return endOf([{ direction: 'out', visits: [{ place: 'host', items }] }, ...errors], saw, 'other', [], lab)
      .words
  }
  const rejects = 'rule 1 of kube-proxy filter-forward of host rejects it'
  expect(end(link)).toBe(
    `${rejects}, but its message stays away: host has just sent other a redirect, to the neighbour that the packet was to go on to, and the kernel sends a host one ICMP message a second`,
  )
  expect(end('br1')).toBe(`${rejects}, and tells its sender`)
  expect(end(link, { direction: 'error', visits: [] })).toBe(`${rejects}, and tells its sender`)
})
