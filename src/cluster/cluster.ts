import type { EndpointSlice, ManifestPod, Service } from '../model/kubernetes.ts'
import type { Manifests } from '../read/manifest/read-manifests.ts'
import { LabError } from '../text/problem.ts'
import { type Allocation, allocateServices, type ServicePools } from './allocate.ts'
import { conflicts } from './conflicts.ts'
import { slicesOfCluster } from './endpoints.ts'
import { type StartOptions, startPods } from './start-pods.ts'

/** What a cluster makes of manifests. */
export interface Cluster {
  /** In the order of their names, with all that they need. */
  services: readonly Service[]
  allocations: readonly Allocation[]
  pods: readonly ManifestPod[]
  slices: readonly EndpointSlice[]
}

export interface ClusterOptions extends StartOptions {
  pools: ServicePools
  /** Networks that the cluster surely has: a cluster IP that is stated must be in one of them. */
  serviceCIDRs: readonly string[]
}

/** Does with manifests what the API server, controllers, the scheduler and a network plugin would. Throws LabError with all that they would refuse. */
export function clusterOf(manifests: Manifests, options: ClusterOptions): Cluster {
  const problems = [...manifests.problems, ...conflicts(manifests, options.serviceCIDRs)]
  if (problems.length > 0) throw new LabError(problems)
  const { objects } = manifests
  const { services, allocations } = allocateServices(objects.services, options.pools)
  const pods = startPods(objects, options)
  return { services, allocations, pods, slices: slicesOfCluster({ services, slices: objects.slices }, pods) }
}
