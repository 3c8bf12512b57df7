import { restoreLine } from '../../command/iptables-save.ts'
import type { Rule, RuleSet, Table, TableName } from './rules.ts'

/** How the text for iptables-restore is written. */
export interface RestoreOptions {
  /** With the jumps from the built-in chains, which kube-proxy makes apart. */
  jumps?: boolean
  /** A comment line in plain words before each rule. */
  explain?: boolean
}

/** The whole rule set as input for `iptables-restore --noflush`: per table its chains, then its rules. */
export function restoreText(ruleSet: RuleSet, options: RestoreOptions = {}): string {
  return [ruleSet.filter, ruleSet.nat].map(table => tableText(ruleSet, table, options)).join('')
}

/** One table of it. */
export function tableText(
  ruleSet: Pick<RuleSet, 'jumps'>,
  table: Table,
  { jumps = false, explain = false }: RestoreOptions,
): string {
  const tableJumps = jumps ? ruleSet.jumps.filter(jump => jump.table === table.name) : []
  const declared = new Set(table.chains.map(chain => chain.name))
  const targets = [...new Set(tableJumps.map(jump => jump.to))].filter(chain => !declared.has(chain))
  const lines = [`*${table.name}`, ...[...declared, ...targets].map(chainLine)]
  for (const { name, rules } of table.chains) {
    for (const rule of rules) lines.push(ruleLines(`-A ${name}`, rule, explain))
  }
  for (const jump of tableJumps) lines.push(ruleLines(`-I ${jump.from} 1`, jump, explain))
  lines.push('COMMIT\n')
  return lines.join('\n')
}

/** A rule's line, with the line before it that explains it. */
export function ruleLines(command: string, rule: Rule, explain: boolean): string {
  const line = `${command} ${restoreLine(rule.argv)}`
  return explain ? `# ${rule.explain}\n${line}` : line
}

/** `:CHAIN - [0:0]`: makes a chain, or empties it. */
export function chainLine(name: string): string {
  return `:${name} - [0:0]`
}

/** A rule set as plain data: table → chain → rules, each an argv. */
export type RuleSetJson = Record<TableName, Record<string, readonly (readonly string[])[]>>

/** The rule set for programs; with `jumps`, the built-in chains hold them in the order in which packets meet them. */
export function toJson(ruleSet: RuleSet, options: { jumps?: boolean } = {}): RuleSetJson {
  const { filter, nat } = ruleSet
  return { filter: tableJson(ruleSet, filter, options), nat: tableJson(ruleSet, nat, options) }
}

/** One table of it. */
export function tableJson(
  { jumps }: Pick<RuleSet, 'jumps'>,
  table: Table,
  options: { jumps?: boolean },
): RuleSetJson[TableName] {
  const builtIn: Record<string, (readonly string[])[]> = {}
  for (const jump of options.jumps ? jumps : []) {
    if (jump.table !== table.name) continue
    const chain = builtIn[jump.from] ?? []
    builtIn[jump.from] = [jump.argv, ...chain]
  }
  const own = table.chains.map(({ name, rules }) => [name, rules.map(rule => rule.argv)] as const)
  return { ...builtIn, ...Object.fromEntries(own) }
}
