import { describe, expect, it } from 'vitest'
import { connectionsAtOnce } from '../../src/observe/tally.ts'

describe('connections under way at once', () => {
  it.each([
    { slowness: 1, all: 64, someFail: 256 },
    { slowness: 2.5, all: 26, someFail: 103 },
    { slowness: 8, all: 8, someFail: 32 },
    { slowness: 30, all: 3, someFail: 32 },
  ])('are fewer on a machine that is $slowness times slower', ({ slowness, all, someFail }) => {
    expect([connectionsAtOnce(false, slowness), connectionsAtOnce(true, slowness)]).toEqual([all, someFail])
  })
})
