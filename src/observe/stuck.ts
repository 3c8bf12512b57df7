import { enterNetwork, type Place } from '../command/command.ts'
import { shellLine } from '../command/command-line.ts'
import type { Reading } from './readings.ts'

/** A TCP connection that has come about, and whose data does not arrive. */
export interface Stuck {
  /** Bytes of the largest packet that its sender makes. */
  size: number
  /** What ss(8) says of it, shortened. */
  text: string
}

/** One end of the connections that are looked at, in the words of ss(8). */
interface End {
  place: Place
  filter: readonly string[]
}

/** Looks at a connection, a tenth of a second apart: within a fifth the kernel sends again what got lost (RFC 6298, Linux' TCP_RTO_MIN). */
const looks = 10

/**
 * Asks once more, and looks at both ends of the connection while that waits, until one has sent something again. Nothing of it goes
 * on afterwards.
 */
export function stuckReading(from: Place, url: string, ends: readonly End[]): Reading {
  const seconds = String(looks)
  const curl = [
    'curl',
    '--disable',
    '--silent',
    '--noproxy',
    '*',
    '--globoff',
    '--max-time',
    seconds,
    '--',
    url,
  ]
  const look = ends.map(({ place, filter }, at) => {
    const ss = shellLine([...enterNetwork(place), 'ss', '-tinOH', 'state', 'connected', ...filter])
    return `${ss} | head -n ${mostLines} | sed 's/^/${at} /'`
  })
  const script = [
    `now() { cut -d ' ' -f 1 /proc/uptime; }; now`,
    `${shellLine([...enterNetwork(from), ...curl])} > /dev/null 2>&1 &`,
    `n=0; while [ $n -lt ${looks} ]; do n=$((n + 1)); sleep 0.1; seen=$(${look.join('; ')})`,
    `case "$seen" in *retrans:*/[1-9]*) break;; esac; done`,
    `kill $!; now; printf '%s\\n' "$seen"`,
  ]
  return { key: 'stuck', place: 'host', argv: ['sh', '-c', script.join('\n')] }
}

/** Lines: a lab may have any number of connections. */
const mostLines = 50

/** What has come of it: an end's stuck connection, by its number; undefined where neither has one. */
export function stuckEnd(text: string): { end: number; stuck: Stuck } | undefined {
  const [start, now, ...lines] = text.split('\n')
  const passed = (Number(now) - Number(start)) * 1000 + tick
  for (const line of lines) {
    const [, end, rest = ''] = /^(\d) (.*)$/.exec(line) ?? []
    const stuck = readStuck(rest, passed)
    if (end !== undefined && stuck !== undefined) return { end: Number(end), stuck }
  }
  return undefined
}

/** Milliseconds: what the kernel's clocks may differ by. */
const tick = 20

/** Bytes of the headers of IP and TCP, and of the option that most packets have (RFC 7323, timestamps). */
const headers = { ipv4: 40, ipv6: 60 } as const
const timestamps = 12

/**
 * Reads a line of `ss -tinO`: what has been sent and not confirmed waits in Send-Q, which ss prints in the third column. A connection that
 * has got nothing for longer than `passed` milliseconds is an older one.
 */
function readStuck(line: string, passed: number): Stuck | undefined {
  const [, state, received, waiting, own, peer] = /^(\S+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)/.exec(line) ?? []
  const value = (key: string) => new RegExp(`\\s${key}:(\\S+)`).exec(line)?.[1]
  const [mss, pmtu] = [Number(value('mss') ?? 0), Number(value('pmtu') ?? 0)]
  // Its first packets have got through: so has the handshake, and either a question or the beginning of an answer.
  const isMade = ['bytes_acked', 'bytes_received'].some(key => Number(value(key) ?? 0) > 1)
  const isOld = Number(value('lastrcv') ?? 0) > passed
  if (state === undefined || isOld || state === 'SYN-SENT' || waiting === '0' || mss === 0 || !isMade)
    return undefined
  // A listener of both families shows IPv4 as [::ffff:…].
  const family = /^\[(?!::ffff:\d+\.)/.test(own ?? '') ? 'ipv6' : 'ipv4'
  const full = mss + headers[family] + timestamps
  const telling = ['mss', 'pmtu', 'unacked', 'notsent', 'retrans'].flatMap(key => {
    const said = value(key)
    return said === undefined ? [] : [`${key}:${said}`]
  })
  return {
    size: pmtu === 0 ? full : Math.min(full, pmtu),
    text: [state, received, waiting, own, peer, ...telling]
      .join(' ')
      .replaceAll(/\[::ffff:([\d.]+)\]/g, '$1'),
  }
}
