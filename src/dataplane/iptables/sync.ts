import { isServiceChain } from './chain-names.ts'
import { chainLine, ruleLines } from './restore-text.ts'
import type { Rule, RuleSet, Table, TableName } from './rules.ts'
import { bytesOf, isStandIn, splitTableText, type TableChange } from './split-text.ts'

/** One change of a node's rules, as kube-proxy hands it to `iptables-restore --noflush`. */
export interface Sync {
  /** Input for `iptables-restore --noflush`. */
  text: string
  /** `namespace/name` of the services whose own chains are written, sorted. */
  changed: readonly string[]
  /** Chains of the nat table that nothing leads to any more, and that go; sorted. */
  stale: readonly string[]
}

export interface SyncOptions {
  /** The chains that the tables have, as iptables-save lists them; left out: those of the rules before. */
  chains?: Readonly<Record<TableName, Iterable<string>>>
  /** Bytes that a transaction may take, as `messageBytes` counts them; left out: any number, as for kube-proxy. */
  most?: number
  /** A comment line in plain words before each rule. */
  explain?: boolean
}

/**
 * The sync that kube-proxy does between its hourly full ones (KEP-3453, MinimizeIPTablesRestore): the chains that all
 * services share are written whole, a service's own only where they changed. Other settings need a full sync. Where a table's
 * share of that is more than a transaction takes, shared chains that stay as they are are left out.
 */
export function partialSync(previous: RuleSet, next: RuleSet, options: SyncOptions = {}): Sync {
  const chains = options.chains ?? {
    filter: previous.filter.chains.map(chain => chain.name),
    nat: previous.nat.chains.map(chain => chain.name),
  }
  return sync(previous, next, changedServices(previous, next), { ...options, chains })
}

/** A sync that writes every chain, as kube-proxy does at its start, each hour and after a failure. */
export function fullSync(next: RuleSet, options: SyncOptions = {}): Sync {
  const services = new Set(next.nat.chains.flatMap(chain => chain.service ?? []))
  return sync(undefined, next, services, { chains: { filter: [], nat: [] }, ...options })
}

function sync(
  previous: RuleSet | undefined,
  next: RuleSet,
  changed: ReadonlySet<string>,
  {
    chains,
    most = Number.POSITIVE_INFINITY,
    explain = false,
  }: SyncOptions & Required<Pick<SyncOptions, 'chains'>>,
): Sync {
  const textOf = (name: TableName) => {
    const there = new Set(chains[name])
    const written = next[name].chains.filter(({ service }) => service === undefined || changed.has(service))
    const stale = staleChains(next[name], there)
    const table = { name, chains: written, stale, there }
    if (bytesOf(table) <= most) return { text: tableText(table, explain), stale }
    const old = new Map(previous?.[name].chains.map(chain => [chain.name, chain.rules]))
    const needed = written.filter(
      ({ name, service, rules }) => service !== undefined || !sameRules(old.get(name), rules, true),
    )
    return { text: splitTableText({ ...table, chains: needed }, most, explain), stale }
  }
  const [filter, nat] = [textOf('filter'), textOf('nat')]
  return { text: filter.text + nat.text, changed: [...changed].sort(), stale: nat.stale }
}

/** Sorted. */
function staleChains({ chains }: Table, there: ReadonlySet<string>): string[] {
  const active = new Set(chains.map(chain => chain.name))
  return [...there].filter(name => (isServiceChain(name) || isStandIn(name)) && !active.has(name)).sort()
}

function tableText({ name, chains, stale }: TableChange, explain: boolean): string {
  return [
    `*${name}`,
    ...chains.map(chain => chainLine(chain.name)),
    // iptables-restore deletes a chain only where its line emptied it before.
    ...stale.map(chainLine),
    ...chains.flatMap(({ name, rules }) => rules.map(rule => ruleLines(`-A ${name}`, rule, explain))),
    ...stale.map(name => `-X ${name}`),
    'COMMIT\n',
  ].join('\n')
}

/** The services with a chain that is new, gone or different. */
function changedServices(previous: RuleSet, next: RuleSet): Set<string> {
  const sameWords = previous.largeCluster === next.largeCluster
  const before = new Map(previous.nat.chains.map(chain => [chain.name, chain]))
  const changed = new Set<string>()
  for (const { name, service, rules } of next.nat.chains) {
    if (service === undefined) continue
    const old = before.get(name)
    before.delete(name)
    if (!sameRules(old?.rules, rules, sameWords)) changed.add(service)
  }
  for (const { service } of before.values()) if (service !== undefined) changed.add(service)
  return changed
}

/** Growing past the size from which comments are left out changes no service: its rules keep theirs until a full sync. */
function sameRules(before: readonly Rule[] | undefined, after: readonly Rule[], sameWords: boolean): boolean {
  if (before === after) return true
  if (before?.length !== after.length) return false
  const wordsOf = (rule: Rule) => (sameWords ? rule.argv : withoutComment(rule.argv))
  return before.every((rule, index) => {
    const [old, now] = [wordsOf(rule), wordsOf(after[index]!)]
    return old.length === now.length && old.every((word, at) => word === now[at])
  })
}

function withoutComment(argv: readonly string[]): readonly string[] {
  const at = argv.indexOf('--comment')
  return at === -1 ? argv : argv.toSpliced(at - 2, 4)
}
