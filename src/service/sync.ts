import { isServiceChain } from './names.ts'
import { chainLine, ruleLines } from './restore-text.ts'
import type { Chain, Rule, RuleSet, Table } from './rules.ts'

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
  /** The chains that the nat table has, as iptables-save lists them; left out: those of the rules before. */
  natChains?: Iterable<string>
  /** A comment line in plain words before each rule. */
  explain?: boolean
}

/**
 * The sync that kube-proxy does between its hourly full ones (KEP-3453, MinimizeIPTablesRestore): the chains that all
 * services share are written whole, a service's own only where they changed. Other settings need a full sync.
 */
export function partialSync(previous: RuleSet, next: RuleSet, options: SyncOptions = {}): Sync {
  const natChains = options.natChains ?? previous.nat.chains.map(chain => chain.name)
  return sync(next, changedServices(previous, next), natChains, options)
}

/** A sync that writes every chain, as kube-proxy does at its start, each hour and after a failure. */
export function fullSync(next: RuleSet, options: SyncOptions = {}): Sync {
  const services = new Set(next.nat.chains.flatMap(chain => chain.service ?? []))
  return sync(next, services, options.natChains ?? [], options)
}

function sync(
  next: RuleSet,
  changed: ReadonlySet<string>,
  natChains: Iterable<string>,
  { explain = false }: SyncOptions,
): Sync {
  const active = new Set(next.nat.chains.map(chain => chain.name))
  const stale = [...natChains].filter(name => isServiceChain(name) && !active.has(name)).sort()
  const written = next.nat.chains.filter(({ service }) => service === undefined || changed.has(service))
  return {
    text:
      tableText(next.filter, next.filter.chains, [], explain) + tableText(next.nat, written, stale, explain),
    changed: [...changed].sort(),
    stale,
  }
}

function tableText(
  table: Table,
  chains: readonly Chain[],
  stale: readonly string[],
  explain: boolean,
): string {
  return [
    `*${table.name}`,
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
    if (old === undefined || !sameRules(old.rules, rules, sameWords)) changed.add(service)
  }
  for (const { service } of before.values()) if (service !== undefined) changed.add(service)
  return changed
}

/** Growing past the size from which comments are left out changes no service: its rules keep theirs until a full sync. */
function sameRules(before: readonly Rule[], after: readonly Rule[], sameWords: boolean): boolean {
  if (before.length !== after.length) return false
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
