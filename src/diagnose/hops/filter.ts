import { host, type Place } from '../../command/command.ts'
import { chainOf, type ListedRule, ruleText, ruleWords } from '../../command/iptables-save.ts'
import { beforeNat } from '../../dataplane/nft-tables.ts'
import type { Evidence } from '../evidence.ts'
import { finding, forEachEndpoint, type Hop } from '../evidence.ts'
import { policyCommand } from '../nft-repairs.ts'
import type { Packet } from '../packet.ts'
import { deletion, mending, type Repair, repairs } from '../repairs.ts'
import { showChain } from '../show.ts'
import { type Outcome, type Trace, trace } from '../trace.ts'
import type { Endpoint, Way } from '../way.ts'
import { chainsOf } from './nat.ts'

const hardly = 0.001

/** kube-proxy refuses a service that nobody serves, instead of letting its clients wait. */
export const noEndpoints: Hop = way => {
  const [endpoint] = way.endpoints
  if (endpoint === undefined || endpoint.translation !== undefined) return undefined
  const stopped = stopIn(tracesOf(way, 'filter', chainFor(way, endpoint), way.translated(endpoint)).actual)
  const [says, rule] =
    stopped?.path
      .map(each => [each.argv.find(word => / has no endpoints$/.test(word)), each] as const)
      .find(([said]) => said !== undefined) ?? []
  if (rule === undefined || says === undefined) return undefined
  return finding(
    `${says}: no pod is behind it, so ${ruleWords(rule)} refuses it (see the service's selector and the pods' labels)`,
    undefined,
    showChain(way, 'filter', rule.chain, [rule]),
  )
}

/** Chains of nftables that ask who comes before anything is translated, and the policies of those that translate. */
export const beforeTranslation: Hop = way => {
  const [packet, which] = [way.firstPacket(), `from ${way.from} to ${way.address}`]
  const isSeen = way.endpoints.some(endpoint => way.bridgeCallsIptables || !way.isSwitched(endpoint))
  return (
    stoppedIn(way, entryChain(way), packet, which, beforeNat) ??
    (isSeen ? stoppedIn(way, entryChain(way), packet, which, 'nat') : undefined)
  )
}

/** What differs in the chains that should have stopped a packet before it was translated; nothing, where none should. */
export function guardRepairs(way: Way): readonly Repair[] {
  const { declared, chains } = tracesOf(way, beforeNat, entryChain(way), way.firstPacket())
  return stopIn(declared) === undefined ? [] : repairs(way, beforeNat, chains)
}

function entryChain(way: Way): string {
  return way.fromHost ? 'OUTPUT' : 'PREROUTING'
}

/** The filter table, on the way to the endpoint. */
export const filterForth: Hop = forEachEndpoint((way, endpoint) => {
  if (!isFiltered(way, endpoint)) return undefined
  const packet = way.translated(endpoint)
  const which = `from ${way.from} to ${endpoint.place ?? endpoint.address}`
  return (
    beforeIpvs(way, endpoint) ??
    stoppedIn(way, chainFor(way, endpoint), packet, which) ??
    (endpoint.place === host ? undefined : stoppedIn(way, 'POSTROUTING', leaving(packet), which, 'nat'))
  )
})

function leaving({ in: _, ...packet }: Packet): Packet {
  return packet
}

/** What IPVS takes has come in as a packet for the host itself. */
function beforeIpvs(way: Way, endpoint: Endpoint): Evidence | undefined {
  if (!way.isBalanced(endpoint) || way.fromHost) return undefined
  const packet = { ...way.firstPacket(), mark: endpoint.translation?.mark ?? 0 }
  return stoppedIn(way, 'INPUT', packet, `from ${way.from} to ${way.address}`)
}

/** The filter table, on the way back. */
export const filterBack: Hop = forEachEndpoint((way, endpoint) => {
  if (!isFiltered(way, endpoint)) return undefined
  const isOfHost = endpoint.place === host
  const chain = way.fromHost ? 'INPUT' : isOfHost ? 'OUTPUT' : 'FORWARD'
  const [answer, which] = [
    way.answer(endpoint),
    `back from ${endpoint.place ?? endpoint.address} to ${way.from}`,
  ]
  return (
    stoppedIn(way, isOfHost ? 'OUTPUT' : 'PREROUTING', answer, which, beforeNat) ??
    stoppedIn(way, chain, answer, which)
  )
})

function isFiltered(way: Way, endpoint: Endpoint): boolean {
  return (
    way.fromHost ||
    endpoint.place === host ||
    way.isBalanced(endpoint) ||
    way.isRouted(endpoint) ||
    way.bridgeCallsIptables
  )
}

function chainFor(way: Way, endpoint: Endpoint): string {
  if (way.fromHost || way.isBalanced(endpoint)) return 'OUTPUT'
  return endpoint.place === host ? 'INPUT' : 'FORWARD'
}

/** A packet's way through a chain as it is, and as it would be if all were as the plan made it, and the chains of both. */
function tracesOf(way: Way, table: string, chain: string, packet: Packet) {
  const actual = trace(way.facts.after.tables, table, chain, packet, way.around)
  const declared = trace(way.declared.tables, table, chain, packet, way.declaredAround)
  return { actual, declared, chains: chainsOf(actual, declared) }
}

function stopIn({ outcomes }: Trace): Outcome | undefined {
  return outcomes.find(({ target, chance }) => ['DROP', 'REJECT'].includes(target) && chance > hardly)
}

function stoppedIn(
  way: Way,
  chain: string,
  packet: Packet,
  which: string,
  table = 'filter',
): Evidence | undefined {
  const { actual, chains } = tracesOf(way, table, chain, packet)
  const stopped = stopIn(actual)
  if (stopped === undefined) return undefined
  const differences = repairs(way, table, chains)
  if (stopped.rule === undefined) {
    // The rules that let the lab's packets through are the better remedy than an open door for everybody.
    const own = stopped.byPolicyOf ?? chain
    const { nft } = chainOf(way.facts.after.tables, table, own)
    const repair = differences.find(one => one.kind === 'missing') ?? differences[0]
    const command = nft === undefined ? mending(differences, repair) : policyCommand(nft.table, own)
    const packets = `${own}'s policy is ${stopped.target}, and no rule lets packets through ${which}`
    return finding(packets, command, showChain(way, table, own))
  }
  const { rule } = stopped
  const repair =
    differences.find(one => one.rule === rule) ??
    differences.find(one => one.chain === rule.chain && (one.kind === 'missing' || isOfNft(rule)))
  const command = mending(differences, repair) ?? deletion(way, rule)
  const verb = rule.argv.includes('REJECT') ? 'refuses' : 'drops'
  return finding(
    `${ruleWords(rule)} ${verb} packets ${which}${repair?.because === undefined ? ` (${ruleText(rule)})` : `, since ${repair.because}`}`,
    command,
    showChain(way, table, rule.chain),
  )
}

/** Its chain is written anew as a whole. */
function isOfNft({ listed, element, server }: ListedRule): boolean {
  return listed !== undefined && element === undefined && server === undefined
}

/** A pod's own filter table, if it has one. */
export function ownFilter(
  way: Way,
  place: Place | undefined,
  chain: string,
  packet: Packet,
): Evidence | undefined {
  const { tables } = way.place(place)
  if (tables === undefined || place === undefined || place === host) return undefined
  const { outcomes } = trace(tables, 'filter', chain, packet, way.around)
  const stopped = outcomes.find(
    ({ target, chance }) => ['DROP', 'REJECT'].includes(target) && chance > hardly,
  )
  if (stopped === undefined) return undefined
  const { rule } = stopped
  const what =
    rule === undefined
      ? `the policy of ${chain} in ${place}`
      : `rule ${rule.number} of ${rule.chain} in ${place}`
  const mend =
    rule === undefined
      ? way.iptables('filter', '-P', chain, 'ACCEPT')
      : way.iptables('filter', '-D', rule.chain, `${rule.number}`)
  const shown = rule === undefined ? `-P ${chain} ${stopped.target}` : ruleText(rule)
  return finding(`${what} stops it`, `ip netns exec ${place} ${mend}`, [
    `$ ip netns exec ${place} ${way.iptables('filter', '-S', rule?.chain ?? chain)}`,
    shown,
  ])
}
