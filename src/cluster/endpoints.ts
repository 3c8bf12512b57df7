import {
  type EndpointSlice,
  type KubernetesNode,
  namespacedName,
  type PodStatus,
  type Service,
  serviceOf,
} from '../model/kubernetes.ts'
import { slicesFromPods } from '../service/pods.ts'

/** The slices of a cluster: those given, which are the truth, and for the other services with a selector those that their pods make. */
export function slicesOfCluster(
  {
    services,
    slices,
    nodes,
  }: {
    services: readonly Service[]
    slices: readonly EndpointSlice[]
    nodes: readonly KubernetesNode[]
  },
  pods: readonly PodStatus[],
): EndpointSlice[] {
  const given = new Set(slices.map(serviceOf))
  const without = services.filter(service => !given.has(namespacedName(service)))
  const zones = new Map(nodes.flatMap(({ name, zone }) => (zone === undefined ? [] : [[name, zone]])))
  return [...slices, ...slicesFromPods(without, pods, zones)]
}
