import type { Family } from '../model/address.ts'
import { type EndpointSlice, namespacedName, type Service, serviceOf } from '../model/kubernetes.ts'
import { EndpointTable } from '../service/endpoints.ts'
import type { ProxyNode } from '../service/node-ports.ts'
import { type ServicePortFacts, servicePorts, usesClusterEndpoints } from '../service/service-ports.ts'
import { type Topology, topologyOf } from '../service/topology.ts'
import type { Cluster } from './cluster.ts'

/** What became of services' wishes for endpoints that are near, a line each. */
export interface HintNotes {
  /** Of whose endpoints the node uses those only that are for it. */
  counted: readonly string[]
  /** What was wished, or hinted, and changes nothing; with why. */
  ignored: readonly string[]
}

/** Which services a node sends to a part of their endpoints only, by hints, and which wish it in vain. */
export function hintNotes(
  { services, slices }: Pick<Cluster, 'services' | 'slices'>,
  node: ProxyNode,
  families: Iterable<Family>,
): HintNotes {
  const hinted = new Set(slices.filter(hasHints).map(serviceOf))
  const concerned = services.filter(
    service =>
      service.trafficDistribution !== undefined ||
      service.hasTopologyMode ||
      hinted.has(namespacedName(service)),
  )
  const byName = new Map(concerned.map(service => [namespacedName(service), service]))
  const ownSlices = slices.filter(slice => byName.has(serviceOf(slice)))
  const counted = new Set<string>()
  const ignored = new Set<string>()
  for (const family of concerned.length === 0 ? [] : families) {
    const table = new EndpointTable(ownSlices, family, node.name)
    for (const port of servicePorts(concerned, family)) {
      const service = byName.get(port.service)!
      const endpoints = table.of(port)
      if (!endpoints.some(({ ready }) => ready)) continue
      if (!usesClusterEndpoints(port)) {
        ignored.add(
          `${port.service} has policy Local, which goes by nodes alone: nobody asks for hints of its endpoints`,
        )
        continue
      }
      const topology = topologyOf(endpoints, node)
      if (topology.prefers !== 'none') counted.add(countedWords(port, topology, node))
      else ignored.add(ignoredWords(service, topology, hinted.has(port.service)))
    }
  }
  return { counted: [...counted], ignored: [...ignored] }
}

function countedWords({ service }: ServicePortFacts, { prefers }: Topology, node: ProxyNode): string {
  const near = prefers === 'node' ? `the node ${node.name}` : `the zone ${node.zone}`
  return `${service} uses only endpoints whose hints are for ${near}`
}

function ignoredWords(service: Service, { ignored }: Topology, isHinted: boolean): string {
  const name = namespacedName(service)
  if (ignored !== undefined) return `${name}: the hints of its endpoints do not count: ${ignored}`
  if (service.hasTopologyMode)
    return `${name} has topology-mode Auto, and its endpoints have no hints: netlab shares none out by the CPUs of zones, but reads those of EndpointSlices`
  const why = isHinted
    ? 'those that are ready have none'
    : 'no EndpointSlice has some, and no Node of its pods is in a zone'
  return `${name} asks for ${service.trafficDistribution}, which changes nothing without hints: ${why}`
}

function hasHints({ endpoints }: EndpointSlice): boolean {
  return endpoints.some(({ forNodes, forZones }) => forNodes !== undefined || forZones !== undefined)
}
