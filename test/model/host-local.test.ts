import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HostLocalLeases, rangeOf, wholeRange } from '../../src/model/host-local.ts'

const subnet = { address: '10.244.4.0', prefix: 24 }
const three = [wholeRange(subnet, { first: '10.244.4.40', last: '10.244.4.42' })]
const last = (pod: string, leases: HostLocalLeases) => leases.add(pod)?.address

describe('a range', () => {
  it('has what host-local fills in: the first address is the gateway, the last one is left for broadcasts', () => {
    expect(wholeRange(subnet, {})).toEqual({
      ...{ subnet, first: '10.244.4.1', last: '10.244.4.254', gateway: '10.244.4.1' },
    })
  })
})

describe('addresses are given', () => {
  it('in order, and the gateway to nobody', () => {
    const leases = new HostLocalLeases([wholeRange(subnet, {})])
    expect([last('a', leases), last('b', leases)]).toEqual(['10.244.4.2', '10.244.4.3'])
  })

  it('from the last one on: what was given back comes again at the end of the range', () => {
    const leases = new HostLocalLeases(three)
    expect([last('a', leases), last('b', leases)]).toEqual(['10.244.4.40', '10.244.4.41'])
    leases.delete('a')
    expect([last('c', leases), last('d', leases)]).toEqual(['10.244.4.42', '10.244.4.40'])
    expect(leases.add('e')).toBeUndefined()
  })

  it('as they are asked for, where they are free and in the range', () => {
    const leases = new HostLocalLeases(three)
    expect(leases.add('a', '10.244.4.41')).toEqual({ address: '10.244.4.41', prefix: 24 })
    expect(leases.add('b', '10.244.4.41')).toBeUndefined()
    expect(leases.add('b', '10.244.4.1')).toBeUndefined()
    expect(leases.add('b', '10.244.4.43')).toBeUndefined()
    expect(last('c', leases)).toBe('10.244.4.42')
  })

  it('to one pod each, in the ranges, as long as there is one', () => {
    const small = fc.record({ first: fc.integer({ min: 1, max: 6 }), size: fc.integer({ min: 1, max: 5 }) })
    const call = fc.record({ pod: fc.integer({ min: 0, max: 9 }), isAdd: fc.boolean() })
    fc.assert(
      fc.property(fc.array(small, { minLength: 1, maxLength: 3 }), fc.array(call), (sizes, calls) => {
        const ranges = sizes.map(({ first, size }, index) =>
          wholeRange(
            { address: `10.0.${index}.0`, prefix: 24 },
            { first: `10.0.${index}.${first}`, last: `10.0.${index}.${first + size - 1}` },
          ),
        )
        const room = sizes.reduce((sum, { first, size }) => sum + size - (first === 1 ? 1 : 0), 0)
        const leases = new HostLocalLeases(ranges)
        const held = new Map<number, string>()
        for (const { pod, isAdd } of calls) {
          if (!isAdd) {
            leases.delete(`${pod}`)
            held.delete(pod)
          } else if (!held.has(pod)) {
            const given = leases.add(`${pod}`)?.address
            expect(given === undefined).toBe(held.size >= room)
            if (given === undefined) continue
            expect([...held.values()]).not.toContain(given)
            expect(rangeOf(ranges, given)?.gateway).not.toBe(given)
            held.set(pod, given)
          }
        }
      }),
    )
  })
})
