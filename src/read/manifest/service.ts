import { familyName, familyOf } from '../../model/address.ts'
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
    ...(spec.ipFamilies?.length && { ipFamilies: spec.ipFamilies }),
    ...(spec.ipFamilyPolicy && { ipFamilyPolicy: spec.ipFamilyPolicy }),
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
  return [...mistakes, ...familyMistakes(spec)]
}

/** Which families a service may ask for, and where (`ValidateServiceClusterIPsRelatedFields` in validation.go; since v1.23 nothing sets the policy). */
function familyMistakes(spec: ServiceSpec): Mistake[] {
  const addresses = clusterIPs(spec)
  const families = spec.ipFamilies ?? []
  const at = (...path: (string | number)[]) => ['spec', ...path]
  const mistakes: Mistake[] = []
  if (addresses.length > 1 && addresses.includes('None')) {
    const fix = 'write "clusterIP: None" alone'
    mistakes.push({ path: at('clusterIPs'), on: 'key', message: '"None" beside an address', fix })
    return mistakes
  }
  const [first, second] = addresses
  if (first !== undefined && second !== undefined && familyOf(first) === familyOf(second)) {
    const message = `both cluster IPs are ${familyName(familyOf(first))}`
    mistakes.push({ path: at('clusterIPs', 1), message, fix: 'write one, or one of each family' })
  }
  if (families.length === 2 && families[0] === families[1])
    mistakes.push({ path: at('ipFamilies', 1), message: `${families[1]} stands twice`, fix: 'remove one' })
  for (const [index, family] of families.entries()) {
    const address = addresses[index]
    if (address === undefined || address === 'None' || familyName(familyOf(address)) === family) continue
    const message = `the cluster IP in this place is ${address}, which is not ${family}`
    mistakes.push({ path: at('ipFamilies', index), message, fix: 'write both in the same order' })
  }
  const several = addresses.length > 1 ? 'cluster IPs' : families.length > 1 ? 'families' : undefined
  if (several !== undefined && (spec.ipFamilyPolicy ?? 'SingleStack') === 'SingleStack') {
    const fix = 'write "ipFamilyPolicy: PreferDualStack", or RequireDualStack'
    const message = `two ${several}, and the policy is SingleStack${spec.ipFamilyPolicy ? '' : ' where nothing is said'}`
    const path = spec.ipFamilyPolicy
      ? at('ipFamilyPolicy')
      : at(addresses.length > 1 ? 'clusterIPs' : 'ipFamilies')
    mistakes.push({ path, message, fix, ...(spec.ipFamilyPolicy ? {} : { on: 'key' }) })
  }
  return mistakes
}
