import type { Service } from './kubernetes.ts'

/** The names that a service goes by, as the cluster's DNS has them; the shortest first. */
export function serviceNames({ name, namespace }: Pick<Service, 'name' | 'namespace'>): string[] {
  const qualified = [
    `${name}.${namespace}`,
    `${name}.${namespace}.svc`,
    `${name}.${namespace}.svc.cluster.local`,
  ]
  return namespace === 'default' ? [name, ...qualified] : qualified
}
