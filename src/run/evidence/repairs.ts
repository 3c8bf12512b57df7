import { editScript } from '../../service/edit-script.ts'
import { canonicalRule } from './rule-match.ts'
import { chainOf, iptables, type Rule, ruleText } from './tables.ts'
import type { Way } from './way.ts'

/** One difference between a chain and what the plan made of it, with the command that mends it. */
export interface Repair {
  kind: 'missing' | 'extra' | 'changed' | 'policy'
  chain: string
  /** The rule as it is, where it is. */
  rule?: Rule
  /** `rule 2 of PREROUTING, which the lab did not make` */
  words: string
  command: string
}

/** What differs in some chains of the host from what the plan made of them, in the order of the chains. */
export function repairs(way: Way, table: string, chains: readonly string[]): Repair[] {
  return [...new Set(chains)].flatMap(chain => repairsOf(way, table, chain))
}

function repairsOf(way: Way, table: string, name: string): Repair[] {
  const actual = chainOf(way.facts.after.tables, table, name)
  const declared = chainOf(way.declared.tables, table, name)
  const edits = editScript(
    actual.rules.map(rule => canonicalRule(rule.words)),
    declared.rules.map(rule => canonicalRule(rule.words)),
  )
  let shift = 0
  const changes = edits.map((edit): Repair => {
    const wanted = edit.kind === 'delete' ? [] : (declared.rules[edit.item]?.words ?? [])
    const at = edit.kind === 'append' ? actual.rules.length : edit.at
    const rule = actual.rules[at - shift]
    const found = rule === undefined ? {} : { rule }
    const place = `${at + 1}`
    switch (edit.kind) {
      case 'delete': {
        shift -= 1
        const words = `rule ${rule?.number ?? place} of ${name}, which the lab did not make (${rule === undefined ? '' : ruleText(rule)})`
        return { kind: 'extra', chain: name, ...found, words, command: iptables(table, '-D', name, place) }
      }
      case 'replace': {
        const words = `rule ${rule?.number ?? place} of ${name}, which is not as the lab made it`
        return {
          kind: 'changed',
          chain: name,
          ...found,
          words,
          command: iptables(table, '-R', name, place, ...wanted),
        }
      }
      case 'insert':
        shift += 1
        return missing(name, iptables(table, '-I', name, place, ...wanted))
      default:
        return missing(name, iptables(table, '-A', name, ...wanted))
    }
  })
  const policy = declared.policy ?? 'ACCEPT'
  if (actual.policy === undefined || actual.policy === policy) return changes
  const words = `the policy of ${name}, which is ${actual.policy}`
  return [...changes, { kind: 'policy', chain: name, words, command: iptables(table, '-P', name, policy) }]
}

function missing(chain: string, command: string): Repair {
  return { kind: 'missing', chain, words: `a rule that ${chain} lacks`, command }
}
