import type { Place } from '../command/command.ts'
import type { NodeModel, NodeView } from '../dataplane/dataplane.ts'
import { dataplaneOf } from '../dataplane/modes.ts'
import { type Family, familyName, familyOf } from '../model/address.ts'
import type { Cidr } from '../model/cidr.ts'
import { cniGateways } from '../model/cni.ts'
import type { EndpointsByService } from '../model/condition.ts'
import { addressesOf } from '../model/families.ts'
import { namespacedName } from '../model/kubernetes.ts'
import type { Lab, LabService } from '../model/lab.ts'
import { familiesOf, machineAddresses, type Proxier, proxiersOf } from '../model/places.ts'
import type { ProxyNode } from '../service/node-ports.ts'
import { podStatus, slicesOf } from '../service/pods.ts'
import type { ServiceTarget } from './plan.ts'
import { type EntryNode, serviceEntries } from './service-entries.ts'

/** What one part of kube-proxy knows with these endpoints; services that are not named are not there yet. */
export function nodeView(lab: Lab, { node, family }: Proxier, endpoints: EndpointsByService): NodeView {
  const services = lab.services.filter(service => namespacedName(service) in endpoints)
  const podsFor = (service: LabService) => podsOf(lab, endpoints[namespacedName(service)] ?? [])
  return {
    services,
    slices: services.flatMap(service => slicesOf(service, podsFor(service))),
    settings: lab.proxy,
    node: proxyNode(lab, node),
    family,
    families: familiesOf(lab),
  }
}

/** Each part of kube-proxy with the model of its rules. */
function proxiersWithModels(lab: Lab, endpoints: EndpointsByService): EntryNode[] {
  return proxiersOf(lab).map(proxier => {
    // Most labs have no service of which anybody asks.
    let known: NodeModel | undefined
    const model: NodeModel = (...question) => {
      known ??= dataplaneOf(lab.proxy).model(nodeView(lab, proxier, endpoints))
      return known(...question)
    }
    return { node: proxyNode(lab, proxier.node), family: proxier.family, model }
  })
}

function proxyNode(lab: Lab, name: Place): ProxyNode {
  const addresses = nodeAddresses(lab, name)
  const [primary] = addresses
  return { name, addresses, ...(primary === undefined ? {} : { primary }) }
}

/** What `verify` samples: each port of each service at each of its cluster IPs, with the addresses and endpoints of that family. */
export function serviceTargets(lab: Lab, endpoints: EndpointsByService): readonly ServiceTarget[] {
  const proxiers = proxiersWithModels(lab, endpoints)
  const choosesBySource = dataplaneOf(lab.proxy).choosesBySource(lab.proxy)
  return lab.services.flatMap(service => {
    const name = namespacedName(service)
    if (!(name in endpoints) || service.type === 'ExternalName') return []
    const clusterIPs = service.clusterIPs.filter(address => address !== 'None')
    return service.ports.flatMap(port =>
      clusterIPs.map(clusterIP => {
        const family = familyOf(clusterIP)
        const own = portEndpoints(lab, { service, portName: port.name, family }, endpoints[name] ?? [])
        return {
          service: name,
          portName: port.name,
          protocol: port.protocol,
          clusterIP,
          port: port.port,
          endpoints: own,
          affinity: service.sessionAffinity === 'ClientIP' || choosesBySource,
          entries: proxiers
            .filter(each => each.family === family)
            .flatMap(each => serviceEntries({ lab, ...each, service, port, endpoints: own })),
        }
      }),
    )
  })
}

function portEndpoints(
  lab: Lab,
  { service, portName, family }: { service: LabService; portName: string; family: Family },
  pods: readonly string[],
): ServiceTarget['endpoints'] {
  return podsOf(lab, pods).flatMap(pod =>
    slicesOf(service, [pod])
      .filter(({ addressType }) => addressType === familyName(family))
      .flatMap(slice =>
        slice.ports
          .filter(port => port.name === portName)
          .map(port => ({
            pod: pod.name,
            address: slice.endpoints[0]?.addresses[0] ?? '',
            port: port.port,
          })),
      ),
  )
}

function podsOf(lab: Lab, names: readonly string[]) {
  return lab.pods.filter(pod => names.includes(pod.name)).map(podStatus)
}

/** The first one is that by which others know it. */
function nodeAddresses(lab: Lab, node: Place): readonly string[] {
  const machine = lab.nodes.find(({ name }) => name === node)
  const textsOf = (cidrs: readonly (Cidr | undefined)[]) => cidrs.flatMap(cidr => cidr?.address ?? [])
  const bridges = textsOf(lab.bridges.filter(bridge => bridge.node === node).flatMap(addressesOf))
  const own = [...bridges, ...cniGateways(lab, node)]
  const wires = lab.outside.flatMap(each => textsOf([each.hostAddress, each.otherHostAddress]))
  return [...(machine === undefined ? wires : machineAddresses(machine)), ...own]
}
