import { expect, test } from 'vitest'
import type { MatrixPair, MatrixReport } from '../../src/verify/report.ts'
import { matrixLines } from '../../src/view/matrix-table.ts'
import { plain } from './fixtures.ts'

const places = [
  { name: 'pc9', address: '10.1.1.9' },
  { name: 'router', address: '10.1.1.254' },
  { name: 'shop', address: '3.3.3.3' },
]
const pair = (from: string, to: string, more: Partial<MatrixPair> = {}): MatrixPair => ({
  ...{ from, to, port: 40000, client: 'its own', translated: false, ping: 'ok', ok: true },
  ...more,
})
const lost = (from: string, to: string): MatrixPair => ({
  from,
  to,
  port: 40000,
  failure: 'timeout',
  ping: 'timeout',
  ok: true,
})
const pairs = [
  pair('pc9', 'router'),
  pair('pc9', 'shop', { client: '60.1.1.1', translated: true, translatedAt: 'router' }),
  pair('router', 'pc9'),
  pair('router', 'shop'),
  lost('shop', 'pc9'),
  lost('shop', 'router'),
]
const report: MatrixReport = { places, pairs, ok: true }

test('a table, then who is seen as somebody else, then who is not reached', () => {
  expect(matrixLines(plain(80), report, true)).toEqual([
    '                      1 2 3',
    '1 pc9     10.1.1.9    · ✔ N',
    '2 router  10.1.1.254  ✔ · ✔',
    '3 shop    3.3.3.3     ✘ ✘ ·',
    '',
    '✔ 4 of 6 pairs of places are reached',
    '  N pc9 is seen as router (60.1.1.1) by shop',
    '  ✘ shop does not reach pc9 or router (timed out)',
    '',
  ])
})

test('only those who ask have a row', () => {
  const asked = { places, pairs: pairs.filter(({ from }) => from === 'shop'), ok: true }
  expect(matrixLines(plain(80), asked, true).slice(0, 2)).toEqual([
    '                      1 2 3',
    '3 shop    3.3.3.3     ✘ ✘ ·',
  ])
})

test('where ping and TCP differ, with what makes it so, once', () => {
  const headline = 'rule 1 of INPUT in shop drops packets'
  const mute: Partial<MatrixPair> = { ping: 'timeout', evidence: { headline, lines: [] } }
  const some = [
    pair('pc9', 'router', { failure: 'refused' }),
    pair('pc9', 'shop', mute),
    pair('router', 'pc9'),
    pair('router', 'shop', mute),
    pair('shop', 'pc9'),
    lost('shop', 'router'),
  ]
  expect(matrixLines(plain(80), { places, pairs: some, ok: true }, true)).toEqual([
    '                      1 2 3',
    '1 pc9     10.1.1.9    · P T',
    '2 router  10.1.1.254  ✔ · T',
    '3 shop    3.3.3.3     ✔ ✘ ·',
    '',
    '✔ 4 of 6 pairs of places are reached over TCP, 3 by ping',
    '  P pc9 reaches router by ping, but not over TCP (refused)',
    '  T pc9 reaches shop over TCP, but not by ping (timed out)',
    `      ${headline}`,
    '  T router reaches shop over TCP, but not by ping (timed out)',
    '  ✘ shop does not reach router (timed out)',
    '',
  ])
})

test('what is not as the lab says, with what was expected', () => {
  const wrong = pair('pc9', 'shop', { client: '60.1.1.1', ok: false, expected: 'it is not reached' })
  expect(matrixLines(plain(80), { places, pairs: [wrong, pairs[0]!], ok: false }, false)).toEqual([
    '✘ 2 of 2 pairs of places are reached; one is not as the lab says',
    '',
    '  pc9 → shop',
    '    expected  it is not reached',
    '    observed  it is reached, and sees 60.1.1.1; a ping is answered',
    '',
  ])
})

test('where a table does not fit there is none, and no line is longer than the screen', () => {
  const many = Array.from({ length: 30 }, (_, at) => ({ name: `p${at}`, address: `10.0.0.${at}` }))
  const all = many.slice(1).map(({ name }) => lost('p0', name))
  const lines = matrixLines(plain(40), { places: many, pairs: all, ok: true }, true)
  expect(lines).toEqual([
    '✔ 0 of 29 pairs of places are reached',
    '  ✘ p0 does not reach 29 places (timed',
    '      out)',
    '',
  ])
})
