import { expect, test } from 'vitest'
import { loadLab } from '../../src/read/load-lab.ts'
import { findLab } from '../../src/read/load-shipped.ts'
import { endOf } from '../../src/trace/end.ts'
import type { Ends, Passage, Visit, Way } from '../../src/trace/report.ts'

const lab = loadLab(findLab('hairpin'))
const asked: Ends = { source: '10.0.0.21', sourcePort: 2000, destination: '10.96.0.80', port: 8080 }
const reply = { destination: '10.0.0.21', port: 2000, sourcePort: 8080 }

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
  expect(endOf(answerFrom('10.96.0.80'), saw, 'other', [], lab)).toMatchObject({
    ...{ kind: 'refused', place: 'web' },
  })
})
