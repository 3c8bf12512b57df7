import { describe, expect, it, test } from 'vitest'
import { inTurn } from '../../src/sandbox/round-order.ts'

const rounds = (all: string, count: number) =>
  Array.from({ length: count }, (_, at) => inTurn([...all], at + 1).join(''))

test('each round starts one later, and after the last with the first again', () => {
  expect(rounds('ABC', 4)).toEqual(['ABC', 'BCA', 'CAB', 'ABC'])
})

test('two take turns', () => expect(rounds('AB', 3)).toEqual(['AB', 'AB', 'AB']))

describe.each(['A', 'AB', 'ABC', 'ABCDEFG'])('of %s', all => {
  const told = rounds(all, 2 * all.length)

  it('each is asked once in every round', () => {
    expect(new Set(told.map(round => [...round].sort().join('')))).toEqual(new Set([all]))
  })

  it.runIf(all.length > 1)('none follows itself, neither in a round nor from one to the next', () => {
    expect(told.join('')).not.toMatch(/(.)\1/)
  })

  it.runIf(all.length > 2)('each has every place as often', () => {
    const places = [...all].map((_, place) =>
      told
        .map(round => round[place])
        .sort()
        .join(''),
    )
    expect(new Set(places)).toEqual(new Set([[...all, ...all].sort().join('')]))
  })
})
