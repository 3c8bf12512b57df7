import type { Dataplane } from './dataplane.ts'
import { iptables } from './iptables/iptables.ts'

/** The mode that a cluster's kube-proxy is in; there is one so far. */
export const dataplane: Dataplane = iptables
