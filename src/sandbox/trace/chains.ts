import { numberOf, readAttributes, textOf } from './netlink.ts'
import type { ChainFacts } from './order.ts'
import { familyNames } from './rule-event.ts'
import { listTables } from './sockets.ts'

/** `NFT_MSG_GET…` and their attributes (include/uapi/linux/netfilter/nf_tables.h). */
const getTable = 1
const getChain = 4
const getRule = 7
const chainAttribute = { table: 1, name: 3, hook: 4, type: 7 } as const
const hookAttribute = { number: 1, priority: 2 } as const
const ruleAttribute = { table: 1, chain: 2, handle: 3 } as const

/** A chain by its name. */
type ChainName = Pick<ChainFacts, 'family' | 'table' | 'name'>

/** Whether the network namespace that this process is in has any table of nf_tables, and any chain that translates addresses. */
export function rulesThere(): { any: boolean; translates: boolean } {
  if (listTables(getTable, 0).length === 0) return { any: false, translates: false }
  const types = listTables(getChain, 0).map(({ attributes }) =>
    textOf(readAttributes(attributes).get(chainAttribute.type)),
  )
  return { any: true, translates: types.includes('nat') }
}

/** `enum nf_inet_hooks` */
const hooks = ['prerouting', 'input', 'forward', 'output', 'postrouting', 'ingress'] as const
const netdevHooks = ['ingress', 'egress'] as const

/** The hooks and the rules' handles of some chains, in the network namespace that this process is in. */
export function chainsOf(names: readonly ChainName[]): Omit<ChainFacts, 'place'>[] {
  if (names.length === 0) return []
  const known = new Map(
    listTables(getChain, 0).map(message => {
      const has = readAttributes(message.attributes)
      const family = familyNames[message.family] ?? ''
      const key = `${family} ${textOf(has.get(chainAttribute.table))} ${textOf(has.get(chainAttribute.name))}`
      return [key, hookOf(family, has)] as const
    }),
  )
  return names.map(chain => {
    const hook = known.get(`${chain.family} ${chain.table} ${chain.name}`)
    return { ...chain, ...(hook === undefined ? {} : { hook }), handles: handlesOf(chain) }
  })
}

function hookOf(family: string, has: ReadonlyMap<number, Buffer>): ChainFacts['hook'] {
  const hook = has.get(chainAttribute.hook)
  if (hook === undefined) return undefined
  const told = readAttributes(hook)
  const number = numberOf(told.get(hookAttribute.number)) ?? 0
  const priority = told.get(hookAttribute.priority)
  return {
    name: (family === 'netdev' ? netdevHooks : hooks)[number] ?? `${number}`,
    priority: priority?.length === 4 ? priority.readInt32BE() : 0,
    type: textOf(has.get(chainAttribute.type)),
  }
}

function handlesOf({ family, table, name }: ChainName): number[] {
  const number = Object.entries(familyNames).find(([, each]) => each === family)?.[0]
  const texts = new Map([
    [ruleAttribute.table, table],
    [ruleAttribute.chain, name],
  ])
  return listTables(getRule, Number(number ?? 0), texts).flatMap(({ attributes }) => {
    const handle = numberOf(readAttributes(attributes).get(ruleAttribute.handle))
    return handle === undefined ? [] : [handle]
  })
}
