import type { RuleSet } from '../balanced-service.ts'
import type { KernelRules } from '../iptables/kernel-rules.ts'
import type { RuleSet as PacketRules } from '../iptables/rules.ts'
import type { MapContents } from '../socket-maps.ts'

/** What serves on a node: what its program is told, and kube-proxy's rules for those whom the program does not see. */
export interface ServiceRules {
  sockets: RuleSet
  /** Undefined: nobody needs any. */
  packets: PacketRules | undefined
}

/** What the kernel has of both. */
export interface KernelState {
  sockets: MapContents
  packets: KernelRules
}
