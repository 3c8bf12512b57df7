import type { Place } from '../command/command.ts'
import type { NodeModel, NodeView } from '../dataplane/dataplane.ts'
import { dataplane } from '../dataplane/modes.ts'
import { cniGateways } from '../model/cni.ts'
import type { EndpointsByService } from '../model/condition.ts'
import { namespacedName } from '../model/kubernetes.ts'
import type { Lab, LabService } from '../model/lab.ts'
import { machineAddresses, proxyNodes } from '../model/places.ts'
import type { ProxyNode } from '../service/node-ports.ts'
import { podStatus, slicesOf } from '../service/pods.ts'
import type { ServiceTarget } from './plan.ts'
import { type EntryNode, serviceEntries } from './service-entries.ts'

/** What kube-proxy on a node of the lab knows with these endpoints; services that are not named are not there yet. */
export function nodeView(lab: Lab, node: Place, endpoints: EndpointsByService): NodeView {
  const services = lab.services.filter(service => namespacedName(service) in endpoints)
  const podsFor = (service: LabService) => podsOf(lab, endpoints[namespacedName(service)] ?? [])
  return {
    services,
    slices: services.flatMap(service => slicesOf(service, podsFor(service))),
    settings: lab.proxy,
    node: proxyNode(lab, node),
    family: 'ipv4',
  }
}

/** Each node with the model of its rules. */
function nodesWithModels(lab: Lab, endpoints: EndpointsByService): EntryNode[] {
  return proxyNodes(lab).map(name => {
    // Most labs have no service of which anybody asks.
    let known: NodeModel | undefined
    const model: NodeModel = (...question) => {
      known ??= dataplane.model(nodeView(lab, name, endpoints))
      return known(...question)
    }
    return { node: proxyNode(lab, name), model }
  })
}

function proxyNode(lab: Lab, name: Place): ProxyNode {
  const addresses = nodeAddresses(lab, name)
  const [primary] = addresses
  return { name, addresses, ...(primary === undefined ? {} : { primary }) }
}

/** What `verify` samples: each port of each service with a cluster IP, with its addresses and endpoints. */
export function serviceTargets(lab: Lab, endpoints: EndpointsByService): readonly ServiceTarget[] {
  const nodes = nodesWithModels(lab, endpoints)
  return lab.services.flatMap(service => {
    const name = namespacedName(service)
    const clusterIP = service.clusterIPs.find(address => address !== 'None')
    if (!(name in endpoints) || clusterIP === undefined || service.type === 'ExternalName') return []
    return service.ports.map(port => {
      const own = portEndpoints(lab, service, port.name, endpoints[name] ?? [])
      return {
        service: name,
        portName: port.name,
        protocol: port.protocol,
        clusterIP,
        port: port.port,
        endpoints: own,
        affinity: service.sessionAffinity === 'ClientIP',
        entries: nodes.flatMap(each => serviceEntries({ lab, ...each, service, port, endpoints: own })),
      }
    })
  })
}

function portEndpoints(
  lab: Lab,
  service: LabService,
  portName: string,
  pods: readonly string[],
): ServiceTarget['endpoints'] {
  return podsOf(lab, pods).flatMap(pod =>
    slicesOf(service, [pod]).flatMap(slice =>
      slice.ports
        .filter(port => port.name === portName)
        .map(port => ({ pod: pod.name, address: pod.addresses[0] ?? '', port: port.port })),
    ),
  )
}

function podsOf(lab: Lab, names: readonly string[]) {
  return lab.pods.filter(pod => names.includes(pod.name)).map(podStatus)
}

/** The first one is that by which others know it. */
function nodeAddresses(lab: Lab, node: Place): readonly string[] {
  const machine = lab.nodes.find(({ name }) => name === node)
  const bridges = lab.bridges.filter(bridge => bridge.node === node).map(({ address }) => address.address)
  const own = [...bridges, ...cniGateways(lab, node)]
  return machine === undefined
    ? [...lab.outside.map(({ hostAddress }) => hostAddress.address), ...own]
    : [...machineAddresses(machine), ...own]
}
