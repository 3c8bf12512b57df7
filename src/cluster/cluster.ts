import {
  type Allocation,
  allocateServices,
  type Lacking,
  type ServicePools,
  usualPools,
} from '../allocation/services.ts'
import { exitCode, NetlabError } from '../errors.ts'
import type { EndpointSlice, ManifestPod, Service } from '../model/kubernetes.ts'
import type { Manifests } from '../read/manifest/read-manifests.ts'
import { LabError } from '../text/problem.ts'
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

/** Does with manifests what the API server, controllers, the scheduler and a network plugin would. Throws LabError with all that they would refuse, and NetlabError where they have nothing left to give. */
export function clusterOf(manifests: Manifests, options: ClusterOptions): Cluster {
  const { objects } = manifests
  const serviceCIDRs = [...objects.serviceCIDRs, ...options.serviceCIDRs]
  const problems = [...manifests.problems, ...conflicts(manifests, serviceCIDRs)]
  if (problems.length > 0) throw new LabError(problems)
  const { families, nodePorts } = options
  const { services, allocations, lacking } = allocateServices(objects.services, {
    ...usualPools,
    ...{ families, nodePorts, serviceCIDRs: [...serviceCIDRs, ...usualPools.serviceCIDRs] },
  })
  const [first] = lacking
  if (first !== undefined) throw nothingLeft(first)
  const pods = startPods(objects, options)
  return {
    services,
    allocations,
    pods,
    slices: slicesOfCluster({ services, slices: objects.slices, nodes: objects.nodes }, pods),
  }
}

function nothingLeft({ service, what, from }: Lacking): NetlabError {
  return new NetlabError({
    what: `there is no ${what} left for the Service ${service} in ${from}`,
    fix: 'say a larger range: --service-cidr for cluster IPs, --service-node-port-range for node ports',
    exitCode: exitCode.wrongInput,
  })
}
