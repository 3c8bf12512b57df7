import { expect, test } from 'vitest'
import type { CurlCheck, Expectation } from '../../src/model/lab.ts'
import { needsPod } from '../../src/plan/apply-checks.ts'

test('a check waits for a pod that is not ready only where no other could answer', () => {
  const check = (...expect: Expectation[]): CurlCheck => ({
    ...{ kind: 'curl', url: '10.0.0.1:80', from: 'host', within: 5, once: false },
    expect,
  })
  const answers = (...backends: string[]): Expectation => ({ kind: 'answers', backends })
  expect(needsPod(check(answers('a')), ['a'])).toBe(true)
  expect(needsPod(check(answers('a', 'b')), ['a'])).toBe(false)
  expect(needsPod(check(answers()), ['a'])).toBe(false)
  expect(needsPod(check({ kind: 'shares', shares: { a: 0.5, b: 0.5 }, failed: 0 }), ['a'])).toBe(true)
  expect(needsPod(check({ kind: 'fails', how: [] }, answers('a')), ['a'])).toBe(false)
  expect(needsPod(check(answers('a')), [])).toBe(false)
})
