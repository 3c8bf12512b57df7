import { namespacedName } from '../model/kubernetes.ts'
import type { Lab, LabService } from '../model/lab.ts'
import { compileServices } from '../service/compile.ts'
import type { ServicesState } from '../service/conntrack.ts'
import { nodePortScope, type ProxyNode } from '../service/node-ports.ts'
import { podStatus, slicesOf } from '../service/pods.ts'
import type { RuleSet } from '../service/rules.ts'
import type { ServiceTarget } from './plan.ts'
import { serviceEntries } from './service-entries.ts'

/** `namespace/name` of a service → the pods that are its endpoints. */
export type EndpointsByService = Readonly<Record<string, readonly string[]>>

/** The node's name where a lab has one node. */
const nodeName = 'host'

/** The endpoints that a lab's services have when all of their pods are ready. */
export function allEndpoints(lab: Lab): EndpointsByService {
  return Object.fromEntries(lab.services.map(service => [namespacedName(service), service.pods]))
}

/** The rules that kube-proxy keeps on the lab's host for these endpoints; services that are not named have none yet. */
export function labRules(lab: Lab, endpoints: EndpointsByService): RuleSet {
  return compileServices({
    ...servicesState(lab, endpoints),
    settings: lab.proxy,
    node: proxyNode(lab),
    family: 'ipv4',
  })
}

/**
 * The switch that kube-proxy sets where node ports shall answer on 127.0.0.1, before its first rules: without it the
 * kernel refuses to route what comes from a loopback address (`ensureRouteLocalnet` in proxier.go).
 */
export function loopbackSwitch(lab: Lab): readonly string[] | undefined {
  const { localhost } = nodePortScope(lab.proxy, proxyNode(lab), 'ipv4')
  return localhost ? ['sysctl', '-w', 'net.ipv4.conf.all.route_localnet=1'] : undefined
}

function proxyNode(lab: Lab): ProxyNode {
  return { name: nodeName, addresses: nodeAddresses(lab), ...primaryAddress(lab) }
}

/** The services and EndpointSlices from which those rules follow. */
export function servicesState(lab: Lab, endpoints: EndpointsByService): ServicesState {
  const services = lab.services.filter(service => namespacedName(service) in endpoints)
  const podsFor = (service: LabService) => podsOf(lab, endpoints[namespacedName(service)] ?? [])
  return { services, slices: services.flatMap(service => slicesOf(service, podsFor(service))) }
}

/** What `verify` samples: each port of each service with a cluster IP, with its addresses and endpoints. */
export function serviceTargets(lab: Lab, endpoints: EndpointsByService): readonly ServiceTarget[] {
  return lab.services.flatMap(service => {
    const name = namespacedName(service)
    const clusterIP = service.clusterIPs.find(address => address !== 'None')
    if (!(name in endpoints) || clusterIP === undefined || service.type === 'ExternalName') return []
    return service.ports.map(port => ({
      service: name,
      portName: port.name,
      protocol: port.protocol,
      clusterIP,
      port: port.port,
      endpoints: portEndpoints(lab, service, port.name, endpoints[name] ?? []),
      affinity: service.sessionAffinity === 'ClientIP',
      entries: serviceEntries(lab, proxyNode(lab), service, port),
    }))
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
