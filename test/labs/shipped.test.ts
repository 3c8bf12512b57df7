import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { loadLab } from '../../src/read/load-lab.ts'
import { labsFolder, shippedLabs } from './cli.ts'

it.each(shippedLabs)('labs/%s.yaml has its tests', lab => {
  const file = lab.startsWith('exercise-') ? 'exercises' : lab
  expect(existsSync(fileURLToPath(new URL(`${file}.test.ts`, import.meta.url)))).toBe(true)
})

it.each(shippedLabs)('labs/%s.yaml says of no output what holds of its last line alone', lab => {
  const { steps } = loadLab(join(labsFolder, `${lab}.yaml`))
  const patterns = steps.flatMap(({ check }) =>
    check.flatMap(each => (each.kind === 'command' ? (each.output ?? []) : [])),
  )
  // ^ is the start of any line: of the last one nothing follows, whatever came before.
  expect(patterns.filter(pattern => /^\^?\(\?!/.test(pattern))).toEqual([])
})
