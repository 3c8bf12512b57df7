import { expect, it } from 'vitest'
import { peerIn } from '../../src/sandbox/socket-table.ts'

const udp = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  155: 0B00000A:A1B2 1500000A:1F90 01 00000000:00000000 00:00000000 00000000     0        0 29813 2 0000000000000000 0
  156: 00000000:00A1 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 29814 2 0000000000000000 0
`
const udp6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  155: 000000FD00000000000000000B000000:A1B2 000000FD000000000000000015000000:1F90 01 00000000:00000000 00:00000000 00000000     0        0 29813 2 0000000000000000 0
  157: 0000000000000000FFFF00000B00000A:00A2 0000000000000000FFFF00001500000A:1F90 01 00000000:00000000 00:00000000 00000000     0        0 29815 2 0000000000000000 0
`

it.each([
  [udp, 0xa1b2, '10.0.0.21'],
  [udp, 0x00a1, '0.0.0.0'],
  [udp, 0xa1b3, undefined],
  [udp6, 0xa1b2, 'fd00:0000:0000:0000:0000:0000:0000:0015'],
  [udp6, 0x00a2, '10.0.0.21'],
  ['', 1, undefined],
])('reads whom the socket of a port is connected to', (table, port, peer) => {
  expect(peerIn(table, port)).toBe(peer)
})
