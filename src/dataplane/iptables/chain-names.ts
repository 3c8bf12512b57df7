import type { Protocol } from '../../model/kubernetes.ts'
import { nameHash } from '../name-hash.ts'
import type { ServiceChainNames } from '../service-traffic.ts'

/** The names of a service port's chains, KUBE-SVC, KUBE-SVL, KUBE-EXT and KUBE-FW, which share one hash. */
export function serviceChainNames(name: string, protocol: Protocol): ServiceChainNames {
  const hash = nameHash(name + protocol.toLowerCase())
  return {
    cluster: `KUBE-SVC-${hash}`,
    local: `KUBE-SVL-${hash}`,
    external: `KUBE-EXT-${hash}`,
    firewall: `KUBE-FW-${hash}`,
  }
}

/** The chain of one endpoint of a service port; `endpoint` is `ip:port` or `[ip]:port`. */
export function endpointChainName(name: string, protocol: Protocol, endpoint: string): string {
  return `KUBE-SEP-${nameHash(name + protocol.toLowerCase() + endpoint)}`
}

/** Whether a chain belongs to a service port, so that a sync may delete it (`isServiceChainName` in proxier.go). */
export function isServiceChain(name: string): boolean {
  return /^KUBE-(SVC|SVL|SEP|FW|EXT)-/.test(name)
}
