import { editScript } from '../../command/edit-script.ts'
import { effectKey } from '../../command/iptables-rule.ts'
import {
  type ListedChain,
  type ListedRule,
  parseSaved,
  restoreLine,
  type Tables,
} from '../../command/iptables-save.ts'
import type { NodeView, RuleDifference, SavedComparison } from '../dataplane.ts'
import { isServiceChain } from './chain-names.ts'
import { compileServices } from './compile.ts'
import type { Chain, Rule, RuleSet, Table } from './rules.ts'
import { clusterCidrIn, consequence, destinationOf, matchOf, serviceIn, targetOf } from './saved-rule.ts'

/** Chains in which the order of services means nothing to packets. */
const lists: ReadonlySet<string> = new Set([
  'KUBE-SERVICES',
  'KUBE-EXTERNAL-SERVICES',
  'KUBE-NODEPORTS',
  'KUBE-PROXY-FIREWALL',
])

/** The kubelet keeps a chain of this name as well, with rules of its own (`syncNetworkUtil` in kubelet_network_linux.go). */
const sharedWithKubelet = 'KUBE-FIREWALL'

/** What a node's rules, as iptables-save prints them, have else than kube-proxy would write. Rules of other programs are left aside. */
export function savedDifferences(view: NodeView, text: string): SavedComparison {
  const saved = parseSaved(text)
  const { settings } = view
  const isSaid = settings.clusterCIDR !== '' || settings.detectLocalMode !== 'ClusterCIDR'
  const clusterCIDR = isSaid ? undefined : clusterCidrIn(saved)
  const rules = compileServices(
    clusterCIDR === undefined ? view : { ...view, settings: { ...settings, clusterCIDR } },
  )
  const tables = [rules.nat, rules.filter]
  // One without endpoints has no chain, but is refused by a rule.
  const known = new Set(
    tables.flatMap(({ chains }) =>
      chains.flatMap(chain => [chain, ...chain.rules].map(each => each.service)),
    ),
  )
  const differences = [
    ...jumpDifferences(rules, saved),
    ...tables.flatMap(table => [
      ...table.chains.flatMap(chain => chainDifferences(table, chain, saved)),
      ...staleChains(table, saved, known),
    ]),
  ]
  return {
    differences,
    wanted: rules.jumps.length + tables.reduce((sum, table) => sum + rulesIn(table), 0),
    leftAside: othersIn(saved, rules),
    ...(clusterCIDR === undefined ? {} : { clusterCIDR }),
    served: saved.get('nat')?.has('KUBE-SERVICES') ?? false,
  }
}

function rulesIn({ chains }: Pick<Table, 'chains'>): number {
  return chains.reduce((sum, { rules }) => sum + rules.length, 0)
}

/** Rules that are not kube-proxy's, and not in its chains. */
function othersIn(saved: Tables, { nat, filter, jumps }: RuleSet): number {
  const own = new Set(
    [nat, filter].flatMap(({ name, chains }) => chains.map(chain => `${name} ${chain.name}`)),
  )
  const led = new Set(jumps.map(({ table, from, to }) => `${table} ${from} ${to}`))
  const chains = [...saved].flatMap(([table, byName]) =>
    [...byName.values()].map(chain => ({ table, chain })),
  )
  return chains
    .filter(({ table, chain }) => !own.has(`${table} ${chain.name}`) && !isServiceChain(chain.name))
    .flatMap(({ table, chain }) =>
      chain.rules.filter(rule => !led.has(`${table} ${chain.name} ${targetOf(rule)}`)),
    ).length
}

function jumpDifferences({ jumps }: RuleSet, saved: Tables): RuleDifference[] {
  return jumps.flatMap(({ table, from, to, argv, explain }): RuleDifference[] => {
    const there =
      saved
        .get(table)
        ?.get(from)
        ?.rules.filter(rule => targetOf(rule) === to) ?? []
    if (there.some(rule => effectKey(rule) === effectKey({ argv }))) return []
    const place = { table, chain: from, wanted: restoreLine(argv) }
    const [other] = there
    const means = `it is to ${explain}; without it packets never come to ${to}`
    return [
      other === undefined
        ? { kind: 'missing', ...place, means }
        : { kind: 'changed', ...place, has: restoreLine(other.argv), means: `it is to ${explain}` },
    ]
  })
}

/** What differs in one of kube-proxy's chains. */
function chainDifferences({ name: table }: Table, chain: Chain, saved: Tables): RuleDifference[] {
  const there = saved.get(table)?.get(chain.name)
  const place = { table, chain: chain.name }
  if (there === undefined) {
    // Nothing leads to an empty one but what is missing as well.
    if (chain.rules.length === 0) return []
    const what = chain.explain ?? 'takes what is for services'
    const means = `the chain that ${what} is gone, with its ${rulesWords(chain.rules.length)}`
    return [{ kind: 'missing', ...place, ...serviceOf(chain.service), means }]
  }
  return lists.has(chain.name)
    ? listDifferences(place, chain.rules, there)
    : orderedDifferences(place, chain.rules, there)
}

type Place = Pick<RuleDifference, 'table' | 'chain'>

/** Where the order counts: what has to be done for one list to become the other. */
function orderedDifferences(place: Place, wanted: readonly Rule[], { rules }: ListedChain): RuleDifference[] {
  const own = place.chain === sharedWithKubelet ? rules.filter(rule => isAmong(rule, wanted)) : rules
  // As the edits leave it: those that are right have no rule here any more.
  const there: (ListedRule | undefined)[] = [...own]
  return editScript(own.map(effectKey), wanted.map(effectKey)).flatMap(edit => {
    if (edit.kind === 'delete') return there.splice(edit.at, 1).flatMap(old => (old ? extra(place, old) : []))
    const rule = wanted[edit.item]!
    const at = edit.kind === 'append' ? there.length : edit.at
    const [old] = there.splice(at, edit.kind === 'replace' ? 1 : 0, undefined)
    return [old === undefined ? missing(place, rule) : changed(place, rule, old)]
  })
}

function isAmong(rule: ListedRule, wanted: readonly Rule[]): boolean {
  return wanted.some(each => effectKey(each) === effectKey(rule))
}

/** Where it does not: what the one has and the other has not; those that take the same packets are one that has changed. */
function listDifferences(place: Place, wanted: readonly Rule[], { rules }: ListedChain): RuleDifference[] {
  const unmet = new Map<string, ListedRule[]>()
  for (const rule of rules) unmet.set(effectKey(rule), [...(unmet.get(effectKey(rule)) ?? []), rule])
  const gone = wanted.filter(rule => unmet.get(effectKey(rule))?.pop() === undefined)
  const more = new Map(
    [...unmet.values()].flat().map(rule => [effectKey({ argv: matchOf(rule) }), rule] as const),
  )
  const told = gone.map(rule => {
    const key = effectKey({ argv: matchOf(rule) })
    const other = more.get(key)
    more.delete(key)
    return other === undefined ? missing(place, rule) : changed(place, rule, other)
  })
  return [...told, ...[...more.values()].map(rule => extra(place, rule))]
}

function missing(place: Place, rule: Rule): RuleDifference {
  const means = [rule.explain, consequence(rule)].filter(words => words !== '').join('; ')
  return { kind: 'missing', ...place, wanted: restoreLine(rule.argv), ...serviceOf(rule.service), means }
}

function changed(place: Place, rule: Rule, other: ListedRule): RuleDifference {
  const lines = { wanted: restoreLine(rule.argv), has: restoreLine(other.argv) }
  return { kind: 'changed', ...place, ...lines, ...serviceOf(rule.service), means: rule.explain }
}

/** One more than kube-proxy has: of a service as it was once, or of somebody else. */
function extra(place: Place, rule: ListedRule): RuleDifference {
  const target = targetOf(rule) ?? ''
  const service = serviceIn(rule)
  const isOwn =
    isServiceChain(target) ||
    service !== undefined ||
    /^-s \S+ -j KUBE-MARK-MASQ$/.test(restoreLine(rule.argv))
  const means = isOwn
    ? `kube-proxy wrote it for what the cluster had once${isServiceChain(target) ? `: packets that it takes still go to ${target}` : ''}`
    : "kube-proxy writes no such rule, but its chain has it: it stays until the chain is written anew, at kube-proxy's next full sync"
  return {
    kind: isOwn ? 'stale' : 'foreign',
    ...place,
    has: restoreLine(rule.argv),
    ...serviceOf(service),
    means,
  }
}

/** Chains of services and endpoints that the cluster has not any more. */
function staleChains(
  { name: table, chains }: Table,
  saved: Tables,
  known: ReadonlySet<string | undefined>,
): RuleDifference[] {
  const wanted = new Set(chains.map(({ name }) => name))
  const there = [...(saved.get(table)?.values() ?? [])]
  const led = new Set(there.flatMap(({ rules }) => rules.map(targetOf)))
  return there
    .filter(({ name }) => isServiceChain(name) && !wanted.has(name))
    .map(({ name, rules }): RuleDifference => {
      const service = rules.map(serviceIn).find(each => each !== undefined)
      const endpoint = rules.map(destinationOf).find(each => each !== undefined)
      const what = endpoint === undefined ? 'a chain' : `the chain of the endpoint ${endpoint}`
      const whose = service === undefined ? 'a service' : service
      const state = known.has(service)
        ? ', which the service has not any more'
        : ', which the cluster has not any more'
      const way = led.has(name)
        ? 'a rule still leads there, so some connections go to what is gone'
        : 'nothing leads there: it does no harm, and goes with a later sync'
      return {
        kind: 'stale',
        table,
        chain: name,
        ...serviceOf(service),
        means: `${what} of ${whose}${state}; ${way}`,
      }
    })
}

function serviceOf(service: string | undefined): { service?: string } {
  return service === undefined ? {} : { service }
}

function rulesWords(count: number): string {
  return count === 1 ? 'only rule' : `${count} rules`
}
