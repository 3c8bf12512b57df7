import { nftArgv, shellLine } from '../command/command-line.ts'
import type { ListedChain } from '../command/iptables-save.ts'
import { astrayWords, type ListedNftSet, placeOfHook } from '../command/nft-list.ts'
import { nftEffect } from '../dataplane/nft-rule.ts'
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

/**
 * What differs in a chain of kube-proxy's own table: elements of the sets and maps that it asks in both states, each by itself, its policy,
 * where it hangs, and its rules as a whole, since they have no numbers.
 */
export function nftRepairs({ actual, declared, table, lab }: NftChains): Repair[] {
  const { name: chain, nft: wanted } = declared
  const { nft: there } = actual
  const repair = (kind: Repair['kind'], what: string, how: string, command: string): Repair => ({
    ...{ kind, table, chain, words: `${what}, which ${how}`, because: `${what} ${how}` },
    ...{ command, inTurn: command },
  })
  if (wanted === undefined) return []
  if (there === undefined)
    return [repair('missing', `the chain ${chain} of kube-proxy's table`, 'is gone', `netlab sync ${lab}`)]
  const elements = wanted.asked.flatMap(set => {
    const now = there.asked.find(({ name }) => name === set.name)
    if (now === undefined) return []
    const where = `${wanted.table} ${set.name}`
    const shown = showSet(now, wanted.table)
    return differingKeys(now, set).map((key): Repair => {
      const rest = set.elements.get(key)
      const away = nft(`delete element ${where} { ${key} }`)
      const back = nft(`add element ${where} { ${key}${rest} }`)
      const what = `the element ${key} of the ${set.kind} ${set.name}`
      if (rest === undefined) return { ...repair('extra', what, 'kube-proxy did not make', away), shown }
      if (!now.elements.has(key)) return { ...repair('missing', what, 'is not there', back), shown }
      return { ...repair('changed', what, 'is not as kube-proxy made it', `${away} && ${back}`), shown }
    })
  })
  const place = `${wanted.table} ${chain}`
  const rules = wanted.lines.map(line => `add rule ${place} ${line}`)
  const anew = (...lines: string[]) => [`flush chain ${place}`, ...lines, ...rules].map(nft).join(' && ')
  const hung = placeOfHook(wanted.hook)
  if (placeOfHook(there.hook) !== hung) {
    const how = astrayWords(there.hook)
    const made = `add chain ${place}${hung === '' ? '' : ` { ${hung} ; }`}`
    return [...elements, repair('changed', `the chain ${chain}`, how, anew(`delete chain ${place}`, made))]
  }
  const policy = there.hook?.policy
  const policies =
    policy === undefined || policy === wanted.hook?.policy
      ? []
      : [
          repair(
            'policy',
            `the policy of the chain ${chain}`,
            `is ${policy}`,
            policyCommand(wanted.table, chain),
          ),
        ]
  if (effectOf(there.lines) === effectOf(wanted.lines)) return [...elements, ...policies]
  return [
    ...elements,
    ...policies,
    repair('changed', `the chain ${chain}`, 'is not as kube-proxy made it', anew()),
  ]
}

/** Gives a chain of kube-proxy's table back the policy that all of them have. */
export function policyCommand(table: string, chain: string): string {
  return nft(`add chain ${table} ${chain} { policy accept ; }`)
}

/** The elements that two states of a set or map do not have alike. */
function differingKeys(one: ListedNftSet, other: ListedNftSet): string[] {
  const keys = new Set([...one.elements.keys(), ...other.elements.keys()])
  return [...keys].filter(key => one.elements.get(key) !== other.elements.get(key))
}

/** Of many elements a few. */
const mostShown = 8

function showSet({ kind, name, elements }: ListedNftSet, table: string): readonly string[] {
  const all = [...elements].map(([key, rest]) => key + rest)
  const left = all.length - mostShown
  return [
    `$ ${nft(`list ${kind} ${table} ${name}`)}`,
    ...(all.length === 0 ? ['(no elements)'] : all.slice(0, mostShown)),
    ...(left > 0 ? [`(${left} more)`] : []),
  ]
}

function effectOf(lines: readonly string[]): string {
  return lines.map(nftEffect).join('\n')
}

function nft(line: string): string {
  return shellLine(nftArgv(line))
}
