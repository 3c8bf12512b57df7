import { host, type Place } from '../command/command.ts'
import type { Lab, LabService } from '../model/lab.ts'
import { machinesOf, placesOf } from '../model/places.ts'
import { contains } from '../service/addresses.ts'
import { nodePortScope, type ProxyNode, primaryAddress } from '../service/node-ports.ts'
import type { ServiceEntry } from './plan.ts'

type ServicePort = LabService['ports'][number]

/** The addresses at which a service's port answers, with who asks there when the lab is verified. */
export function serviceEntries(
  lab: Lab,
  node: ProxyNode,
  service: LabService,
  port: ServicePort,
): readonly ServiceEntry[] {
  const everywhere = placesOf(lab)
  const ofIPv4 = (addresses: readonly string[]) =>
    addresses.filter(address => !address.includes(':') && address !== 'None')
  const external = service.externalTrafficPolicy === 'Local' ? 'kept' : 'masqueraded'
  const entry = (kind: ServiceEntry['kind'], address: string, more: Partial<ServiceEntry> = {}) => ({
    ...{ kind, address, port: port.port, from: everywhere, denied: [], served: true },
    ...more,
  })
  const denied = everywhere.filter(place => !isAllowed(lab, node, service, place))
  return [
    ...ofIPv4(service.clusterIPs).map(address => entry('cluster IP', address)),
    ...nodePortEntries(lab, node, port).map(({ address, from, served }) =>
      entry('node port', address, { port: port.nodePort ?? 0, from, served, client: external }),
    ),
    ...ofIPv4(service.externalIPs).map(address => entry('external IP', address, { client: external })),
    ...ofIPv4(service.loadBalancerIPs).map(address =>
      entry('load balancer IP', address, { client: external, denied }),
    ),
  ]
}

/** Machines outside ask each of the node's addresses; the node itself one of them, and loopback where that is served. */
function nodePortEntries(
  lab: Lab,
  node: ProxyNode,
  { nodePort }: ServicePort,
): { address: string; from: readonly Place[]; served: boolean }[] {
  if (nodePort === undefined) return []
  const { addresses, localhost } = nodePortScope(lab.proxy, node, 'ipv4')
  const outside = lab.outside.map(machine => machine.name)
  const primary = primaryAddress(node, 'ipv4')
  const own = node.addresses.map(address => ({
    address,
    from: address === primary ? [host, ...outside] : outside,
    served: addresses === undefined || addresses.includes(address),
  }))
  return localhost ? [...own, { address: '127.0.0.1', from: [host], served: true }] : own
}

/** Whether the source ranges of a service's load balancer let a place in. */
function isAllowed(lab: Lab, node: ProxyNode, service: LabService, place: Place): boolean {
  const ranges = service.loadBalancerSourceRanges.filter(range => !range.includes(':'))
  if (ranges.length === 0) return true
  const owner = machinesOf(lab).find(({ name }) => name === place)
  const address = owner?.address.address ?? primaryAddress(node, 'ipv4')
  return address !== undefined && ranges.some(range => contains(range, address))
}
