import { type EndpointSlice, namespacedName, type PodStatus, type Service } from '../model/kubernetes.ts'
import { slicesFromPods } from '../service/pods.ts'

/** The slices of a cluster: those given, which are the truth, and for the other services with a selector those that their pods make. */
export function slicesOfCluster(
  { services, slices }: { services: readonly Service[]; slices: readonly EndpointSlice[] },
  pods: readonly PodStatus[],
): EndpointSlice[] {
  const given = new Set(slices.map(slice => `${slice.namespace}/${slice.service}`))
  const without = services.filter(service => !given.has(namespacedName(service)))
  return [...slices, ...slicesFromPods(without, pods)]
}
