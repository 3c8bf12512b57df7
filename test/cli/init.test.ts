import { expect, test } from 'vitest'
import { firstLab } from '../../src/cli/init.ts'
import { parseLab } from '../../src/read/parse-lab.ts'

test('the lab that init writes is fine', () => {
  const { lab, problems } = parseLab(firstLab, 'first.yaml', () => ({ refusal: 'no manifests' }))
  expect(problems).toEqual([])
  expect(lab?.steps).toHaveLength(2)
})
