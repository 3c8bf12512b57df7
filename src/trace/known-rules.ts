import type { Place } from '../command/command.ts'
import { ruleKey } from '../command/iptables-rule.ts'
import { restoreLine, type Tables } from '../command/iptables-save.ts'
import type { ChainFacts } from '../sandbox/trace/order.ts'

/** A rule's text, and what it is for. */
export interface KnownRule {
  number?: number
  text?: string
  explain?: string
}

/** What is known of a place's rules. */
export interface PlaceRules {
  /** Of iptables or ip6tables, by the family as nft calls it. */
  tables: Readonly<Partial<Record<string, Tables>>>
  /** Texts of nft's own rules, by `handleKey`. */
  texts: ReadonlyMap<string, string>
}

/** Sentences for rules of iptables, by `explanationKey`, and for those of kube-proxy's nftables mode, by `numberKey`. */
export type Explanations = ReadonlyMap<string, string>

/** The rule of a place with a handle. */
export type FindRule = (
  place: Place,
  chain: Omit<ChainFacts, 'place' | 'handles' | 'hook'>,
  handle: number,
) => KnownRule

/** By this a rule of nft is found. */
function handleKey(family: string, table: string, chain: string, handle: number): string {
  return `${family} ${table} ${chain} ${handle}`
}

/** The same text for two rules of a chain that the kernel takes for one. */
export function explanationKey(place: Place, table: string, chain: string, argv: readonly string[]): string {
  return `${place} ${table} ${chain} ${ruleKey({ argv })}`
}

/** By this a rule of kube-proxy's nftables mode is found: its chain, as `ip kube-proxy services`, and its place in it. */
export function numberKey(place: Place, chain: string, number: number): string {
  return `${place} ${chain} ${number}`
}

/** Finds rules by their handles: numbers from the kernel's lists, texts from what iptables-save and nft print. */
export function ruleFinder(
  chains: readonly ChainFacts[],
  rules: ReadonlyMap<Place, PlaceRules>,
  explanations: Explanations,
): FindRule {
  const handles = new Map(
    chains.map(({ place, family, table, name, handles: list }) => [
      `${place} ${family} ${table} ${name}`,
      list,
    ]),
  )
  const find: FindRule = (place, { family, table, name }, handle) => {
    const at = handles.get(`${place} ${family} ${table} ${name}`)?.indexOf(handle) ?? -1
    if (at === -1) return {}
    const known = rules.get(place)
    const saved = known?.tables[family]?.get(table)?.get(name)?.rules[at]
    if (saved === undefined) {
      const text = known?.texts.get(handleKey(family, table, name, handle))
      const explain = explanations.get(numberKey(place, `${family} ${table} ${name}`, at + 1))
      return {
        number: at + 1,
        ...(text === undefined ? {} : { text }),
        ...(explain === undefined ? {} : { explain }),
      }
    }
    const explain = explanations.get(explanationKey(place, table, name, saved.argv))
    return {
      number: at + 1,
      text: restoreLine(saved.argv),
      ...(explain === undefined ? {} : { explain }),
    }
  }
  // Many requests meet the same rules.
  const found = new Map<string, KnownRule>()
  return (place, chain, handle) => {
    const key = `${place} ${handleKey(chain.family, chain.table, chain.name, handle)}`
    const rule = found.get(key) ?? find(place, chain, handle)
    found.set(key, rule)
    return rule
  }
}

/** Texts of rules by their handles, of what `nft -a list ruleset` prints. */
export function readHandles(text: string): Map<string, string> {
  const texts = new Map<string, string>()
  let [family, table, chain] = ['', '', '']
  for (const line of text.split('\n')) {
    const [, of = '', named = ''] = /^table (\S+) (\S+) \{/.exec(line) ?? []
    if (named !== '') [family, table] = [of, named]
    const [, inside = ''] = /^\tchain (\S+) \{/.exec(line) ?? []
    if (inside !== '') chain = inside
    const [, rule = '', handle = ''] = /^\t\t(.*?) # handle (\d+)$/.exec(line) ?? []
    if (rule !== '') texts.set(handleKey(family, table, chain, Number(handle)), rule)
  }
  return texts
}
