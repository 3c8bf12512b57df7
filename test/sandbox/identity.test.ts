import { describe, expect, it } from 'vitest'
import { isMapped } from '../../src/sandbox/identity.ts'

describe('an id exists in a user namespace', () => {
  it.each([
    ['of the machine itself, where all do', 2_000_007_352, '         0          0 4294967295\n', true],
    ['of a container that has some 65,536', 2_000_007_352, '0 100000 65536\n', false],
    ['whose second range holds it', 1001, '0 1000 1\n1 100000 65536\n', true],
    ['whose one id is another', 1, '0 1000 1\n', false],
  ])('%s', (_, id, map, mapped) => {
    expect(isMapped(id, map)).toBe(mapped)
  })
})
