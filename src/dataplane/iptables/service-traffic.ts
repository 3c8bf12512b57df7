import type { EndpointChoice } from '../../service/endpoints.ts'
import type { ServicePortFacts } from '../../service/service-ports.ts'
import { type ServiceChainNames, serviceChainNames } from './chain-names.ts'

/** Which way the traffic of one service port takes (the first part of `syncProxyRules`'s loop in proxier.go). */
export interface ServiceTraffic {
  port: ServicePortFacts
  choice: EndpointChoice
  chains: ServiceChainNames
  /** The port as iptables takes it. */
  dport: string
  /** `tcp`, `udp` or `sctp` */
  protocol: string
  /** The chain for the cluster IP; undefined: no endpoint may serve it. */
  internal: string | undefined
  /** The chain at the end of outside traffic's way; undefined: no endpoint may serve it. */
  external: string | undefined
  /** It is there as soon as any node has an endpoint: pods and the node itself may use that. */
  usesExternalChain: boolean
  usesFirewallChain: boolean
}

/** Decides it from the service's policies and the endpoints. */
export function serviceTraffic(port: ServicePortFacts, choice: EndpointChoice): ServiceTraffic {
  const { loadBalancerIPs, sourceRanges } = port
  const chains = serviceChainNames(port.name, port.protocol)
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
    usesExternalChain: choice.any && port.externallyAccessible,
    usesFirewallChain: choice.any && loadBalancerIPs.length > 0 && sourceRanges.length > 0,
  }
}
