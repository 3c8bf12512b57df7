import type { Command, Place } from '../command/command.ts'
import { editScript } from '../command/edit-script.ts'
import { effectKey } from '../command/iptables-rule.ts'
import { type ListedChain, type NftChain, parseSaved, type Tables } from '../command/iptables-save.ts'
import { IptablesState } from '../command/iptables-state.ts'
import { astrayWords, type ListedNftTable, parseNftTable, placeOfHook } from '../command/nft-list.ts'
import { NftState } from '../command/nft-state.ts'
import { placed } from '../command/undo.ts'
import { nftEffect } from '../dataplane/nft-rule.ts'
import { withNftTable } from '../dataplane/nft-tables.ts'
import type { Family } from '../model/address.ts'
import { iptablesOf, nftTableOf } from '../model/families.ts'
import type { DrawnFacts } from '../observe/facts.ts'
import { carriedOut } from '../plan/carried-out.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import { isByPlugins } from './marks.ts'

/** What differs in each place's rules from what the lab and its syncs have made, in words; places where nothing does are left out. */
export function ruleDifferences(
  running: LabInCondition,
  facts: ReadonlyMap<Place, DrawnFacts>,
): ReadonlyMap<Place, readonly string[]> {
  const commands = carriedOut(running)
  const [state, tables] = [expectedRules(commands), expectedTables(commands)]
  const unknown = unreadPlaces(running)
  const found = new Map<Place, readonly string[]>()
  for (const [place, { rules, nft = [] }] of facts) {
    if (unknown.has(place)) continue
    const iptables = [...rules].flatMap(([family, text]) => {
      const program = iptablesOf(family)
      const prefix = program === 'iptables' ? '' : 'IPv6 '
      const [actual, expected] = [parseSaved(text), state.tables(place, program)]
      return differences(actual, expected, isByPlugins(place, running.lab)).map(each => prefix + each)
    })
    const nftables = [...nft].flatMap(([family, text]) => {
      const name = nftTableOf(family)
      const words = nftDifferences(parseNftTable(text, name), tables.get(place)?.[family].table, name)
      return words.map(each => (family === 'ipv4' ? each : `IPv6 ${each}`))
    })
    const words = [...iptables, ...nftables]
    if (words.length > 0) found.set(place, words)
  }
  return found
}

/** Places where a step has a file or a shell change the rules, so that its words do not tell how. */
function unreadPlaces({ plan }: LabInCondition): ReadonlySet<Place> {
  const changes = (argv: readonly string[]) =>
    /^ip6?tables(-\w+)?-restore$/.test(argv[0] ?? '') ||
    (/^(ba|da)?sh$/.test(argv[0] ?? '') && argv.some(word => /\bip6?tables\b(?!-save)/.test(word)))
  const commands = plan.steps.flatMap(step => step.actions.map(({ command }) => command))
  const placedAll = commands.map(command => placed(command.argv, command.in))
  return new Set(placedAll.filter(({ argv }) => changes(argv)).map(({ in: place }) => place))
}

/** The rules after all steps, and after what syncs have made of them since. */
function expectedRules(commands: readonly Command[]): IptablesState {
  const state = new IptablesState()
  for (const { in: place, argv } of commands) state.note(place, argv)
  return state
}

/** kube-proxy's tables of nftables likewise, in each place that should have any. */
function expectedTables(commands: readonly Command[]): ReadonlyMap<Place, Record<Family, NftState>> {
  const tables = new Map<Place, Record<Family, NftState>>()
  for (const command of commands) {
    const { in: place, argv } = placed(command.argv, command.in)
    if (argv[0] !== 'nft') continue
    const there = tables.get(place) ?? { ipv4: tableOf('ipv4'), ipv6: tableOf('ipv6') }
    tables.set(place, there)
    there.ipv4.note(argv)
    there.ipv6.note(argv)
  }
  return tables
}

function tableOf(family: Family): NftState {
  return new NftState(nftTableOf(family))
}

/** Of kube-proxy's table: where each chain hangs and its rules, and the elements of each set and map that they ask. */
function nftDifferences(
  actual: ListedNftTable | undefined,
  expected: ListedNftTable | undefined,
  name: string,
): string[] {
  if (expected === undefined) return []
  if (actual === undefined) return ["kube-proxy's table is gone"]
  const [there, wanted] = [chainsOf(actual, name), chainsOf(expected, name)]
  const chains = [...new Set([...wanted.keys(), ...there.keys()])].flatMap(chain => {
    const [now, before] = [there.get(chain), wanted.get(chain)]
    const lines = before?.lines ?? []
    if (now === undefined) return lines.length === 0 ? [] : [`kube-proxy ${chain} is gone`]
    const counts = ruleCounts(now.lines.map(nftEffect), lines.map(nftEffect))
    return [
      ...hookWords(`kube-proxy ${chain}`, now, before),
      ...countWords(`kube-proxy ${chain}`, counts, 'rule'),
    ]
  })
  const asked = new Map([...wanted.values()].flatMap(chain => chain.asked.map(set => [set.name, set])))
  const sets = [...asked.values()].flatMap(({ name: set, elements }) => {
    const now = actual.sets.get(set)?.elements
    if (now === undefined) return [`kube-proxy ${set} is gone`]
    const missing = [...elements.keys()].filter(key => !now.has(key)).length
    const extra = [...now.keys()].filter(key => !elements.has(key)).length
    const changed = [...elements].filter(([key, rest]) => now.has(key) && now.get(key) !== rest).length
    return countWords(`kube-proxy ${set}`, { missing, extra, changed }, 'element')
  })
  return [...chains, ...sets]
}

function hookWords(name: string, { hook: now }: NftChain, before: NftChain | undefined): string[] {
  const policy = now?.policy ?? 'accept'
  return [
    ...(placeOfHook(now) === placeOfHook(before?.hook) ? [] : [`${name} ${astrayWords(now)}`]),
    ...(policy === 'accept' ? [] : [`${name} has the policy ${policy}`]),
  ]
}

function chainsOf(table: ListedNftTable, name: string): ReadonlyMap<string, NftChain> {
  const chains = [...(withNftTable(new Map(), table, name).get('nat')?.values() ?? [])]
  return new Map(chains.flatMap(chain => (chain.nft === undefined ? [] : [[chain.name, chain.nft]])))
}

function differences(actual: Tables, expected: Tables, mayHaveMore: boolean): string[] {
  const names = new Set([...actual.keys(), ...expected.keys()])
  return [...names].flatMap(table => {
    const [there, wanted] = [actual.get(table), expected.get(table)]
    const chains = new Set([...(wanted?.keys() ?? []), ...(there?.keys() ?? [])])
    return [...chains].flatMap(chain =>
      chainDifference(`${table} ${chain}`, {
        actual: there?.get(chain),
        expected: wanted?.get(chain),
        mayHaveMore,
      }),
    )
  })
}

/** A chain as it is and as it should be; `mayHaveMore`: others may add rules. */
interface ComparedChain {
  actual: ListedChain | undefined
  expected: ListedChain | undefined
  mayHaveMore: boolean
}

function chainDifference(name: string, { actual, expected, mayHaveMore }: ComparedChain): string[] {
  const [there, wanted] = [actual?.rules ?? [], expected?.rules ?? []]
  if (actual === undefined && wanted.length > 0) return [`${name} is gone`]
  const counts = ruleCounts(there.map(effectKey), wanted.map(effectKey))
  const policy = expected?.policy ?? 'ACCEPT'
  return [
    ...countWords(name, mayHaveMore ? { ...counts, extra: 0 } : counts, 'rule'),
    ...(actual?.policy === undefined || actual.policy === policy
      ? []
      : [`${name} has the policy ${actual.policy}`]),
  ]
}

/** How many of something differ. */
interface Counts {
  missing: number
  extra: number
  changed: number
}

function ruleCounts(there: readonly string[], wanted: readonly string[]): Counts {
  const edits = editScript(there, wanted)
  const count = (kinds: readonly string[]) => edits.filter(({ kind }) => kinds.includes(kind)).length
  return { missing: count(['insert', 'append']), extra: count(['delete']), changed: count(['replace']) }
}

function countWords(name: string, { missing, extra, changed }: Counts, what: 'rule' | 'element'): string[] {
  const some = (many: number) => (many === 1 ? `1 ${what}` : `${many} ${what}s`)
  return [
    ...(missing === 0 ? [] : [`${name} lacks ${some(missing)}`]),
    ...(extra === 0 ? [] : [`${name} has ${some(extra)} too many`]),
    ...(changed === 0
      ? []
      : [`${name} has ${some(changed)} that ${changed === 1 ? 'is' : 'are'} not the lab's`]),
  ]
}
