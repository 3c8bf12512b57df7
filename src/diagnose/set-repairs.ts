import { shellLine } from '../command/command-line.ts'
import type { ListedSets } from '../command/ipset-list.ts'
import { parseRule } from '../command/iptables-argv.ts'
import type { ListedChain } from '../command/iptables-save.ts'
import type { Packet } from './packet.ts'
import type { Repair } from './repairs.ts'
import { isEntryOf } from './set-match.ts'

/** The sets that rules ask for packets, as they are and as they should be; undefined: unknown. */
export interface AskedSets {
  packets: readonly Packet[]
  there: ListedSets | undefined
  wanted: ListedSets | undefined
}

/** Entries for these packets in which the sets that a chain's rules ask differ from what they should have. */
export function setRepairs({ name, rules }: ListedChain, table: string, asked: AskedSets): Repair[] {
  const { packets, there, wanted } = asked
  if (there === undefined || wanted === undefined) return []
  const found = new Map<string, Repair>()
  for (const { name: option, values } of rules.flatMap(rule => parseRule(rule).conditions)) {
    if (option !== '--match-set') continue
    const [set = '', directions = ''] = values
    const [now, declared] = [there.get(set), wanted.get(set)]
    if (now === undefined || declared === undefined) continue
    const ends = directions.split(',')
    const differ = (some: ReadonlySet<string>, others: ReadonlySet<string>) =>
      [...some].filter(entry => !others.has(entry) && packets.some(packet => isEntryOf(entry, ends, packet)))
    for (const entry of differ(declared, now))
      found.set(`add ${set} ${entry}`, repair(table, name, ['add', set, entry]))
    for (const entry of differ(now, declared))
      found.set(`del ${set} ${entry}`, repair(table, name, ['del', set, entry]))
  }
  return [...found.values()]
}

function repair(table: string, chain: string, [verb, set, entry]: [string, string, string]): Repair {
  const command = shellLine(['ipset', verb, set, entry])
  const has = verb === 'add' ? `lacks ${entry}` : `has ${entry}, which the lab did not put there`
  const words = `the set ${set}, which ${has}`
  const kind = verb === 'add' ? 'missing' : 'extra'
  return { kind, table, chain, words, because: `the set ${set} ${has}`, command, inTurn: command }
}
