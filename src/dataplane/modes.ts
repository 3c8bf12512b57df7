import type { ProxyMode, ProxySettings } from '../model/lab.ts'
import type { Dataplane, RuleWriter } from './dataplane.ts'
import { ebpf } from './ebpf/ebpf.ts'
import { iptables } from './iptables/iptables.ts'
import { ipvs } from './ipvs/ipvs.ts'
import { nftables } from './nftables/nftables.ts'

/** What prints the rules of each mode. */
export const ruleWriters: Readonly<Record<ProxyMode, RuleWriter>> = { iptables, nftables, ipvs, ebpf }

const dataplanes: Partial<Record<ProxyMode, Dataplane>> = { iptables, nftables, ebpf }

/** The mode that a cluster's kube-proxy is in. Throws for one that no lab can run in, which a lab's reader refuses. */
export function dataplaneOf({ mode }: Pick<ProxySettings, 'mode'>): Dataplane {
  const dataplane = dataplanes[mode]
  if (dataplane === undefined) throw new Error(`no lab runs in ${mode} mode`)
  return dataplane
}
