import { parseRule } from '../../command/iptables-argv.ts'
import { isLegacySave, parseSaved } from '../../command/iptables-save.ts'
import type { NodeView } from '../dataplane.ts'
import { compileServices } from './compile.ts'
import type { RuleSet, TableName } from './rules.ts'

/** What the kernel's tables hold of kube-proxy's, as `iptables-save` tells. */
export interface KernelRules {
  chains: Readonly<Record<TableName, ReadonlySet<string>>>
  /** `nat OUTPUT KUBE-SERVICES` for each jump from a built-in chain. */
  jumps: ReadonlySet<string>
  /** They are iptables-legacy's, which replaces a table as a whole, however large. */
  legacy: boolean
}

/** Reads what `iptables-save` prints. */
export function readSaved(text: string): KernelRules {
  const tables = parseSaved(text)
  const chainsOf = (table: TableName) => new Set(tables.get(table)?.keys())
  const jumps = new Set<string>()
  for (const table of ['filter', 'nat'] as const) {
    for (const { name, policy, rules } of tables.get(table)?.values() ?? []) {
      if (policy === undefined) continue
      for (const { target } of rules.map(parseRule)) {
        if (target?.startsWith('KUBE-')) jumps.add(`${table} ${name} ${target}`)
      }
    }
  }
  return { chains: { filter: chainsOf('filter'), nat: chainsOf('nat') }, jumps, legacy: isLegacySave(text) }
}

/** Whether somebody took chains away behind kube-proxy's back, which its canary chain would tell it. */
export function isFlushed(rules: RuleSet, kernel: KernelRules): boolean {
  const isGone = (table: TableName) => rules[table].chains.some(({ name }) => !kernel.chains[table].has(name))
  return isGone('nat') || isGone('filter') || missingJumps(rules, kernel).length > 0
}

/** The jumps of a rule set that the kernel has not. */
export function missingJumps(rules: RuleSet, { jumps }: KernelRules): RuleSet['jumps'] {
  return rules.jumps.filter(({ table, from, to }) => !jumps.has(`${table} ${from} ${to}`))
}

/** What the kernel holds once a node's rules have been synced. */
export function kernelAfter(view: NodeView | undefined, { legacy }: KernelRules): KernelRules {
  return view === undefined ? { ...readSaved(''), legacy } : kernelRulesOf(compileServices(view), legacy)
}

/** What the kernel holds of rules while nobody else touches them. */
export function kernelRulesOf({ filter, nat, jumps }: RuleSet, legacy: boolean): KernelRules {
  const targets = (table: TableName) => jumps.filter(jump => jump.table === table).map(({ to }) => to)
  return {
    chains: {
      filter: new Set([...filter.chains.map(({ name }) => name), ...targets('filter')]),
      nat: new Set([...nat.chains.map(({ name }) => name), ...targets('nat')]),
    },
    jumps: new Set(jumps.map(({ table, from, to }) => `${table} ${from} ${to}`)),
    legacy,
  }
}
