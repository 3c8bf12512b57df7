import fc from 'fast-check'
import { expect, it } from 'vitest'
import { echoRequest, readEchoAnswer, unwantedTypes } from '../../src/sandbox/echo-packet.ts'

/** An IPv4 packet with ICMP in it; the header may have options, of four bytes each. */
function packet(sender: string, icmp: Buffer, options = 0): Buffer {
  const header = Buffer.alloc(20 + options * 4)
  header[0] = 0x45 + options
  header[9] = 1
  Buffer.from(sender.split('.').map(Number)).copy(header, 12)
  return Buffer.concat([header, icmp])
}

function reply(identifier: number, sequence: number): Buffer {
  const message = echoRequest('ipv4', identifier, sequence)
  message[0] = 0
  return message
}

/** What says that a packet has not arrived. */
function error(type: number, code: number, about: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type, code, 0, 0, 0, 0, 0, 0]), about])
}

it('makes what ping -c 1 -p 00 sends', () => {
  // 08 00, the checksum, the identifier, the number; the words sum up to 0xffff (RFC 1071).
  expect(echoRequest('ipv4', 0x1234, 7).subarray(0, 8).toString('hex')).toBe('0800e5c412340007')
  expect(echoRequest('ipv4', 0x1234, 7)).toHaveLength(64)
  fc.assert(
    fc.property(fc.nat(0xffff), fc.nat(0xffff), (identifier, sequence) => {
      const message = echoRequest('ipv4', identifier, sequence)
      let sum = 0
      for (let at = 0; at < message.length; at += 2) sum += message.readUInt16BE(at)
      expect((sum & 0xffff) + (sum >>> 16)).toBe(0xffff)
    }),
  )
})

it('reads who answers which ping', () => {
  expect(readEchoAnswer('ipv4', packet('10.0.0.12', reply(5, 9)))).toEqual({
    ...{ identifier: 5, sequence: 9 },
  })
  expect(readEchoAnswer('ipv4', packet('10.0.0.12', reply(5, 9), 3))).toMatchObject({ sequence: 9 })
})

it.each([
  [3, 0, 'ENETUNREACH'],
  [3, 1, 'EHOSTUNREACH'],
  [3, 3, 'ECONNREFUSED'],
  [3, 13, 'EHOSTUNREACH'],
  [11, 0, 'EHOSTUNREACH'],
])('reads that a ping has not arrived: type %i, code %i', (type, code, name) => {
  const about = packet('10.0.0.11', echoRequest('ipv4', 5, 9))
  expect(readEchoAnswer('ipv4', packet('10.0.0.1', error(type, code, about)))).toEqual({
    ...{ identifier: 5, sequence: 9, error: name },
  })
  // Of a packet that was no ping it says nothing.
  expect(
    readEchoAnswer('ipv4', packet('10.0.0.1', error(type, code, packet('10.0.0.11', reply(5, 9))))),
  ).toBeUndefined()
})

it('takes nothing that others send for more than it is', () => {
  expect(readEchoAnswer('ipv4', packet('10.0.0.12', echoRequest('ipv4', 5, 9)))).toBeUndefined()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
      const { identifier = 0, sequence = 0 } = readEchoAnswer('ipv4', Buffer.from(bytes)) ?? {}
      expect(identifier <= 0xffff && sequence <= 0xffff).toBe(true)
    }),
  )
})

it('lets through answers only', () => {
  const passes = (family: 'ipv4' | 'ipv6') =>
    [...unwantedTypes(family)].flatMap((word, at) =>
      [...Array(32).keys()].filter(bit => ((word >>> bit) & 1) === 0).map(bit => at * 32 + bit),
    )
  expect(passes('ipv4')).toEqual([0, 3, 11])
  expect(passes('ipv6')).toEqual([1, 3, 129])
})

/** A packet of IPv6 with ICMPv6 in it. */
function packet6(icmp: Buffer): Buffer {
  const header = Buffer.alloc(40)
  header[0] = 0x60
  header[6] = 58
  return Buffer.concat([header, icmp])
}

it.each([
  [1, 0, 'ENETUNREACH'],
  [1, 1, 'EACCES'],
  [1, 3, 'EHOSTUNREACH'],
  [1, 4, 'ECONNREFUSED'],
  [3, 0, 'EHOSTUNREACH'],
])('reads that a ping of IPv6 has not arrived: type %i, code %i', (type, code, name) => {
  const request = echoRequest('ipv6', 5, 9)
  // The kernel gives no header of IPv6 to such a socket, and fills in the checksum.
  expect(request.subarray(0, 8).toString('hex')).toBe('8000000000050009')
  const reply = Buffer.from(request)
  reply[0] = 129
  expect(readEchoAnswer('ipv6', reply)).toEqual({ identifier: 5, sequence: 9 })
  expect(readEchoAnswer('ipv6', error(type, code, packet6(request)))).toEqual({
    ...{ identifier: 5, sequence: 9, error: name },
  })
  expect(readEchoAnswer('ipv6', error(type, code, packet6(reply)))).toBeUndefined()
  expect(readEchoAnswer('ipv6', request)).toBeUndefined()
})
