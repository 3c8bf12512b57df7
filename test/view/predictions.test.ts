import { expect, it } from 'vitest'
import { predictionSaid } from '../../src/view/predictions.ts'
import { wordsIn } from '../../src/view/words/words.ts'
import { plain } from './fixtures.ts'

const prediction = { ask: 'What comes of it?', answers: [{ text: 'it times out: no answer comes' }] }

it('says of a question that was skipped that it was, not as if that were an answer', () => {
  expect(predictionSaid(plain(80), prediction as never, undefined)).toBe(
    '? What comes of it?\n    you skip it\n\n',
  )
  expect(predictionSaid(plain(80), prediction as never, 0)).toContain('you say')
  expect(predictionSaid(plain(80, 'zh'), prediction as never, undefined)).toContain('\n    你跳过了\n')
})

it.each([
  [1, 0, 0, 'You foretold one thing, and it came so.'],
  [0, 1, 2, 'You foretold one thing, and it came otherwise; you skipped 2 questions.'],
  [3, 1, 1, 'You foretold 4 things, and 3 of them came so; you skipped 1 question.'],
  [2, 0, 0, 'You foretold 2 things, and all of them came so.'],
  [0, 2, 0, 'You foretold 2 things, and all of them came otherwise.'],
])('sums up %i right, %i wrong and %i skipped', (right, wrong, skipped, words) => {
  expect(wordsIn.en.prediction.sum(right, wrong, skipped)).toBe(words)
})
