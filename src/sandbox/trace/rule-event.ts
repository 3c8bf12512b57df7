import { type NetlinkMessage, numberOf, readAttributes, subsystem, textOf } from './netlink.ts'
import { type Packet, readPacket } from './packet.ts'

/** What became of a packet at a rule, at the end of a chain, or by a chain's policy. */
export type Verdict =
  | 'accept'
  | 'drop'
  | 'stolen'
  | 'queue'
  | 'continue'
  | 'break'
  | 'jump'
  | 'goto'
  | 'return'

/** A rule that took a traced packet, the end of a chain that was jumped to, or the policy of a chain at a hook. */
export interface RuleEvent {
  kind: 'rule'
  what: 'rule' | 'return' | 'policy'
  /** A number for the packet while it is under way in one network namespace; used again for others later. */
  id: number
  /** Of the table: `ip`, `ip6`, `inet`, `bridge`, … */
  family: string
  table: string
  chain: string
  /** Of the rule, as `nft -a` prints it. */
  handle?: number
  verdict: Verdict
  /** Where a jump or a goto leads to. */
  to?: string
  /** The packet's mark, where it has one. */
  mark?: number
  /** Numbers of the interfaces; left out where the hook knows none. */
  in?: number
  out?: number
  /** The packet as the hook got it: of the first event of each chain at a hook only. */
  packet?: Packet
}

/** `NFT_MSG_TRACE` and its attributes (include/uapi/linux/netfilter/nf_tables.h). */
const message = 17
const attribute = {
  ...{ table: 1, chain: 2, handle: 3, type: 4, verdict: 5, id: 6, network: 8, transport: 9 },
  ...{ in: 10, out: 12, mark: 14, family: 15, policy: 16 },
} as const
const verdictAttribute = { code: 1, chain: 2 } as const

const whats: Readonly<Record<number, RuleEvent['what']>> = { 1: 'policy', 2: 'return', 3: 'rule' }
/** `enum nft_verdicts`, and the verdicts of netfilter itself. */
const verdicts: Readonly<Record<number, Verdict>> = {
  ...{ [-1]: 'continue', [-2]: 'break', [-3]: 'jump', [-4]: 'goto', [-5]: 'return' },
  ...{ 0: 'drop', 1: 'accept', 2: 'stolen', 3: 'queue' },
}

/** Families as nft(8) calls them (`NFPROTO_…`). */
export const familyNames: Readonly<Record<number, string>> = {
  ...{ 1: 'inet', 2: 'ip', 3: 'arp', 5: 'netdev', 7: 'bridge', 10: 'ip6' },
}

/** Reads an event of the kernel's tracing of rules; undefined where the message is another one. */
export function readRuleEvent({
  subsystem: part,
  type,
  family,
  attributes,
}: NetlinkMessage): RuleEvent | undefined {
  if (part !== subsystem.tables || type !== message) return undefined
  const has = readAttributes(attributes)
  const what = whats[numberOf(has.get(attribute.type)) ?? 0]
  if (what === undefined) return undefined
  const [verdict, to] = verdictOf(has)
  const packet = packetOf(has)
  const numbers = {
    handle: numberOf(has.get(attribute.handle)),
    mark: numberOf(has.get(attribute.mark)),
    in: numberOf(has.get(attribute.in)),
    out: numberOf(has.get(attribute.out)),
  }
  return {
    ...{ kind: 'rule', what, verdict },
    id: numberOf(has.get(attribute.id)) ?? 0,
    family: familyNames[family] ?? `${family}`,
    table: textOf(has.get(attribute.table)),
    chain: textOf(has.get(attribute.chain)),
    ...(to === undefined ? {} : { to }),
    ...Object.fromEntries(Object.entries(numbers).filter(([, number]) => number !== undefined)),
    ...(packet === undefined ? {} : { packet }),
  }
}

function verdictOf(has: ReadonlyMap<number, Buffer>): [Verdict, string | undefined] {
  const said = readAttributes(has.get(attribute.verdict))
  const code = said.get(verdictAttribute.code) ?? has.get(attribute.policy)
  const number = code?.length === 4 ? code.readInt32BE() : 1
  const to = said.get(verdictAttribute.chain)
  return [verdicts[number] ?? 'continue', to === undefined ? undefined : textOf(to)]
}

/** The kernel tells the IP header and the first bytes of what follows apart from each other. */
function packetOf(has: ReadonlyMap<number, Buffer>): Packet | undefined {
  const [network, transport] = [has.get(attribute.network), has.get(attribute.transport)]
  if (network === undefined) return undefined
  return readPacket(Buffer.concat([network, ...(transport === undefined ? [] : [transport])]))
}
