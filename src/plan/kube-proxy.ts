import type { NodeModel, NodeView } from '../dataplane/dataplane.ts'
import { dataplane } from '../dataplane/modes.ts'
import type { EndpointsByService } from '../model/condition.ts'
import { namespacedName } from '../model/kubernetes.ts'
import type { Lab, LabService } from '../model/lab.ts'
import type { ProxyNode } from '../service/node-ports.ts'
import { podStatus, slicesOf } from '../service/pods.ts'
import type { ServiceTarget } from './plan.ts'
import { serviceEntries } from './service-entries.ts'

/** The node's name where a lab has one node. */
const nodeName = 'host'

/** What kube-proxy on the lab's host knows with these endpoints; services that are not named are not there yet. */
export function nodeView(lab: Lab, endpoints: EndpointsByService): NodeView {
  const services = lab.services.filter(service => namespacedName(service) in endpoints)
  const podsFor = (service: LabService) => podsOf(lab, endpoints[namespacedName(service)] ?? [])
  return {
    services,
    slices: services.flatMap(service => slicesOf(service, podsFor(service))),
    settings: lab.proxy,
    node: proxyNode(lab),
    family: 'ipv4',
  }
}

function proxyNode(lab: Lab): ProxyNode {
  return { name: nodeName, addresses: nodeAddresses(lab), ...primaryAddress(lab) }
}

/** What `verify` samples: each port of each service with a cluster IP, with its addresses and endpoints. */
export function serviceTargets(lab: Lab, endpoints: EndpointsByService): readonly ServiceTarget[] {
  const node = proxyNode(lab)
  // Most labs have no service of which anybody asks.
  let known: NodeModel | undefined
  const model: NodeModel = (...question) => {
    known ??= dataplane.model(nodeView(lab, endpoints))
    return known(...question)
  }
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
        entries: serviceEntries({ lab, node, model, service, port, endpoints: own }),
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
  return lab.pods.filter(pod => names.includes(pod.name)).map(pod => podStatus(pod, nodeName))
}

function nodeAddresses(lab: Lab): readonly string[] {
  return [
    ...lab.outside.map(machine => machine.hostAddress),
    ...lab.bridges.map(bridge => bridge.address),
  ].map(({ address }) => address)
}

function primaryAddress(lab: Lab): { primary?: string } {
  const primary = nodeAddresses(lab)[0]
  return primary === undefined ? {} : { primary }
}
