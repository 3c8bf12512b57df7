import { host } from '../../command/command.ts'
import { ruleWords } from '../../command/iptables-save.ts'
import { contains } from '../../model/address.ts'
import { finding, forEachEndpoint, type Hop } from '../evidence.ts'
import { listening } from '../listening.ts'
import { pingsIgnored } from '../ping.ts'
import { protocolOf } from '../question.ts'
import { showListeners, showRoutes, showWayTo } from '../show.ts'
import { address, asReplacement, cable } from './cable.ts'
import { ownFilter } from './filter.ts'
import { gatewayCommands } from './gateway.ts'
import { duplicate, neighbour } from './neighbours.ts'

/** An address that nobody of the lab has. */
export const targetKnown: Hop = forEachEndpoint((way, endpoint) =>
  endpoint.place === undefined
    ? finding(
        `nobody in the lab has the address ${endpoint.address}`,
        undefined,
        showWayTo(way, way.from, endpoint.address),
      )
    : undefined,
)

export const targetCable: Hop = forEachEndpoint((way, endpoint) => cable(way, endpoint.place))

export const targetAddress: Hop = forEachEndpoint((way, endpoint) => address(way, endpoint.place))

export const targetDuplicate: Hop = forEachEndpoint((way, endpoint) =>
  duplicate(way, endpoint.place, endpoint.address),
)

export const targetFilter: Hop = forEachEndpoint((way, endpoint) =>
  ownFilter(way, endpoint.place, 'INPUT', {
    source: way.clientSeen(endpoint),
    destination: endpoint.address,
    port: endpoint.port,
    ...protocolOf(way.question, 'request'),
    in: way.link(endpoint.place)?.name ?? 'eth0',
    mark: 0,
    states: ['NEW'],
  }),
)

/** What the endpoint's own rules, and the sender's, do with the answer. */
export const answerFilter: Hop = forEachEndpoint((way, endpoint) => {
  const { in: _, out: __, ...answer } = way.answer(endpoint)
  const [left, came] = [endpoint.place, way.from].map(place => way.link(place)?.name ?? 'eth0')
  const seen = { ...answer, destination: way.clientSeen(endpoint), out: left ?? '' }
  return (
    ownFilter(way, endpoint.place, 'OUTPUT', seen) ??
    ownFilter(way, way.from, 'INPUT', { ...answer, source: way.address, in: came ?? '' })
  )
})

/** A kernel can be told to answer no pings. */
export const pingIgnored: Hop = forEachEndpoint((way, { place }) => {
  if (way.question.isPing !== true || place === undefined || way.place(place).ignoresPings !== true)
    return undefined
  return pingsIgnored(place, way.family)
})

/** Whether a program listens there. */
export const listener: Hop = forEachEndpoint((way, endpoint) => {
  const { place, port } = endpoint
  const { listeners } = way.place(place)
  if (listeners === undefined || place === undefined || way.question.seen !== undefined) return undefined
  const { onPort, isHeard } = listening(listeners, endpoint.address, port)
  if (isHeard) return undefined
  const shown = showListeners(place, listeners)
  if (onPort.length > 0)
    return finding(
      `the program in ${place} listens for port ${port} on ${onPort[0]?.address} only, not on ${endpoint.address}`,
      undefined,
      shown,
    )
  const rule = endpoint.translation?.rule
  const sent = rule === undefined ? '' : `, where ${ruleWords(rule)} sends to`
  const others = listeners.map(one => one.port).join(', ')
  const instead = others === '' ? '' : `; its programs listen on ${others}`
  const mend =
    others === '' && way.declared.servers.has(place)
      ? `netlab pod start ${place} --lab ${way.lab.name}`
      : undefined
  return finding(`nothing listens on port ${port} in ${place}${sent}${instead}`, mend, shown)
})

/** The way of the answer. */
export const replyRoute: Hop = forEachEndpoint((way, endpoint) => {
  const { place } = endpoint
  if (place === undefined || place === host) return undefined
  const client = way.clientSeen(endpoint)
  const route = way.place(place).routesTo[client]
  const device = way.device(place)
  const shown = [showWayTo(way, place, client), showRoutes(way, place)]
  if (typeof route === 'string') {
    const hasDefault = way.place(place).routes?.some(one => one.destination === 'default') ?? false
    const what = hasDefault
      ? `no route to ${client}`
      : `no default route, so its answer to ${client} goes nowhere`
    return finding(
      `${place} has ${what}`,
      hasDefault ? undefined : gatewayCommands(way, place).join(' && ') || undefined,
      ...shown,
    )
  }
  const wanted = device?.gateway?.value
  const isNear = device?.address !== undefined && contains(device.address.value, client)
  if (route?.gateway === undefined || wanted === undefined || isNear || route.gateway === wanted)
    return undefined
  const mend = device?.gateway === undefined ? undefined : asReplacement(device.gateway.command)
  return finding(
    `${place} answers through ${route.gateway}, which is not its gateway; that is ${wanted}`,
    mend,
    ...shown,
  )
})

/** Whom the endpoint takes for its client, or for its gateway. */
export const replyNeighbour: Hop = forEachEndpoint((way, endpoint) => {
  const { place } = endpoint
  if (place === undefined || place === host) return undefined
  const client = way.clientSeen(endpoint)
  const route = way.place(place).routesTo[client]
  if (typeof route !== 'object') return undefined
  const next = route.gateway ?? client
  const isHost = way.hostAddresses.includes(next) || way.isProxied(place, next)
  return neighbour(way, place, next, isHost ? host : way.from)
})
