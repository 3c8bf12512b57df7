import type { EndpointChoice } from '../service/endpoints.ts'
import type { ServicePortFacts } from '../service/service-ports.ts'

/** The chains of one service port. */
export interface ServiceChainNames {
  /** The endpoints under policy Cluster. */
  cluster: string
  /** The endpoints under policy Local. */
  local: string
  /** Where traffic to node ports, external and load-balancer addresses enters. */
  external: string
  /** Who may use the load balancer's address. */
  firewall: string
}

/** Which way the traffic of one service port takes (the first part of `syncProxyRules`'s loop in either proxier.go). */
export interface ServiceTraffic {
  port: ServicePortFacts
  choice: EndpointChoice
  chains: ServiceChainNames
  /** The port as rules have it. */
  dport: string
  /** `tcp`, `udp` or `sctp` */
  protocol: string
  /** The chain for the cluster IP; undefined: no endpoint may serve it. */
  internal: string | undefined
  /** The chain at the end of outside traffic's way; undefined: no endpoint may serve it. */
  external: string | undefined
  usesClusterChain: boolean
  usesLocalChain: boolean
  /** It is there as soon as any node has an endpoint: pods and the node itself may use that. */
  usesExternalChain: boolean
  /** The load balancer's address has source ranges. */
  limitsSources: boolean
}

/** Decides it from the service's policies and the endpoints. */
export function serviceTraffic(
  port: ServicePortFacts,
  choice: EndpointChoice,
  chains: ServiceChainNames,
): ServiceTraffic {
  const { loadBalancerIPs, sourceRanges } = port
  const chainFor = (onlyLocal: boolean) => {
    if (onlyLocal) return choice.local.length > 0 ? chains.local : undefined
    return choice.any ? chains.cluster : undefined
  }
  return {
    port,
    choice,
    chains,
    dport: String(port.port),
    protocol: port.protocol.toLowerCase(),
    internal: chainFor(port.internalPolicyLocal),
    external: chainFor(port.externalPolicyLocal),
    usesClusterChain: choice.cluster.length > 0,
    usesLocalChain: choice.local.length > 0,
    usesExternalChain: choice.any && port.externallyAccessible,
    limitsSources: loadBalancerIPs.length > 0 && sourceRanges.length > 0,
  }
}
