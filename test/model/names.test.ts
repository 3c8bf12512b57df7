import { expect, test } from 'vitest'
import { deriveInterfaces, refuseInterface, refuseName } from '../../src/model/names.ts'

test('a derived name keeps what fits, else is shortened with a hash', () => {
  const derived = deriveInterfaces(
    'veth_',
    ['a', 'netns_011', 'a-long-pod-name', 'a-long-pod-name-2'],
    new Set(),
  )
  expect([...derived]).toEqual([
    ['a', 'veth_a'],
    ['netns_011', 'veth_netns_011'],
    ['a-long-pod-name', expect.stringMatching(/^veth_a-lo[a-z0-9]{6}$/)],
    ['a-long-pod-name-2', expect.stringMatching(/^veth_a-lo[a-z0-9]{6}$/)],
  ])
  expect(new Set(derived.values()).size).toBe(4)
})

test('a derived name is the same whatever stands beside it, and never one that is taken', () => {
  const alone = deriveInterfaces('veth_', ['a-long-pod-name'], new Set()).get('a-long-pod-name')!
  expect(deriveInterfaces('veth_', ['b', 'a-long-pod-name'], new Set()).get('a-long-pod-name')).toBe(alone)
  expect(deriveInterfaces('veth_', ['a-long-pod-name'], new Set([alone])).get('a-long-pod-name')).not.toBe(
    alone,
  )
})

test.each(['a', 'netns_011', 'web-1.shop', 'A', '0', 'x'.repeat(63)])('%s can be a name', name => {
  expect(refuseName(name)).toBeUndefined()
})

test.each([
  '',
  '.',
  '..',
  'a..b',
  '-a',
  '_a',
  '.a',
  'a/b',
  '$(id)',
  'a b',
  'a\nb',
  'é',
  'x'.repeat(64),
  'host',
])('"%s" cannot be a name', name => {
  expect(refuseName(name)).toBeDefined()
})

test('an interface name has at most 15 characters', () => {
  expect(refuseInterface('x'.repeat(15))).toBeUndefined()
  expect(refuseInterface('x'.repeat(16))).toEqual({
    refusal: 'an interface name has at most 15 characters, this one 16',
    fix: 'shorten it: xxxxxxxxxxxxxxx, say',
  })
})
