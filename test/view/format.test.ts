import { expect, it } from 'vitest'
import {
  duration,
  listing,
  percentage,
  plural,
  probability,
  roundPercentage,
  thousands,
} from '../../src/view/format.ts'

it('parts thousands', () => {
  expect([0, 999, 1000, 1234567].map(thousands)).toEqual(['0', '999', '1,000', '1,234,567'])
})

it('counts things', () => {
  expect([plural(1, 'pod'), plural(2, 'pod'), plural(0, 'entry', 'entries')]).toEqual([
    '1 pod',
    '2 pods',
    '0 entries',
  ])
})

it('tells durations as people do', () => {
  expect([0, 0.31, 9.94, 9.96, 12.4, 999.4, 999.6, 1149, 59_940, 59_960, 125_000].map(duration)).toEqual([
    '0 ms',
    '0.3 ms',
    '9.9 ms',
    '10 ms',
    '12 ms',
    '999 ms',
    '1.0 s',
    '1.1 s',
    '59.9 s',
    '1 min 0 s',
    '2 min 5 s',
  ])
})

it('tells shares and probabilities', () => {
  expect([percentage(0.4911), roundPercentage(0.5), roundPercentage(1 / 3)]).toEqual([
    '49.1 %',
    '50 %',
    '33.3 %',
  ])
  expect([1, 0.567, 0.0012, 2e-6, 1e-9].map(probability)).toEqual([
    'p = 1.00',
    'p = 0.57',
    'p = 0.0012',
    'p = 0.000002',
    'p < 0.000001',
  ])
})

it('lists words', () => {
  expect([listing([], 'or'), listing(['a'], 'or'), listing(['a', 'b', 'c'], 'and')]).toEqual([
    '',
    'a',
    'a, b and c',
  ])
})
