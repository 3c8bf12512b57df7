import { nftArgv, shellLine } from '../command/command-line.ts'
import { effectKey } from '../command/iptables-rule.ts'
import type { ListedChain, ListedRule } from '../command/iptables-save.ts'
import type { Repair } from './repairs.ts'

/** Two states of a chain of nftables, the first of which is to become the second. */
export interface NftChains {
  actual: ListedChain
  declared: ListedChain
  /** Of iptables, under which the chain is found. */
  table: string
  /** The lab's name. */
  lab: string
}

/** What differs in a chain of kube-proxy's own table: elements of the maps that it asks, each by itself, and its rules as a whole, since they have no numbers. */
export function nftRepairs({ actual, declared, table, lab }: NftChains): Repair[] {
  const { name: chain } = declared
  const common = (kind: Repair['kind'], words: string, command: string): Repair => ({
    ...{ kind, table, chain, words, command, inTurn: command },
  })
  if (declared.nft === undefined) return []
  if (actual.nft === undefined)
    return [
      common('missing', `the chain ${chain} of kube-proxy's table, which is gone`, `netlab sync ${lab}`),
    ]
  const nft = (line: string) => shellLine(nftArgv(line))
  const [there, wanted] = [elementsOf(actual), elementsOf(declared)]
  const elements = [...new Set([...there.keys(), ...wanted.keys()])].flatMap(key => {
    const [was, is] = [there.get(key), wanted.get(key)]
    if (was?.listed === is?.listed) return []
    const map = `${declared.nft} ${(is ?? was)?.element?.map}`
    const away = nft(`delete element ${map} { ${(is ?? was)?.element?.key} }`)
    const back = nft(`add element ${map} { ${is?.listed} }`)
    const what = `the element ${(is ?? was)?.element?.key} of the map ${(is ?? was)?.element?.map}`
    if (is === undefined) return [common('extra', `${what}, which kube-proxy did not make`, away)]
    if (was === undefined) return [common('missing', `${what}, which is not there`, back)]
    return [common('changed', `${what}, which is not as kube-proxy made it`, `${away} && ${back}`)]
  })
  if (rulesKey(actual) === rulesKey(declared)) return elements
  const lines = [
    `flush chain ${declared.nft} ${chain}`,
    ...linesOf(declared).map(line => `add rule ${declared.nft} ${chain} ${line}`),
  ]
  const words = `the chain ${chain}, which is not as kube-proxy made it`
  return [...elements, common('changed', words, lines.map(nft).join(' && '))]
}

function elementsOf({ rules }: ListedChain): Map<string, ListedRule> {
  return new Map(
    rules.flatMap(rule =>
      rule.element === undefined ? [] : [[`${rule.element.map} ${rule.element.key}`, rule]],
    ),
  )
}

/** What a rule that asks a set of clients finds there is the packets' matter. */
function rulesKey({ rules }: ListedChain): string {
  return rules
    .filter(({ element }) => element === undefined)
    .map(rule => (rule.listed?.includes('@affinity-') ? rule.listed : effectKey(rule)))
    .join('\n')
}

/** A rule may stand for several. */
function linesOf({ rules }: ListedChain): string[] {
  return [
    ...new Set(rules.flatMap(({ listed, element }) => (element === undefined && listed ? [listed] : []))),
  ]
}
