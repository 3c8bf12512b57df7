import { type Command, onHost } from '../command/command.ts'
import { mostBytes } from '../command/transaction.ts'
import { flushCommand, staleEntries } from '../service/conntrack.ts'
import { ruleCommands } from '../service/rule-commands.ts'
import type { RuleSet } from '../service/rules.ts'
import { fullSync, partialSync, type Sync } from '../service/sync.ts'
import type { Standing } from './apply-endpoints.ts'
import { isFlushed, type KernelRules, missingJumps } from './apply-kernel.ts'
import { labRules, servicesState } from './kube-proxy.ts'

/** How kube-proxy's rules come from one state to another. */
export interface RulesChange {
  /** `first`: there were none; `last`: none stay. */
  how: 'none' | 'first' | 'partial' | 'full' | 'last'
  commands: readonly Command[]
  /** Flush UDP connections of conntrack that lead nowhere; each fails where there is none. */
  flushes: readonly Command[]
  /** How many rules are made, replaced or deleted. */
  rules: number
  /** `namespace/name` of the services whose own chains are written. */
  services: readonly string[]
  /** The chains that go. */
  stale: readonly string[]
  /** Somebody has taken rules away behind kube-proxy's back. */
  flushed: boolean
}

/** Rules that are right as they stand. */
export const noRulesChange: RulesChange = {
  how: 'none',
  commands: [],
  flushes: [],
  rules: 0,
  services: [],
  stale: [],
  flushed: false,
}

/**
 * The change as kube-proxy makes it: one iptables-restore with the chains that all services share and those of services that
 * changed; all chains after a failure (`full`), with other settings, or where the kernel has lost some.
 */
export function rulesChange(
  before: Standing,
  after: Standing,
  kernel: KernelRules,
  full: boolean = false,
): RulesChange {
  const hadRules = before.lab.services.length > 0
  const hasRules = after.lab.services.length > 0
  if (!hadRules && !hasRules) return noRulesChange
  const previous = hadRules ? labRules(before.lab, before.endpoints) : undefined
  const next = hasRules ? labRules(after.lab, after.endpoints) : undefined
  const edits = ruleCommands(previous, next)
  const flushes = flushesOf(before, after)
  const rules = changedRules(edits, previous)
  if (previous === undefined || next === undefined) {
    const how = previous === undefined ? 'first' : 'last'
    const services = (next ?? previous)?.nat.chains.flatMap(chain => chain.service ?? []) ?? []
    return {
      ...noRulesChange,
      how,
      commands: edits.map(onHost),
      flushes,
      rules,
      services: [...new Set(services)].sort(),
    }
  }
  const flushed = isFlushed(previous, kernel)
  const all = full || flushed || JSON.stringify(before.lab.proxy) !== JSON.stringify(after.lab.proxy)
  if (!all && edits.length === 0) return { ...noRulesChange, flushes }
  const options = { chains: kernel.chains, ...(kernel.legacy ? {} : { most: mostBytes }) }
  const sync = all ? fullSync(next, options) : partialSync(previous, next, options)
  return {
    how: all ? 'full' : 'partial',
    commands: [restore(sync), ...(all ? repairs(previous, next, kernel) : [])],
    flushes,
    rules,
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

function restore({ text }: Sync): Command {
  return { ...onHost(['iptables-restore', '--wait', '5', '--noflush']), input: text }
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
  return [
    ...unused.map(chain => ['iptables', '-t', 'filter', '-F', chain.name]),
    ...[...targets].map(chain => ['iptables', '-t', 'filter', '-N', chain]),
    ...missing.map(({ table, from, argv }) => ['iptables', '-t', table, '-I', from, '1', ...argv]),
  ].map(onHost)
}

function flushesOf(before: Standing, after: Standing): Command[] {
  const stale = staleEntries(
    servicesState(before.lab, before.endpoints),
    servicesState(after.lab, after.endpoints),
    'ipv4',
  )
  return stale.map(entries => onHost(flushCommand(entries)))
}
