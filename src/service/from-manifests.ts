import { type EndpointSlice, type KubernetesObjects, namespacedName } from '../model/kubernetes.ts'
import { startPods } from './pod-addresses.ts'
import { slicesFromPods } from './pods.ts'

/** The slices of manifests: those given, and for the other services with a selector those that their pods make. */
export function slicesOfManifests(
  { services, slices, pods, deployments }: KubernetesObjects,
  node: { name: string; podNetworks: readonly string[] },
): EndpointSlice[] {
  const given = new Set(slices.map(slice => `${slice.namespace}/${slice.service}`))
  const without = services.filter(service => !given.has(namespacedName(service)))
  return [...slices, ...slicesFromPods(without, startPods(pods, deployments, node))]
}
