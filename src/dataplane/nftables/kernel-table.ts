import { hookText, parseNftTable } from '../../command/nft-list.ts'
import type { Family } from '../../model/address.ts'
import { nftTableOf } from '../../model/families.ts'
import { nftEffect } from '../nft-rule.ts'
import { isClientSet } from './names.ts'
import { emptyKernel, type KernelTable } from './sync.ts'

/** Reads what `nft list ruleset` has printed of kube-proxy's table. */
export function readListed(text: string): KernelTable {
  const families: readonly Family[] = ['ipv4', 'ipv6']
  const [table] = families.flatMap(family => parseNftTable(text, nftTableOf(family)) ?? [])
  if (table === undefined) return emptyKernel
  const sets = [...table.sets.values()]
  // Which clients an endpoint has is the packets' matter.
  const shared = sets.filter(({ name }) => !isClientSet(name))
  return {
    chains: new Map([...table.chains].map(([name, { rules }]) => [name, rules])),
    hooks: new Map(
      [...table.chains].flatMap(([name, { hook }]) => (hook === undefined ? [] : [[name, hookText(hook)]])),
    ),
    sets: new Set(sets.filter(({ kind }) => kind === 'set').map(({ name }) => name)),
    elements: new Map(shared.map(({ name, elements }) => [name, elements])),
  }
}

/** Whether the kernel lacks something of these rules, or has another rule in its place: somebody has changed it behind kube-proxy's back. */
export function isChanged(expected: KernelTable, kernel: KernelTable): boolean {
  const hasChains = [...expected.chains].every(([name, rules]) => hasRules(kernel.chains.get(name), rules))
  const hasHooks = [...expected.chains.keys()].every(
    name => kernel.hooks.get(name) === expected.hooks.get(name),
  )
  const hasSets = [...expected.sets].every(name => kernel.sets.has(name))
  const hasElements = [...expected.elements].every(([container, elements]) => {
    const there = kernel.elements.get(container)
    return [...elements].every(([key, rest]) => there?.get(key) === rest)
  })
  return !hasChains || !hasHooks || !hasSets || !hasElements
}

/** Of many thousand rules most are listed as they were typed, or with other commas. */
function hasRules(there: readonly string[] | undefined, rules: readonly string[]): boolean {
  if (there?.length !== rules.length) return false
  return rules.every((rule, at) => {
    const listed = there[at]!
    return rule.replaceAll(' , ', ', ') === listed || nftEffect(rule) === nftEffect(listed)
  })
}
