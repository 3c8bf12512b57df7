import type { Family } from '../../model/address.ts'

/** What kube-proxy's table holds in one IP family: containers, chains, and what each service port has of its own. */

export interface Rule {
  /** As nft takes it, without the comment. */
  text: string
  comment?: string
  /** What the rule does, in plain words for `--explain`. */
  explain: string
}

/** Where the kernel hands packets to a chain; a chain without one is only jumped to. */
export interface Hook {
  type: 'filter' | 'nat'
  hook: 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting'
  /** Lower ones come first. */
  priority: number
}

export interface Chain {
  name: string
  hook?: Hook
  comment?: string
  /** What it does, after `a chain that`. */
  explain: string
  rules: readonly Rule[]
}

/** A set of keys, or a map from keys to verdicts. */
export interface Container {
  kind: 'set' | 'map'
  name: string
  type: string
  comment?: string
  /** Packets add keys, which go after so many seconds. */
  timeout?: number
  explain: string
}

export interface Element {
  /** The name of its container. */
  container: string
  /** `10.96.0.1 . tcp . 80` */
  key: string
  /** A verdict; undefined in a set. */
  value?: string
  comment?: string
  explain: string
}

/** What one service port has of its own. */
export interface PortObjects {
  /** `namespace/name:port tcp` */
  name: string
  /** `namespace/name` of its service. */
  service: string
  /** A chain for each endpoint, and its set of clients where there is affinity. */
  endpoints: readonly { chain: Chain; clients?: Container }[]
  /** Each after those that it leads to, and all after the endpoints'. */
  chains: readonly Chain[]
  /** The chains that it could have, too. */
  chainNames: readonly string[]
  elements: readonly Element[]
}

export interface RuleSet {
  family: Family
  /** What all service ports share. */
  base: {
    containers: readonly Container[]
    chains: readonly Chain[]
    elements: readonly Element[]
  }
  /** Sorted by name. */
  ports: readonly PortObjects[]
}
