import { type Family, familyOf } from '../model/address.ts'
import type { ProxySettings } from '../model/lab.ts'
import { contains } from '../service/addresses.ts'
import type { Client } from './dataplane.ts'

/** How kube-proxy tells traffic of this cluster's pods from other traffic (localdetector.go). */
export interface LocalPods {
  by: 'source' | 'interface' | 'interface prefix'
  /** `10.0.0.0/8`, `br1`, `veth_` */
  value: string
  /** `pods (10.0.0.0/8)` */
  explain: string
}

/** What the settings ask for; undefined: no detector, and no rule depends on where traffic comes from. */
export function localPods(settings: ProxySettings, family: Family): LocalPods | undefined {
  switch (settings.detectLocalMode) {
    case 'ClusterCIDR': {
      // A dual-stack cluster names one network of each family: "10.0.0.0/8,fd00::/8".
      const cidr = settings.clusterCIDR
        .split(',')
        .map(part => part.trim())
        .find(part => part !== '' && familyOf(part) === family)
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
export function isLocalClient(settings: ProxySettings, family: Family, { from, address }: Client): boolean {
  if (localPods(settings, family) === undefined) return false
  if (settings.detectLocalMode !== 'ClusterCIDR') return from === 'pod'
  const cidrs = settings.clusterCIDR.split(',').map(part => part.trim())
  return cidrs.some(cidr => cidr !== '' && contains(cidr, address))
}
