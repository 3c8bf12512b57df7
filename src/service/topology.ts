import type { EndpointSlice } from '../model/kubernetes.ts'
import type { EndpointFacts } from './endpoints.ts'
import type { ProxyNode } from './node-ports.ts'

/** The node that hints are for. */
export type HintedNode = Pick<ProxyNode, 'name' | 'zone'>

/** Whose endpoints a node prefers by their hints, and where it does not go by them although there are some, why. */
export interface Topology {
  prefers: 'node' | 'zone' | 'none'
  /** A reason that goes on after "the hints of its endpoints do not count"; left out: there are none, or they count. */
  ignored?: string
}

/**
 * By which hints a node chooses among endpoints that are ready (`topologyModeFromHints` in kube-proxy's topology.go, 1.34; up to 1.33 nobody
 * writes hints for nodes): by those of one kind that all of them have, as long as one is for it, nodes before zones.
 */
export function topologyOf(endpoints: readonly EndpointFacts[], { name, zone = '' }: HintedNode): Topology {
  const ready = endpoints.filter(endpoint => endpoint.ready)
  if (ready.length === 0) return { prefers: 'none' }
  const all = { nodes: ready.map(({ forNodes }) => forNodes), zones: ready.map(({ forZones }) => forZones) }
  if (!all.nodes.includes(undefined) && all.nodes.some(names => names?.includes(name)))
    return { prefers: 'node' }
  const hinted = all.zones.filter(names => names !== undefined)
  if (hinted.length === ready.length) {
    if (hinted.some(names => names.includes(zone))) return { prefers: 'zone' }
    return {
      prefers: 'none',
      ignored: zone === '' ? 'the zone of the node is not known' : `none is for the zone ${zone}`,
    }
  }
  if (hinted.length > 0) return { prefers: 'none', ignored: 'some of them that are ready have none' }
  return all.nodes.every(names => names === undefined)
    ? { prefers: 'none' }
    : { prefers: 'none', ignored: `none is for the node ${name}, and there are none for zones` }
}

/** Whether an endpoint is one of those that a node prefers (`availableForTopology`). */
export function isPreferred(
  { forNodes, forZones }: EndpointFacts,
  { prefers }: Topology,
  { name, zone = '' }: HintedNode,
): boolean {
  if (prefers === 'none') return true
  return prefers === 'node' ? forNodes?.includes(name) === true : forZones?.includes(zone) === true
}

/** Slices with those hints only that feature gates let kube-proxy see (`addEndpoints` in endpointslicecache.go); a gate that nobody names is on. */
export function hintsByGates(
  slices: readonly EndpointSlice[],
  gates: Readonly<Record<string, boolean>>,
): readonly EndpointSlice[] {
  const seesZones = gates.TopologyAwareHints !== false
  const seesNodes = seesZones && gates.PreferSameTrafficDistribution !== false
  if (seesNodes) return slices
  return slices.map(slice => ({
    ...slice,
    endpoints: slice.endpoints.map(({ forNodes: _, forZones, ...endpoint }) => ({
      ...endpoint,
      ...(seesZones && forZones ? { forZones } : {}),
    })),
  }))
}
