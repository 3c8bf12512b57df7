import { canonical, splitHostPort } from '../../model/address.ts'
import type { ChainMet, TraceItem, TraceReport } from '../../trace/report.ts'
import { routeText, withoutComment } from '../../trace/texts.ts'

/** Why a server sees the address that it sees as its client's. */
export type SenderReason =
  /** `route`: as `ip route get` prints it where the request begins; it names this address. */
  | { kind: 'route'; place: string; route: string }
  /** `rule`: as iptables-save or nft prints it. */
  | { kind: 'rule'; place: string; table: string; chain: string; rule: string }

/** What a request that was followed tells of it; undefined where it does not tell. */
export function senderReason({ ways, from, saw }: TraceReport, client: string): SenderReason | undefined {
  const visits = ways.find(({ direction }) => direction === 'out')?.visits ?? []
  const is = (address: string) => canonical(address) === canonical(client)
  const written = visits.flatMap(({ place, items }) =>
    items.flatMap((item, at) =>
      item.kind === 'translation' && item.what === 'source' ? [{ place, item, before: items[at - 1] }] : [],
    ),
  )
  const last = written.at(-1)
  if (!saw.ok || saw.client === undefined || !is(saw.client)) return undefined
  if (last !== undefined) {
    const isSeen = is(splitHostPort(last.item.after).address) && last.item.by === 'rule'
    return isSeen ? ruleOf(last.place, last.before) : undefined
  }
  const first = visits[0]
  const taken = first?.place === from ? first.items.find(item => item.kind === 'route') : undefined
  const route = taken !== undefined && 'text' in taken ? routeText(taken.text) : ''
  const source = / src (\S+)/.exec(route)?.[1]
  return source !== undefined && is(source) ? { kind: 'route', place: from, route } : undefined
}

/** The rule of a chain that has decided. */
function ruleOf(place: string, met: TraceItem | undefined): SenderReason | undefined {
  if (met?.kind !== 'chain') return undefined
  const { chain, rule } = decided(met)
  return rule === undefined
    ? undefined
    : { kind: 'rule', place, table: met.table, chain, rule: withoutComment(rule) }
}

function decided({ chain, rules }: Pick<ChainMet, 'chain' | 'rules'>): { chain: string; rule?: string } {
  const last = rules.at(-1)
  if (last?.to !== undefined && last.inside !== undefined && last.inside.length > 0)
    return decided({ chain: last.to, rules: last.inside })
  return { chain, ...(last?.text === undefined ? {} : { rule: last.text }) }
}
