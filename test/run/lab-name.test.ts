import { expect, test } from 'vitest'
import { labName } from '../../src/run/lab-state.ts'

test.each([
  ['shop', 'shop'],
  ['labs/shop.yaml', 'shop'],
  ['./shop.netlab.yaml', 'shop'],
  ['shop.netlab.yml', 'shop'],
  ['/tmp/netlab.yaml', 'netlab'],
])('%s means the lab %s, where none has come from such a file', (path, name) => {
  expect(labName(path)).toBe(name)
})
