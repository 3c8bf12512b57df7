import { expect, test } from 'vitest'
import type { TraceOrder } from '../../../src/sandbox/trace/order.ts'
import { tracingRules } from '../../../src/sandbox/trace/tracing-table.ts'
import { openEmptySandbox } from '../../labs/empty-sandbox.ts'

const connection: TraceOrder = {
  ...{ from: 'a', places: ['host', 'a', 'b'], timeout: 1, longest: 3 },
  request: { kind: 'command', argv: ['curl', '10.96.0.1'], ports: [2000, 2099] },
  ...{ others: ['10.0.0.2', 'fd00::2'], own: ['10.0.0.1'] },
}
const there = { place: 'host', addresses: ['10.0.0.254', '::1'], translates: true }

const orders: [string, TraceOrder][] = [
  ['a connection', connection],
  ['a connection of the place itself', { ...connection, from: 'host', own: [] }],
  ['any connection', { ...connection, request: { kind: 'command', argv: ['curl', '10.96.0.1'] } }],
  [
    'a datagram',
    {
      ...connection,
      request: { kind: 'datagram', address: '10.96.0.10', port: 53, payload: 'q83w', key: 'abcd' },
    },
  ],
  ['a ping', { ...connection, request: { kind: 'ping', address: '10.0.0.2', key: '01020304' } }],
]

test.each(orders)('nft takes the rules for %s, and takes them away with itself', async (_, order) => {
  const sandbox = await openEmptySandbox()
  const rules = tracingRules(order, there)
  const listed = await sandbox.run(['nft', '-i'], `${rules}\nlist table inet netlab-trace\n`)
  expect(listed).toContain('flags owner')
  expect(listed).toContain('meta nftrace set 1')
  expect(await sandbox.run(['nft', 'list', 'tables'])).toBe('')
})

test('where nothing is translated, connection tracking is not switched on', () => {
  expect(tracingRules(connection, there)).toContain('ct direction reply')
  expect(tracingRules(connection, { ...there, translates: false })).not.toMatch(/\bct\b/)
})
