import { splitHostPort } from '../../model/address.ts'
import { finding, type Hop } from '../evidence.ts'
import { showConnections } from '../show.ts'

/**
 * The kernel translates the first packet of a connection only. One that met no rule is remembered without a translation,
 * and a new connection from the same port is taken for it.
 */
export const staleConnections: Hop = way => {
  if (!way.translation.outcomes.some(outcome => outcome.to !== undefined)) return undefined
  const ends = new Set(
    way.translation.outcomes.flatMap(outcome =>
      outcome.to === undefined ? [] : splitHostPort(outcome.to).address,
    ),
  )
  const stale = way.facts.before.connections.filter(
    ({ destination, port, replySource, unreplied }) =>
      destination === way.address && port === way.port && unreplied && !ends.has(replySource),
  )
  if (stale.length === 0) return undefined
  const untranslated = stale.filter(({ replySource }) => replySource === way.address).length
  const how =
    untranslated > 0
      ? 'without a translation, from a time when no rule matched them'
      : 'with an endpoint that is none any more'
  return finding(
    `the kernel remembers ${stale.length === 1 ? 'a connection' : `${stale.length} connections`} to ${way.target} ${how}; a new one from the same port gets lost as well`,
    `conntrack -D${way.family === 'ipv6' ? ' -f ipv6' : ''} -p tcp --orig-dst ${way.address}`,
    showConnections(way.address, stale),
  )
}
