import { type Edit, editScript } from '../../command/edit-script.ts'
import { iptablesOf } from '../../model/families.ts'
import type { RuleStep } from '../dataplane.ts'
import type { Chain, Jump, Rule, RuleSet, Table, TableName } from './rules.ts'

/**
 * The change from one rule set to another as single commands, in an order in which each can be run by itself:
 * new chains, their rules, the jumps from the built-in chains, then the chains that nothing leads to any more.
 * Without `previous` the machine has none of the chains yet; without `next` all of them go.
 */
export function ruleCommands(previous: RuleSet | undefined, next: RuleSet | undefined): RuleStep[] {
  const program = iptablesOf((next ?? previous)?.family ?? 'ipv4')
  const tables: readonly TableName[] = ['filter', 'nat']
  return tables.flatMap(table => {
    const before = previous === undefined ? [] : chainsOf(previous, table)
    const after = next === undefined ? [] : chainsOf(next, table)
    const steps = [
      ...(next === undefined ? jumpsAway(previous, table) : []),
      ...chainCommands(before, after),
      ...(previous === undefined ? jumpsInto(next, table) : []),
      ...stale(before, after),
    ]
    return steps.map(step => ({ ...step, argv: [program, '-t', table, ...step.argv] }))
  })
}

/** The chains of a table with those that only jumps lead to, which kubelet fills on a real node. */
function chainsOf(ruleSet: RuleSet, name: TableName): readonly Chain[] {
  const table: Table = ruleSet[name]
  const known = new Set(table.chains.map(chain => chain.name))
  const targets = new Set(ruleSet.jumps.filter(jump => jump.table === name).map(jump => jump.to))
  const missing = [...targets].filter(target => !known.has(target))
  return [...table.chains, ...missing.map(chain => ({ name: chain, rules: [] }))]
}

function chainCommands(before: readonly Chain[], after: readonly Chain[]): RuleStep[] {
  const rulesBefore = new Map(before.map(chain => [chain.name, chain.rules]))
  const fresh = after.filter(chain => !rulesBefore.has(chain.name))
  return [
    ...fresh.map(({ name, explain = 'every node has', service }) => ({
      ...{ argv: ['-N', name], explain: `a new chain, which ${explain}`, service },
    })),
    ...after.flatMap(chain => ruleChanges(chain, rulesBefore.get(chain.name) ?? [])),
  ]
}

function ruleChanges(chain: Chain, before: readonly Rule[]): RuleStep[] {
  const { name, rules, service } = chain
  if (rules === before) return []
  const edits = editScript(before.map(key), rules.map(key))
  const rewritten = rules.length + 1
  if (before.length > 0 && edits.length >= rewritten) {
    return [
      { ...emptied(chain, before), argv: ['-F', name], service },
      ...rules.map(rule => made(rule, ['-A', name, ...rule.argv])),
    ]
  }
  // Places are those of the chain as the edits before have left it.
  const now = [...before]
  return edits.map(edit => {
    const old = edit.kind === 'append' ? undefined : now[edit.at]
    change(now, edit, rules)
    return editCommand(chain, edit, old)
  })
}

function emptied({ rules }: Chain, before: readonly Rule[]): Pick<RuleStep, 'explain'> {
  if (rules.length > 0) return { explain: 'empty the chain, to write it anew' }
  return before.length === 1 ? awayWith(before[0]!) : { explain: 'all of its rules go' }
}

function change(rules: Rule[], edit: Edit, next: readonly Rule[]): void {
  if (edit.kind === 'delete') rules.splice(edit.at, 1)
  else if (edit.kind === 'append') rules.push(next[edit.item]!)
  else rules.splice(edit.at, edit.kind === 'replace' ? 1 : 0, next[edit.item]!)
}

function editCommand({ name, rules }: Chain, edit: Edit, old: Rule | undefined): RuleStep {
  if (edit.kind === 'delete') return { ...awayWith(old!), argv: ['-D', name, String(edit.at + 1)] }
  const rule = rules[edit.item]!
  if (edit.kind === 'append') return made(rule, ['-A', name, ...rule.argv])
  return made(rule, [edit.kind === 'replace' ? '-R' : '-I', name, String(edit.at + 1), ...rule.argv])
}

function made({ explain, service }: Rule, argv: readonly string[]): RuleStep {
  return { argv, explain, service }
}

function awayWith({ explain, service }: Rule): Omit<RuleStep, 'argv'> {
  return { explain: `no longer: ${explain}`, service }
}

function jumpsInto(next: RuleSet | undefined, table: TableName): RuleStep[] {
  return jumpsOf(next, table).map(jump => made(jump, ['-I', jump.from, '1', ...jump.argv]))
}

function jumpsAway(previous: RuleSet | undefined, table: TableName): RuleStep[] {
  const jumps = jumpsOf(previous, table).toReversed()
  return jumps.map(jump => ({ ...awayWith(jump), argv: ['-D', jump.from, ...jump.argv] }))
}

function jumpsOf(ruleSet: RuleSet | undefined, table: TableName): readonly Jump[] {
  return ruleSet?.jumps.filter(jump => jump.table === table) ?? []
}

/** Stale chains may still lead to each other: all are emptied before the first is deleted. */
function stale(before: readonly Chain[], after: readonly Chain[]): RuleStep[] {
  const kept = new Set(after.map(chain => chain.name))
  const gone = before.filter(chain => !kept.has(chain.name))
  const words = ({ explain, service }: Chain) => ({
    explain:
      explain === undefined
        ? 'nothing leads to this chain any more'
        : `no longer needed: the chain that ${explain}`,
    service,
  })
  return [
    ...gone.map(chain => ({ ...words(chain), argv: ['-F', chain.name] })),
    ...gone.map(({ name, service }) => ({
      argv: ['-X', name],
      explain: 'and the empty chain goes',
      service,
    })),
  ]
}

function key(rule: Rule): string {
  return rule.argv.join('\0')
}
