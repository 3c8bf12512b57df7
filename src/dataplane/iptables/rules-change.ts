import { type Command, onHost } from '../../command/command.ts'
import { mostBytes } from '../../command/transaction.ts'
import { iptablesOf } from '../../model/families.ts'
import { type NodeView, noRulesChange, type RulesChange } from '../dataplane.ts'
import { flushesOf } from '../stale-connections.ts'
import { isServiceChain } from './chain-names.ts'
import { compileServices } from './compile.ts'
import { isFlushed, type KernelRules, missingJumps } from './kernel-rules.ts'
import { ruleCommands } from './rule-commands.ts'
import type { RuleSet } from './rules.ts'
import { isStandIn } from './split-text.ts'
import { fullSync, partialSync } from './sync.ts'

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
  if (next === undefined) {
    const services = previous?.nat.chains.flatMap(chain => chain.service ?? []) ?? []
    const commands = previous === undefined ? [] : removal(previous, kernel)
    return {
      ...noRulesChange,
      how: 'last',
      commands,
      flushes,
      ...counts,
      services: [...new Set(services)].sort(),
    }
  }
  const options = { chains: kernel.chains, ...(kernel.legacy ? {} : { most: mostBytes }) }
  if (previous === undefined) {
    const { text, changed } = fullSync(next, options)
    const commands = [restore(next, text), ...repairs(undefined, next, kernel)]
    return { ...noRulesChange, how: 'first', commands, flushes, ...counts, services: changed }
  }
  const flushed = isFlushed(previous, kernel)
  const all = full || flushed || JSON.stringify(before?.settings) !== JSON.stringify(after?.settings)
  if (!all && edits.length === 0) return { ...noRulesChange, flushes }
  const sync = all ? fullSync(next, options) : partialSync(previous, next, options)
  return {
    how: all ? 'full' : 'partial',
    commands: [restore(next, sync.text), ...(all ? repairs(previous, next, kernel) : [])],
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

function restore({ family }: RuleSet, text: string): Command {
  return { ...onHost([`${iptablesOf(family)}-restore`, '--wait', '5', '--noflush']), input: text }
}

/** What a full sync does besides its iptables-restore: the jumps, and filter chains that other settings leave unused. */
function repairs(previous: RuleSet | undefined, next: RuleSet, kernel: KernelRules): Command[] {
  const kept = new Set(next.filter.chains.map(chain => chain.name))
  const unused = (previous?.filter.chains ?? []).filter(
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

/** Takes away what the kernel has of kube-proxy's, also chains of services that nobody knows any more. */
function removal({ family, filter, nat, jumps }: RuleSet, kernel: KernelRules): Command[] {
  const program = iptablesOf(family)
  return [filter, nat].flatMap(({ name: table, chains }) => {
    const own = jumps.filter(jump => jump.table === table)
    const known = new Set([...chains.map(({ name }) => name), ...own.map(({ to }) => to)])
    const gone = [...kernel.chains[table]].filter(
      name => known.has(name) || isServiceChain(name) || isStandIn(name),
    )
    const linked = own.filter(({ from, to }) => kernel.jumps.has(`${table} ${from} ${to}`))
    return [
      ...linked.toReversed().map(({ from, argv }) => ['-D', from, ...argv]),
      // They may lead to each other: all are emptied before the first is deleted.
      ...gone.map(name => ['-F', name]),
      ...gone.map(name => ['-X', name]),
    ].map(argv => onHost([program, '-t', table, ...argv]))
  })
}
