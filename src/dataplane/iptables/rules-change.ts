import { type Command, onHost } from '../../command/command.ts'
import { mostBytes } from '../../command/transaction.ts'
import { iptablesOf } from '../../model/families.ts'
import { type NodeView, noRulesChange, type RulesChange } from '../dataplane.ts'
import { flushesOf } from '../stale-connections.ts'
import { compileServices } from './compile.ts'
import { isFlushed, type KernelRules, missingJumps } from './kernel-rules.ts'
import { ruleCommands } from './rule-commands.ts'
import type { RuleSet } from './rules.ts'
import { fullSync, partialSync, type Sync } from './sync.ts'

/**
 * The change as kube-proxy makes it: one iptables-restore with the chains that all services share and those of services that
 * changed; all chains after a failure (`full`), with other settings, or where the kernel has lost some.
 */
export function rulesChange(
  before: NodeView | undefined,
  after: NodeView | undefined,
  kernel: KernelRules,
  full: boolean,
): RulesChange {
  if (before === undefined && after === undefined) return noRulesChange
  const previous = before === undefined ? undefined : compileServices(before)
  const next = after === undefined ? undefined : compileServices(after)
  const edits = ruleCommands(previous, next).map(({ argv }) => argv)
  const flushes = flushesOf(before, after)
  const counts = { rules: changedRules(edits, previous), more: rulesOf(next) - rulesOf(previous) }
  if (previous === undefined || next === undefined) {
    const how = previous === undefined ? 'first' : 'last'
    const services = (next ?? previous)?.nat.chains.flatMap(chain => chain.service ?? []) ?? []
    return {
      ...noRulesChange,
      how,
      commands: edits.map(onHost),
      flushes,
      ...counts,
      services: [...new Set(services)].sort(),
    }
  }
  const flushed = isFlushed(previous, kernel)
  const all = full || flushed || JSON.stringify(before?.settings) !== JSON.stringify(after?.settings)
  if (!all && edits.length === 0) return { ...noRulesChange, flushes }
  const options = { chains: kernel.chains, ...(kernel.legacy ? {} : { most: mostBytes }) }
  const sync = all ? fullSync(next, options) : partialSync(previous, next, options)
  return {
    how: all ? 'full' : 'partial',
    commands: [restore(next, sync), ...(all ? repairs(previous, next, kernel) : [])],
    flushes,
    ...counts,
    services: sync.changed,
    stale: sync.stale,
    flushed,
  }
}

/** Those of chains that go are emptied all at once. */
function changedRules(edits: readonly (readonly string[])[], previous: RuleSet | undefined): number {
  const single = edits.filter(([, , , operation = '']) => /^-[AIDR]$/.test(operation)).length
  const gone = new Set(
    edits.flatMap(([, , table, operation, chain]) => (operation === '-X' ? `${table} ${chain}` : [])),
  )
  const tables = previous === undefined ? [] : [previous.filter, previous.nat]
  const emptied = tables.flatMap(table =>
    table.chains.filter(({ name }) => gone.has(`${table.name} ${name}`)).map(({ rules }) => rules.length),
  )
  return single + emptied.reduce((sum, count) => sum + count, 0)
}

/** How many rules there are, the jumps among them. */
function rulesOf(ruleSet: RuleSet | undefined): number {
  if (ruleSet === undefined) return 0
  const chains = [...ruleSet.filter.chains, ...ruleSet.nat.chains]
  return chains.reduce((sum, { rules }) => sum + rules.length, ruleSet.jumps.length)
}

function restore({ family }: RuleSet, { text }: Sync): Command {
  return { ...onHost([`${iptablesOf(family)}-restore`, '--wait', '5', '--noflush']), input: text }
}

/** What a full sync does besides its iptables-restore: the jumps, and filter chains that other settings leave unused. */
function repairs(previous: RuleSet, next: RuleSet, kernel: KernelRules): Command[] {
  const kept = new Set(next.filter.chains.map(chain => chain.name))
  const unused = previous.filter.chains.filter(
    chain => !kept.has(chain.name) && kernel.chains.filter.has(chain.name),
  )
  const missing = missingJumps(next, kernel)
  const made = new Set([...kept, ...kernel.chains.filter])
  const targets = new Set(
    missing.filter(jump => jump.table === 'filter' && !made.has(jump.to)).map(({ to }) => to),
  )
  const program = iptablesOf(next.family)
  return [
    ...unused.map(chain => [program, '-t', 'filter', '-F', chain.name]),
    ...[...targets].map(chain => [program, '-t', 'filter', '-N', chain]),
    ...missing.map(({ table, from, argv }) => [program, '-t', table, '-I', from, '1', ...argv]),
  ].map(onHost)
}
