import type { Command } from '../command/command.ts'
import type { Family } from '../model/address.ts'
import type { EndpointSlice, Protocol, Service } from '../model/kubernetes.ts'
import type { ProxySettings } from '../model/lab.ts'
import type { NodePortScope, ProxyNode } from '../service/node-ports.ts'

/** What of the node, rather than of the configuration, decides about rules. */
export interface KernelSwitches {
  /** nfacct counters can be made: kube-proxy then counts INVALID drops and node ports on localhost. */
  nfacct: boolean
  /** net.netfilter.nf_conntrack_tcp_be_liberal is on, so that nothing is INVALID. */
  tcpBeLiberal: boolean
}

/** What kube-proxy on one node knows; the endpoints of the slices say on which node they are. */
export interface NodeView {
  services: Iterable<Service>
  slices: Iterable<EndpointSlice>
  settings: ProxySettings
  node: ProxyNode
  family: Family
  /** All families in which the node has a part of kube-proxy, in the order in which these come; left out: this one. */
  families?: readonly Family[]
  /** The networks of the cluster's ServiceCIDR objects, of either family; left out: none are known. */
  serviceCIDRs?: readonly string[]
  /** Left out: no nfacct, and INVALID packets are dropped. */
  kernel?: KernelSwitches
}

/** How a node's rules come from one state to another. */
export interface RulesChange {
  /** `first`: there were none; `last`: none stay. */
  how: 'none' | 'first' | 'partial' | 'full' | 'last'
  commands: readonly Command[]
  /** Flush UDP connections of conntrack that lead nowhere; each fails where there is none. */
  flushes: readonly Command[]
  /** How many rules are made, replaced or deleted. */
  rules: number
  /** How many rules more there are afterwards; fewer, where it is negative. */
  more: number
  /** `namespace/name` of the services whose own rules are written. */
  services: readonly string[]
  /** The chains that go. */
  stale: readonly string[]
  /** Somebody has taken rules away, or changed them, behind kube-proxy's back. */
  flushed: boolean
}

/** Rules that are right as they stand. */
export const noRulesChange: RulesChange = {
  how: 'none',
  commands: [],
  flushes: [],
  rules: 0,
  more: 0,
  services: [],
  stale: [],
  flushed: false,
}

/** How a change is told: what is before others where they are one change. */
const weights: Readonly<Record<RulesChange['how'], number>> = {
  full: 4,
  partial: 3,
  first: 2,
  last: 1,
  none: 0,
}

/** Two changes as one. */
export function together(one: RulesChange, other: RulesChange): RulesChange {
  const union = (some: readonly string[], more: readonly string[]) => [...new Set([...some, ...more])].sort()
  return {
    how: weights[one.how] >= weights[other.how] ? one.how : other.how,
    commands: [...one.commands, ...other.commands],
    flushes: [...one.flushes, ...other.flushes],
    rules: one.rules + other.rules,
    more: one.more + other.more,
    services: union(one.services, other.services),
    stale: union(one.stale, other.stale),
    flushed: one.flushed || other.flushed,
  }
}

/** A command that brings a node's rules one step on. */
export interface RuleStep {
  argv: readonly string[]
  /** What it is for, in a sentence without its full stop. */
  explain: string
  /** `namespace/name` of the service to which alone the rule or the chain belongs; left out: all services share it. */
  service?: string | undefined
  /** It comes with the first rules of its kind, whatever the services. */
  base?: true
}

/** Steps that make the first rules of their kind: what is no service's own is what every node has. */
export function withBase(steps: readonly RuleStep[]): RuleStep[] {
  return steps.map(step => (step.service === undefined ? { ...step, base: true } : step))
}

/** One of a service port's addresses, by its kind. */
export type EntryKind = 'cluster IP' | 'node port' | 'external IP' | 'load balancer IP'

/** Who asks, as the node sees the packet. */
export interface Client {
  /** `pod`: one of this node's. */
  from: 'node' | 'pod' | 'outside'
  /** The packet's source address. */
  address: string
}

/** What becomes of a client's connections. */
export interface NodePromise {
  /**
   * `spread`: each of the endpoints gets as many. `refused`: answered at once with an error. `dropped`: not answered. `unserved`: the node does
   * what it would do without services.
   */
  kind: 'spread' | 'refused' | 'dropped' | 'unserved'
  /** `ip:port`, or `[ip]:port`. */
  endpoints: readonly string[]
  /** How the endpoint sees a client that comes from outside. */
  client: 'kept' | 'masqueraded'
}

/** A service port. */
export interface PortName {
  /** `namespace/name` */
  service: string
  portName: string
  protocol: Protocol
}

/** Answers for one node; undefined: no such port, or it has no cluster IP. */
export type NodeModel = (port: PortName, kind: EntryKind, client: Client) => NodePromise | undefined

/** How rules are printed. */
export interface PrintOptions {
  /** With what leads to them from the kernel's own chains. */
  jumps: boolean
  /** A line in plain words before each rule. */
  explain: boolean
}

/** A rule as a tree of chains shows it. */
export interface ShownRule {
  /** Which packets it is for: `tcp to 10.96.0.10 port 80`; empty: all. */
  match: string
  /** What it does with them, besides sending them to a chain: `DNAT to 10.0.0.11:8080`; empty: nothing. */
  verdict: string
  /** The chain that it sends them to. */
  to?: string
  /** The share of those that come so far. */
  share?: number
  /** As iptables-save prints it, without its chain; left out: it is not there yet, or of another tool. */
  text?: string
  /** Packets that it has matched; left out: nobody has counted. */
  packets?: number
  /** Of them, how many each second of late; left out: nobody has looked twice. */
  perSecond?: number
  /** `namespace/name` of the service that it is for; left out: it is for all. */
  service?: string
}

/** A chain as a tree shows it. */
export interface ShownChain {
  table: string
  name: string
  /** The kernel itself sends packets there. */
  isHook: boolean
  /** It stands there for rules that need it, of which there may be none. */
  isHelper?: true
  /** What becomes of a packet at its end, where it is a hook. */
  policy?: string
  rules: readonly ShownRule[]
}

/** Something in a node's rules that kube-proxy would have written otherwise. */
export interface RuleDifference {
  /** `stale`: written for what the cluster had once. `foreign`: in a chain of kube-proxy's, and not by it. */
  kind: 'missing' | 'changed' | 'stale' | 'foreign'
  table: string
  chain: string
  /** The rule as it should be, and as it is; neither: it is the chain. */
  wanted?: string
  has?: string
  /** `namespace/name` of the service that it is for; left out: it is for all, or nobody can tell. */
  service?: string
  /** What that means for packets, in a sentence without its full stop. */
  means: string
}

/** A node's rules beside those that kube-proxy would write. */
export interface SavedComparison {
  differences: readonly RuleDifference[]
  /** How many rules kube-proxy would write. */
  wanted: number
  /** How many of other programs were not looked at. */
  leftAside: number
  /** The network by which the node tells pods, where nobody has said it: the rules were compared as if somebody had. */
  clusterCIDR?: string
  /** Something of kube-proxy's is there. */
  served: boolean
}

/** What writes the rules of a mode of kube-proxy, on any kernel. Only the mode itself looks into its rules. */
export interface RuleWriter<Rules = unknown> {
  /** The rules of a node. */
  compile(view: NodeView): Rules
  /** The rules as the text that the kernel's tool takes. */
  text(rules: Rules, options: PrintOptions): string
  /** The rules for other programs. */
  json(rules: Rules, options: Pick<PrintOptions, 'jumps'>): unknown
  /** What a node's rules, as iptables-save prints them, have else; undefined: nobody has taught this mode. */
  compare?(view: NodeView, saved: string): SavedComparison
  /** The same text with a comment in plain words before each rule of kube-proxy's; undefined: nobody has taught this mode. */
  explainSaved?(saved: string, family: Family, settings: ProxySettings): string
  /** The chains, for people to follow; undefined: nobody has taught this mode. */
  chains?(rules: Rules): readonly ShownChain[]
}

/**
 * A mode of kube-proxy: what makes rules of Services on one node. Only the mode itself looks into its rules, and into what it has
 * read of the kernel's.
 */
export interface Dataplane<Rules = unknown, Kernel = unknown> extends RuleWriter<Rules> {
  /** Commands that kube-proxy runs once, before its first rules. */
  prepare(view: NodeView): readonly RuleStep[]
  /** The way from one rule set to another in single commands, each of which can be shown; undefined: no rules. */
  steps(previous: Rules | undefined, next: Rules | undefined): readonly RuleStep[]
  /** The same as kube-proxy does it at once; undefined: no services. `full` writes every rule. */
  sync(before: NodeView | undefined, after: NodeView | undefined, kernel: Kernel, full: boolean): RulesChange
  /** The commands that print what the kernel has of a family, for `readBack`. */
  save(family: Family): readonly (readonly string[])[]
  /** Reads what they have printed, in their order; nothing: the kernel has nothing. */
  readBack(...texts: string[]): Kernel
  /** Prints the rules that the kernel has of a family, with their counters where they have some, for `countedChains`. */
  saveCounted?(family: Family): readonly string[]
  /** The chains in it, whoever made them; `rules`: those of kube-proxy, by which it is told for which service a rule is. */
  countedChains?(text: string, rules: Rules | undefined): readonly ShownChain[]
  /** What the kernel holds once these rules are synced. */
  synced(view: NodeView | undefined, kernel: Kernel): Kernel
  /** What clients of a node's rules may expect. */
  model(view: NodeView): NodeModel
  /** Which of a node's addresses serve node ports. */
  nodePorts(settings: ProxySettings, node: ProxyNode, family: Family): NodePortScope
  /** Whether a client's connections all go to one endpoint, of a service that does not ask for that, too. */
  choosesBySource(settings: ProxySettings): boolean
  /** Whose chains its rules stand in: two modes with the same ones cannot be there at once. */
  chainsOf: 'iptables' | 'nftables'
  /** What it makes of Services, in a sentence. */
  summary: string
  /** By what it serves the node and its pods: their `sockets` as they connect, or the `packets` that they send. */
  serves: 'packets' | 'sockets'
  /** What a sync takes, in words. */
  loader: string
}
