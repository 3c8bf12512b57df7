import type { Place } from '../command/command.ts'
import type { Evidence } from '../diagnose/evidence.ts'
import type { Verdict } from '../sandbox/trace/rule-event.ts'

/** Where a packet comes from and goes to. */
export interface Ends {
  source: string
  sourcePort?: number
  destination: string
  port?: number
}

/** A rule that took the packet. */
export interface RuleMet {
  /** 1-based place in its chain; undefined where it is gone by now. */
  number?: number
  /** As iptables-save or nft prints it, without its chain. */
  text?: string
  /** What it is for, in a sentence without its full stop. */
  explain?: string
  verdict: Verdict
  /** The chain that it jumps to, and what took the packet there. */
  to?: string
  inside?: readonly RuleMet[]
}

/** A packet on a link of the place. */
export interface Passage {
  kind: 'in' | 'out'
  link: string
  /** The bridge that the link is a port of. */
  portOf?: string
  ends: Ends
  /** The ends of the packet that carries it, in a tunnel. */
  wrapped?: Ends
  /** Nanoseconds since the first packet. */
  at: number
}

/** A chain at a hook. */
export interface ChainMet {
  kind: 'chain'
  /** As netfilter calls it: `prerouting`. */
  hook: string
  family: string
  table: string
  chain: string
  /** `nat` or `filter`, or what else the hook is of. */
  type: string
  ends: Ends
  rules: readonly RuleMet[]
  verdict: Verdict
  /** The chain's policy has decided. */
  byPolicy: boolean
}

/** An address written over another one's. */
export interface Translation {
  kind: 'translation'
  what: 'source' | 'destination'
  before: string
  after: string
  /** `rule`: a rule of the chain before has decided; `connection`: it was decided for the first packet, and the kernel remembers it. */
  by: 'rule' | 'connection'
}

/** What the table of connections notes of it. */
export interface ConnectionNoted {
  kind: 'connection'
  what: 'made' | 'answered'
  state?: string
  original: Ends
  reply: Ends
}

/** Where the packet is sent on, in the words of `ip route get`, or over which bridge without a route. */
export type RouteTaken = { kind: 'route'; text: string } | { kind: 'bridged'; bridge: string }

export type TraceItem = Passage | ChainMet | Translation | ConnectionNoted | RouteTaken

/** What happens to a packet in one network namespace, in order. */
export interface Visit {
  place: Place
  items: readonly TraceItem[]
}

/** The way of one packet. */
export interface Way {
  /** `out`: the request's first; `back`: the answer to it; `error`: an ICMP error about it. */
  direction: 'out' | 'back' | 'error'
  visits: readonly Visit[]
}

/** Where it came to an end, and how. */
export interface TraceEnd {
  /** `unfinished`: the connection came about, and no whole answer came on it. */
  kind:
    | 'answered'
    | 'unfinished'
    | 'refused'
    | 'dropped'
    | 'rejected'
    | 'unreachable'
    | 'no-neighbour'
    | 'lost'
  place: Place
  /** In a sentence. */
  words: string
}

/** What the client saw. */
export interface ClientSaw {
  ok: boolean
  /** In a sentence. */
  words: string
  /** Who answered, and as whom it saw the client, where it says so. */
  pod?: string
  client?: string
  ms: number
}

/** A request's way as it was. */
export interface TraceReport {
  lab: string
  from: Place
  /** As a person would type it: `curl http://…`. */
  request: string
  ways: readonly Way[]
  end: TraceEnd
  saw: ClientSaw
  /** What may be the cause, where no answer came; else what is off though it came. */
  evidence?: Evidence
  /** A task is open, so that nobody has looked for the cause: to find it is a part of the task. */
  unexplained?: true
  /** What could not be seen, and why. */
  notes: readonly string[]
  /** How many times the client has sent its first packet again. */
  repeats: number
}
