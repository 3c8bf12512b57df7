import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { labName } from '../../src/run/lab-state.ts'
import { ownFolder } from '../own-folder.ts'

test.each([
  ['shop', 'shop'],
  ['labs/shop.yaml', 'shop'],
  ['./shop.netlab.yaml', 'shop'],
  ['shop.netlab.yml', 'shop'],
  ['/tmp/netlab.yaml', 'netlab'],
])('%s means the lab %s, where none has come from such a file', (path, name) => {
  expect(labName(path)).toBe(name)
})

describe('where two labs run', () => {
  const root = ownFolder('names')
  beforeAll(() => {
    for (const name of ['one', 'two']) mkdirSync(join(root, name), { mode: 0o700 })
    vi.stubEnv('NETLAB_STATE_DIR', root)
  })
  afterAll(() => {
    vi.unstubAllEnvs()
  })
  const usual = (name: string) => vi.stubEnv('NETLAB_LAB', name)

  test('one must be named, and how to do that once for all is told', () => {
    usual('')
    expect(() => labName(undefined)).toThrow(
      expect.objectContaining({
        message: '2 labs are running: one, two',
        fix: expect.stringContaining('export NETLAB_LAB=one'),
      }),
    )
  })

  test('NETLAB_LAB names the one that is meant', () => {
    usual('two')
    expect(labName(undefined)).toBe('two')
  })

  test('a name on the command line wins', () => {
    usual('two')
    expect(labName('one')).toBe('one')
  })

  test('NETLAB_LAB that names no lab which runs is told, with those that do', () => {
    usual('three')
    expect(() => labName(undefined)).toThrow(
      expect.objectContaining({
        message: 'NETLAB_LAB names the lab three, which is not running',
        fix: 'running: one, two; name another one, or: unset NETLAB_LAB',
        exitCode: 2,
      }),
    )
  })
})
