import { expect, it } from 'vitest'
import { isBetween, mergedRanges } from '../../src/model/ranges.ts'

it.each([
  [['192.0.2.0/25', '192.0.2.128/25'], ['192.0.2.0/24']],
  [['192.0.2.128/26', '192.0.2.0/25'], ['192.0.2.0-192.0.2.191']],
  [
    ['203.0.113.0/24', '203.0.113.128/25', '192.0.2.1/32'],
    ['192.0.2.1', '203.0.113.0/24'],
  ],
  [['10.0.0.9', '10.0.0.0-10.0.0.8'], ['10.0.0.0-10.0.0.9']],
  [['192.0.2.1', '0.0.0.0/0'], ['0.0.0.0/0']],
  [
    ['fd00::/64', '::ffff:1.2.3.4'],
    ['::ffff:102:304', 'fd00::/64'],
  ],
  [
    ['nobody', '10.0.0.1'],
    ['nobody', '10.0.0.1'],
  ],
])('%j are %j', (ranges, merged) => {
  expect(mergedRanges(ranges)).toEqual(merged)
})

it('has an address between two others, of its own family', () => {
  expect(isBetween('192.0.2.0-192.0.2.191', '192.0.2.191')).toBe(true)
  expect(isBetween('192.0.2.0-192.0.2.191', '192.0.2.192')).toBe(false)
  expect(isBetween('fd00::1-fd00::9', 'fd00::a')).toBe(false)
  expect(isBetween('fd00::1-fd00::9', '192.0.2.1')).toBe(false)
})
