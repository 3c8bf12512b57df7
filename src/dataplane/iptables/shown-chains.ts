import { effectKey } from '../../command/iptables-rule.ts'
import { parseSaved, restoreLine } from '../../command/iptables-save.ts'
import type { ShownChain } from '../dataplane.ts'
import { shownRule } from '../shown-rule.ts'
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
          text: restoreLine(rule.argv),
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
