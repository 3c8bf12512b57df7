import type { Instruction } from '../filter-program.ts'

/** Codes of the classic Berkeley Packet Filter (Linux, bpf_common.h), and where it finds what the kernel knows of a frame (`SKF_AD_…`). */
const code = { loadWord: 0x20, jump: 0x05, ifEqual: 0x15, finish: 0x06 } as const
const ofFrame = { link: 0xfffff008, hardware: 0xfffff01c } as const

/** Kinds of hardware (Linux, if_arp.h) whose frames begin as Ethernet's do; `lo` is one by itself. */
export const ethernet = 1
export const loopback = 772
/** Kinds whose frames begin with the IP header: tunnels of ipip, ip6tnl, sit and tun. */
export const rawHardware: readonly number[] = [768, 769, 776, 65534]

/** More than any packet has. */
const whole = 0x40000
const leave: Instruction = [code.finish, 0, 0, 0]
const take: Instruction = [code.finish, 0, 0, whole]

/** What a person's filter is for either kind of link; undefined: it cannot be for this kind. */
export interface LinkFilters {
  ethernet: readonly Instruction[] | undefined
  raw: readonly Instruction[] | undefined
}

/** No filter. */
export const everything: LinkFilters = { ethernet: [take], raw: [take] }

/** Which links of a network namespace are heard: all but `lo`, or with it, or those of these numbers. */
export type HeardLinks = 'all' | 'all and lo' | readonly number[]

/** An instruction, or a jump to where a part of the program begins. */
type Placed = Instruction | keyof Starts

interface Starts {
  kinds: number
  ethernet: number
  raw: number
}

/** The filter of a socket that hears every link of a network namespace: first which link it is, then what a person wants of it. */
export function linkFilter(links: HeardLinks, filters: LinkFilters): Instruction[] {
  const choice: Placed[] =
    typeof links === 'string'
      ? []
      : [[code.loadWord, 0, 0, ofFrame.link], ...links.flatMap(link => jumpIf(link, 'kinds')), leave]
  const kinds: Placed[] = [
    [code.loadWord, 0, 0, ofFrame.hardware],
    ...(links === 'all' ? [] : jumpIf(loopback, 'ethernet')),
    ...jumpIf(ethernet, 'ethernet'),
    ...rawHardware.flatMap(kind => jumpIf(kind, 'raw')),
    leave,
  ]
  const onEthernet = filters.ethernet ?? [leave]
  const start = choice.length + kinds.length
  const starts = { kinds: choice.length, ethernet: start, raw: start + onEthernet.length }
  const begin = [...choice, ...kinds].map(
    (each, at): Instruction => (typeof each === 'string' ? [code.jump, 0, 0, starts[each] - at - 1] : each),
  )
  return [...begin, ...onEthernet, ...(filters.raw ?? [leave])]
}

/** A jump upon a condition reaches 255 instructions only, another one as far as one likes. */
function jumpIf(value: number, to: keyof Starts): Placed[] {
  return [[code.ifEqual, 0, 1, value], to]
}
