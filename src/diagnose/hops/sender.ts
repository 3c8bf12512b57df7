import { host } from '../../command/command.ts'
import { addressIn } from '../../model/families.ts'
import type { Evidence } from '../evidence.ts'
import { finding, type Hop } from '../evidence.ts'
import { showRoutes, showWayTo } from '../show.ts'
import type { Way } from '../way.ts'
import { address, asReplacement, cable } from './cable.ts'
import { gatewayCommands } from './gateway.ts'
import { duplicate, neighbour } from './neighbours.ts'

export const senderCable: Hop = way => cable(way, way.from)

export const senderAddress: Hop = way => address(way, way.from)

export const senderDuplicate: Hop = way => (way.fromHost ? undefined : duplicate(way, way.from, way.source))

/** Which way the sender's kernel would send it. */
export const senderRoute: Hop = way => {
  const { from } = way
  const route = way.place(from).routesTo[way.address]
  if (typeof route === 'string') return noRoute(way)
  const declared = way.device(from)?.gateway
  if (route?.gateway === undefined || declared === undefined || route.gateway === declared.value)
    return undefined
  const mend = asReplacement(declared.command)
  return finding(
    `${from} sends it to ${route.gateway}, which is not its gateway; that is ${declared.value}`,
    mend,
    showWayTo(way, from, way.address),
    showRoutes(way, from),
  )
}

function noRoute(way: Way): Evidence {
  const { from } = way
  const routes = way.place(from).routes ?? []
  const hasDefault = routes.some(route => route.destination === 'default')
  const gateway = gatewayCommands(way, from).join(' && ') || undefined
  const what = hasDefault ? `no route to ${way.address}` : 'no default route'
  const shown = [showWayTo(way, from, way.address), showRoutes(way, from)]
  if (!way.fromHost) return finding(`${from} has ${what}`, hasDefault ? undefined : gateway, ...shown)
  const [first] = way.lab.outside
  const outside = first && addressIn(first, way.family)?.address
  const mend = way.declared.hostGateway ?? (outside && `ip route add default via ${outside}`)
  return finding(`the host has ${what}, so its packets end before any nat rule sees them`, mend, ...shown)
}

/** Whom the sender takes for the next hop. */
export const senderNeighbour: Hop = way => {
  if (way.fromHost) return undefined
  const route = way.place(way.from).routesTo[way.address]
  if (typeof route !== 'object') return undefined
  const next = route.gateway ?? way.address
  const isHost = way.hostAddresses.includes(next) || way.isProxied(way.from, next)
  const owner = isHost ? host : way.endpoints[0]?.place
  return neighbour(way, way.from, next, owner)
}
