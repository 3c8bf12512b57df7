import { expect, test } from 'vitest'
import { answersOf } from '../../src/trace/trace-many.ts'

test('whatever servers call themselves, who answered is counted', () => {
  const pods = ['a', 'constructor', '__proto__', 'a', 'constructor']
  const answers = answersOf([...pods.map(pod => ({ pod })), {}])
  expect(Object.entries(answers)).toEqual([
    ['a', 2],
    ['constructor', 2],
    ['__proto__', 1],
  ])
})
