import type { Rule as IptablesRule } from '../../command/iptables-rule.ts'
import type { Family } from '../../model/address.ts'

/** Rules of one IP family as kube-proxy makes them: tables → chains → rules. */

export type TableName = 'filter' | 'nat'

export interface Rule extends IptablesRule {
  /** What the rule does, in plain words for `--explain`. */
  explain: string
  /** `namespace/name` of the one service that it is for, in whichever chain it stands; left out: it is for all. */
  service?: string | undefined
}

export interface Chain {
  name: string
  /** `namespace/name` of the service whose own chain it is; undefined for the chains that all services share. */
  service?: string | undefined
  /** What it does with a packet, to be read behind "a chain that"; left out of those that all services share. */
  explain?: string | undefined
  rules: readonly Rule[]
}

export interface Table {
  name: TableName
  /** In the order in which kube-proxy declares them. */
  chains: readonly Chain[]
}

/** A jump from a built-in chain, as kube-proxy ensures it at a full sync: each one is prepended, in this order. */
export interface Jump extends Rule {
  table: TableName
  /** The built-in chain. */
  from: string
  /** The chain that it jumps to. */
  to: string
}

export interface RuleSet {
  family: Family
  filter: Table
  nat: Table
  jumps: readonly Jump[]
  /** More than 1,000 endpoints: kube-proxy leaves out the comments of the rules that there are most of. */
  largeCluster: boolean
}
