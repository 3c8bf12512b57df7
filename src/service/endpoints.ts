import { canonical, type Family, joinHostPort } from '../model/address.ts'
import type { EndpointSlice } from '../model/kubernetes.ts'
import { type ServicePortFacts, usesClusterEndpoints, usesLocalEndpoints } from './service-ports.ts'
import { type HintedNode, isPreferred, topologyOf } from './topology.ts'

/** An address that answers for a service port, and in what state it is. */
export interface EndpointFacts {
  /** `ip:port` or `[ip]:port` */
  address: string
  ip: string
  /** On the node for which the rules are made. */
  local: boolean
  ready: boolean
  /** Going away, but still answering: used where nothing ready is left. */
  lastResort: boolean
  /** The nodes, and the zones, that are to prefer it; left out: nobody has said so. */
  forNodes?: readonly string[]
  forZones?: readonly string[]
}

/** Which endpoints of a service port may serve, after traffic policies and readiness. */
export interface EndpointChoice {
  cluster: readonly EndpointFacts[]
  local: readonly EndpointFacts[]
  /** Those of both, each one once. */
  reachable: readonly EndpointFacts[]
  /** Some node has an endpoint that can be used. */
  any: boolean
}

/** The endpoints of every service port, out of all slices of one IP family. */
export class EndpointTable {
  readonly #byPort = new Map<string, EndpointFacts[]>()

  constructor(slices: Iterable<EndpointSlice>, family: Family, nodeName: string) {
    for (const slice of slices) {
      if ((slice.addressType === 'IPv6') !== (family === 'ipv6')) continue
      for (const port of slice.ports) {
        const key = portKey(`${slice.namespace}/${slice.service}`, port.name, port.protocol)
        let endpoints = this.#byPort.get(key)
        if (endpoints === undefined) {
          endpoints = []
          this.#byPort.set(key, endpoints)
        }
        for (const endpoint of slice.endpoints) {
          // kube-proxy reads the first address only: the others are the same backend (endpointslicecache.go).
          const first = endpoint.addresses[0]
          if (first === undefined) continue
          const ip = canonical(first)
          endpoints.push({
            address: joinHostPort(ip, port.port),
            ip,
            local: nodeName !== '' && endpoint.nodeName === nodeName,
            ready: endpoint.ready ?? true,
            lastResort: (endpoint.serving ?? true) && (endpoint.terminating ?? false),
            ...(endpoint.forNodes && { forNodes: endpoint.forNodes }),
            ...(endpoint.forZones && { forZones: endpoint.forZones }),
          })
        }
      }
    }
  }

  /** The endpoints of one service port, ready or not, each once, sorted as strings: 10.0.0.10 before 10.0.0.2. */
  of(port: ServicePortFacts): readonly EndpointFacts[] {
    const endpoints = this.#byPort.get(portKey(port.service, port.portName, port.protocol)) ?? []
    endpoints.sort((a, b) => (a.address === b.address ? rank(b) - rank(a) : a.address < b.address ? -1 : 1))
    return endpoints.filter((endpoint, index) => endpoint.address !== endpoints[index - 1]?.address)
  }
}

/** Chooses the endpoints that may serve (`CategorizeEndpoints` in kube-proxy's topology.go). */
export function chooseEndpoints(
  port: ServicePortFacts,
  endpoints: readonly EndpointFacts[],
  node: HintedNode,
): EndpointChoice {
  const usable = endpoints.filter(endpoint => endpoint.ready || endpoint.lastResort)
  const any = usable.length > 0
  const forCluster = usesClusterEndpoints(port) ? preferred(best(usable), node) : []
  if (!usesLocalEndpoints(port)) return { cluster: forCluster, local: [], reachable: forCluster, any }
  const forLocal = best(usable.filter(endpoint => endpoint.local))
  const reachable = usable.filter(endpoint => forCluster.includes(endpoint) || forLocal.includes(endpoint))
  return { cluster: forCluster, local: forLocal, reachable, any }
}

/** Those that hints are for; of endpoints that are not ready nobody asks for hints. */
function preferred(endpoints: readonly EndpointFacts[], node: HintedNode): readonly EndpointFacts[] {
  const topology = topologyOf(endpoints, node)
  return topology.prefers === 'none'
    ? endpoints
    : endpoints.filter(endpoint => isPreferred(endpoint, topology, node))
}

function best(endpoints: readonly EndpointFacts[]): readonly EndpointFacts[] {
  const ready = endpoints.filter(endpoint => endpoint.ready)
  return ready.length > 0 ? ready : endpoints
}

/** Of the same address in two slices the local one wins, as in kube-proxy; the rest only makes the choice independent of the order. */
function rank(endpoint: EndpointFacts): number {
  return (endpoint.local ? 4 : 0) + (endpoint.ready ? 2 : 0) + (endpoint.lastResort ? 1 : 0)
}

function portKey(service: string, portName: string, protocol: string): string {
  return `${service} ${portName} ${protocol}`
}
