import { type Edit, editScript } from '../../command/edit-script.ts'
import type { Chain, Rule, RuleSet, Table, TableName } from './rules.ts'

/**
 * The change from one rule set to another as single commands, in an order in which each can be run by itself:
 * new chains, their rules, the jumps from the built-in chains, then the chains that nothing leads to any more.
 * Without `previous` the machine has none of the chains yet; without `next` all of them go.
 */
export function ruleCommands(previous: RuleSet | undefined, next: RuleSet | undefined): string[][] {
  const program = (next ?? previous)?.family === 'ipv6' ? 'ip6tables' : 'iptables'
  const tables: readonly TableName[] = ['filter', 'nat']
  const commands = tables.flatMap(table => {
    const before = previous === undefined ? [] : chainsOf(previous, table)
    const after = next === undefined ? [] : chainsOf(next, table)
    const steps = [
      ...(next === undefined ? jumpsAway(previous, table) : []),
      ...chainCommands(before, after),
      ...(previous === undefined ? jumpsInto(next, table) : []),
      ...stale(before, after),
    ]
    return steps.map(step => [program, '-t', table, ...step])
  })
  return commands
}

/** The chains of a table with those that only jumps lead to, which kubelet fills on a real node. */
function chainsOf(ruleSet: RuleSet, name: TableName): readonly Chain[] {
  const table: Table = ruleSet[name]
  const known = new Set(table.chains.map(chain => chain.name))
  const targets = new Set(ruleSet.jumps.filter(jump => jump.table === name).map(jump => jump.to))
  const missing = [...targets].filter(target => !known.has(target))
  return [...table.chains, ...missing.map(chain => ({ name: chain, rules: [] }))]
}

function chainCommands(before: readonly Chain[], after: readonly Chain[]): string[][] {
  const rulesBefore = new Map(before.map(chain => [chain.name, chain.rules]))
  const fresh = after.filter(chain => !rulesBefore.has(chain.name))
  return [
    ...fresh.map(chain => ['-N', chain.name]),
    ...after.flatMap(chain => ruleChanges(chain, rulesBefore.get(chain.name) ?? [])),
  ]
}

function ruleChanges(chain: Chain, before: readonly Rule[]): string[][] {
  if (chain.rules === before) return []
  const edits = editScript(before.map(key), chain.rules.map(key))
  const rewritten = chain.rules.length + 1
  if (before.length > 0 && edits.length >= rewritten) {
    return [['-F', chain.name], ...chain.rules.map(rule => ['-A', chain.name, ...rule.argv])]
  }
  return edits.map(edit => editCommand(chain, edit))
}

function editCommand({ name, rules }: Chain, edit: Edit): string[] {
  if (edit.kind === 'delete') return ['-D', name, String(edit.at + 1)]
  const argv = rules[edit.item]?.argv ?? []
  if (edit.kind === 'append') return ['-A', name, ...argv]
  return [edit.kind === 'replace' ? '-R' : '-I', name, String(edit.at + 1), ...argv]
}

function jumpsInto(next: RuleSet | undefined, table: TableName): string[][] {
  const jumps = next?.jumps.filter(jump => jump.table === table) ?? []
  return jumps.map(jump => ['-I', jump.from, '1', ...jump.argv])
}

function jumpsAway(previous: RuleSet | undefined, table: TableName): string[][] {
  const jumps = previous?.jumps.filter(jump => jump.table === table) ?? []
  return jumps.toReversed().map(jump => ['-D', jump.from, ...jump.argv])
}

/** Stale chains may still lead to each other: all are emptied before the first is deleted. */
function stale(before: readonly Chain[], after: readonly Chain[]): string[][] {
  const kept = new Set(after.map(chain => chain.name))
  const gone = before.filter(chain => !kept.has(chain.name))
  return [...gone.map(chain => ['-F', chain.name]), ...gone.map(chain => ['-X', chain.name])]
}

function key(rule: Rule): string {
  return rule.argv.join('\0')
}
