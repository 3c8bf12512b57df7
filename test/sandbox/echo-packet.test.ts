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
  const message = echoRequest(identifier, sequence)
  message[0] = 0
  return message
}

/** What says that a packet has not arrived. */
function error(type: number, code: number, about: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type, code, 0, 0, 0, 0, 0, 0]), about])
}

it('makes what ping -c 1 -p 00 sends', () => {
  // 08 00, the checksum, the identifier, the number; the words sum up to 0xffff (RFC 1071).
  expect(echoRequest(0x1234, 7).subarray(0, 8).toString('hex')).toBe('0800e5c412340007')
  expect(echoRequest(0x1234, 7)).toHaveLength(64)
  fc.assert(
    fc.property(fc.nat(0xffff), fc.nat(0xffff), (identifier, sequence) => {
      const message = echoRequest(identifier, sequence)
      let sum = 0
      for (let at = 0; at < message.length; at += 2) sum += message.readUInt16BE(at)
      expect((sum & 0xffff) + (sum >>> 16)).toBe(0xffff)
    }),
  )
})

it('reads who answers which ping', () => {
  expect(readEchoAnswer(packet('10.0.0.12', reply(5, 9)))).toEqual({
    ...{ identifier: 5, sequence: 9, sender: '10.0.0.12' },
  })
  expect(readEchoAnswer(packet('10.0.0.12', reply(5, 9), 3))).toMatchObject({ sequence: 9 })
})

it.each([
  [3, 0, 'ENETUNREACH'],
  [3, 1, 'EHOSTUNREACH'],
  [3, 3, 'ECONNREFUSED'],
  [3, 13, 'EHOSTUNREACH'],
  [11, 0, 'EHOSTUNREACH'],
])('reads that a ping has not arrived: type %i, code %i', (type, code, name) => {
  const about = packet('10.0.0.11', echoRequest(5, 9))
  expect(readEchoAnswer(packet('10.0.0.1', error(type, code, about)))).toEqual({
    ...{ identifier: 5, sequence: 9, sender: '10.0.0.1', error: name },
  })
  // Of a packet that was no ping it says nothing.
  expect(
    readEchoAnswer(packet('10.0.0.1', error(type, code, packet('10.0.0.11', reply(5, 9))))),
  ).toBeUndefined()
})

it('takes nothing that others send for more than it is', () => {
  expect(readEchoAnswer(packet('10.0.0.12', echoRequest(5, 9)))).toBeUndefined()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
      const { identifier = 0, sequence = 0 } = readEchoAnswer(Buffer.from(bytes)) ?? {}
      expect(identifier <= 0xffff && sequence <= 0xffff).toBe(true)
    }),
  )
})

it('lets through answers only', () => {
  const passes = [...Array(16).keys()].filter(type => ((unwantedTypes >>> type) & 1) === 0)
  expect(passes).toEqual([0, 3, 11])
})
