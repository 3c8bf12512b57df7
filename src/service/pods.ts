import { familyOf } from '../model/address.ts'
import { addressesOf } from '../model/families.ts'
import { grouped } from '../model/grouped.ts'
import type { Endpoint, EndpointSlice, PodStatus, Service, ServicePort } from '../model/kubernetes.ts'
import type { Pod } from '../model/lab.ts'

type SlicePorts = EndpointSlice['ports']

/** The zone of each node that is in one. */
export type Zones = ReadonlyMap<string, string>

const noZones: Zones = new Map()

/** The EndpointSlices of all services with a selector, as Kubernetes' endpoint controller makes them. */
export function slicesFromPods(
  services: Iterable<Service>,
  pods: Iterable<PodStatus>,
  zones: Zones = noZones,
): EndpointSlice[] {
  const byNamespace = grouped(pods, pod => pod.namespace)
  const slices: EndpointSlice[] = []
  for (const service of services) {
    const { selector } = service
    if (selector === undefined) continue
    const selected = (byNamespace.get(service.namespace) ?? []).filter(pod => matches(selector, pod.labels))
    slices.push(...slicesOf(service, selected, zones))
  }
  return slices
}

/** The EndpointSlices of one service for these pods: one for each IP family and each set of ports that pods have. */
export function slicesOf(
  service: Service,
  pods: Iterable<PodStatus>,
  zones: Zones = noZones,
): EndpointSlice[] {
  if (service.type === 'ExternalName') return []
  const slices = new Map<string, EndpointSlice & { endpoints: Endpoint[] }>()
  for (const pod of pods) {
    const ports = portsOf(service, pod)
    // A pod that has none of a service's named ports serves nothing of it.
    if (ports.length === 0 && service.ports.length > 0) continue
    for (const address of pod.addresses) {
      const addressType = familyOf(address) === 'ipv6' ? 'IPv6' : 'IPv4'
      const key = `${addressType} ${JSON.stringify(ports)}`
      let slice = slices.get(key)
      if (slice === undefined) {
        slice = { namespace: service.namespace, service: service.name, addressType, ports, endpoints: [] }
        slices.set(key, slice)
      }
      slice.endpoints.push(endpointOf(service, pod, address, zones))
    }
  }
  return [...slices.values()]
}

/** Whether labels have all that a selector asks for; an empty selector matches nothing, as for Services. */
function matches(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  const wanted = Object.entries(selector)
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value)
}

/** Whether a service's selector means a pod. */
export function selects(
  { selector = {}, namespace }: Pick<Service, 'selector' | 'namespace'>,
  pod: Pick<PodStatus, 'namespace' | 'labels'>,
): boolean {
  return namespace === pod.namespace && matches(selector, pod.labels)
}

/** A lab's pod as the endpoint controller sees it. */
export function podStatus(pod: Pod): PodStatus {
  return {
    namespace: pod.namespace,
    name: pod.name,
    labels: pod.labels,
    addresses: addressesOf(pod).map(({ address }) => address),
    nodeName: pod.node,
    ports: pod.containers.flatMap(container => container.ports),
    ready: true,
    terminating: false,
  }
}

/** The port of a pod that a service port leads to; undefined where it names one that the pod has not (`FindPort` in pod/util.go). */
function targetPortOf(port: ServicePort, pod: Pick<PodStatus, 'ports'>): number | undefined {
  const { targetPort, protocol } = port
  if (typeof targetPort === 'number') return targetPort
  return pod.ports.find(own => own.name === targetPort && own.protocol === protocol)?.port
}

function portsOf(service: Service, pod: PodStatus): SlicePorts {
  return service.ports.flatMap(port => {
    const target = targetPortOf(port, pod)
    return target === undefined ? [] : [{ name: port.name, protocol: port.protocol, port: target }]
  })
}

function endpointOf(service: Service, pod: PodStatus, address: string, zones: Zones): Endpoint {
  const ready = service.publishNotReadyAddresses === true || (pod.ready && !pod.terminating)
  return {
    addresses: [address],
    ...(pod.nodeName === undefined ? {} : { nodeName: pod.nodeName }),
    ready,
    serving: pod.ready,
    terminating: pod.terminating,
    ...(ready ? hintsOf(service, pod, zones) : {}),
  }
}

/** Hints for a pod that is ready, where its service asks for some (`preferCloseHeuristic` in endpointslice/trafficdist). */
function hintsOf(
  { trafficDistribution, hasTopologyMode }: Service,
  { nodeName = '' }: PodStatus,
  zones: Zones,
): Pick<Endpoint, 'forNodes' | 'forZones'> {
  if (trafficDistribution === undefined || hasTopologyMode) return {}
  const zone = zones.get(nodeName)
  const isForNode = trafficDistribution === 'PreferSameNode' && nodeName !== ''
  return {
    ...(isForNode ? { forNodes: [nodeName] } : {}),
    ...(zone === undefined ? {} : { forZones: [zone] }),
  }
}
