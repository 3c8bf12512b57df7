import { host, type Place } from '../command/command.ts'
import type { Client, NodeModel } from '../dataplane/dataplane.ts'
import { namespacedName } from '../model/kubernetes.ts'
import type { Lab, LabService } from '../model/lab.ts'
import { placesOfHost } from '../model/places.ts'
import { joinHostPort } from '../service/addresses.ts'
import { nodePortScope, type ProxyNode, primaryAddress } from '../service/node-ports.ts'
import type { ServiceEntry, ServiceTarget } from './plan.ts'

type ServicePort = LabService['ports'][number]

/** A service port, and what its node makes of it. */
export interface EntryContext {
  lab: Lab
  node: ProxyNode
  model: NodeModel
  service: LabService
  port: ServicePort
  endpoints: ServiceTarget['endpoints']
}

/** The addresses at which a service's port answers, with who asks there when the lab is verified. */
export function serviceEntries(context: EntryContext): readonly ServiceEntry[] {
  const { lab, node, service, port } = context
  const everywhere = placesOfHost(lab)
  const ofIPv4 = (addresses: readonly string[]) =>
    addresses.filter(address => !address.includes(':') && address !== 'None')
  const external = { client: service.externalTrafficPolicy === 'Local' ? 'kept' : 'masqueraded' } as const
  const entry = (kind: ServiceEntry['kind'], address: string, more: Partial<ServiceEntry> = {}) => ({
    ...{ kind, address, port: port.port, from: everywhere, denied: [], served: true },
    ...more,
    ...exceptions(context, kind, everywhere),
  })
  return [
    ...ofIPv4(service.clusterIPs).map(address => entry('cluster IP', address)),
    ...nodePortEntries(lab, node, port).map(({ address, from, served }) =>
      entry('node port', address, { port: port.nodePort ?? 0, from, served, ...external }),
    ),
    ...ofIPv4(service.externalIPs).map(address => entry('external IP', address, external)),
    ...ofIPv4(service.loadBalancerIPs).map(address => entry('load balancer IP', address, external)),
  ]
}

/** Who is not sent to each of the endpoints, as the node's rules have it. */
function exceptions(
  { lab, node, model, service, port, endpoints }: EntryContext,
  kind: ServiceEntry['kind'],
  places: readonly Place[],
): Pick<ServiceEntry, 'local'> & Partial<Pick<ServiceEntry, 'denied'>> {
  const policy = kind === 'cluster IP' ? service.internalTrafficPolicy : service.externalTrafficPolicy
  const hasRanges = kind === 'load balancer IP' && service.loadBalancerSourceRanges.length > 0
  // Most services treat all alike, and nobody has to be asked for one by one.
  if (policy !== 'Local' && !hasRanges) return {}
  const name = { service: namespacedName(service), portName: port.name, protocol: port.protocol }
  const denied: Place[] = []
  const sentToFew: Place[] = []
  let pods: readonly string[] = []
  for (const place of places) {
    const promise = model(name, kind, clientAt(lab, node, place))
    if (promise?.kind === 'dropped') denied.push(place)
    if (promise?.kind !== 'spread' || promise.endpoints.length === endpoints.length) continue
    sentToFew.push(place)
    pods = endpoints
      .filter(({ address, port }) => promise.endpoints.includes(joinHostPort(address, port)))
      .map(({ pod }) => pod)
  }
  return { denied, ...(sentToFew.length === 0 ? {} : { local: { for: sentToFew, pods } }) }
}

function clientAt(lab: Lab, node: ProxyNode, place: Place): Client {
  const pod = lab.pods.find(({ name }) => name === place)
  if (pod !== undefined) return { from: 'pod', address: pod.address.address }
  const machine = lab.outside.find(({ name }) => name === place)
  if (machine !== undefined) return { from: 'outside', address: machine.address.address }
  return { from: 'node', address: primaryAddress(node, 'ipv4') ?? '127.0.0.1' }
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
