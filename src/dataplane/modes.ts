import type { Dataplane, RuleWriter } from './dataplane.ts'
import { iptables } from './iptables/iptables.ts'
import { ipvs } from './ipvs/ipvs.ts'
import { nftables } from './nftables/nftables.ts'

/** The mode that a cluster's kube-proxy is in; there is one so far. */
export const dataplane: Dataplane = iptables

/** A mode whose rules can be printed. */
export type RuleMode = 'iptables' | 'nftables' | 'ipvs'

/** What prints them. */
export const ruleWriters: Readonly<Record<RuleMode, RuleWriter>> = { iptables, nftables, ipvs }
