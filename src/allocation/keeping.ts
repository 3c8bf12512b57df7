import type { Service } from '../model/kubernetes.ts'

/** A service as it goes on where it was there before: what it has is not allocated anew (`patchAllocatedValues` in registry/core/service/storage). */
export function keeping(was: Service | undefined, service: Service): Service {
  return was === undefined || service.isAllocated ? service : keptService(service, was)
}

function keptService(service: Service, was: Service): Service {
  const { type, clusterIPs, ports, healthCheckNodePort, loadBalancerIPs } = service
  const isHeadless = clusterIPs.includes('None') || was.clusterIPs.includes('None')
  const hasNodePorts = type === 'NodePort' || (type === 'LoadBalancer' && !service.noLoadBalancerNodePorts)
  const isBalanced = type === 'LoadBalancer' && was.type === 'LoadBalancer'
  return {
    ...service,
    clusterIPs:
      clusterIPs.length === 0 && !isHeadless && type !== 'ExternalName' ? was.clusterIPs : clusterIPs,
    ports: ports.map(port => {
      const old = was.ports.find(each => each.port === port.port && each.protocol === port.protocol)
      return hasNodePorts && port.nodePort === undefined && old?.nodePort !== undefined
        ? { ...port, nodePort: old.nodePort }
        : port
    }),
    loadBalancerIPs: isBalanced && loadBalancerIPs.length === 0 ? was.loadBalancerIPs : loadBalancerIPs,
    ...(isBalanced && service.externalTrafficPolicy === 'Local' && healthCheckNodePort === undefined
      ? { ...(was.healthCheckNodePort && { healthCheckNodePort: was.healthCheckNodePort }) }
      : {}),
  }
}
