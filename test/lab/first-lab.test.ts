import { expect, test } from 'vitest'
import { firstLab } from '../../src/lab/first-lab.ts'
import { parseLab } from '../../src/lab/parse-lab.ts'

test('the lab that init writes is fine', () => {
  const { lab, problems } = parseLab(firstLab, 'first.yaml', () => ({ refusal: 'no manifests' }))
  expect(problems).toEqual([])
  expect(lab?.steps).toHaveLength(2)
})
