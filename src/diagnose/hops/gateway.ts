import { host, type Place } from '../../command/command.ts'
import type { Evidence } from '../evidence.ts'
import { finding, forEachEndpoint, type Hop } from '../evidence.ts'
import { showNeighbour, showRoutes, showSysctl } from '../show.ts'
import type { Way } from '../way.ts'

/** The commands that bring a place's default route; a gateway that is on no network of it needs a route of its own before. */
export function gatewayCommands(way: Way, place: Place | undefined, anew = false): readonly string[] {
  const device = way.device(place)
  if (device?.gateway === undefined) return []
  const { value, command, route } = device.gateway
  const isThere = way.place(place).routes?.some(({ destination }) => destination === value) === true
  return [...(route === undefined || (isThere && !anew) ? [] : [route]), command]
}

/** Whether the host answers when the sender asks for a gateway that nobody has. */
export const senderGateway: Hop = way => unanswered(way, way.from, way.address)

/** The same for who answers. */
export const replyGateway: Hop = forEachEndpoint((way, endpoint) =>
  endpoint.place === host ? undefined : unanswered(way, endpoint.place, way.clientSeen(endpoint)),
)

/** A kernel answers ARP for another's address only where it may do so, and would forward to it (arp_process in arp.c). */
function unanswered(way: Way, place: Place | undefined, receiver: string): Evidence | undefined {
  const device = way.device(place)
  const { gateway, proxy } = device ?? {}
  if (place === undefined || gateway === undefined || proxy === undefined) return undefined
  const route = way.place(place).routesTo[receiver]
  if (typeof route !== 'object' || route.gateway !== gateway.value) return undefined
  const entry = way.place(place).neighbours?.find(({ address }) => address === gateway.value)
  if (entry?.mac !== undefined) return undefined
  const silent = `the host does not answer when ${place} asks for its gateway ${gateway.value}`
  const shown = showNeighbour(place, entry, gateway.value)
  const { value: key, command } = proxy
  if (way.facts.sysctls[key] === '0')
    return finding(`${silent}: ${key} is 0`, command, shown, showSysctl(way, key))
  const isForwarding = way.facts.sysctls['net.ipv4.ip_forward'] !== '0'
  const routes = way.host.routes ?? []
  if (isForwarding && routes.some(({ destination }) => destination === 'default')) return undefined
  if (!isForwarding)
    return finding(
      `${silent}, since it does not forward: net.ipv4.ip_forward is 0`,
      'sysctl -w net.ipv4.ip_forward=1',
      shown,
      showSysctl(way, 'net.ipv4.ip_forward'),
    )
  return finding(
    `${silent}: it answers only for whom it would forward to, and has no default route itself`,
    way.declared.hostGateway,
    shown,
    showRoutes(way, host),
  )
}
