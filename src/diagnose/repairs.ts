import { nftArgv, shellLine } from '../command/command-line.ts'
import { editScript } from '../command/edit-script.ts'
import { effectKey } from '../command/iptables-rule.ts'
import { chainOf, type ListedRule, ruleText } from '../command/iptables-save.ts'
import { nftRepairs } from './nft-repairs.ts'
import { setRepairs } from './set-repairs.ts'
import type { Way } from './way.ts'

/** One difference between a chain and what the plan made of it. */
export interface Repair {
  kind: 'missing' | 'extra' | 'changed' | 'policy'
  table: string
  chain: string
  /** The rule as it is, where it is. */
  rule?: ListedRule
  /** `rule 2 of PREROUTING, which the lab did not make` */
  words: string
  /** A command and what it prints, where the chain's rules do not show it: what a set or a map has. */
  shown?: readonly string[]
  /** What that means, where the words alone do not tell: `the set KUBE-CLUSTER-IP lacks 10.96.0.1,tcp:80`. */
  because?: string
  /** Mends this one alone. */
  command: string
  /** Mends this one when those before it in the chain are mended already. */
  inTurn: string
}

/** What to type to mend a difference: for a chain with a few of them, all, since often they are one mistake. */
export function mending(all: readonly Repair[], one: Repair | undefined): string | undefined {
  if (one === undefined || one.kind === 'policy') return one?.command
  const together = all.filter(
    ({ table, chain, kind }) => table === one.table && chain === one.chain && kind !== 'policy',
  )
  return together.length <= 3 ? together.map(repair => repair.inTurn).join(' && ') : one.command
}

/** What to type to take a rule of the host away; one of nftables without a number goes with kube-proxy's next full sync. */
export function deletion(way: Way, { table, chain, number, listed, element }: ListedRule): string {
  if (listed === undefined) return way.iptables(table, '-D', chain, `${number}`)
  const { nft } = chainOf(way.facts.after.tables, table, chain)
  if (element === undefined) return `netlab sync ${way.lab.name}`
  return shellLine(nftArgv(`delete element ${nft?.table} ${element.map} { ${element.key} }`))
}

/** What differs in some chains of the host from what the plan made of them, in the order of the chains. */
export function repairs(way: Way, table: string, chains: readonly string[]): Repair[] {
  return [...new Set(chains)].flatMap(chain => [
    ...repairsOf(way, table, chain),
    ...setRepairs(chainOf(way.declared.tables, table, chain), table, {
      packets: [way.firstPacket(), ...way.endpoints.map(endpoint => way.translated(endpoint))],
      there: way.around.sets,
      wanted: way.declaredAround.sets,
    }),
  ])
}

function repairsOf(way: Way, table: string, name: string): Repair[] {
  const actual = chainOf(way.facts.after.tables, table, name)
  const declared = chainOf(way.declared.tables, table, name)
  if (declared.nft !== undefined || actual.nft !== undefined)
    return nftRepairs({ actual, declared, table, lab: way.lab.name })
  // Virtual servers are looked at before any rule.
  if (declared.ipvs !== undefined || actual.ipvs !== undefined) return []
  const edits = editScript(actual.rules.map(effectKey), declared.rules.map(effectKey))
  let shift = 0
  const changes = edits.map((edit): Repair => {
    const wanted = edit.kind === 'delete' ? [] : (declared.rules[edit.item]?.argv ?? [])
    const at = edit.kind === 'append' ? actual.rules.length + shift : edit.at
    const rule = actual.rules[at - shift]
    const [now, alone] = [`${at + 1}`, `${at - shift + 1}`]
    const common = { table, chain: name, ...(rule === undefined ? {} : { rule }) }
    const type = (...words: readonly string[]) => way.iptables(table, ...words)
    switch (edit.kind) {
      case 'delete': {
        shift -= 1
        const words = `rule ${alone} of ${name}, which the lab did not make (${rule === undefined ? '' : ruleText(rule)})`
        const [command, inTurn] = [type('-D', name, alone), type('-D', name, now)]
        return { ...common, kind: 'extra', words, command, inTurn }
      }
      case 'replace': {
        const words = `rule ${alone} of ${name}, which is not as the lab made it`
        const [command, inTurn] = [type('-R', name, alone, ...wanted), type('-R', name, now, ...wanted)]
        return { ...common, kind: 'changed', words, command, inTurn }
      }
      default: {
        shift += 1
        const isLast = edit.kind === 'append'
        const command = isLast ? type('-A', name, ...wanted) : type('-I', name, alone, ...wanted)
        const inTurn = isLast ? command : type('-I', name, now, ...wanted)
        return { table, chain: name, kind: 'missing', words: `a rule that ${name} lacks`, command, inTurn }
      }
    }
  })
  const policy = declared.policy ?? 'ACCEPT'
  if (actual.policy === undefined || actual.policy === policy) return changes
  const command = way.iptables(table, '-P', name, policy)
  const words = `the policy of ${name}, which is ${actual.policy}`
  return [...changes, { kind: 'policy', table, chain: name, words, command, inTurn: command }]
}
