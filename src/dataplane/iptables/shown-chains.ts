import { type Match, parseRule, type RuleOption } from '../../command/iptables-argv.ts'
import { effectKey, type Rule as IptablesRule, setMark } from '../../command/iptables-rule.ts'
import { parseSaved } from '../../command/iptables-save.ts'
import type { ShownChain, ShownRule } from '../dataplane.ts'
import type { Rule, RuleSet, Table } from './rules.ts'

/** The tables and their hooks in the order in which packets meet them (ip_tables' priorities). */
const tableOrder: readonly string[] = ['raw', 'mangle', 'nat', 'filter', 'security']
const hookOrder: readonly string[] = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']

/** The chains of a rule set, with the kernel's own that lead to them. */
export function chainsOfRules(rules: RuleSet): readonly ShownChain[] {
  return [rules.nat, rules.filter].flatMap(table => {
    const hooks = hookOrder.flatMap(name => {
      // Each is prepended, so that the last one is met first.
      const jumps = rules.jumps.filter(jump => jump.table === table.name && jump.from === name).toReversed()
      return jumps.length === 0 ? [] : [shownChain(table, name, true, jumps)]
    })
    return [...hooks, ...table.chains.map(chain => shownChain(table, chain.name, false, chain.rules))]
  })
}

function shownChain(
  { name: table }: Table,
  name: string,
  isHook: boolean,
  rules: readonly Rule[],
): ShownChain {
  return { table, name, isHook, rules: rules.map(rule => shownRule(rule, rule.service)) }
}

/** The chains that iptables-save has printed, with their counters; `rules` tell which rules are for one service. */
export function chainsInKernel(text: string, rules: RuleSet | undefined): readonly ShownChain[] {
  const services = rules === undefined ? new Map<string, string>() : servicesByRule(rules)
  const chains = [...parseSaved(text)].flatMap(([table, byName]) =>
    [...byName.values()].map(
      ({ name, policy, rules: listed }): ShownChain => ({
        ...{ table, name, isHook: policy !== undefined },
        ...(policy === undefined ? {} : { policy }),
        rules: listed.map(rule => ({
          ...shownRule(rule, services.get(`${table} ${name} ${effectKey(rule)}`)),
          packets: rule.packets,
        })),
      }),
    ),
  )
  return chains.toSorted((one, other) => rank(one) - rank(other))
}

function rank({ table, name, isHook }: ShownChain): number {
  const at = tableOrder.indexOf(table)
  return (at === -1 ? tableOrder.length : at) * 100 + (isHook ? hookOrder.indexOf(name) : hookOrder.length)
}

function servicesByRule({ nat, filter }: RuleSet): Map<string, string> {
  const found = new Map<string, string>()
  for (const { name: table, chains } of [nat, filter])
    for (const { name, rules } of chains)
      for (const rule of rules)
        if (rule.service !== undefined) found.set(`${table} ${name} ${effectKey(rule)}`, rule.service)
  return found
}

function shownRule(rule: IptablesRule, service: string | undefined): ShownRule {
  const { matches, target, targetOptions } = parseRule(rule)
  const share = matches
    .flatMap(({ options }) => options)
    .find(({ name, negated }) => name === '--probability' && !negated)?.values[0]
  const words = matches.flatMap(match => (match.name === '' ? [ownWords(match)] : matchWords(match)))
  const port = matches.flatMap(({ options }) => options).filter(({ name }) => /^--[sd]ports?$/.test(name))
  return {
    match: [...words, ...port.map(portWords)].filter(each => each !== '').join(' '),
    ...verdictOf(target, targetOptions),
    ...(share === undefined ? {} : { share: Number(share) }),
    ...(service === undefined ? {} : { service }),
  }
}

/** `tcp from 10.0.0.1 not to 10.0.0.2 in eth0`. */
function ownWords({ options }: Match): string {
  const prepositions: Readonly<Record<string, string>> = { '-s': 'from', '-d': 'to', '-i': 'in', '-o': 'out' }
  const order = ['-p', '-s', '-d', '-i', '-o']
  const sorted = options.toSorted((one, other) => order.indexOf(one.name) - order.indexOf(other.name))
  return sorted
    .map(({ name, values, negated }) => {
      const value = values.join(' ').replace(/\/(32|128)$/, '')
      return [negated ? 'not' : '', prepositions[name] ?? (name === '-p' ? '' : name), value]
        .filter(word => word !== '')
        .join(' ')
    })
    .join(' ')
}

function portWords({ name, values, negated }: RuleOption): string {
  const which = name.startsWith('--s') ? 'from port' : 'port'
  return `${negated ? 'not ' : ''}${which} ${values.join(' ')}`
}

/** The words of a match module, of those that kube-proxy uses in plain words. */
function matchWords({ name, options }: Match): string[] {
  if (name === 'comment') return []
  const others = options.filter(({ name: option }) => !/^--([sd]ports?|mode|probability)$/.test(option))
  return others.map(({ name: option, values, negated }) => {
    const not = negated ? 'not ' : ''
    const value = values.join(' ')
    switch (option) {
      case '--ctstate':
        return `${not}${value}`
      case '--mark':
        return `${not}marked ${value.split('/')[0]}`
      case '--dst-type':
        return `${not}to ${value}`
      case '--src-type':
        return `${not}from ${value}`
      default:
        return [name, `${not}${option}`, value].filter(word => word !== '').join(' ')
    }
  })
}

/** Where packets end that are sent to a target that is no chain. */
const ends: readonly string[] = ['ACCEPT', 'DROP', 'RETURN', 'REJECT', 'QUEUE']

function verdictOf(
  target: string | undefined,
  options: readonly RuleOption[],
): Pick<ShownRule, 'verdict' | 'to'> {
  if (target === undefined) return { verdict: 'count' }
  const value = (name: string) => options.find(option => option.name === name)?.values.join(' ')
  const to = value('--to-destination') ?? value('--to-source') ?? value('--to-ports')
  if (to !== undefined) return { verdict: `${target} to ${to}` }
  if (target === 'MARK') return { verdict: markWords(options) }
  const isChain = options.length === 0 && !ends.includes(target) && !extensions.has(target)
  return isChain ? { verdict: '', to: target } : { verdict: target }
}

/** `--or-mark 0x4000`, or `--set-xmark 0x4000/0x4000` as iptables-save writes it (libxt_MARK.c). */
function markWords([option]: readonly RuleOption[]): string {
  if (option === undefined) return 'MARK'
  const [value, mask] = setMark(option.name, option.values[0] ?? '')
  const bits = `0x${value.toString(16)}`
  if (value === mask) return `mark ${bits}`
  return mask === 0 ? `flip mark ${bits}` : `mark ${bits}/0x${mask.toString(16)}`
}

/** Targets that are programs of the kernel, so far as a rule names them without an option (iptables-extensions(8)). */
const extensions: ReadonlySet<string> = new Set([
  ...['MASQUERADE', 'REDIRECT', 'DNAT', 'SNAT', 'LOG', 'NFLOG', 'TRACE', 'NOTRACK', 'CT', 'TCPMSS', 'MARK'],
  ...['CONNMARK', 'CHECKSUM', 'CLASSIFY', 'DSCP', 'HMARK', 'NETMAP', 'NFQUEUE', 'SET', 'TEE', 'TOS', 'TTL'],
  ...['TPROXY', 'AUDIT', 'SYNPROXY', 'RATEEST', 'IDLETIMER', 'LED', 'SECMARK', 'CONNSECMARK', 'HL'],
])
