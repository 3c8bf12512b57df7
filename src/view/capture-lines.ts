import type { Capture } from '../observe/capture/capture.ts'
import type { DecodedLine } from '../observe/capture/decode.ts'
import { plural } from './format.ts'
import { padEnd } from './layout.ts'
import type { Style } from './terminal.ts'

/** Columns that names of links get at most, so that what is behind them stands in one line. */
const longestName = 24
/** Links that are named; of more it is told how many. */
const mostNamed = 6

/** A line of a capture, as tcpdump prints one: time, link, direction, and the packet in its words. `width`: columns of the links' names. */
export function renderCaptured({ color }: Style, { packet, text }: DecodedLine, width: number): string {
  if (packet === undefined) return `${text}\n`
  const time = color.dim(clock(packet.at))
  const link = padEnd(packet.link, width)
  return `${time} ${color.cyan(link)} ${packet.isOut ? 'Out' : 'In '} ${text}\n`
}

/** How many columns the names of links get. */
export function nameWidth(links: readonly string[]): number {
  return Math.min(longestName, Math.max(0, ...links.map(({ length }) => length)))
}

/** `17:04:05.123456`, where the person is. */
function clock(at: bigint): string {
  const date = new Date(Number(at / 1_000_000n))
  const two = (number: number) => String(number).padStart(2, '0')
  const micros = String((at / 1000n) % 1_000_000n).padStart(6, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${micros}`
}

/** What is being captured from now on. */
export function renderCaptureStart({
  links,
  leftOut,
  gone,
}: Pick<Capture, 'links' | 'leftOut' | 'gone'>): string {
  const places = new Set(links.map(link => link.split(':')[0]))
  const named =
    links.length <= mostNamed ? links.join(', ') : `${links.length} links of ${plural(places.size, 'place')}`
  const others = leftOut.map(link => `${link} is not captured: netlab does not know how its frames begin\n`)
  const lost = gone.map(place => `${place} is not captured: it has no network namespace any more\n`)
  const on = named === '' ? 'no link: none is up' : named
  return `capturing on ${on}; Ctrl-C ends it\n${[...others, ...lost].join('')}`
}

/** How a capture ended: how many packets, and for how many the kernel had no room. */
export function renderCaptureEnd(
  lab: string,
  captured: number,
  { dropped, isDown }: { dropped: number | undefined; isDown: boolean },
): string {
  const counts = [
    `${plural(captured, 'packet')} captured`,
    ...(dropped === undefined ? [] : [`${dropped} dropped by kernel`]),
  ]
  return `${counts.join(', ')}${isDown ? `; ${lab} is down` : ''}\n`
}
