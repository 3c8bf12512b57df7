import { parseNftTable } from '../../command/nft-list.ts'
import type { Family } from '../../model/address.ts'
import { nftTableOf } from '../../model/families.ts'
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
    chains: new Map([...table.chains].map(([name, { rules }]) => [name, rules.length])),
    sets: new Set(sets.filter(({ kind }) => kind === 'set').map(({ name }) => name)),
    elements: new Map(shared.map(({ name, elements }) => [name, elements])),
  }
}

/** Whether the kernel lacks something of these rules: somebody has taken it away behind kube-proxy's back. */
export function isFlushed(expected: KernelTable, kernel: KernelTable): boolean {
  const hasChains = [...expected.chains].every(([name, rules]) => kernel.chains.get(name) === rules)
  const hasSets = [...expected.sets].every(name => kernel.sets.has(name))
  const hasElements = [...expected.elements].every(([container, elements]) => {
    const there = kernel.elements.get(container)
    return [...elements].every(([key, rest]) => there?.get(key) === rest)
  })
  return !hasChains || !hasSets || !hasElements
}
