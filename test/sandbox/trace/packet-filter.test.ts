import { expect, test } from 'vitest'
import { packetFilter } from '../../../src/sandbox/trace/packet-filter.ts'

/** Where the filter finds a frame's protocol. */
const protocolOfFrame = 0xfffff000

/** What the kernel makes of a classic filter: whether a packet is taken. One that a load finds too short is not. */
function takes(etherType: number, packet: Buffer): boolean {
  const { length, filter } = packetFilter()
  const program = new DataView(filter.buffer)
  let [value, index] = [0, 0]
  for (let at = 0; at < length; at += 1) {
    const code = program.getUint16(at * 8, true)
    const operand = program.getUint32(at * 8 + 4, true)
    const skip = (holds: boolean) => program.getUint8(at * 8 + (holds ? 2 : 3))
    const loaded = (from: number, size: number) =>
      from + size > packet.length ? undefined : packet.readUIntBE(from, size)
    const loads: Record<number, () => number | undefined> = {
      40: () => (operand === protocolOfFrame ? etherType : loaded(operand, 2)),
      48: () => loaded(operand, 1),
      64: () => loaded(index + operand, 4),
      80: () => loaded(index + operand, 1),
    }
    if (code === 0x06) return operand > 0
    if (code === 0x15) at += skip(value === operand)
    else if (code === 0x45) at += skip((value & operand) !== 0)
    else if (code === 0xb1) index = ((loaded(operand, 1) ?? 0) & 0xf) * 4
    else if (code === 0x01) index = operand
    else {
      const came = loads[code]?.()
      if (came === undefined) return false
      value = came
    }
  }
  throw new Error('the filter has no end')
}

const bytes = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')
const ports = 'c350 1f90'
const tcp = (sequence: string, flags: string) =>
  bytes(`${ports} ${sequence} 00000000 50${flags} 0000 0000 0000`)

function ipv4(protocol: number, payload: Buffer, options = ''): Buffer {
  const head = bytes(`4${5 + options.length / 8}000000 00000000 40000000 0a000001 0a000002 ${options}`)
  head[9] = protocol
  return Buffer.concat([head, payload])
}

function ipv6(protocol: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(40)
  head[0] = 0x60
  head[6] = protocol
  return Buffer.concat([head, payload])
}

const families = [
  ['IPv4', (protocol: number, payload: Buffer) => takes(0x0800, ipv4(protocol, payload)), 1],
  [
    'IPv4 with options',
    (protocol: number, payload: Buffer) => takes(0x0800, ipv4(protocol, payload, '01010101')),
    1,
  ],
  ['IPv6', (protocol: number, payload: Buffer) => takes(0x86dd, ipv6(protocol, payload)), 58],
] as const

test.each(families)(
  'of %s what begins connections or refuses them is taken, and data is not',
  (_, sees, icmp) => {
    expect(sees(6, tcp('00000007', '02'))).toBe(true)
    expect(sees(6, tcp('00000007', '12'))).toBe(true)
    expect(sees(6, tcp('00000000', '14'))).toBe(true)
    expect(sees(6, tcp('00000007', '14'))).toBe(false)
    expect(sees(6, tcp('00000007', '18'))).toBe(false)
    expect(sees(6, tcp('00000000', '10'))).toBe(false)
    expect(sees(17, bytes(`${ports} 00080000`))).toBe(true)
    expect(sees(icmp, bytes('08000000 00000000'))).toBe(true)
    expect(sees(132, tcp('00000007', '02'))).toBe(false)
  },
)

test('a packet in a packet is taken, whatever is in it, and is of IPv4', () => {
  expect(takes(0x0800, ipv4(4, ipv4(6, tcp('00000007', '18'))))).toBe(true)
  expect(takes(0x86dd, ipv6(4, ipv4(6, tcp('00000007', '02'))))).toBe(false)
})

test('questions for neighbours are taken, other protocols are not', () => {
  expect(takes(0x0806, Buffer.alloc(28))).toBe(true)
  expect(takes(0x88cc, ipv4(17, Buffer.alloc(8)))).toBe(false)
})
