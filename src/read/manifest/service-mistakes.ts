import { familyName, familyOf } from '../../model/address.ts'
import type { Mistake } from './fields.ts'
import { statedClusterIPs } from './service.ts'
import type { ServiceObject, ServiceSpec } from './service-schema.ts'

/** Where kubelet listens on every node. */
const kubeletPort = 10_250

/** What the API server would refuse although each field by itself is right. */
export function serviceMistakes({ metadata, spec }: ServiceObject): Mistake[] {
  const mistakes: Mistake[] = []
  const ports = spec.ports ?? []
  const needsNone = spec.type === 'ExternalName' || statedClusterIPs(spec).includes('None')
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
  // What a cluster has taken in, perhaps by older rules, it goes on having.
  const refused = metadata.uid ? [] : [...nameMistakes(metadata.name), ...typeMistakes(spec)]
  return [...refused, ...mistakes, ...familyMistakes(spec)]
}

/** `NameIsDNS1035Label`: what stands in DNS before the namespace. */
export function nameMistakes(name: string): Mistake[] {
  if (/^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return []
  const message = `"${name}" cannot be the name of a Service: it must be a DNS-1035 label`
  const fix =
    'use at most 63 small letters, digits and "-", with a letter first and a letter or a digit at the end'
  return [{ path: ['metadata', 'name'], message, fix }]
}

/** Fields that the type has no use for (`ValidateService` in core/validation/validation.go, in its words). */
function typeMistakes(spec: ServiceSpec): Mistake[] {
  const type = spec.type ?? 'ClusterIP'
  const addresses = statedClusterIPs(spec)
  const isBalanced = type === 'LoadBalancer'
  const policy = spec.externalTrafficPolicy
  const onlyBalanced = "may only be used when `type` is 'LoadBalancer'"
  const balance = 'write "type: LoadBalancer", or remove it'
  const mistakes: Mistake[] = []
  const refuse = (path: readonly (string | number)[], message: string, fix = 'remove it') =>
    mistakes.push({ path: ['spec', ...path], on: 'key', message: `${path.at(-1)} ${message}`, fix })

  if (type === 'ExternalName') {
    if (!spec.externalName) {
      const message = 'a Service of type ExternalName without an externalName'
      mistakes.push({ path: ['spec'], on: 'key', message, fix: 'add "externalName: db.example.com", say' })
    }
    if (addresses.length > 0)
      refuse([spec.clusterIP ? 'clusterIP' : 'clusterIPs'], 'may not be set for ExternalName services')
  } else if (type !== 'ClusterIP' && addresses.includes('None')) {
    refuse(
      [spec.clusterIP ? 'clusterIP' : 'clusterIPs'],
      `may not be set to 'None' for ${type} services`,
      'write "type: ClusterIP", or leave it out',
    )
  }
  for (const [index, { nodePort, port }] of (spec.ports ?? []).entries()) {
    if (nodePort && (type === 'ClusterIP' || type === 'ExternalName'))
      refuse(
        ['ports', index, 'nodePort'],
        `may not be used when \`type\` is '${type}'`,
        'write "type: NodePort", or remove it',
      )
    if (isBalanced && port === kubeletPort)
      mistakes.push({
        path: ['spec', 'ports', index, 'port'],
        message: `may not expose port ${port} externally since it is used by kubelet`,
        fix: 'choose another port',
      })
  }
  if (spec.loadBalancerSourceRanges?.length && !isBalanced)
    refuse(['loadBalancerSourceRanges'], onlyBalanced, balance)
  if (spec.loadBalancerClass && !isBalanced) refuse(['loadBalancerClass'], onlyBalanced, balance)
  if (typeof spec.allocateLoadBalancerNodePorts === 'boolean' && !isBalanced)
    refuse(['allocateLoadBalancerNodePorts'], onlyBalanced, balance)
  if (policy && type === 'ClusterIP' && !spec.externalIPs?.length)
    refuse(
      ['externalTrafficPolicy'],
      'may only be set for externally-accessible services',
      'write "type: NodePort", or remove it',
    )
  if (spec.healthCheckNodePort && !(isBalanced && policy === 'Local'))
    refuse(
      ['healthCheckNodePort'],
      "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
    )
  if (spec.sessionAffinityConfig && (spec.sessionAffinity ?? 'None') === 'None')
    refuse(
      ['sessionAffinityConfig'],
      'must not be set when session affinity is None',
      'add "sessionAffinity: ClientIP", or remove it',
    )
  return mistakes
}

/** Which families a service may ask for, and where (`ValidateServiceClusterIPsRelatedFields` in validation.go; since v1.23 nothing sets the policy). */
function familyMistakes(spec: ServiceSpec): Mistake[] {
  const addresses = statedClusterIPs(spec)
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
