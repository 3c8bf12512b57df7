import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Ports, portsForEach } from '../../src/observe/ports-aside.ts'

const firstOf = ([first]: Ports) => first

it('each request has a first port of its own, none that is given by chance or is a node port', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 28_000 }), requests => {
      const ports = portsForEach(requests)
      expect(new Set(ports.map(firstOf)).size).toBe(requests)
      expect(ports.every(([first, last]) => first >= 1024 && first < last && last < 30_000)).toBe(true)
    }),
  )
})

it('a later request has other ports than all of the two minutes before it, in whatever process it was made', () => {
  // Behind all that the test before this one has taken.
  const start = Date.now() + 1e9
  const [once, ...later] = [0, 1, 10, 60, 119].map(seconds => portsForEach(60, start + seconds * 1000))
  const taken = new Set(once?.map(firstOf))
  expect(later.flat().filter(ports => taken.has(firstOf(ports)))).toEqual([])
  const again = portsForEach(60, start + 120_000)
  expect(again.some(ports => taken.has(firstOf(ports)))).toBe(false)
})
