import type { EndpointSlice, ManifestPod, Service } from '../model/kubernetes.ts'
import type { Manifests } from '../read/manifest/read-manifests.ts'
import { LabError } from '../text/problem.ts'
import { type Allocation, allocateServices, type ServicePools, usualPools } from './allocate.ts'
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

export interface ClusterOptions extends StartOptions, Pick<ServicePools, 'families' | 'nodePorts'> {
  /** Networks that the cluster has beside those of its ServiceCIDR objects; where there is any, a cluster IP that is stated must be in one of them. */
  serviceCIDRs: readonly string[]
}

/** Does with manifests what the API server, controllers, the scheduler and a network plugin would. Throws LabError with all that they would refuse. */
export function clusterOf(manifests: Manifests, options: ClusterOptions): Cluster {
  const { objects } = manifests
  const serviceCIDRs = [...objects.serviceCIDRs, ...options.serviceCIDRs]
  const problems = [...manifests.problems, ...conflicts(manifests, serviceCIDRs)]
  if (problems.length > 0) throw new LabError(problems)
  const { families, nodePorts } = options
  const { services, allocations } = allocateServices(objects.services, {
    ...usualPools,
    ...{ families, nodePorts, serviceCIDRs: [...serviceCIDRs, ...usualPools.serviceCIDRs] },
  })
  const pods = startPods(objects, options)
  return {
    services,
    allocations,
    pods,
    slices: slicesOfCluster({ services, slices: objects.slices, nodes: objects.nodes }, pods),
  }
}
