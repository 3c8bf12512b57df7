import { type Family, familyOf } from '../model/address.ts'
import type { ProxySettings } from '../model/lab.ts'
import { contains } from '../service/addresses.ts'
import type { ProxyNode } from '../service/node-ports.ts'
import type { Client, NodeView } from './dataplane.ts'

/** How kube-proxy tells traffic of this cluster's pods from other traffic (localdetector.go). */
export interface LocalPods {
  by: 'source' | 'interface' | 'interface prefix'
  /** `10.0.0.0/8`, `br1`, `veth_` */
  value: string
  /** `pods (10.0.0.0/8)` */
  explain: string
}

/** What the settings ask for; undefined: no detector, and no rule depends on where traffic comes from. */
export function localPods(settings: ProxySettings, node: ProxyNode, family: Family): LocalPods | undefined {
  switch (settings.detectLocalMode) {
    case 'ClusterCIDR':
    case 'NodeCIDR': {
      const cidr = podNetworks(settings, node).find(network => familyOf(network) === family)
      return cidr === undefined ? undefined : { by: 'source', value: cidr, explain: `pods (${cidr})` }
    }
    case 'BridgeInterface': {
      const value = settings.detectLocal.bridgeInterface
      return value === '' ? undefined : { by: 'interface', value, explain: `pods (on bridge ${value})` }
    }
    case 'InterfaceNamePrefix': {
      const value = settings.detectLocal.interfaceNamePrefix
      return value === '' ? undefined : { by: 'interface prefix', value, explain: `pods (on ${value}…)` }
    }
  }
}

/** Whether a client is taken for one of this node's pods. */
export function isLocalClient(
  { settings, node, family }: Pick<NodeView, 'settings' | 'node' | 'family'>,
  { from, address }: Client,
): boolean {
  const pods = localPods(settings, node, family)
  if (pods === undefined) return false
  return pods.by === 'source' ? contains(pods.value, address) : from === 'pod'
}

/** The networks that pods are told by, of either family: a dual-stack cluster names one of each, "10.0.0.0/8,fd00::/8". */
function podNetworks({ detectLocalMode, clusterCIDR }: ProxySettings, node: ProxyNode): readonly string[] {
  if (detectLocalMode === 'NodeCIDR') return node.podCIDRs ?? []
  return clusterCIDR
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')
}
