import type { RuleSet, TableName } from '../service/rules.ts'
import type { Standing } from './apply-endpoints.ts'
import { labRules } from './kube-proxy.ts'

/** What the kernel's tables hold of kube-proxy's, as `iptables-save` tells. */
export interface KernelRules {
  chains: Readonly<Record<TableName, ReadonlySet<string>>>
  /** `nat OUTPUT KUBE-SERVICES` for each jump from a built-in chain. */
  jumps: ReadonlySet<string>
}

/** Reads what `iptables-save` prints. */
export function readSaved(text: string): KernelRules {
  const chains = { filter: new Set<string>(), nat: new Set<string>() }
  const jumps = new Set<string>()
  let table: string = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1)
    if (table !== 'filter' && table !== 'nat') continue
    const [, chain] = /^:(\S+)/.exec(line) ?? []
    if (chain !== undefined) chains[table].add(chain)
    const [, from, to] = /^-A ([A-Z]+) .*-j (KUBE-[A-Z-]+)$/.exec(line) ?? []
    if (from !== undefined) jumps.add(`${table} ${from} ${to}`)
  }
  return { chains, jumps }
}

/** Whether somebody took chains away behind kube-proxy's back, which its canary chain would tell it. */
export function isFlushed(rules: RuleSet, { chains, jumps }: KernelRules): boolean {
  const isGone = (table: TableName) => rules[table].chains.some(({ name }) => !chains[table].has(name))
  return isGone('nat') || isGone('filter') || missingJumps(rules, { chains, jumps }).length > 0
}

/** The jumps of a rule set that the kernel has not. */
export function missingJumps(rules: RuleSet, { jumps }: KernelRules): RuleSet['jumps'] {
  return rules.jumps.filter(({ table, from, to }) => !jumps.has(`${table} ${from} ${to}`))
}

/** What the kernel holds once a lab's rules have been synced. */
export function kernelAfter({ lab, endpoints }: Standing): KernelRules {
  if (lab.services.length === 0) return readSaved('')
  const { filter, nat, jumps } = labRules(lab, endpoints)
  const targets = (table: TableName) => jumps.filter(jump => jump.table === table).map(({ to }) => to)
  return {
    chains: {
      filter: new Set([...filter.chains.map(({ name }) => name), ...targets('filter')]),
      nat: new Set([...nat.chains.map(({ name }) => name), ...targets('nat')]),
    },
    jumps: new Set(jumps.map(({ table, from, to }) => `${table} ${from} ${to}`)),
  }
}
