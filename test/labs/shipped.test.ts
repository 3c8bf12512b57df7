import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { shippedLabs } from './cli.ts'

it.each(shippedLabs)('labs/%s.yaml has its tests', lab => {
  expect(existsSync(fileURLToPath(new URL(`${lab}.test.ts`, import.meta.url)))).toBe(true)
})
