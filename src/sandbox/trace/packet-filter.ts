import { type FilterProgram, filterProgram } from '../filter-program.ts'

/** Codes of the classic Berkeley Packet Filter (Linux, bpf_common.h), and where it finds a frame's protocol (`SKF_AD_PROTOCOL`). */
const load = { half: 0x28, byte: 0x30, wordAtIndex: 0x40, byteAtIndex: 0x50 } as const
/** The index register: four times the low half of a byte, which is the length of IPv4's header, or a number. */
const index = { fromHeader: 0xb1, fixed: 0x01 } as const
const jump = { equal: 0x15, anyBit: 0x45 } as const
const finish = 0x06
const protocolOfFrame = 0xfffff000

const whole = 0x40000
const syn = 0x02
const reset = 0x04

/** Where a step goes on, by the name of another one. */
type Named = readonly [name: string, code: number, whenTrue: string, whenFalse: string, value: number]

/** What of a family is looked at: all of some protocols; `code` and `value` find where TCP's header begins. */
function stepsOf(
  family: string,
  protocolAt: number,
  taken: readonly number[],
  [code, value]: [number, number],
): Named[] {
  return [
    [family, load.byte, '', '', protocolAt],
    ...taken.map((protocol): Named => ['', jump.equal, 'take', '', protocol]),
    ['', jump.equal, '', 'leave', 6],
    ['', code, '', '', value],
    ['', load.byteAtIndex, '', '', 13],
    ['', jump.anyBit, 'take', '', syn],
    ['', jump.anyBit, '', 'leave', reset],
    ['', load.wordAtIndex, '', '', 4],
    ['', jump.equal, 'take', 'leave', 0],
  ]
}

/**
 * What TCP's data is not: the first packets of connections and refusals (a reset that answers a SYN has the sequence number 0, RFC 9293
 * section 3.10.7), datagrams, ICMP, packets in packets (protocol 4), and questions for neighbours.
 */
const named: readonly Named[] = [
  ['', load.half, '', '', protocolOfFrame],
  ['', jump.equal, 'take', '', 0x0806],
  ['', jump.equal, 'ipv6', '', 0x86dd],
  ['', jump.equal, '', 'leave', 0x0800],
  // Of what a tunnel carries the inside is not looked at here: of VXLAN's datagrams, and of protocol 4.
  ...stepsOf('ipv4', 9, [17, 1, 4], [index.fromHeader, 0]),
  ...stepsOf('ipv6', 6, [17, 58], [index.fixed, 40]),
  ['take', finish, '', '', whole],
  ['leave', finish, '', '', 0],
]

/** The filter for a socket that gets packets from their IP header on: a step says how many others are skipped. */
export function packetFilter(): FilterProgram {
  return filterProgram(
    named.map(([, code, whenTrue, whenFalse, value], at) => {
      const skipped = (name: string) => (name === '' ? 0 : named.findIndex(step => step[0] === name) - at - 1)
      return [code, skipped(whenTrue), skipped(whenFalse), value]
    }),
  )
}
