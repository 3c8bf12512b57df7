import type { Estimate } from './estimate.ts'
import type { ModeName } from './modes.ts'

/** How long requests of one kind took. */
export interface Latency {
  /** Microseconds: the median of the rounds' medians. */
  median: Estimate
  /** That of their 99th percentiles; left out: a round has fewer than 100 connections, and no such percentile. */
  p99?: Estimate
}

/** What loading a node's rules took. */
export interface Load {
  /** Milliseconds, from the start of the first program to the end of the last; of eBPF those of one order to a process that runs already. */
  ms: number
  /** How often they were loaded: `ms` is the median. */
  times: number
  /** How many programs it took: nft and iptables-nft load what is large in pieces. */
  programs: number
  /** Bytes of the kernel's memory, of eBPF those of its maps; left out: nobody counts them here. */
  memory?: number
}

/** A mode with a number of services, measured. */
export interface Point {
  mode: ModeName
  services: number
  /** The time of connect(2). */
  connect: Latency
  /** The time of a whole request of ab's; left out: it was not asked. */
  request?: Latency
  load?: Load
  /** Connections that were opened, all in all, and that arrived at the pod. */
  opened: number
  accepted: number
  /** Of those, how many the kernel counted at the last service's rule; left out: the mode has no such counter. */
  counted?: number
}

/** What became of a mode from few services to many. */
export interface Growth {
  mode: ModeName
  from: number
  to: number
  /** The median with many beside the median with few, round by round. */
  connect: Estimate
  request?: Estimate
  /** Microseconds that came on top of connect(2). */
  more: Estimate
  /** How many times as long the rules took to load; left out: too short to say. */
  load?: number
  /** The fewest services with which connect(2) is slower than with the fewest, beyond doubt and by 5 % or more; left out: none. */
  seenFrom?: number
  verdict: 'grows' | 'flat' | 'open'
  /** What it may grow at most, as the project has set itself; left out: nothing is promised. */
  goal?: number
}

/** A mode that is not in the chart, or not with so many services. */
export interface LeftOut {
  mode: ModeName
  /** Left out: with none. */
  from?: number
  why: string
}

/** All that a run has measured. */
export interface LatencyChart {
  /** ISO 8601. */
  date: string
  machine: { kernel: string; processor: string; cores: number; node: string }
  /** Of the whole machine, over a minute: before and after. */
  loadAverage: { before: number; after: number }
  services: readonly number[]
  modes: readonly ModeName[]
  rounds: number
  /** In each round, per mode and number of services; `requests` is ab's. */
  connects: number
  requests: number
  points: readonly Point[]
  growth: readonly Growth[]
  leftOut: readonly LeftOut[]
}
