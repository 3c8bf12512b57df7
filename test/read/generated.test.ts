import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('the JSON Schema and the field reference are fresh', () => {
  expect(() => execFileSync('node', ['scripts/generate.mjs', '--check'], { stdio: 'pipe' })).not.toThrow()
})
