import { familyOf, splitHostPort } from '../model/address.ts'
import type { BalancedService, RuleSet } from './balanced-service.ts'
import {
  endpointEntry,
  type MapContents,
  type MapEntry,
  type MapOperation,
  memberEntry,
  numberOf,
  type SocketMap,
  serviceEntry,
} from './socket-maps.ts'

/** What the maps hold for a service, in an order in which it can be written: a service is there when its endpoints are. */
export function serviceEntries(node: string, service: BalancedService): MapEntry[] {
  const { protocol, affinity, frontends } = service
  const id = serviceId(node, service)
  const endpoints = service.endpoints.map(endpoint => {
    const { address, port = 0 } = splitHostPort(endpoint)
    return { address, port }
  })
  const members = affinity === 0 ? [] : endpoints
  return [
    ...endpoints.map(({ address, port }, number) => endpointEntry(id, number, address, port)),
    ...members.map(({ address, port }) => memberEntry(id, address, port)),
    ...frontends.map(({ address, port, nodeOnly }) =>
      serviceEntry({ node, address, port, protocol }, { id, count: endpoints.length, affinity, nodeOnly }),
    ),
  ]
}

/** The number of a service: each node has its own, since it may have other endpoints there. */
export function serviceId(node: string, { name, protocol, scope, frontends }: BalancedService): string {
  const family = familyOf(frontends[0]?.address ?? '')
  return numberOf([node, family, name, protocol, scope].join('\n'))
}

/** What the maps hold for all services of nodes; of network namespaces nothing. */
export function ruleSetContents(ruleSets: readonly RuleSet[]): MapContents {
  const contents = emptyContents()
  for (const { node, services } of ruleSets) {
    for (const service of services) {
      for (const { map, key, value } of serviceEntries(node, service)) contents[map].set(key, value)
    }
  }
  return contents
}

function emptyContents(): Record<SocketMap, Map<string, string>> {
  return { networks: new Map(), services: new Map(), endpoints: new Map(), members: new Map() }
}

/**
 * The way from what the maps hold to what they are to hold, with only what differs. What is read later is written first: a service
 * is there, or has more endpoints, when these are in their places, and has fewer before their places go. So at each moment
 * a connection comes to an endpoint of before or of afterwards.
 */
export function mapOperations(before: MapContents, after: MapContents): MapOperation[] {
  const write = (map: SocketMap, wanted: (key: string) => boolean = () => true): MapOperation => ({
    map,
    write: [...after[map]].filter(([key, value]) => before[map].get(key) !== value && wanted(key)),
  })
  const remove = (map: SocketMap): MapOperation => ({
    map,
    delete: [...before[map].keys()].filter(key => !after[map].has(key)),
  })
  return [
    write('endpoints', key => !before.endpoints.has(key)),
    write('members'),
    write('services'),
    remove('services'),
    write('endpoints', key => before.endpoints.has(key)),
    remove('endpoints'),
    remove('members'),
  ].filter(operation => ('write' in operation ? operation.write : operation.delete).length > 0)
}
