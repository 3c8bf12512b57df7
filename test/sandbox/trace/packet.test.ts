import { expect, test } from 'vitest'
import { readNeighbour, readPacket } from '../../../src/sandbox/trace/packet.ts'

const bytes = (...parts: readonly string[]) => Buffer.from(parts.join('').replaceAll(' ', ''), 'hex')
const ipv4 = (protocol: string) => `45 00 00 3c 00 00 40 00 40 ${protocol} 00 00 0a 00 00 15 0a 00 00 0b`
const ports = 'c3 50 1f 90'

test('a SYN and what answers it have one key, whoever writes the addresses anew', () => {
  const syn = readPacket(bytes(ipv4('06'), ports, '00 00 00 07 00 00 00 00 a0 02 00 00 00 00 00 00'))
  expect(syn).toEqual({
    ...{ family: 'ipv4', protocol: 'tcp', source: '10.0.0.21', destination: '10.0.0.11' },
    ...{ sourcePort: 50_000, port: 8080, kind: 'syn', key: 'tcp 7' },
  })
  const answer = readPacket(bytes(ipv4('06'), ports, '00 00 00 63 00 00 00 08 a0 12 00 00 00 00 00 00'))
  expect(answer).toMatchObject({ kind: 'syn-ack', key: 'tcp 7' })
  const refusal = readPacket(bytes(ipv4('06'), ports, '00 00 00 00 00 00 00 08 50 14 00 00 00 00 00 00'))
  expect(refusal).toMatchObject({ kind: 'rst', key: 'tcp 7' })
})

test('data has no key', () => {
  const data = readPacket(bytes(ipv4('06'), ports, '00 00 00 07 00 00 00 08 50 18 00 00 00 00 00 00'))
  expect(data?.key).toBeUndefined()
})

test('an error has the key of the packet that it is about', () => {
  const about = bytes(ipv4('06'), ports, '00 00 00 07').toString('hex')
  const error = readPacket(bytes(ipv4('01'), '03 03 00 00 00 00 00 00', about))
  expect(error).toMatchObject({ icmp: { type: 3, code: 3 }, key: 'tcp 7', about: { port: 8080 } })
})

test('a tunnel’s packet has the key of the packet in it', () => {
  const inner = bytes(ipv4('06'), ports, '00 00 00 07 00 00 00 00 a0 02 00 00 00 00 00 00').toString('hex')
  const frame = `${'00'.repeat(12)} 08 00 ${inner}`
  const outer = readPacket(bytes(ipv4('11'), 'd4 31 21 18 00 00 00 00', '08 00 00 00 00 00 01 00', frame))
  expect(outer).toMatchObject({ port: 8472, key: 'tcp 7', carries: { sourcePort: 50_000 } })
})

test('so has that of an IPIP tunnel, but not the one that an error is about', () => {
  const inner = bytes(ipv4('06'), ports, '00 00 00 07 00 00 00 00 a0 02 00 00 00 00 00 00').toString('hex')
  const outer = readPacket(bytes(ipv4('04'), inner))
  expect(outer).toMatchObject({
    protocol: 'other',
    key: 'tcp 7',
    carries: { sourcePort: 50_000, kind: 'syn' },
  })
  const error = readPacket(bytes(ipv4('01'), '03 03 00 00 00 00 00 00', ipv4('04'), inner))
  expect(error?.about).toEqual({ ...outer, key: undefined, carries: undefined })
})

test('questions for neighbours are read in both families', () => {
  const arp = bytes('00 01 08 00 06 04 00 01', '00'.repeat(16), '0a 00 00 63')
  expect(readNeighbour(0x0806, arp)).toEqual({ asks: true, address: '10.0.0.99' })
  const head = `60 00 00 00 00 20 3a ff ${'00'.repeat(32)}`
  const solicitation = bytes(head, '87 00 00 00 00 00 00 00', `fd00${'00'.repeat(13)}0b`)
  expect(readNeighbour(0x86dd, solicitation)).toEqual({ asks: true, address: 'fd00::b' })
})

test('whatever is cut off is read as far as it goes', () => {
  const whole = bytes(ipv4('06'), ports, '00 00 00 07 00 00 00 00 a0 02 00 00 00 00 00 00')
  for (let length = 0; length < whole.length; length += 1)
    expect(() => readPacket(whole.subarray(0, length))).not.toThrow()
})
