import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { MapContents, MapOperation, SocketMap } from '../../../src/dataplane/socket-maps.ts'
import { mapOperations, ruleSetContents } from '../../../src/dataplane/socket-services.ts'
import { service, slice } from '../iptables/fixtures.ts'
import { compile } from './fixtures.ts'

type Maps = Record<SocketMap, Map<string, string>>

const copy = (contents: MapContents): Maps =>
  Object.fromEntries(Object.entries(contents).map(([name, map]) => [name, new Map(map)])) as Maps

/** One entry after the other, as the kernel does it. */
function* followed(maps: Maps, operations: readonly MapOperation[]) {
  for (const operation of operations) {
    const map = maps[operation.map]
    if ('write' in operation)
      for (const [key, value] of operation.write) {
        map.set(key, value)
        yield
      }
    else
      for (const key of operation.delete) {
        map.delete(key)
        yield
      }
  }
}

/** Where connections to a service may come to; undefined: there is no service. A program that finds no place takes the first one. */
function reached({ services, endpoints }: Maps): (string | undefined)[] | undefined {
  const [value] = services.values()
  if (value === undefined) return undefined
  const count = Buffer.from(value.slice(16, 24), 'hex').readUInt32LE()
  const id = value.slice(0, 16)
  return Array.from({ length: count }, (_, number) => {
    const bytes = Buffer.alloc(8)
    bytes.writeUInt32LE(number)
    return endpoints.get(id + bytes.toString('hex'))
  })
}

const addresses = fc.uniqueArray(
  fc.integer({ min: 1, max: 12 }).map(last => `10.1.0.${last}`),
  { maxLength: 8 },
)
const state = fc.record({ there: fc.boolean(), addresses, affinity: fc.constantFrom('None', 'ClientIP') })

const contentsOf = ({
  there,
  addresses,
  affinity,
}: {
  there: boolean
  addresses: string[]
  affinity: string
}) => {
  const sessionAffinity = affinity as 'None' | 'ClientIP'
  return ruleSetContents([compile(there ? [service({ sessionAffinity })] : [], [slice(addresses)])])
}

it('a change leads to what is wanted, and at each moment to endpoints of before or of afterwards', () => {
  fc.assert(
    fc.property(state, state, (before, after) => {
      const maps = copy(contentsOf(before))
      const wanted = copy(contentsOf(after))
      const [old, next] = [reached(maps), reached(wanted)]
      for (const _ of followed(maps, mapOperations(maps, wanted))) {
        const now = reached(maps)
        if (now === undefined) expect(old === undefined || next === undefined).toBe(true)
        for (const endpoint of now ?? []) expect([...(old ?? []), ...(next ?? [])]).toContain(endpoint)
        expect(now?.includes(undefined) ?? false).toBe(false)
      }
      expect(maps).toEqual(wanted)
    }),
  )
})

it('a change of nothing is no operation, and one endpoint of many is a few entries', () => {
  const services = (last: string) =>
    ruleSetContents([
      compile(
        Array.from({ length: 200 }, (_, at) => service({ name: `svc${at}`, clusterIPs: [`10.96.1.${at}`] })),
        Array.from({ length: 200 }, (_, at) =>
          slice([at === 7 ? last : '10.1.0.1', '10.1.0.9'], { service: `svc${at}` }),
        ),
      ),
    ])
  const before = services('10.1.0.1')
  expect(mapOperations(before, before)).toEqual([])
  const operations = mapOperations(before, services('10.1.0.2'))
  expect(operations).toHaveLength(1)
  expect(operations).toMatchObject([{ map: 'endpoints', write: [expect.anything()] }])
})
