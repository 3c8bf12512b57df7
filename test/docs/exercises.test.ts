import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { summaryOf } from '../../src/plan/lab-summary.ts'
import { loadLab } from '../../src/read/load-lab.ts'
import { findLab, shippedLabs } from '../../src/read/load-shipped.ts'

it('docs/exercises.md has the exercises take as long as netlab labs says', () => {
  const minutes = shippedLabs()
    .filter(name => name.startsWith('exercise-'))
    .map(name => summaryOf(loadLab(findLab(name))).minutes)
  const usual = Math.round(minutes.reduce((sum, each) => sum + each, 0) / minutes.length)
  expect(readFileSync('docs/exercises.md', 'utf8')).toContain(
    `some ${['five', 'six', 'seven', 'eight'][usual - 5]} minutes`,
  )
})
