import { host } from '../../command/command.ts'
import { finding, forEachEndpoint, type Hop, thrownAway } from '../evidence.ts'
import { showLink, showRoutes, showSysctl, showWayTo } from '../show.ts'
import type { Endpoint, Way } from '../way.ts'
import { cable, readdress, wrongAddress } from './cable.ts'
import { duplicate, neighbour } from './neighbours.ts'

/** The bridges that the packet comes through. */
function bridges(way: Way): readonly string[] {
  const places = [way.from, ...way.endpoints.map(endpoint => endpoint.place)]
  return [...new Set(places.flatMap(place => way.device(place)?.bridge?.value ?? []))]
}

export const bridgeUp: Hop = way => {
  for (const name of way.host.links === undefined ? [] : bridges(way)) {
    const link = way.hostLink(name)
    if (link?.up) continue
    const shown = showLink(host, link, name)
    if (link === undefined) return finding(`there is no bridge ${name}`, undefined, shown)
    return finding(
      `the bridge ${name} is down`,
      way.declared.bridges.get(name)?.up ?? `ip link set dev ${name} up`,
      shown,
    )
  }
  return undefined
}

/** The host's own addresses: those of the bridge and the wire that the packet comes through, unless it is only switched. */
export const hostAddress: Hop = way => {
  if (way.endpoints.every(endpoint => way.isSwitched(endpoint))) return undefined
  const sides = [way.from, ...way.endpoints.map(endpoint => endpoint.place)].map(place => way.hostSide(place))
  for (const name of new Set(sides.filter(side => side !== undefined))) {
    const declared = way.declared.hostAddresses.get(name)
    const link = way.hostLink(name)
    if (declared === undefined || link === undefined) continue
    const { value, command } = declared
    const isThere = link.addresses.some(one => one.address === value.address && one.prefix === value.prefix)
    if (!isThere) {
      const isWire = !way.declared.bridges.has(name)
      const mend = readdress(
        'ip',
        command,
        link.addresses,
        name,
        isWire && way.declared.hostGateway !== undefined ? [way.declared.hostGateway] : [],
      )
      const pods = isWire ? '' : ", the pods' gateway,"
      return finding(
        `${wrongAddress(`${name}${pods}`, value, link.addresses)}`,
        mend,
        showLink(host, link, name),
        showRoutes(way, host),
      )
    }
    const twice = duplicate(way, host, value.address)
    if (twice !== undefined) return twice
  }
  return undefined
}

/** No more connections fit into the kernel's table: packets of new ones are dropped. */
export const tableFull: Hop = way => {
  const [count, most] = ['count', 'max'].map(name =>
    Number(way.facts.sysctls[`net.netfilter.nf_conntrack_${name}`]),
  )
  if (count === undefined || most === undefined || !(most > 0 && count >= most * 0.999)) return undefined
  if (way.endpoints.every(endpoint => way.isSwitched(endpoint) && !way.bridgeCallsIptables)) return undefined
  return finding(
    'the table of connections is full, and packets of new ones are dropped',
    'conntrack -F',
    showSysctl(way, 'net.netfilter.nf_conntrack_count', 'net.netfilter.nf_conntrack_max'),
  )
}

/** The answer of a pod on the same bridge is switched straight to the client, which knows nothing of its address. */
export const bridgeNetfilter: Hop = forEachEndpoint((way, endpoint) => {
  const isConcerned =
    endpoint.translation !== undefined && way.onOneBridge(endpoint) && endpoint.place !== way.from
  if (way.bridgeCallsIptables || !isConcerned || way.isMasqueraded(endpoint)) return undefined
  return finding(
    `${way.switches.bridged} is 0: the answer of ${endpoint.place} is switched straight to ${way.from}, past the translation back to ${way.address}`,
    `sysctl -w ${way.switches.bridged}=1`,
    showSysctl(way, way.switches.bridged),
    showWayTo(way, endpoint.place, way.source),
  )
})

export const forwarding: Hop = forEachEndpoint((way, endpoint) => {
  const { forwards: forward } = way.switches
  // br_netfilter can keep a translated frame on its bridge without forwarding, but not every kernel's does.
  const isPassedOn = !way.fromHost && endpoint.place !== host && !way.isSwitched(endpoint)
  if (way.facts.sysctls[forward] !== '0' || !isPassedOn) return undefined
  return {
    ...finding(
      `the host does not forward, ${forward} is 0`,
      `sysctl -w ${forward}=1`,
      showSysctl(way, forward),
      showWayTo(way, host, endpoint.address),
    ),
    end: thrownAway(host, `${forward} is 0`, 'the request'),
  }
})

/** The host's way to the endpoint. */
export const hostRoute: Hop = forEachEndpoint((way, endpoint) => {
  if (way.isSwitched(endpoint) || endpoint.place === host) return undefined
  const route = way.host.routesTo[endpoint.address]
  const shown = [showWayTo(way, host, endpoint.address), showRoutes(way, host)]
  if (typeof route === 'string')
    return finding(
      `the host has no route to ${endpoint.address}`,
      way.device(endpoint.place)?.hostRoute,
      ...shown,
    )
  const side = way.hostSide(endpoint.place)
  if (route === undefined || side === undefined || route.device === side) return undefined
  // With a cable to a pod that is on no bridge the kernel takes the route to it.
  const unplugged = way.device(endpoint.place)?.hostRoute && cable(way, endpoint.place)
  if (unplugged) return unplugged
  return finding(
    `the host sends packets for ${endpoint.place} through ${route.device}, not ${side}`,
    way.device(endpoint.place)?.hostRoute,
    ...shown,
  )
})

export const hostNeighbour: Hop = forEachEndpoint((way: Way, endpoint: Endpoint) =>
  way.isSwitched(endpoint) || endpoint.place === host
    ? undefined
    : neighbour(way, host, endpoint.address, endpoint.place),
)
