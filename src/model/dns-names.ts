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

/** The names that a pod has by a headless service, which is its subdomain (Kubernetes' "DNS for Services and Pods"); none of another's. */
export function podNamesIn(
  service: Pick<Service, 'name' | 'namespace'>,
  { name, namespace, hostname = name, subdomain }: Pick<Pod, 'name' | 'namespace' | 'hostname' | 'subdomain'>,
  asker = 'default',
): string[] {
  if (subdomain !== service.name || namespace !== service.namespace) return []
  return serviceNames(service, asker).map(each => `${hostname}.${each}`)
}
