import type { ListedChain, ListedRule, Tables } from '../command/iptables-save.ts'
import type { ListedNftChain, ListedNftSet, ListedNftTable } from '../command/nft-list.ts'
import { asListed } from './nft-rule.ts'
import { isClientSet } from './nftables/names.ts'

/** The kernel's hooks in iptables' words. */
const hooks = {
  prerouting: 'PREROUTING',
  input: 'INPUT',
  forward: 'FORWARD',
  output: 'OUTPUT',
  postrouting: 'POSTROUTING',
} as const

/** Of nftables' filter chains those that packets meet before anything has translated them; iptables has no table for that. */
export const beforeNat = 'pre-nat'

/** The priority of translation at the hooks where destinations are translated (linux/netfilter_ipv4.h, nf_ip_hook_priorities). */
const dnatPriority = -100

/**
 * iptables' tables, with kube-proxy's table of nftables in them: its chains beside iptables' own, each rule in the words of iptables
 * that do the same, and each element of a map of verdicts as a rule. `name` is `ip kube-proxy`. What iptables has no word for matches nothing.
 */
export function withNftTable(tables: Tables, table: ListedNftTable | undefined, name: string): Tables {
  if (table === undefined) return tables
  const known = new Map([...tables].map(([key, chains]) => [key, new Map(chains)]))
  const listed = [...table.chains.values()].map(chain => asChain(chain, table, name))
  for (const kind of [beforeNat, 'nat', 'filter']) {
    const chains = known.get(kind) ?? new Map<string, ListedChain>()
    known.set(kind, chains)
    for (const chain of listed)
      chains.set(chain.name, { ...chain, rules: chain.rules.map(rule => ({ ...rule, table: kind })) })
    for (const { name: own, hook } of table.chains.values()) {
      const entry =
        hook !== undefined && kindOf(hook) === kind ? hooks[hook.hook as keyof typeof hooks] : undefined
      if (entry === undefined) continue
      const there = chains.get(entry) ?? { name: entry, policy: 'ACCEPT', packets: 0, rules: [] }
      chains.set(entry, { ...there, afterwards: [...(there.afterwards ?? []), own] })
    }
  }
  return known
}

function kindOf({ type, priority }: NonNullable<ListedNftChain['hook']>): string {
  return type === 'filter' && priority < dnatPriority ? beforeNat : type
}

function asChain({ name, hook, rules }: ListedNftChain, table: ListedNftTable, nft: string): ListedChain {
  const lines = rules.map(asListed)
  const names = new Set(lines.flatMap(line => [...line.matchAll(/@(\S+)/g)].map(([, set = '']) => set)))
  // Which clients an endpoint has is the packets' matter.
  const asked = [...names].flatMap(set => (isClientSet(set) ? [] : (table.sets.get(set) ?? [])))
  const read = lines.flatMap(line => asRules(line, table))
  return {
    name,
    packets: 0,
    ...(hook === undefined ? {} : { policy: hook.policy.toUpperCase() }),
    nft: { table: nft, ...(hook === undefined ? {} : { hook }), lines, asked },
    rules: read.map((rule, at) => ({ ...rule, table: '', chain: name, number: at + 1, packets: 0 })),
  }
}

type AsRule = Pick<ListedRule, 'argv' | 'listed' | 'element'>

/** A rule is read from its left: conditions, and what is done at the end. */
function asRules(listed: string, table: ListedNftTable): AsRule[] {
  const conditions: string[] = []
  let rest = listed.replace(/ comment "[^"]*"$/, '')
  for (;;) {
    const taken = condition(rest, table)
    if (taken === undefined) break
    conditions.push(...taken.argv)
    rest = taken.rest
  }
  const [, key, map] = /^(.*) vmap @(\S+)$/.exec(rest) ?? []
  if (key !== undefined && map !== undefined) return elementRules(conditions, key, table.sets.get(map))
  const [, count, verdicts] = /^numgen random mod (\d+) vmap \{ (.*) \}$/.exec(rest) ?? []
  if (count !== undefined && verdicts !== undefined)
    return diceRules(conditions, Number(count), verdicts).map(argv => ({ argv, listed }))
  return [{ argv: [...conditions, ...(target(rest) ?? never)], listed }]
}

/** What no packet is. */
const never = ['!', '-d', '0.0.0.0/0,::/0', '-j', 'RETURN']

function condition(
  text: string,
  { sets }: ListedNftTable,
): { argv: readonly string[]; rest: string } | undefined {
  const match = (pattern: RegExp, argv: (...found: string[]) => readonly string[]) => {
    const found = pattern.exec(text)
    if (found === null) return undefined
    return {
      argv: argv(...found.slice(1).map(part => part ?? '')),
      rest: text.slice(found[0].length).trimStart(),
    }
  }
  const members = (said: string) =>
    said.startsWith('@')
      ? [...(sets.get(said.slice(1))?.elements.keys() ?? [])].join(',')
      : said.replaceAll(/[{}\s]/g, '')
  return (
    match(
      /^ip6? ([sd])addr (!= )?(\{[^}]*\}|@\S+|[\da-f:][\d.a-f:/-]*)(?= |$)/,
      (end = '', not = '', whom = '') => [...(not === '' ? [] : ['!']), `-${end}`, members(whom) || 'nobody'],
    ) ??
    match(/^ct state (\w+)/, (state = '') => ['-m', 'conntrack', '--ctstate', state.toUpperCase()]) ??
    match(/^meta l4proto (tcp|udp|sctp)(?= |$)/, (protocol = '') => ['-p', protocol]) ??
    match(/^fib ([sd])addr type local/, (end = '') => [
      '-m',
      'addrtype',
      end === 's' ? '--src-type' : '--dst-type',
      'LOCAL',
    ]) ??
    match(/^iifname (!= )?"([^"]*)"/, (not = '', name = '') => [
      ...(not === '' ? [] : ['!']),
      '-i',
      name.replace(/\*$/, '+'),
    ]) ??
    match(/^meta mark & (0x\w+) == 0x0+(?= |$)/, (mask = '') => ['-m', 'mark', '--mark', `0x0/${mask}`]) ??
    match(/^update @\S+ \{[^}]*\}/, () => [])
  )
}

/** What a rule ends with; undefined: something that iptables has no word for. */
function target(text: string): readonly string[] | undefined {
  const [, verb = '', rest = ''] = /^(\S+) ?(.*)$/.exec(text) ?? []
  switch (verb) {
    case '':
      return []
    case 'jump':
    case 'goto':
      return ['-j', rest]
    case 'accept':
    case 'drop':
    case 'reject':
    case 'return':
    case 'masquerade':
      return ['-j', verb.toUpperCase()]
    case 'dnat':
      return ['-j', 'DNAT', '--to-destination', rest.replace(/^to /, '')]
    case 'meta': {
      const [, how, mark = '0'] = /^mark set meta mark ([|^]) (0x\w+)$/.exec(rest) ?? []
      return how === undefined ? undefined : ['-j', 'MARK', how === '|' ? '--or-mark' : '--xor-mark', mark]
    }
    default:
      return undefined
  }
}

/** Sorted: the kernel lists elements in an order of its own. */
function elementRules(conditions: readonly string[], key: string, map: ListedNftSet | undefined): AsRule[] {
  const parts = key.split(' . ')
  const sorted = [...(map?.elements ?? [])].toSorted(([one], [other]) => (one < other ? -1 : 1))
  return sorted.map(([value, rest]) => {
    const values = value.split(' . ')
    const wanted = parts.flatMap((part, at) => keyPart(part, values[at] ?? ''))
    const verdict = /: (.*)$/.exec(rest)?.[1] ?? ''
    const comment = /comment "([^"]*)"/.exec(rest)?.[1]
    const said = comment === undefined ? [] : ['-m', 'comment', '--comment', `${comment} has no endpoints`]
    return {
      argv: [...conditions, ...wanted, ...said, ...(target(verdict) ?? never)],
      listed: `${value}${rest}`,
      element: { map: map?.name ?? '', key: value },
    }
  })
}

function keyPart(part: string, value: string): readonly string[] {
  switch (part) {
    case 'ip daddr':
    case 'ip6 daddr':
      return ['-d', value]
    case 'meta l4proto':
      return ['-p', value]
    case 'th dport':
      return ['--dport', value]
    default:
      return ['-d', 'nobody']
  }
}

/** One throw among so many, as throws one after the other. */
function diceRules(conditions: readonly string[], count: number, verdicts: string): (readonly string[])[] {
  const entries = verdicts.split(/, (?=\d+ :)/).map(each => each.replace(/^\d+ : /, '').trim())
  return entries.map((verdict, at) => {
    const chance = 1 / (count - at)
    const dice = chance < 1 ? ['-m', 'statistic', '--mode', 'random', '--probability', `${chance}`] : []
    return [...conditions, ...dice, ...(target(verdict) ?? never)]
  })
}
