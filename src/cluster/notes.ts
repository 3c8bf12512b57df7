import { grouped } from '../model/grouped.ts'
import {
  type EndpointSlice,
  type IdleField,
  idleFields,
  namespacedName,
  type Service,
  serviceOf,
} from '../model/kubernetes.ts'
import { selects } from '../service/pods.ts'
import { whyNotServed } from '../service/service-ports.ts'
import type { Cluster } from './cluster.ts'

/** Why services have no rules, or none that lead anywhere, a line each. */
export interface ClusterNotes {
  /** Those that kube-proxy does not serve. */
  withoutRules: readonly string[]
  /** Those that have no endpoints, although they might be expected to. */
  withoutEndpoints: readonly string[]
}

/** Which fields of services change no rule, and why, a line each. */
export function idleFieldNotes(services: readonly Service[]): readonly string[] {
  return (Object.keys(idleFields) as IdleField[]).flatMap(field => {
    const [first, ...others] = services.filter(service => service.idleFields?.includes(field))
    if (first === undefined) return []
    const more = others.length === 0 ? '' : ` and ${others.length} more`
    return [`${field} has no meaning for rules: ${idleFields[field]} (${namespacedName(first)}${more})`]
  })
}

/** What people may wonder about in a cluster that was made of manifests. */
export function clusterNotes(cluster: Cluster): ClusterNotes {
  const slices = grouped(cluster.slices, serviceOf)
  return {
    withoutRules: cluster.services.flatMap(service => {
      const why = whyNotServed(service)
      return why === undefined ? [] : [`${namespacedName(service)} ${why}`]
    }),
    withoutEndpoints: cluster.services.flatMap(service => {
      if (service.type === 'ExternalName') return []
      const why = whyNoEndpoints(service, slices.get(namespacedName(service)) ?? [], cluster)
      return why === undefined ? [] : [`${namespacedName(service)} has no endpoints: ${why}`]
    }),
  }
}

function whyNoEndpoints(
  service: Service,
  own: readonly EndpointSlice[],
  { pods }: Cluster,
): string | undefined {
  const endpoints = own.flatMap(slice => slice.endpoints)
  if (endpoints.some(({ ready }) => ready !== false)) return undefined
  if (endpoints.length > 0) return 'none of them is ready'
  const { selector, namespace } = service
  if (selector === undefined || Object.keys(selector).length === 0)
    return `it has no selector, and ${own.length > 0 ? 'its EndpointSlices are empty' : 'there is no EndpointSlice of it'}`
  const selected = pods.filter(pod => selects(service, pod))
  const written = Object.entries(selector)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ')
  if (selected.length === 0) return `its selector {${written}} matches no pod in namespace ${namespace}`
  if (selected.every(({ addresses }) => addresses.length === 0)) return 'its pods have no address yet'
  const names = service.ports.flatMap(({ targetPort }) => (typeof targetPort === 'string' ? targetPort : []))
  if (own.length > 0) return 'its EndpointSlices are empty'
  return `its pods have no port named ${names.join(' or ')}`
}
