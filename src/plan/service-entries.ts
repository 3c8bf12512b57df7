import type { Place } from '../command/command.ts'
import type { Client, NodeModel } from '../dataplane/dataplane.ts'
import { dataplaneOf } from '../dataplane/modes.ts'
import { contains, type Family, familyOf, joinHostPort } from '../model/address.ts'
import { addressIn } from '../model/families.ts'
import { namespacedName } from '../model/kubernetes.ts'
import type { Lab, LabMachine, LabService } from '../model/lab.ts'
import { machineAddresses, machinesOf, onNetworks, placesOfNode } from '../model/places.ts'
import { type ProxyNode, primaryAddress } from '../service/node-ports.ts'
import type { ServiceEntry, ServiceTarget } from './plan.ts'

type ServicePort = LabService['ports'][number]

/** A node, and what its rules of one family promise. */
export interface EntryNode {
  node: ProxyNode
  /** Whose rules they are. */
  family: Family
  model: NodeModel
}

/** A service port, and what a node makes of it. */
export interface EntryContext extends EntryNode {
  lab: Lab
  service: LabService
  port: ServicePort
  endpoints: ServiceTarget['endpoints']
}

/** The addresses of one family at which a service's port answers on a node, with who asks there when the lab is verified. */
export function serviceEntries(context: EntryContext): readonly ServiceEntry[] {
  const { lab, node, family, service, port } = context
  const everywhere = placesOfNode(lab, node.name).filter(place => speaks(lab, place, family))
  const beyond = new Set(strangers(lab, context))
  const own = (addresses: readonly string[]) =>
    addresses.filter(address => address !== 'None' && familyOf(address) === family)
  const external = { client: service.externalTrafficPolicy === 'Local' ? 'kept' : 'masqueraded' } as const
  const entry = (kind: ServiceEntry['kind'], address: string, more: Partial<ServiceEntry> = {}) => {
    const { from = everywhere } = more
    return {
      ...{ kind, node: node.name, address, port: port.port, from, denied: [], served: true },
      outside: from.filter(place => beyond.has(place)),
      ...more,
      ...exceptions(context, kind, [...new Set([...everywhere, ...from])]),
    }
  }
  return [
    ...own(service.clusterIPs).map(address => entry('cluster IP', address)),
    ...nodePortEntries(lab, context, port).map(({ address, from, served }) =>
      entry('node port', address, { port: port.nodePort ?? 0, from, served, ...external }),
    ),
    ...own(service.externalIPs).map(address => entry('external IP', address, external)),
    ...own(service.loadBalancerIPs).map(address => entry('load balancer IP', address, external)),
  ]
}

/** Who is not sent to each of the endpoints, as the node's rules have it. */
function exceptions(
  { lab, node, family, model, service, port, endpoints }: EntryContext,
  kind: ServiceEntry['kind'],
  places: readonly Place[],
): Pick<ServiceEntry, 'local' | 'unserved' | 'refused'> & Partial<Pick<ServiceEntry, 'denied'>> {
  const policy = kind === 'cluster IP' ? service.internalTrafficPolicy : service.externalTrafficPolicy
  const hasRanges = kind === 'load balancer IP' && service.loadBalancerSourceRanges.length > 0
  // Most services treat all alike, and nobody has to be asked for one by one.
  const { serves } = dataplaneOf(lab.proxy)
  const isNear = service.trafficDistribution !== undefined
  if (policy !== 'Local' && !hasRanges && !isNear && serves === 'packets') return {}
  const name = { service: namespacedName(service), portName: port.name, protocol: port.protocol }
  const denied: Place[] = []
  const unserved: Place[] = []
  const refused: Place[] = []
  const sentToFew: Place[] = []
  let pods: readonly string[] = []
  for (const place of places) {
    const promise = model(name, kind, clientAt(lab, { node, family }, place))
    if (promise?.kind === 'dropped') denied.push(place)
    if (promise?.kind === 'unserved') unserved.push(place)
    if (promise?.kind === 'refused') refused.push(place)
    if (promise?.kind !== 'spread' || promise.endpoints.length === endpoints.length) continue
    sentToFew.push(place)
    pods = endpoints
      .filter(({ address, port }) => promise.endpoints.includes(joinHostPort(address, port)))
      .map(({ pod }) => pod)
  }
  return {
    denied,
    ...(unserved.length === 0 ? {} : { unserved }),
    ...(refused.length === 0 ? {} : { refused }),
    ...(sentToFew.length === 0 ? {} : { local: { for: sentToFew, pods } }),
  }
}

type NodeInFamily = Pick<EntryNode, 'node' | 'family'>

function clientAt(lab: Lab, { node, family }: NodeInFamily, place: Place): Client {
  const loopback = family === 'ipv4' ? '127.0.0.1' : '::1'
  if (place === node.name) return { from: 'node', address: primaryAddress(node, family) ?? loopback }
  const { addresses = [] } = machinesOf(lab).find(({ name }) => name === place) ?? {}
  const address = addresses.find(each => familyOf(each) === family) ?? ''
  const isOwnPod = lab.pods.some(pod => pod.name === place && pod.node === node.name)
  return { from: isOwnPod ? 'pod' : 'outside', address }
}

/** Whether a place has an address of a family, and so can ask in it; the host, which is no machine, has one. */
function speaks(lab: Lab, place: Place, family: Family): boolean {
  const machine = machinesOf(lab).find(({ name }) => name === place)
  return machine === undefined || machine.addresses.some(address => familyOf(address) === family)
}

/** Who asks a node from beyond it: the machines on the host's wires, or whoever is on a network with it. */
function strangers(lab: Lab, { node: { name }, family }: NodeInFamily): readonly Place[] {
  const node = lab.nodes.find(each => each.name === name)
  if (node === undefined)
    return lab.outside.filter(each => addressIn(each, family) !== undefined).map(machine => machine.name)
  return onNetworks(lab)
    .filter(other => other !== node && isNeighbour(node, other, family))
    .map(other => other.name)
}

function isNeighbour(one: LabMachine, other: LabMachine, family: Family): boolean {
  return one.interfaces.some(({ network, addresses }) =>
    other.interfaces.some(
      each =>
        each.network === network &&
        each.addresses.some(
          ({ address }) => familyOf(address) === family && addresses.some(own => contains(own, address)),
        ),
    ),
  )
}

/** Whoever is beyond the node asks each of its addresses that they can know; the node itself one of them, and loopback where that is served. */
function nodePortEntries(
  lab: Lab,
  { node, family }: NodeInFamily,
  { nodePort }: ServicePort,
): { address: string; from: readonly Place[]; served: boolean }[] {
  if (nodePort === undefined) return []
  const { addresses, localhost } = dataplaneOf(lab.proxy).nodePorts(lab.proxy, node, family)
  const outside = strangers(lab, { node, family })
  const askers = (address: string) =>
    outside.filter(place => {
      const machine = lab.outside.find(({ name }) => name === place)
      const near = [machine?.hostAddress.address, machine?.otherHostAddress?.address]
      return machine?.gateway !== 'none' || near.includes(address)
    })
  const machine = lab.nodes.find(({ name }) => name === node.name)
  // From elsewhere the address of a node's bridge is one of its pods' network.
  const known = (machine === undefined ? node.addresses : machineAddresses(machine)).filter(
    address => familyOf(address) === family,
  )
  const primary = primaryAddress(node, family)
  const own = known.map(address => ({
    address,
    from: address === primary ? [node.name, ...askers(address)] : askers(address),
    served: addresses === undefined || addresses.includes(address),
  }))
  const loopback = family === 'ipv4' ? '127.0.0.1' : '::1'
  return localhost ? [...own, { address: loopback, from: [node.name], served: true }] : own
}
