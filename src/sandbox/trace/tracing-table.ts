import { type ChildProcess, spawn } from 'node:child_process'
import type { Place } from '../../command/command.ts'
import type { TraceOrder } from './order.ts'

/** The table that switches tracing on for a request's packets. */
export const tracingTable = 'netlab-trace'

/** Before everything else, connection tracking and the raw table included (nf_ip_hook_priorities). */
const first = -500

/** Behind connection tracking, which then knows whose answer a packet is (NF_IP_PRI_CONNTRACK is -200). */
const afterTracking = -199

/** What of a place decides which packets can be the request's there. */
export interface TracedPlace {
  place: Place
  /** Its own addresses. */
  addresses: readonly string[]
  /** It translates addresses, so that connection tracking is on already. */
  translates: boolean
}

/** What nft(8) makes the table from: it belongs to whoever made it, and goes with them. */
export function tracingRules(order: TraceOrder, place: TracedPlace): string {
  const chain = (hook: string, priority: number, rules: readonly string[]) =>
    `chain ${hook}${priority === first ? '' : '-answers'} { type filter hook ${hook} priority ${priority}; ${rules.join('; ')}; }`
  const { arriving, leaving, answering } = rulesFor(order, place)
  const chains = [
    chain('prerouting', first, arriving),
    chain('output', first, leaving),
    ...(place.translates && answering.length > 0 ? [chain('prerouting', afterTracking, answering)] : []),
  ]
  return `table inet ${tracingTable} { flags owner; ${chains.join('; ')}; }`
}

interface TracingRules {
  arriving: readonly string[]
  leaving: readonly string[]
  answering: readonly string[]
}

const on = 'meta nftrace set 1'
const off = 'meta nftrace set 0'
/** Errors that say why a packet did not arrive. */
const errors = [
  `icmp type { destination-unreachable, time-exceeded } ${on}`,
  `icmpv6 type { destination-unreachable, packet-too-big, time-exceeded } ${on}`,
]

function rulesFor(order: TraceOrder, place: TracedPlace): TracingRules {
  const { request } = order
  const both = (rules: readonly string[]) => ({ arriving: rules, leaving: rules, answering: [] })
  switch (request.kind) {
    case 'command':
      return connectionRules(order, request.ports, place)
    case 'datagram':
      return both([`udp length > 9 @th,64,16 0x${request.key} ${on}`, ...errors])
    case 'ping':
      return both([`meta l4proto { icmp, ipv6-icmp } @th,64,32 0x${request.key} ${on}`, ...errors])
  }
}

const flags = (wanted: string) => `tcp flags & (syn | ack | rst) == ${wanted}`

/** A reset that answers a SYN (RFC 9293, section 3.10.7); others end connections. */
const refusal = `tcp flags & rst == rst tcp sequence 0 ${on}`

/**
 * A client's first packet, from wherever it may seem to come, and what answers it. What surely is another client's is left alone, so that
 * those who ask at the same time are neither slowed down nor fill the kernel's room for what it tells.
 */
function connectionRules(
  { from, own, others }: TraceOrder,
  ports: readonly [number, number] | undefined,
  { place, addresses }: TracedPlace,
): TracingRules {
  const isSender = place === from
  const senders = byFamily(isSender ? [...own, ...addresses] : own)
  const foreign = byFamily(isSender ? others : [...others, ...addresses])
  const otherPorts = ports === undefined ? [] : [`!= ${ports.join('-')}`]
  const traced = [`${flags('(syn | ack)')} ${on}`, refusal, ...errors]
  return {
    arriving: [
      ...senders.flatMap(({ word, set }) =>
        otherPorts.map(other => `${word} saddr { ${set} } tcp sport ${other} ${flags('syn')} accept`),
      ),
      ...byFamily(others).map(({ word, set }) => `${word} saddr { ${set} } ${flags('syn')} accept`),
      ...byFamily(others).map(({ word, set }) => `${word} daddr { ${set} } ${flags('(syn | ack)')} accept`),
      `${flags('syn')} ${on}`,
      ...traced,
    ],
    leaving: [
      ...(isSender ? otherPorts.map(other => `tcp sport ${other} ${flags('syn')} accept`) : []),
      ...(isSender ? [`${flags('syn')} ${on}`] : []),
      ...traced,
    ],
    answering: [
      ...senders.flatMap(({ word, set }) =>
        otherPorts.map(
          other =>
            `meta l4proto tcp ct direction reply ct original ${word} saddr { ${set} } ct original proto-src ${other} ${off}`,
        ),
      ),
      ...foreign.map(
        ({ word, set }) => `meta l4proto tcp ct direction reply ct original ${word} saddr { ${set} } ${off}`,
      ),
    ],
  }
}

function byFamily(addresses: readonly string[]): { word: 'ip' | 'ip6'; set: string }[] {
  const of = (word: 'ip' | 'ip6') => ({
    word,
    set: [...new Set(addresses)].filter(address => address.includes(':') === (word === 'ip6')).join(', '),
  })
  return [of('ip'), of('ip6')].filter(({ set }) => set !== '')
}

/** An nft that has made the table; where it ends, by whatever, the kernel takes the table away. */
export interface TracingTable {
  /** Rejects where the table could not be made. */
  made: Promise<void>
  /** Takes it away. */
  end(): Promise<void>
}

/** Starts nft in the network namespace that this process is in. */
export function openTracingTable(rules: string): TracingTable {
  const nft = spawn('nft', ['-i'], { stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = new Promise<void>(resolve => {
    nft.once('close', () => resolve())
    nft.once('error', () => resolve())
  })
  nft.stdin.on('error', () => {})
  nft.stdin.write(`${rules}\nlist table inet ${tracingTable}\n`)
  return {
    made: madeBy(nft),
    end: () => {
      nft.stdin.end()
      return ended
    },
  }
}

function madeBy(nft: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    let errors = ''
    nft.stdout?.on('data', chunk => {
      said += String(chunk)
      if (said.includes(`table inet ${tracingTable}`)) resolve()
    })
    nft.stderr?.on('data', chunk => {
      errors += String(chunk)
      // What it complains of it prints at once, and goes on.
      setTimeout(() => reject(new Error(firstError(errors))), 50)
    })
    nft.once('error', error => reject(error))
    nft.once('close', code => reject(new Error(firstError(errors) || `nft ended with exit code ${code}`)))
  })
}

/** nft prints what it was told as well, at length. */
function firstError(said: string): string {
  return /^Error: (.*)$/m.exec(said)?.[1] ?? said.trim().slice(0, 200)
}
