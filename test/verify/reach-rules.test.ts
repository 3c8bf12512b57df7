import { expect, test } from 'vitest'
import type { ReachRule } from '../../src/model/lab.ts'
import { holdsOfPing, holdsOverTcp, wantedOf, wantedWords } from '../../src/verify/reach-rules.ts'

const rule = (more: Partial<ReachRule>): ReachRule => ({ from: [], to: [], ...more })
const reached = { client: '10.0.0.1', ping: 'ok' } as const
const mute = { client: '10.0.0.1', ping: 'timeout' } as const
const lost = { failure: 'timeout', ping: 'timeout' } as const

test('a lab that says nothing wants nothing, and one that says anything wants everybody else reached', () => {
  expect(wantedOf({ reach: [] }, 'a', 'b')).toEqual({})
  const reach = [rule({ from: ['a'], expect: 'fails' })]
  expect(wantedOf({ reach }, 'a', 'b')).toEqual({ tcp: { expect: 'fails' } })
  expect(wantedOf({ reach }, 'b', 'a')).toEqual({ tcp: { expect: 'ok' } })
})

test('what the last rule says of TCP holds, and what the last one says of ping', () => {
  const reach = [
    rule({ expect: 'ok', client: 'own' }),
    rule({ to: ['b'], expect: 'fails', ping: 'fails' }),
    rule({ from: ['a'], ping: 'ok' }),
  ]
  expect(wantedOf({ reach }, 'a', 'b')).toEqual({ tcp: { expect: 'fails' }, ping: 'ok' })
  expect(wantedOf({ reach }, 'c', 'b')).toEqual({ tcp: { expect: 'fails' }, ping: 'fails' })
  expect(wantedOf({ reach }, 'b', 'c')).toEqual({ tcp: { expect: 'ok', client: 'own' } })
})

test('TCP and ping are judged apart', () => {
  const wanted = { tcp: { expect: 'ok', client: 'own' }, ping: 'fails' } as const
  expect(holdsOverTcp(wanted, mute, '10.0.0.1')).toBe(true)
  expect(holdsOverTcp(wanted, mute, '10.0.0.9')).toBe(false)
  expect(holdsOverTcp(wanted, lost, '10.0.0.1')).toBe(false)
  expect([reached, mute, lost].map(seen => holdsOfPing(wanted, seen))).toEqual([false, true, true])
  expect([reached, mute].map(seen => holdsOfPing({ ping: 'ok' }, seen))).toEqual([true, false])
  expect([reached, mute, lost].every(seen => holdsOfPing({}, seen) && holdsOverTcp({}, seen, ''))).toBe(true)
})

test('in words', () => {
  expect(wantedWords({}, undefined)).toBeUndefined()
  expect(wantedWords({ tcp: { expect: 'fails' }, ping: 'ok' }, undefined)).toBe(
    'it is not reached; a ping is answered',
  )
  expect(wantedWords({ tcp: { expect: 'ok', client: 'own' }, ping: 'fails' }, '10.0.0.1')).toBe(
    "it is reached, and sees the client's own address, 10.0.0.1; a ping is not answered",
  )
})
