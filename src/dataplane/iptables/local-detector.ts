import type { ProxySettings } from '../../model/lab.ts'
import { contains, type Family, familyOf } from '../../service/addresses.ts'
import type { Client } from '../dataplane.ts'

/** How kube-proxy tells traffic of this cluster's pods from other traffic (localdetector.go). */
export interface LocalDetector {
  ifLocal: readonly string[]
  ifNotLocal: readonly string[]
  /** `pods (10.0.0.0/8)` */
  explain: string
}

/** The detector that the settings ask for; undefined: none, and no rule depends on where traffic comes from. */
export function localDetector(settings: ProxySettings, family: Family): LocalDetector | undefined {
  switch (settings.detectLocalMode) {
    case 'ClusterCIDR': {
      // A dual-stack cluster names one network of each family: "10.0.0.0/8,fd00::/8".
      const cidr = settings.clusterCIDR
        .split(',')
        .map(part => part.trim())
        .find(part => part !== '' && familyOf(part) === family)
      return cidr === undefined ? undefined : detector(['-s', cidr], `pods (${cidr})`)
    }
    case 'BridgeInterface': {
      const name = settings.detectLocal.bridgeInterface
      return name === '' ? undefined : detector(['-i', name], `pods (on bridge ${name})`)
    }
    case 'InterfaceNamePrefix': {
      const prefix = settings.detectLocal.interfaceNamePrefix
      return prefix === '' ? undefined : detector(['-i', `${prefix}+`], `pods (on ${prefix}…)`)
    }
  }
}

function detector(match: readonly string[], explain: string): LocalDetector {
  return { ifLocal: match, ifNotLocal: ['!', ...match], explain }
}

/** Whether the detector takes a client for one of this node's pods. */
export function isLocalClient(settings: ProxySettings, family: Family, { from, address }: Client): boolean {
  if (localDetector(settings, family) === undefined) return false
  if (settings.detectLocalMode !== 'ClusterCIDR') return from === 'pod'
  const cidrs = settings.clusterCIDR.split(',').map(part => part.trim())
  return cidrs.some(cidr => cidr !== '' && contains(cidr, address))
}
