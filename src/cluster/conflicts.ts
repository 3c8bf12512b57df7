import { canonical, familyOf } from '../model/address.ts'
import { namespacedName, type Service } from '../model/kubernetes.ts'
import type { Manifests } from '../read/manifest/read-manifests.ts'
import { contains } from '../service/addresses.ts'
import type { Path } from '../text/document.ts'
import type { Problem } from '../text/problem.ts'

/** Tells of what two services state although only one can have it, as the allocators of the API server do, in their words; and of cluster IPs in none of the networks that are said. */
export function conflicts(
  manifests: Pick<Manifests, 'objects' | 'problemWith'>,
  serviceCIDRs: readonly string[],
): Problem[] {
  const problems: Problem[] = []
  const owners = new Map<string, Service>()
  const tell = (service: Service, path: Path, message: string, fix: string) => {
    const problem = manifests.problemWith(service, path, message, { fix })
    if (problem !== undefined) problems.push(problem)
  }
  for (const service of manifests.objects.services) {
    const claim = (what: string, path: Path, message: string, fix: string) => {
      const owner = owners.get(what)
      if (owner === undefined) owners.set(what, service)
      else if (owner !== service) tell(service, path, `${message} to ${namespacedName(owner)}`, fix)
    }
    for (const [index, address] of service.clusterIPs.entries()) {
      if (address === 'None') continue
      const path = index === 0 ? ['spec', 'clusterIP'] : ['spec', 'clusterIPs', index]
      const start = `failed to allocate IP ${address}: provided IP is`
      const own = canonical(address)
      claim(own, path, `${start} already allocated`, 'leave it out, and a free one is allocated')
      const networks = serviceCIDRs.filter(network => familyOf(network) === familyOf(own))
      if (networks.length > 0 && !networks.some(network => contains(network, own)))
        tell(
          service,
          path,
          `${start} not in the valid range ${networks.join(', ')}`,
          'leave it out, or change the range',
        )
    }
    for (const [index, { nodePort }] of service.ports.entries()) {
      if (nodePort === undefined) continue
      const message = `node port ${nodePort}: provided port is already allocated`
      const fix = 'leave it out, and a free one is allocated'
      claim(`${nodePort}`, ['spec', 'ports', index, 'nodePort'], message, fix)
    }
  }
  return problems
}
