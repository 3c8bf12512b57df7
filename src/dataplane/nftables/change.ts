import { type Command, onHost } from '../../command/command.ts'
import { nftArgv } from '../../command/command-line.ts'
import { inTransactions, nftBytes } from '../../command/transaction.ts'
import { type NodeView, noRulesChange, type RuleStep, type RulesChange } from '../dataplane.ts'
import { flushesOf } from '../stale-connections.ts'
import { compileServices } from './compile.ts'
import { isChanged } from './kernel-table.ts'
import type { RuleSet } from './rules.ts'
import { Script, type ScriptCommand } from './script.ts'
import {
  emptyKernel,
  fullSync,
  type KernelTable,
  kernelTableOf,
  partialSync,
  type Sync,
  type SyncPart,
} from './sync.ts'

/** The change from one rule set to another as single commands. Chains that nothing leads to any more are emptied; a later sync deletes them. */
export function ruleSteps(previous: RuleSet | undefined, next: RuleSet | undefined): RuleStep[] {
  if (next === undefined)
    return previous === undefined ? [] : tableGoes(previous).map(command => stepOf(command))
  const kernel = previous === undefined ? emptyKernel : kernelTableOf(previous)
  const { parts } = previous === undefined ? fullSync(next) : partialSync(previous, next, kernel)
  return parts.flatMap(({ commands, service }) =>
    commands.filter(({ text }) => !isIdle(text, kernel)).map(command => stepOf(command, service)),
  )
}

/** kube-proxy makes each chain that may be missing, and empties each that may have rules; whoever reads along knows better. */
function isIdle(text: string, { chains }: KernelTable): boolean {
  const [, verb, name = ''] = /^(add|flush) chain \S+ \S+ (\S+)/.exec(text) ?? []
  return verb !== undefined && chains.has(name) === (verb === 'add')
}

function stepOf({ text, explain }: ScriptCommand, service?: string): RuleStep {
  return { argv: nftArgv(text), explain, ...(service === undefined ? {} : { service }) }
}

/**
 * The change as kube-proxy makes it: what differs, in one transaction; every chain after a failure (`full`), with other settings,
 * or where the kernel has lost something. What is more than a message takes goes in several transactions.
 */
export function rulesChange(
  before: NodeView | undefined,
  after: NodeView | undefined,
  kernel: KernelTable,
  full: boolean,
): RulesChange {
  if (before === undefined && after === undefined) return noRulesChange
  const previous = before === undefined ? undefined : compileServices(before)
  const next = after === undefined ? undefined : compileServices(after)
  const flushes = flushesOf(before, after)
  const more = sizeOf(next) - sizeOf(previous)
  if (next === undefined) {
    const commands = [load(tableGoes(previous!))]
    return {
      ...noRulesChange,
      how: 'last',
      commands,
      flushes,
      rules: -more,
      more,
      services: servicesOf(previous!),
    }
  }
  if (previous === undefined) {
    const { parts, changed } = fullSync(next, kernel)
    return {
      ...noRulesChange,
      how: 'first',
      commands: loads(parts),
      flushes,
      rules: more,
      more,
      services: changed,
    }
  }
  const flushed = isChanged(kernelTableOf(previous), kernel)
  const all = full || flushed || JSON.stringify(before?.settings) !== JSON.stringify(after?.settings)
  const differing = partialSync(previous, next, all ? undefined : kernel)
  const sync = all ? fullSync(next, kernel) : differing
  if (!all && sync.parts.length === 0 && sync.cleanup.length === 0) return { ...noRulesChange, flushes }
  return {
    how: all ? 'full' : 'partial',
    commands: [...deletions(sync), ...loads(sync.parts)],
    flushes,
    rules: differing.parts.reduce((sum, { commands }) => sum + commands.filter(isRule).length, 0),
    more,
    services: sync.changed,
    stale: sync.stale,
    flushed,
  }
}

/** What the kernel holds once a node's rules have been synced. */
export function kernelAfter(view: NodeView | undefined, kernel: KernelTable): KernelTable {
  if (view === undefined) return emptyKernel
  const now = kernelTableOf(compileServices(view))
  const emptied = [...kernel.chains].filter(([name, rules]) => rules.length > 0 && !now.chains.has(name))
  return { ...now, chains: new Map([...now.chains, ...emptied.map(([name]) => [name, []] as const)]) }
}

/** Each by itself: a chain that is in use still, by the look of an old kernel, stays until the next sync. */
function deletions({ cleanup }: Sync): Command[] {
  if (cleanup.length === 0) return []
  const lines = cleanup.map(({ text }) => `nft ${text} || :`)
  return [onHost(['sh', '-c', lines.join('\n')])]
}

function loads(parts: readonly SyncPart[]): Command[] {
  const bytes = ({ commands }: SyncPart) => commands.reduce((sum, { text }) => sum + nftBytes(text), 0)
  return inTransactions(parts, bytes).map(run => load(run.flatMap(({ commands }) => commands)))
}

function load(commands: readonly ScriptCommand[]): Command {
  return { ...onHost(['nft', '-f', '-']), input: commands.map(({ text }) => `${text}\n`).join('') }
}

function tableGoes({ family }: RuleSet): readonly ScriptCommand[] {
  const script = new Script(family)
  script.deleteTable()
  return script.commands
}

/** An element of a map is what a rule is in other modes. */
function isRule({ text }: ScriptCommand): boolean {
  return /^add rule |^(?:add|delete) element /.test(text)
}

/** How many rules and elements there are. */
function sizeOf(rules: RuleSet | undefined): number {
  if (rules === undefined) return 0
  const { chains, elements } = kernelTableOf(rules)
  const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0)
  return (
    sum([...chains.values()].map(({ length }) => length)) +
    sum([...elements.values()].map(({ size }) => size))
  )
}

function servicesOf({ ports }: RuleSet): string[] {
  return [...new Set(ports.map(({ service }) => service))].sort()
}
