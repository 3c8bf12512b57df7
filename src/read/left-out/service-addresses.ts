import {
  type Allocation,
  allocateServices,
  familiesAsked,
  type Lacking,
  usualPools,
} from '../../allocation/services.ts'
import { type Family, familyOf } from '../../model/address.ts'
import type { Cidr } from '../../model/cidr.ts'
import { namespacedName } from '../../model/kubernetes.ts'
import type { Choice } from '../../model/lab.ts'
import type { ServiceSource } from '../services.ts'
import { firstFree } from './networks.ts'

/** Where a lab's services get what they do not state: a cluster's usual networks, or those beside them where a machine of the lab may be. */
const networks = {
  serviceCIDRs: {
    ipv4: [usualPools.serviceCIDRs[0], '172.30.0.0/16', '10.43.0.0/16', '192.168.192.0/18'],
    ipv6: [usualPools.serviceCIDRs[1], 'fd00:172:30::/112'],
  },
  loadBalancers: {
    ipv4: [usualPools.loadBalancers[0], '198.51.100.0/24', '192.0.2.0/24'],
    ipv6: [usualPools.loadBalancers[1], '2001:db8:114::/112'],
  },
} as const satisfies Record<string, Record<Family, readonly string[]>>

/**
 * Gives services the cluster IPs, node ports and addresses of load balancers that they do not state, as a cluster does; none of them is an
 * address that a machine may have (`taken`). Tells of services for which nothing is left.
 */
export function withAddresses(
  sources: readonly ServiceSource[],
  taken: readonly Cidr[],
): { sources: ServiceSource[]; choices: Choice[] } {
  if (sources.length === 0) return { sources: [], choices: [] }
  const services = sources.map(({ service }) => service)
  const isIPv6 = taken.length > 0 && taken.every(({ address }) => familyOf(address) === 'ipv6')
  const { became, allocations, lacking } = allocateServices(services, {
    families: familiesAsked(services, isIPv6 ? 'ipv6' : 'ipv4'),
    nodePorts: usualPools.nodePorts,
    serviceCIDRs: freeOf(networks.serviceCIDRs, taken),
    loadBalancers: freeOf(networks.loadBalancers, taken),
  })
  for (const each of lacking) tell(each, sources)
  return {
    sources: sources.map(source => ({ ...source, service: became.get(source.service) ?? source.service })),
    choices: allocations.map(choiceOf),
  }
}

function freeOf(of: Readonly<Record<Family, readonly string[]>>, taken: readonly Cidr[]): string[] {
  return (['ipv4', 'ipv6'] as const).flatMap(family => firstFree(of[family], taken) ?? [])
}

function choiceOf({ service, what, value }: Allocation): Choice {
  return { of: `service ${service}`, value: `${what} ${value}` }
}

function tell({ service, what, from }: Lacking, sources: readonly ServiceSource[]): void {
  const source = sources.find(each => namespacedName(each.service) === service)
  source?.report(
    ['spec'],
    `there is no ${what} left for ${service} in ${from}`,
    'write one that nobody has',
    'key',
  )
}
