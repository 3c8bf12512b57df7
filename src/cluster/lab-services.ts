import { type Family, familyOf, joinHostPort } from '../model/address.ts'
import { namespacedName, type Service, unwatchedBy } from '../model/kubernetes.ts'
import { whyNotServed } from '../service/service-ports.ts'
import type { Backends } from './backends.ts'
import type { PodNames } from './lab-pods.ts'

/** Whether a lab has a use for a service: an ExternalName is a name in DNS alone, and one without ports has nothing to send. */
export function isForLab({ type, ports }: Service): boolean {
  return type !== 'ExternalName' && ports.length > 0
}

/** The ports of a service that lead anywhere in a lab. */
export function labPorts(service: Service, { targets }: Backends): Service['ports'] {
  return service.ports.flatMap(port => {
    const targetPort = targets.get(port.name)
    return targetPort === undefined ? [] : [{ ...port, targetPort }]
  })
}

/** A service as a lab file has it: its fields in place. */
export function labService(service: Service, backends: Backends, names: PodNames): Record<string, unknown> {
  const { name, namespace, type, clusterIPs, selector } = service
  // No other label of a service means anything to kube-proxy.
  const label = unwatchedBy(service.labels)
  const policies = (['internalTrafficPolicy', 'externalTrafficPolicy'] as const).filter(
    field => service[field] === 'Local',
  )
  const [clusterIP] = clusterIPs
  return {
    name,
    ...(namespace === 'default' ? {} : { namespace }),
    ...(label === undefined ? {} : { labels: { [label]: service.labels[label] } }),
    ...(type === 'ClusterIP' ? {} : { type }),
    ...(clusterIPs.length > 1
      ? { clusterIPs, ipFamilyPolicy: service.ipFamilyPolicy ?? 'PreferDualStack' }
      : { clusterIP }),
    ...(selector === undefined || Object.keys(selector).length === 0 ? {} : { selector }),
    ...(backends.bySelector ? {} : { endpoints: backends.pods.map(pod => names.get(pod)) }),
    ports: labPorts(service, backends).map(labPort),
    ...(service.externalIPs.length === 0 ? {} : { externalIPs: service.externalIPs }),
    ...(service.loadBalancerIPs.length === 0 ? {} : { loadBalancerIPs: service.loadBalancerIPs }),
    ...(service.loadBalancerSourceRanges.length === 0
      ? {}
      : { loadBalancerSourceRanges: service.loadBalancerSourceRanges }),
    ...Object.fromEntries(policies.map(policy => [policy, 'Local'])),
    ...(service.healthCheckNodePort === undefined
      ? {}
      : { healthCheckNodePort: service.healthCheckNodePort }),
    ...(service.sessionAffinity === 'None'
      ? {}
      : {
          sessionAffinity: 'ClientIP',
          sessionAffinityConfig: { clientIP: { timeoutSeconds: service.sessionAffinityTimeout } },
        }),
    // A lab's nodes are in no zones.
    ...(service.trafficDistribution === 'PreferSameNode' ? { trafficDistribution: 'PreferSameNode' } : {}),
    ...(service.publishNotReadyAddresses ? { publishNotReadyAddresses: true } : {}),
  }
}

function labPort({ name, port, targetPort, protocol, nodePort }: Service['ports'][number]): object {
  return {
    ...(name === '' ? {} : { name }),
    port,
    ...(targetPort === port ? {} : { targetPort }),
    ...(protocol === 'TCP' ? {} : { protocol }),
    ...(nodePort === undefined ? {} : { nodePort }),
  }
}

/** Who asks, and where, to see whether services answer. */
export interface Askers {
  /** A pod, or a node where there is none. */
  inside: string
  /** A machine beyond the nodes. */
  outside: string
  /** The address of a node, by which that one knows it, in each family. */
  nodeAddresses: ReadonlyMap<Family, string>
  /** There is one node, so that each endpoint is on it. */
  isOneNode: boolean
}

/** One request to each address of a service: its cluster IP from inside, its node port and load balancer from outside. */
export function serviceChecks(service: Service, backends: Backends, askers: Askers): object[] {
  if (whyNotServed(service) !== undefined) return []
  const { inside, outside, nodeAddresses, isOneNode } = askers
  const isOff = backends.pods.length === 0
  const expect = isOff ? { expect: 'refused' } : {}
  const local = service.externalTrafficPolicy === 'Local'
  return labPorts(service, backends)
    .filter(({ protocol }) => protocol === 'TCP')
    .flatMap(({ port, nodePort }) => {
      const ask = (address: string, from: string, at = port) => ({
        curl: `http://${joinHostPort(address, at)}`,
        from,
        ...expect,
      })
      const isNear = isOneNode || service.internalTrafficPolicy === 'Cluster'
      const clusterIPs = isNear ? service.clusterIPs.map(address => ask(address, inside)) : []
      if (isOff || (local && !isOneNode)) return clusterIPs
      const nodes =
        nodePort === undefined ? [] : familiesOf(service).flatMap(family => nodeAddresses.get(family) ?? [])
      const balanced = service.loadBalancerSourceRanges.length > 0 ? [] : service.loadBalancerIPs
      return [
        ...clusterIPs,
        ...nodes.map(address => ask(address, outside, nodePort)),
        ...balanced.map(address => ask(address, outside)),
      ]
    })
}

function familiesOf({ clusterIPs }: Service): Family[] {
  return clusterIPs.map(familyOf)
}

/** `default/web: cluster IP 10.103.4.7, node port 30517 for port http` */
export function allocatedText(
  service: Service,
  allocations: readonly { service: string; what: string; value: string }[],
): string | undefined {
  const own = allocations.filter(each => each.service === namespacedName(service))
  if (own.length === 0) return undefined
  return `allocated: ${own.map(({ what, value }) => `${what} ${value}`).join(', ')}`
}
