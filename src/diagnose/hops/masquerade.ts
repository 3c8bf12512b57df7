import { chainOf } from '../../command/iptables-save.ts'
import type { Evidence } from '../evidence.ts'
import { finding, forEachEndpoint, type Hop } from '../evidence.ts'
import { mending, repairs } from '../repairs.ts'
import { showPort } from '../show.ts'
import { trace } from '../trace.ts'
import type { Endpoint, Way } from '../way.ts'
import { chainsOf, shownChains } from './nat.ts'

/** A pod that reaches itself through a service must not see its own address as the client's. */
export const hairpinMasquerade: Hop = forEachEndpoint((way, endpoint) => {
  if (endpoint.place !== way.from || endpoint.translation === undefined || way.isMasqueraded(endpoint))
    return undefined
  return missing(
    way,
    endpoint,
    `${way.from} reaches itself through ${way.address}, and without MASQUERADE it gets a packet from its own address, which it throws away`,
  )
})

/** The bridge must send the frame back out of the port that it came in by. */
export const hairpinPort: Hop = forEachEndpoint((way, endpoint) => {
  const device = way.device(endpoint.place)
  const link = way.hostLink(device?.hostEnd)
  const isHairpin = endpoint.place === way.from && endpoint.translation !== undefined
  if (!isHairpin || !way.bridgeCallsIptables || link?.port === undefined || link.port.hairpin)
    return undefined
  const mend = `bridge link set dev ${link.name} hairpin on`
  return finding(
    `${way.from} reaches itself through ${way.address}, but the bridge never sends a frame back out of the port that it came in by, hairpin is off`,
    mend,
    showPort(link, link.name),
  )
})

/** The server saw another client than the one that was expected. */
export const clientAddress: Hop = way => {
  const wanted = way.question.client
  const answer = way.facts.tries.answers.find(one => one.client !== undefined && one.client !== wanted)
  const endpoint = way.endpoints.find(one => one.place === answer?.pod)
  if (wanted === undefined || answer === undefined || endpoint === undefined) return undefined
  if (answer.client === way.source)
    return missing(
      way,
      endpoint,
      `no rule masquerades, so ${answer.pod} sees ${way.from}'s own address ${way.source}, not ${wanted}`,
    )
  const rule = way.postrouting(endpoint)?.rule
  const where =
    rule === undefined ? 'the packet is masqueraded' : `rule ${rule.number} of ${rule.chain} masquerades`
  const differences = repairs(way, 'nat', postroutingChains(way, endpoint))
  return finding(
    `${where}, so ${answer.pod} sees ${answer.client}, not ${wanted}`,
    mending(differences, differences[0]),
    ...shownChains(way, [rule?.chain, 'POSTROUTING']),
  )
}

function missing(way: Way, endpoint: Endpoint, what: string): Evidence {
  const path = endpoint.translation?.path.map(rule => rule.chain) ?? []
  const differences = repairs(way, 'nat', [...path, ...postroutingChains(way, endpoint)])
  const isOfNft = chainOf(way.declared.tables, 'nat', 'masquerading').nft !== undefined
  const about = (command: string) => /masq/i.test(command)
  const repair = differences.find(({ command }) => about(command)) ?? differences[0]
  const because = repair?.because === undefined ? '' : `, since ${repair.because}`
  return finding(
    `${what}${because}`,
    mending(differences, repair),
    ...shownChains(way, isOfNft ? [repair?.chain, 'masquerading'] : ['POSTROUTING', 'KUBE-POSTROUTING']),
  )
}

function postroutingChains(way: Way, endpoint: Endpoint): readonly string[] {
  const { in: _, ...packet } = way.translated(endpoint)
  const actual = trace(way.facts.after.tables, 'nat', 'POSTROUTING', packet, way.around)
  const declared = trace(way.declared.tables, 'nat', 'POSTROUTING', packet, way.declaredAround)
  return [...chainsOf(actual, declared), 'KUBE-MARK-MASQ', 'mark-for-masquerade']
}
