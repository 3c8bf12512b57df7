import type { Command } from '../command/command.ts'
import type { NodeView } from '../dataplane/dataplane.ts'
import { type RuleStore, ruleLoaders } from '../dataplane/modes.ts'

/** What a connection can go through; `direct`: nothing, the client asks the pod itself. */
export type ModeName = 'direct' | RuleStore

/** A way that is measured: all that is special about it stands here. */
export interface ChartMode {
  name: ModeName
  /** What loads the services of a node; left out: there are none, and the pod is asked. */
  load?: (view: NodeView) => readonly Command[]
  /** Programs that it takes. */
  programs: readonly string[]
  /** A command for a node where nothing is loaded: where it fails, this kernel has none of it or does not give it to a lab. */
  trial?: readonly string[]
  /** What people are told besides the command's own complaint. */
  because?: string
  /** How often the kernel says that the last service's own rule has matched. */
  counter?: RuleCounter
  /** Its services are told to the socket load balancer, which is outside of the lab: not everybody may have one. */
  balancesSockets?: true
}

/** Where a kernel counts a rule's packets: of a connection only the first one is looked up. */
export interface RuleCounter {
  argv: readonly string[]
  /** The packets of the rule for this address; undefined: there is no such rule. */
  read(output: string, address: string): number | undefined
}

const userNamespace = 'kernels give IPVS to no user namespace, and every lab is in one'

/** In the order in which they are measured and told. */
export const chartModes: readonly ChartMode[] = [
  { name: 'direct', programs: [] },
  iptablesMode('iptables-nft'),
  iptablesMode('iptables-legacy'),
  {
    name: 'nftables',
    load: ruleLoaders.nftables,
    programs: ['nft'],
    trial: ['nft', 'add', 'table', 'ip', 'trial'],
  },
  {
    name: 'ipvs',
    load: ruleLoaders.ipvs,
    programs: ['ipvsadm', 'ipset', 'iptables-restore'],
    trial: ['ipvsadm', '--list', '--numeric'],
    because: userNamespace,
  },
  {
    name: 'ebpf',
    load: ruleLoaders.ebpf,
    programs: [],
    balancesSockets: true,
  },
]

function iptablesMode(name: 'iptables-nft' | 'iptables-legacy'): ChartMode {
  return {
    name,
    load: ruleLoaders[name],
    programs: [name, `${name}-restore`],
    trial: [name, '-t', 'nat', '-S'],
    counter: { argv: [name, '-t', 'nat', '-v', '-S', 'KUBE-SERVICES'], read: iptablesCount },
  }
}

function iptablesCount(output: string, address: string): number | undefined {
  const rule = output.split('\n').find(line => line.startsWith(`-A KUBE-SERVICES -d ${address}/32 `))
  const [, packets] = / -c (\d+) \d+/.exec(rule ?? '') ?? []
  return packets === undefined ? undefined : Number(packets)
}
