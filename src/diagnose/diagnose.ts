import { host } from '../command/command.ts'
import { ruleWords } from '../command/iptables-save.ts'
import type { Facts } from '../observe/facts.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import type { Evidence } from './evidence.ts'
import { finding, type Hop, nothingFound } from './evidence.ts'
import { staleConnections } from './hops/connections.ts'
import {
  beforeTranslation,
  filterBack,
  filterForth,
  guardRepairs,
  noEndpoints,
  ownFilter,
} from './hops/filter.ts'
import { replyGateway, senderGateway } from './hops/gateway.ts'
import {
  bridgeNetfilter,
  bridgeUp,
  forwarding,
  hostAddress,
  hostNeighbour,
  hostRoute,
  tableFull,
} from './hops/host.ts'
import { virtualServer } from './hops/ipvs.ts'
import { clientAddress, hairpinMasquerade, hairpinPort } from './hops/masquerade.ts'
import { leak, natRepairs, notTranslated, shares, wrongEndpoint } from './hops/nat.ts'
import { senderAddress, senderCable, senderDuplicate, senderNeighbour, senderRoute } from './hops/sender.ts'
import {
  answerFilter,
  listener,
  pingIgnored,
  replyNeighbour,
  replyRoute,
  targetAddress,
  targetCable,
  targetDuplicate,
  targetFilter,
  targetKnown,
} from './hops/target.ts'
import type { Question } from './question.ts'
import { mending } from './repairs.ts'
import { showChain, showConnections, showListeners, showNeighbour, showWayTo } from './show.ts'
import { wantedFailure } from './wanted-failure.ts'
import { Way } from './way.ts'

const senderFilter: Hop = way => ownFilter(way, way.from, 'OUTPUT', { ...way.firstPacket(), out: 'eth0' })

/** In the order of the packet's way, and of its answer's way back. */
const hops: readonly Hop[] = [
  senderCable,
  senderAddress,
  senderDuplicate,
  bridgeUp,
  hostAddress,
  senderRoute,
  senderFilter,
  targetDuplicate,
  senderNeighbour,
  senderGateway,
  tableFull,
  beforeTranslation,
  virtualServer,
  noEndpoints,
  notTranslated,
  wrongEndpoint,
  leak,
  shares,
  targetKnown,
  bridgeNetfilter,
  forwarding,
  hostRoute,
  filterForth,
  hairpinMasquerade,
  hairpinPort,
  targetCable,
  targetAddress,
  hostNeighbour,
  targetFilter,
  pingIgnored,
  listener,
  replyRoute,
  replyNeighbour,
  replyGateway,
  filterBack,
  answerFilter,
  clientAddress,
  staleConnections,
]

/** Walks a packet's way, hop by hop, and tells of the first one that is off. */
export function diagnose(facts: Facts, running: LabInCondition, question: Question): Evidence {
  if (question.address === undefined)
    return finding(
      `${question.url} names nobody whom the lab knows: see /etc/hosts in ${question.from}`,
      undefined,
    )
  const way = new Way(facts, running, question)
  const failure = question.wantsFailure ? answered(way) : undefined
  if (failure !== undefined) return failure
  for (const hop of hops) {
    const found = hop(way)
    if (found !== undefined) return found
  }
  return allInOrder(way)
}

/** Nobody should have answered; undefined: nobody has, and it was to fail in another way. */
function answered(way: Way): Evidence | undefined {
  const rule = way.translation.outcomes.find(outcome => outcome.to !== undefined)?.rule
  const { tries } = way.facts
  if (rule === undefined || tries.failed > 0)
    return wantedFailure(way.question, tries, () => [showWayTo(way, way.from, way.address)])
  const isTranslated = way.declaredTranslation.outcomes.some(({ to }) => to !== undefined)
  const differences = [...guardRepairs(way), ...(isTranslated ? [] : natRepairs(way))]
  const [repair] = differences
  const because = repair === undefined ? '' : `, because of ${repair.words}`
  return finding(
    `${ruleWords(rule)} translates ${way.target}, so it is answered${because}`,
    mending(differences, repair),
    showChain(way, 'nat', rule.chain, [rule]),
    ...(repair === undefined ? [] : [repair.shown ?? showChain(way, repair.table, repair.chain)]),
  )
}

/** All that can be looked at is in order: what the kernel said, for people to see further. */
function allInOrder(way: Way): Evidence {
  const { facts, from, address } = way
  const [endpoint] = way.endpoints
  const route = way.place(from).routesTo[address]
  const next = (typeof route === 'object' ? route.gateway : undefined) ?? address
  const entry = way.place(from).neighbours?.find(one => one.address === next)
  const rule = endpoint?.translation?.rule
  const connections = facts.after.connections.filter(one => one.destination === address)
  const headline =
    facts.tries.failed === 0
      ? `asked again, ${way.question.url} answered: it was late, or something has changed since`
      : `every hop from ${from} to ${way.question.url} looks right; this is what the kernel says`
  return nothingFound(
    headline,
    showWayTo(way, from, address),
    from === host ? [] : showNeighbour(from, entry, next),
    rule === undefined ? [] : showChain(way, 'nat', rule.chain, [rule]),
    connections.length === 0 ? [] : showConnections(address, connections),
    endpoint === undefined ? [] : showListeners(endpoint.place, way.place(endpoint.place).listeners ?? []),
  )
}
