import type { Service } from '../../model/kubernetes.ts'
import type { Mistake } from './fields.ts'
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
    clusterIPs: clusterIPs(spec),
    ...(spec.selector && { selector: spec.selector }),
    ports: (spec.ports ?? []).map(port => ({
      name: port.name ?? '',
      protocol: port.protocol ?? 'TCP',
      port: port.port,
      targetPort: port.targetPort ?? port.port,
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
    ...(spec.publishNotReadyAddresses && { publishNotReadyAddresses: true }),
  }
}

function clusterIPs(spec: ServiceSpec): string[] {
  const all = spec.clusterIPs?.length ? spec.clusterIPs : [spec.clusterIP ?? '']
  return all.filter(address => address !== '')
}

/** What the API server would refuse although each field by itself is right. */
export function serviceMistakes({ spec }: ServiceObject): Mistake[] {
  const mistakes: Mistake[] = []
  const ports = spec.ports ?? []
  const needsNone = spec.type === 'ExternalName' || clusterIPs(spec).includes('None')
  if (ports.length === 0 && !needsNone) {
    mistakes.push({ path: ['spec'], on: 'key', message: 'no ports', fix: 'add "ports: [{port: 80}]"' })
  }
  const names = new Map<string, number>()
  const numbers = new Map<string, number>()
  const nodePorts = new Map<string, number>()
  ports.forEach((port, index) => {
    const path = ['spec', 'ports', index]
    const protocol = port.protocol ?? 'TCP'
    if (!port.name && ports.length > 1) {
      const message = 'a port without a name beside others'
      mistakes.push({ path, message, fix: `add "name: port-${port.port}", say` })
    }
    const twice = (seen: Map<string, number>, key: string, field: string, what: string) => {
      const first = seen.get(key)
      if (first === undefined) seen.set(key, index)
      else mistakes.push({ path: [...path, field], message: `${what} is port ${first + 1}'s already` })
    }
    if (port.name) twice(names, port.name, 'name', `the name "${port.name}"`)
    twice(numbers, `${port.port} ${protocol}`, 'port', `${port.port}/${protocol}`)
    if (port.nodePort) {
      twice(nodePorts, `${port.nodePort} ${protocol}`, 'nodePort', `node port ${port.nodePort}/${protocol}`)
    }
  })
  const [first] = spec.clusterIPs ?? []
  if (first !== undefined && spec.clusterIP && first !== spec.clusterIP) {
    const message = `clusterIPs starts with ${first}, but clusterIP is ${spec.clusterIP}`
    mistakes.push({ path: ['spec', 'clusterIPs', 0], message, fix: 'write the same address in both' })
  }
  return mistakes
}
