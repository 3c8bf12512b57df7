import { parseRule } from '../../command/iptables-argv.ts'
import { ruleText, ruleWords } from '../../command/iptables-save.ts'
import { own } from '../../command/own.ts'
import { joinHostPort, splitHostPort } from '../../model/address.ts'
import { hasAddress } from '../../model/families.ts'
import type { Evidence } from '../evidence.ts'
import { finding, forEachEndpoint, type Hop } from '../evidence.ts'
import { deletion, mending, type Repair, repairs } from '../repairs.ts'
import { type Shown, showChain } from '../show.ts'
import type { Outcome, Trace } from '../trace.ts'
import type { Way } from '../way.ts'

const hardly = 0.001

/** Chains of a table that a packet comes through, or would come through if they were as the plan made them. */
export function chainsOf(actual: Trace, declared: Trace): readonly string[] {
  return [...new Set([...actual.chains, ...declared.chains])]
}

/** What differs in the chains of the nat table that the packet comes through, or should. */
export function natRepairs(way: Way): readonly Repair[] {
  return repairs(way, 'nat', chainsOf(way.translation, way.declaredTranslation))
}

function translates({ to, chance }: Outcome): boolean {
  return to !== undefined && chance > hardly
}

/** Nothing gives the address of a service a real destination. */
export const notTranslated: Hop = way => {
  const { translation, declaredTranslation } = way
  const near = nearMiss(way)
  const isNobodys = near.words !== '' && way.endpoints[0]?.place === undefined
  const isWanted = way.service !== undefined || declaredTranslation.outcomes.some(translates) || isNobodys
  if (!isWanted || translation.outcomes.some(translates)) return undefined
  const differences = natRepairs(way)
  const where = way.target
  const stopped = translation.outcomes.find(outcome => outcome.rule !== undefined)?.rule
  const [repair] = mostTelling(differences, stopped?.chain)
  const lines = shownChains(way, [repair?.chain, ...translation.chains], repair)
  if (repair !== undefined)
    return finding(
      `no rule translates ${where}, because of ${repair.words}`,
      mending(differences, repair),
      ...lines,
    )
  if (stopped !== undefined) {
    const command = deletion(way, stopped)
    return finding(
      `${ruleWords(stopped)} ends the way of packets for ${where} before a rule translates them (${ruleText(stopped)})`,
      command,
      ...lines,
    )
  }
  const whose = way.around.isLocal(way.address) ? '' : ', an address that no interface has'
  return finding(`${translatorWords(way)} translates ${where}${whose}${near.words}`, near.mend, ...lines)
}

function translatorWords({ lab: { proxy } }: Way): string {
  switch (proxy.mode) {
    case 'nftables':
      return "nothing in kube-proxy's table"
    case 'ipvs':
      return 'no virtual server and no rule of the nat table'
    default:
      return 'no rule of the nat table'
  }
}

/** What was put in the way comes first; then what is missing or wrong. */
function mostTelling(differences: readonly Repair[], chain?: string): readonly Repair[] {
  const order = { extra: 1, changed: 0, missing: 0, policy: 2 }
  const rank = (repair: Repair) =>
    repair.chain === chain && repair.kind === 'extra' ? -1 : order[repair.kind]
  return [...differences].sort((one, other) => rank(one) - rank(other))
}

/** A rule that has the address, but asks for another port, or stands where nothing leads to. */
function nearMiss(way: Way): { words: string; mend?: string } {
  for (const [, { name, rules }] of way.facts.after.tables.get('nat') ?? []) {
    for (const rule of rules) {
      const { conditions, target } = parseRule(rule)
      const value = (option: string) => conditions.find(one => one.name === option && !one.negated)?.values[0]
      const port = value('--dport')
      if (target === undefined || value('-d')?.replace(/\/(32|128)$/, '') !== way.address) continue
      if (port !== undefined && port !== `${way.port}`)
        return { words: `; ${ruleWords(rule)} is for port ${port}` }
      const [entry = ''] = way.translation.chains
      if (!way.translation.chains.includes(name))
        return {
          words: `; rule ${rule.number} of ${name} would, but nothing leads there from ${entry}`,
          mend: way.iptables('nat', '-A', entry, '-j', name),
        }
    }
  }
  return { words: '' }
}

/** Rules with dice that leave some connections to nobody. */
export const leak: Hop = way => {
  const { outcomes } = way.translation
  const translated = outcomes.filter(translates).reduce((sum, outcome) => sum + outcome.chance, 0)
  const left = 1 - translated
  // A virtual server leaves nobody.
  if (outcomes.some(({ rule }) => rule?.server !== undefined)) return undefined
  if (translated < hardly || left < hardly) return undefined
  if (expectedToFail(way) > left - hardly) return undefined
  const chain = balancingChain(outcomes)
  const differences = natRepairs(way)
  const [repair] = mostTelling(differences)
  const last = repair === undefined ? '; the last rule must take all that come, without --probability' : ''
  return finding(
    `${percent(left)} of the connections to ${way.target} match no rule of ${chain} and keep an address that nobody has${last}`,
    mending(differences, repair),
    showChain(way, 'nat', chain),
  )
}

/** The share of connections that are said to fail. */
function expectedToFail({ question: { shares: expected, stays } }: Way): number {
  if (expected === undefined || stays) return 0
  return 1 - Object.values(expected).reduce((sum, share) => sum + share, 0)
}

/** The dice are thrown otherwise than was promised. */
export const shares: Hop = way => {
  const expected = way.question.shares
  if (expected === undefined || way.question.wantsFailure) return undefined
  if (way.question.stays && new Set(way.facts.tries.answers.map(({ pod }) => pod)).size < 2) return undefined
  const { outcomes } = way.translation
  // Those of a virtual server have been looked at.
  if (outcomes.some(({ rule }) => rule?.server !== undefined)) return undefined
  const actual = new Map<string, number>()
  for (const outcome of outcomes.filter(translates)) {
    const pod =
      way.lab.pods.find(one => hasAddress(one, splitHostPort(outcome.to ?? '').address))?.name ??
      outcome.to ??
      ''
    actual.set(pod, (actual.get(pod) ?? 0) + outcome.chance)
  }
  const pods = [...new Set([...Object.keys(expected), ...actual.keys()])]
  if (
    actual.size === 0 ||
    pods.every(pod => Math.abs((actual.get(pod) ?? 0) - (own(expected, pod) ?? 0)) < 0.005)
  )
    return undefined
  const chain = balancingChain(outcomes)
  const differences = natRepairs(way)
  const [repair] = mostTelling(differences)
  const gives = pods.map(pod => `${pod} ${percent(actual.get(pod) ?? 0)}`).join(', ')
  const greedy = firstThatTakesAll(way, chain)
  const reason = greedy ?? (repair === undefined ? '' : `, because of ${repair.words}`)
  return finding(
    `the rules give ${gives} of the connections${reason}`,
    mending(differences, repair),
    showChain(way, 'nat', chain),
    ...(repair === undefined || repair.chain === chain ? [] : [showChain(way, 'nat', repair.chain)]),
  )
}

/** The chain where the ways to several endpoints part; of one endpoint, the one that jumps to its own. */
function balancingChain(outcomes: readonly Outcome[]): string {
  const translated = outcomes.filter(translates)
  const [first, ...others] = translated.map(({ path }) => path.map(rule => rule.chain))
  const ends = new Set(translated.map(outcome => outcome.to))
  const shared = first?.filter(chain => others.every(chains => chains.includes(chain))) ?? []
  return (ends.size > 1 ? shared.at(-1) : first?.at(-2)) ?? first?.at(-1) ?? 'PREROUTING'
}

/** Of endpoint rules in the wrong order: the one before others that takes every connection. */
function firstThatTakesAll(way: Way, chain: string): string | undefined {
  const rules = way.facts.after.tables.get('nat')?.get(chain)?.rules ?? []
  const choosing = rules.filter(rule => {
    const { target = '', conditions } = parseRule(rule)
    return (
      (target.startsWith('KUBE-SEP-') || target === 'DNAT') &&
      !conditions.some(one => one.name === '--rcheck')
    )
  })
  const greedy = choosing.findIndex(
    rule => !parseRule(rule).conditions.some(one => ['--probability', '--every'].includes(one.name)),
  )
  const [rule, behind] = [choosing[greedy], choosing[greedy + 1]]
  if (rule === undefined || behind === undefined) return undefined
  return `, because ${chain} is in the wrong order: rule ${rule.number} takes all that come and leaves none to rule ${behind.number}`
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`
}

/** A rule that sends to somebody who is no endpoint. */
export const wrongEndpoint: Hop = forEachEndpoint(
  (way, { translation, address, port, place }): Evidence | undefined => {
    const rule = translation?.rule
    if (rule === undefined) return undefined
    const to = joinHostPort(address, port)
    const wanted = new Set([
      ...way.declaredTranslation.outcomes.flatMap(outcome => outcome.to ?? []),
      ...(way.service?.endpoints.map(endpoint => joinHostPort(endpoint.address, endpoint.port)) ?? []),
    ])
    const isWanted = wanted.has(to) || wanted.has(address)
    if (isWanted) return undefined
    const chains = [rule.chain, ...chainsOf(way.translation, way.declaredTranslation)]
    const differences = repairs(way, 'nat', chains)
    const [repair] = mostTelling(differences)
    const near = way.service?.endpoints.find(endpoint => endpoint.address === address)
    const instead = near === undefined ? 'no endpoint' : `not the endpoint's port, ${near.port}`
    const who = place === undefined ? to : `${to} in ${place}`
    return finding(
      `${ruleWords(rule)} sends to ${who}, ${instead}`,
      mending(differences, repair),
      showChain(way, 'nat', rule.chain, [rule]),
    )
  },
)

/** A few chains of the nat table, the one that matters first; before them what a repair is about, where they do not show it. */
export function shownChains(
  way: Way,
  names: readonly (string | undefined)[],
  repair?: Repair,
): readonly Shown[] {
  const chains = [...new Set(names.filter(name => name !== undefined))]
  const shown = chains.slice(0, 3).map(chain => showChain(way, 'nat', chain))
  return repair?.shown === undefined ? shown : [repair.shown, ...shown]
}
