import type { Service } from './kubernetes.ts'
import type { Pod } from './lab.ts'

/** The names that a service goes by in a namespace, as the cluster's DNS has them; the shortest first. */
export function serviceNames(
  { name, namespace }: Pick<Service, 'name' | 'namespace'>,
  asker = 'default',
): string[] {
  const qualified = [
    `${name}.${namespace}`,
    `${name}.${namespace}.svc`,
    `${name}.${namespace}.svc.cluster.local`,
  ]
  return namespace === asker ? [name, ...qualified] : qualified
}

/** The service that a name means for who asks in a namespace, as in a cluster: a pod or a machine of that name has another one there, and stands back. */
export function serviceCalled<S extends Pick<Service, 'name' | 'namespace'>>(
  name: string,
  services: readonly S[],
  asker = 'default',
): S | undefined {
  return services.find(service => serviceNames(service, asker).includes(name))
}

/** The names that a pod has by a headless service, which is its subdomain (Kubernetes' "DNS for Services and Pods"); none of another's. */
export function podNamesIn(
  service: Pick<Service, 'name' | 'namespace'>,
  { name, namespace, hostname = name, subdomain }: Pick<Pod, 'name' | 'namespace' | 'hostname' | 'subdomain'>,
  asker = 'default',
): string[] {
  if (subdomain !== service.name || namespace !== service.namespace) return []
  return serviceNames(service, asker).map(each => `${hostname}.${each}`)
}
