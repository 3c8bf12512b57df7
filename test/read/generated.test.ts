import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('the JSON Schema, the field reference and the manual page are fresh', () => {
  expect(() => execFileSync('node', ['scripts/generate.mjs', '--check'], { stdio: 'pipe' })).not.toThrow()
})
