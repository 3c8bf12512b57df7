import { readAddress } from '../../model/address.ts'
import type { IdleField, Service } from '../../model/kubernetes.ts'
import type { ServiceObject, ServiceSpec } from './service-schema.ts'

/** Seconds that a client stays with its endpoint where nothing else is said (`DefaultClientIPServiceAffinitySeconds`). */
const defaultAffinity = 10_800

/** A v1 Service with the API server's defaults filled in. */
export function readService({ metadata, spec, status }: ServiceObject): Service {
  const healthCheckNodePort = spec.healthCheckNodePort ?? 0
  return {
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    type: spec.type ?? 'ClusterIP',
    labels: metadata.labels ?? {},
    clusterIPs: statedClusterIPs(spec),
    ...(spec.ipFamilies?.length && { ipFamilies: spec.ipFamilies }),
    ...(spec.ipFamilyPolicy && { ipFamilyPolicy: spec.ipFamilyPolicy }),
    ...(spec.selector && { selector: spec.selector }),
    ports: (spec.ports ?? []).map(port => ({
      name: port.name ?? '',
      protocol: port.protocol ?? 'TCP',
      port: port.port,
      // `SetDefaults_Service` takes 0 and an empty text for nothing said.
      targetPort: port.targetPort || port.port,
      ...(port.nodePort && { nodePort: port.nodePort }),
    })),
    externalIPs: spec.externalIPs ?? [],
    loadBalancerIPs: (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, ipMode }) =>
      ip && ipMode !== 'Proxy' ? [ip] : [],
    ),
    loadBalancerSourceRanges: (spec.loadBalancerSourceRanges ?? []).map(range => range.trim()),
    ...(healthCheckNodePort !== 0 && { healthCheckNodePort }),
    sessionAffinity: spec.sessionAffinity ?? 'None',
    sessionAffinityTimeout: spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultAffinity,
    internalTrafficPolicy: spec.internalTrafficPolicy ?? 'Cluster',
    externalTrafficPolicy: spec.externalTrafficPolicy ?? 'Cluster',
    ...(spec.trafficDistribution && { trafficDistribution: spec.trafficDistribution }),
    ...(hasTopologyMode(metadata.annotations ?? {}) && { hasTopologyMode: true }),
    ...(spec.publishNotReadyAddresses && { publishNotReadyAddresses: true }),
    ...(spec.allocateLoadBalancerNodePorts === false && { noLoadBalancerNodePorts: true }),
    // Some load balancers take other texts, too, which mean nothing here.
    ...(spec.loadBalancerIP &&
      'address' in readAddress(spec.loadBalancerIP) && { wantedLoadBalancerIP: spec.loadBalancerIP }),
    ...(metadata.uid && { isAllocated: true }),
    ...idleIn(spec, status),
  }
}

/** The fields of a Service that nothing is made of. */
function idleIn(spec: ServiceSpec, status: ServiceObject['status']): Pick<Service, 'idleFields'> {
  const wanted = spec.loadBalancerIP
  const said: Readonly<Record<IdleField, boolean>> = {
    'spec.ports[].appProtocol': (spec.ports ?? []).some(({ appProtocol }) => appProtocol),
    'spec.loadBalancerClass': Boolean(spec.loadBalancerClass),
    'spec.loadBalancerIP': Boolean(wanted) && !('address' in readAddress(wanted!)),
    'spec.externalName': Boolean(spec.externalName) && spec.type !== 'ExternalName',
    'status.loadBalancer.ingress[].hostname': (status?.loadBalancer?.ingress ?? []).some(
      ({ hostname }) => hostname,
    ),
  }
  const fields = (Object.keys(said) as IdleField[]).filter(field => said[field])
  return fields.length === 0 ? {} : { idleFields: fields }
}

/** Whether the EndpointSlice controller shares hints out by the zones' CPUs (`hintsEnabled` in endpointslice/reconciler.go): the older annotation counts first. */
function hasTopologyMode(annotations: Readonly<Record<string, string>>): boolean {
  const mode =
    annotations['service.kubernetes.io/topology-aware-hints'] ??
    annotations['service.kubernetes.io/topology-mode']
  return mode === 'Auto' || mode === 'auto'
}

/** The cluster IPs that a spec states, in whichever field. */
export function statedClusterIPs(spec: ServiceSpec): string[] {
  const all = spec.clusterIPs?.length ? spec.clusterIPs : [spec.clusterIP ?? '']
  return all.filter(address => address !== '')
}
