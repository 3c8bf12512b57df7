/** Bytes of a step of a filter (`struct sock_filter`). */
export const filterStep = 8

/** Codes of the classic Berkeley Packet Filter (Linux, bpf_common.h), and where it finds a frame's protocol (`SKF_AD_PROTOCOL`). */
const load = { word: 0x20, half: 0x28, byte: 0x30, wordAtIndex: 0x40, byteAtIndex: 0x50 } as const
const loadIndexFromHeader = 0xb1
const jump = { equal: 0x15, anyBit: 0x45 } as const
const finish = 0x06
const protocolOfFrame = 0xfffff000

type Step = readonly [code: number, whenTrue: number, whenFalse: number, value: number]

const whole = 0x40000
const syn = 0x02
const reset = 0x04

/** Where a step goes on, by the name of another one. */
type Named = readonly [name: string, code: number, whenTrue: string, whenFalse: string, value: number]

/**
 * What TCP's data is not: the first packets of connections and refusals (a reset that answers a SYN has the sequence number 0, RFC 9293
 * section 3.10.7), datagrams, ICMP, and questions for neighbours.
 */
const named: readonly Named[] = [
  ['', load.half, '', '', protocolOfFrame],
  ['', jump.equal, 'take', '', 0x0806],
  ['', jump.equal, 'ipv6', '', 0x86dd],
  ['', jump.equal, '', 'leave', 0x0800],
  ['', load.byte, '', '', 9],
  ['', jump.equal, 'take', '', 17],
  ['', jump.equal, 'take', '', 1],
  ['', jump.equal, '', 'leave', 6],
  ['', loadIndexFromHeader, '', '', 0],
  ['', load.byteAtIndex, '', '', 13],
  ['', jump.anyBit, 'take', '', syn],
  ['', jump.anyBit, '', 'leave', reset],
  ['', load.wordAtIndex, '', '', 4],
  ['', jump.equal, 'take', 'leave', 0],
  ['ipv6', load.byte, '', '', 6],
  ['', jump.equal, 'take', '', 17],
  ['', jump.equal, 'take', '', 58],
  ['', jump.equal, '', 'leave', 6],
  ['', load.byte, '', '', 53],
  ['', jump.anyBit, 'take', '', syn],
  ['', jump.anyBit, '', 'leave', reset],
  ['', load.word, '', '', 44],
  ['', jump.equal, 'take', 'leave', 0],
  ['take', finish, '', '', whole],
  ['leave', finish, '', '', 0],
]

/** A step says how many others are skipped. */
const steps: readonly Step[] = named.map(([, code, whenTrue, whenFalse, value], at) => {
  const skipped = (name: string) => (name === '' ? 0 : named.findIndex(step => step[0] === name) - at - 1)
  return [code, skipped(whenTrue), skipped(whenFalse), value]
})

/** The filter for a socket that gets packets from their IP header on. */
export function packetFilter(): Buffer {
  const program = Buffer.alloc(steps.length * filterStep)
  for (const [at, [code, whenTrue, whenFalse, value]] of steps.entries()) {
    program.writeUInt16LE(code, at * filterStep)
    program.writeUInt8(whenTrue, at * filterStep + 2)
    program.writeUInt8(whenFalse, at * filterStep + 3)
    program.writeUInt32LE(value, at * filterStep + 4)
  }
  return program
}
