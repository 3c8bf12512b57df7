import type { Command } from '../command/command.ts'
import type { ProxyMode, ProxySettings } from '../model/lab.ts'
import type { Dataplane, NodeView, RuleWriter } from './dataplane.ts'
import { ebpf } from './ebpf/ebpf.ts'
import { iptables } from './iptables/iptables.ts'
import { loadCommands as loadIptables } from './iptables/load.ts'
import { ipvs } from './ipvs/ipvs.ts'
import { loadCommands as loadIpvs } from './ipvs/load.ts'
import { nftables } from './nftables/nftables.ts'
import { emptyKernel } from './nftables/sync.ts'

/** What prints the rules of each mode. */
export const ruleWriters: Readonly<Record<ProxyMode, RuleWriter>> = { iptables, nftables, ipvs, ebpf }

const dataplanes: Readonly<Record<ProxyMode, Dataplane>> = { iptables, nftables, ipvs, ebpf }

/** The mode that a cluster's kube-proxy is in. */
export function dataplaneOf({ mode }: Pick<ProxySettings, 'mode'>): Dataplane {
  return dataplanes[mode]
}

/** What holds a node's rules in a kernel: iptables mode has two programs for it. */
export type RuleStore = 'iptables-nft' | 'iptables-legacy' | 'nftables' | 'ipvs' | 'ebpf'

/** Commands that load a node's rules at once where there are none, cut so that a user namespace takes them. */
export const ruleLoaders: Readonly<Record<RuleStore, (view: NodeView) => readonly Command[]>> = {
  'iptables-nft': view => loadIptables(view, 'nft'),
  'iptables-legacy': view => loadIptables(view, 'legacy'),
  nftables: view => nftables.sync(undefined, view, emptyKernel, true).commands,
  ipvs: loadIpvs,
  // What is there before does not count: all is written.
  ebpf: view => ebpf.steps(undefined, ebpf.compile(view)).map(({ argv }) => ({ argv, in: view.node.name })),
}
