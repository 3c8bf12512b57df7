import type { Place } from '../../command/command.ts'
import { effectKey } from '../../command/iptables-rule.ts'
import { chainOf, iptablesLine, type ListedRule, ruleText, type Tables } from '../../command/iptables-save.ts'
import { joinHostPort } from '../../model/address.ts'
import type { MachineFacts } from '../../observe/facts.ts'
import { type Evidence, finding } from '../evidence.ts'
import type { Packet } from '../packet.ts'
import { trace } from '../trace.ts'
import { around } from './stopped.ts'

/** A packet that no rule of a node has translated. */
export interface Untranslated {
  place: Place
  /** The chain of the nat table that it came in by. */
  chain: 'PREROUTING' | 'OUTPUT'
  packet: Packet
  /** What the node's tables should have. */
  declared: Tables
  program: 'iptables' | 'ip6tables'
}

/** The rule that a node lacks, where it should have translated a packet; undefined: it should not, or no rule is missing. */
export function missingRule(facts: MachineFacts, asked: Untranslated): Evidence | undefined {
  const { place, chain, packet, declared, program } = asked
  const { outcomes } = trace(declared, 'nat', chain, packet, around(facts))
  const path = outcomes.find(({ to }) => to !== undefined)?.path ?? []
  const missing = path.find(rule => !hasRule(facts.tables, rule))
  if (missing === undefined) return undefined
  const at = `ip netns exec ${place}`
  const { rules } = chainOf(facts.tables, 'nat', missing.chain)
  const position =
    missing.number > rules.length ? ['-A', missing.chain] : ['-I', missing.chain, `${missing.number}`]
  return finding(
    `no rule in ${place} translates ${joinHostPort(packet.destination, packet.port ?? 0)}, because of a rule that ${missing.chain} lacks`,
    `${at} ${iptablesLine(program, 'nat', ...position, ...missing.argv)}`,
    [
      `$ ${at} ${iptablesLine(program, 'nat', '-v', '-S', missing.chain)}`,
      ...(rules.length === 0 ? ['(no rules)'] : rules.map(rule => `[${rule.packets}] ${ruleText(rule)}`)),
    ],
  )
}

function hasRule(tables: Tables, rule: ListedRule): boolean {
  const wanted = effectKey(rule)
  return chainOf(tables, 'nat', rule.chain).rules.some(each => effectKey(each) === wanted)
}
