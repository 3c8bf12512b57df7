import { expect, it } from 'vitest'
import { matchInTime, PatternError } from '../../src/verify/pattern.ts'

it('says where a pattern fits, line by line', () => {
  expect(matchInTime('b', 'abc')).toEqual([1, 2])
  expect(matchInTime('^c$', 'ab\nc')).toEqual([3, 4])
  expect(matchInTime('^$', '')).toEqual([0, 0])
  expect(matchInTime('^$', 'a')).toBeUndefined()
  expect(matchInTime('(x)?d', 'abc')).toBeUndefined()
})

it('gives a pattern up that is not through in time', () => {
  expect(() => matchInTime('^(a+)+$', `${'a'.repeat(40)}b`)).toThrow(PatternError)
})
