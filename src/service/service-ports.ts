import { canonical, type Family, familyOf } from '../model/address.ts'
import { namespacedName, type Protocol, type Service, unwatchedBy } from '../model/kubernetes.ts'
import { canonicalNetwork } from './addresses.ts'
import { servicePortName } from './names.ts'

/** One port of a service as one IP family sees it; kube-proxy's unit of work (`BaseServicePortInfo` in servicechangetracker.go). */
export interface ServicePortFacts {
  /** `namespace/service:port` */
  name: string
  /** `namespace/service` */
  service: string
  portName: string
  protocol: Protocol
  clusterIP: string
  port: number
  /** 0: none. */
  nodePort: number
  externalIPs: readonly string[]
  loadBalancerIPs: readonly string[]
  sourceRanges: readonly string[]
  /** 0: none. */
  healthCheckNodePort: number
  /** Seconds; 0: no session affinity. */
  affinity: number
  internalPolicyLocal: boolean
  externalPolicyLocal: boolean
  /** Has an address or port that is reached from outside the cluster. */
  externallyAccessible: boolean
}

/** Why kube-proxy has no rules for a service, in words that go on after its name; undefined where it has. */
export function whyNotServed({ type, labels, clusterIPs }: Service): string | undefined {
  const label = unwatchedBy(labels)
  if (type === 'ExternalName') return 'is an ExternalName: a name in DNS, and no rule'
  if (label !== undefined) return `has the label ${label}: kube-proxy leaves it to others`
  if (clusterIPs.includes('None')) return 'is headless: its name leads to the pods themselves, without a rule'
  return undefined
}

/** The service ports that kube-proxy serves in one IP family, sorted by name: no headless, ExternalName or other proxy's services. */
export function servicePorts(services: Iterable<Service>, family: Family): ServicePortFacts[] {
  const byKey = new Map<string, ServicePortFacts>()
  for (const service of services) {
    const clusterIP = service.clusterIPs.find(
      address => address !== '' && address !== 'None' && familyOf(address) === family,
    )
    if (clusterIP === undefined || whyNotServed(service) !== undefined) continue
    for (const facts of portsOf(service, canonical(clusterIP), family)) {
      byKey.set(`${facts.name} ${facts.protocol}`, facts)
    }
  }
  return [...byKey.values()].sort(byName)
}

function byName(a: ServicePortFacts, b: ServicePortFacts): number {
  if (a.name === b.name) return a.protocol < b.protocol ? -1 : 1
  return a.name < b.name ? -1 : 1
}

function portsOf(service: Service, clusterIP: string, family: Family): ServicePortFacts[] {
  const ofFamily = (addresses: readonly string[]) =>
    addresses.filter(address => familyOf(address) === family).map(canonical)
  const externalIPs = ofFamily(service.externalIPs)
  const loadBalancerIPs = ofFamily(service.loadBalancerIPs)
  const external =
    service.type === 'NodePort' || service.type === 'LoadBalancer' || service.externalIPs.length > 0
  const externalPolicyLocal = external && service.externalTrafficPolicy === 'Local'
  const sourceRanges = service.loadBalancerSourceRanges
    .map(range => range.trim())
    .filter(range => familyOf(range) === family)
    .map(canonicalNetwork)
  // Only a load balancer asks nodes whether they have local endpoints (`NeedsHealthCheck` in service/util.go).
  const hasHealthCheck = service.type === 'LoadBalancer' && externalPolicyLocal
  return service.ports.map(({ name: portName, protocol, port, nodePort = 0 }) => {
    const name = servicePortName(service, { name: portName })
    return {
      name,
      service: namespacedName(service),
      portName,
      protocol,
      clusterIP,
      port,
      nodePort,
      externalIPs,
      loadBalancerIPs,
      sourceRanges,
      healthCheckNodePort: hasHealthCheck ? (service.healthCheckNodePort ?? 0) : 0,
      affinity: service.sessionAffinity === 'ClientIP' ? service.sessionAffinityTimeout : 0,
      internalPolicyLocal: service.internalTrafficPolicy === 'Local',
      externalPolicyLocal,
      externallyAccessible: nodePort !== 0 || externalIPs.length > 0 || loadBalancerIPs.length > 0,
    }
  })
}

/** Policy Local for outside traffic still needs all endpoints: pods and the node itself take the short cut past the policy. */
export function usesClusterEndpoints(port: ServicePortFacts): boolean {
  return !port.internalPolicyLocal || port.externallyAccessible
}

/** Whether some traffic may only go to this node's endpoints. */
export function usesLocalEndpoints(port: ServicePortFacts): boolean {
  return port.internalPolicyLocal || (port.externalPolicyLocal && port.externallyAccessible)
}
