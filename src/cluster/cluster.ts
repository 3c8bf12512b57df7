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
import { LabError, type Problem } from '../text/problem.ts'
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

/** What of manifests mistakes are told of. */
export type Checked = Pick<Manifests, 'objects' | 'problems' | 'problemWith'>

/** Throws LabError with all mistakes of manifests, those of others too, and with what the API server would refuse in all of them together. */
export function refuseMistakes(
  manifests: Checked,
  options: Pick<ClusterOptions, 'serviceCIDRs'>,
  others: readonly Problem[] = [],
): void {
  const refused = conflicts(manifests, serviceCIDRsOf(manifests, options))
  const problems = [...manifests.problems, ...others, ...refused]
  if (problems.length > 0) throw new LabError(problems)
}

function serviceCIDRsOf(
  { objects }: Pick<Manifests, 'objects'>,
  { serviceCIDRs }: Pick<ClusterOptions, 'serviceCIDRs'>,
): string[] {
  return [...objects.serviceCIDRs, ...serviceCIDRs]
}

/** Does with manifests without mistakes what the API server, controllers, the scheduler and a network plugin would. Throws NetlabError where they have nothing left to give. */
export function clusterOf({ objects }: Pick<Manifests, 'objects'>, options: ClusterOptions): Cluster {
  const serviceCIDRs = serviceCIDRsOf({ objects }, options)
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
