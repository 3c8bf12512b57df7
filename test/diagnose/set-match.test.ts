import { expect, it } from 'vitest'
import type { Packet } from '../../src/diagnose/packet.ts'
import { isInSet } from '../../src/diagnose/set-match.ts'

const packet: Packet = {
  ...{ source: '10.0.0.11', destination: '10.100.0.1', port: 80 },
  ...{ protocol: 'tcp', mark: 0, states: ['NEW'] },
}
const six: Packet = { ...packet, source: 'fd00::b', destination: 'fd00:100::1' }

it.each<[string, string, string, Packet, boolean]>([
  ['an address and port', '10.100.0.1,tcp:80', 'dst,dst', packet, true],
  ['another port', '10.100.0.1,tcp:81', 'dst,dst', packet, false],
  ['another protocol', '10.100.0.1,udp:80', 'dst,dst', packet, false],
  ['the same, of the sender', '10.0.0.11,tcp:80', 'src,dst', packet, true],
  [
    'who reaches itself',
    '10.0.0.11,tcp:80,10.0.0.11',
    'dst,dst,src',
    { ...packet, destination: '10.0.0.11' },
    true,
  ],
  ['who reaches another one', '10.0.0.11,tcp:80,10.0.0.11', 'dst,dst,src', packet, false],
  ['a network', '10.100.0.1,tcp:80,10.0.0.0/24', 'dst,dst,src', packet, true],
  ['a network that it is not in', '10.100.0.1,tcp:80,10.0.1.0/24', 'dst,dst,src', packet, false],
  ['a port', '80', 'dst', packet, true],
  ['an address', '10.100.0.1', 'dst', packet, true],
  ['IPv6', 'fd00:100::1,tcp:80', 'dst,dst', six, true],
  ['the other family', '10.100.0.1', 'dst', six, false],
])('a set has %s', (_, entry, directions, of, has) => {
  expect(isInSet(new Set(['198.51.100.1', entry]), directions, of)).toBe(has)
})
