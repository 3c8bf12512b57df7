import { describe, expect, it } from 'vitest'
import { type CellRounds, growthOf } from '../../src/chart/growth.ts'
import type { ModeName } from '../../src/chart/modes.ts'

/** Twenty rounds around a time; every round is as much slower than usual in all cells. */
const rounds = (time: number, spread = 0.01) =>
  Array.from({ length: 20 }, (_, round) => time * (1 + 2 * (round % 3)) * (1 + spread * ((round % 7) - 3)))

const cell = (
  mode: ModeName,
  services: number,
  time: number,
  more: Partial<CellRounds> = {},
): CellRounds => ({
  ...{ mode, services, connect: rounds(time), request: [] },
  ...more,
})

const one = (...cells: CellRounds[]) => growthOf(cells)[0]!

describe('a mode', () => {
  it('grows where the whole interval is above what counts as none, however uneven the rounds are', () => {
    const growth = one(cell('iptables-nft', 1, 50), cell('iptables-nft', 5000, 100))
    expect(growth).toMatchObject({ from: 1, to: 5000, verdict: 'grows', seenFrom: 5000 })
    expect(growth.connect).toEqual({ value: 2, low: 2, high: 2 })
  })

  it('is seen to grow from the first number of services on that is beyond doubt', () => {
    const cells = [1, 1.02, 1.04, 1.3, 2].map((times, index) =>
      cell('iptables-legacy', 10 ** index, 40 * times),
    )
    expect(one(...cells).seenFrom).toBe(1000)
  })

  it('is flat within its goal, and grows above it', () => {
    const grown = (times: number) => one(cell('nftables', 1, 50), cell('nftables', 1000, 50 * times))
    expect(grown(1.15)).toMatchObject({ verdict: 'flat', goal: 1.2 })
    expect(grown(1.25)).toMatchObject({ verdict: 'grows', goal: 1.2 })
  })

  it('is left open where the rounds say both', () => {
    const uneven = [1, 1000].map((services, at) =>
      cell('ebpf', services, 50, {
        connect: rounds(50).map((time, round) => time * (round % 2 === at ? 1.4 : 1)),
      }),
    )
    expect(one(...uneven)).toMatchObject({ verdict: 'open', goal: 1.05 })
  })

  it('is left open with too few rounds', () => {
    const few = [1, 10].map(services => cell('ebpf', services, 50, { connect: [50, 50, 50] }))
    expect(one(...few)).toMatchObject({ connect: { value: 1 }, verdict: 'open' })
  })

  it('that was measured with one number of services says nothing of growth', () => {
    expect(growthOf([cell('nftables', 10, 50)])).toEqual([])
  })
})

it('says nothing of how long rules take to load where even the longer load is short', () => {
  const cells = (ms: number) => [
    cell('nftables', 1, 50, { load: 12 }),
    cell('nftables', 100, 50, { load: ms }),
  ]
  expect(one(...cells(199))).not.toHaveProperty('load')
  expect(one(...cells(240)).load).toBe(20)
})

it('tells how many times as long rules take to load, and requests, where there are any', () => {
  const cells = [1, 100].map(services =>
    cell('nftables', services, 50, { load: 20 * services, request: rounds(200) }),
  )
  expect(one(...cells)).toMatchObject({ load: 100, request: { value: 1 }, more: { value: 0 } })
})
