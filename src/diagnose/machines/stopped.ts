import type { Place } from '../../command/command.ts'
import type { ListedSets } from '../../command/ipset-list.ts'
import { chainOf, iptablesLine, ruleText, ruleWords } from '../../command/iptables-save.ts'
import { astrayWords, hookText } from '../../command/nft-list.ts'
import type { beforeNat } from '../../dataplane/nft-tables.ts'
import type { Lab } from '../../model/lab.ts'
import type { MachineFacts } from '../../observe/facts.ts'
import type { Evidence } from '../evidence.ts'
import { finding } from '../evidence.ts'
import type { Packet } from '../packet.ts'
import type { Surroundings } from '../rule-match.ts'
import { setRepairs } from '../set-repairs.ts'
import { type Outcome, trace } from '../trace.ts'
import { isOwn } from './surroundings.ts'

/** A packet at a hook of a machine's kernel. */
export interface Hook {
  place: Place
  chain: string
  /** In the order in which the kernel asks them (linux/netfilter_ipv4.h, nf_ip_hook_priorities). */
  tables: readonly ('raw' | 'mangle' | typeof beforeNat | 'nat' | 'filter')[]
  packet: Packet
  /** The program that has its rules. */
  program: 'iptables' | 'ip6tables'
  /** The lab, as far as its services go. */
  lab: Pick<Lab, 'name' | 'services'>
  /** What the place's sets should have, where kube-proxy is in IPVS mode. */
  sets?: ListedSets
  /** What it is: `message`, what the kernel of a router says of a packet. */
  kind: 'packets' | 'answer' | 'message'
}

/** What a machine's rules are matched against; one that cannot be read takes the packet if it has ever taken one. */
export function around(facts: MachineFacts): Surroundings {
  return {
    isLocal: address => isOwn(facts, address),
    rose: rule => rule.packets > 0,
    ...(facts.ipvs === undefined ? {} : { sets: facts.ipvs.sets }),
  }
}

/** What stops a packet at a hook, and what lets such packets through. */
export function stopped(facts: MachineFacts, hook: Hook): Evidence | undefined {
  for (const table of hook.tables) {
    // It sees the first packet of a connection alone.
    if (table === 'nat' && hook.kind !== 'packets') continue
    const { outcomes } = trace(facts.tables, table, hook.chain, hook.packet, around(facts))
    const stop = outcomes.find(({ target, chance }) => ['DROP', 'REJECT'].includes(target) && chance > 0)
    if (stop !== undefined) return stoppedBy(hook, table, stop, facts)
  }
  return undefined
}

function stoppedBy(
  { place, chain, packet, program, lab, kind, sets }: Hook,
  table: string,
  { rule, target, path, byPolicyOf = chain }: Outcome,
  facts: MachineFacts,
): Evidence {
  const { source, destination } = packet
  const isAnswer = kind !== 'packets'
  const what = packet.protocol === 'ipip' ? `IPIP packets` : kind
  const which = `${isAnswer ? `the ${kind}` : what} from ${source} to ${destination}`
  const at = `ip netns exec ${place}`
  const where = (name: string) => (table === 'filter' ? name : `${table}'s ${name}`)
  const { nft } = chainOf(facts.tables, table, byPolicyOf)
  if (rule === undefined && nft !== undefined) {
    return finding(
      `${place} drops ${which}: the policy of the chain ${byPolicyOf} of kube-proxy's table is ${nft.hook?.policy}`,
      `netlab sync ${lab.name}`,
      [`$ ${at} nft list chain ${nft.table} ${byPolicyOf}`, nft.hook === undefined ? '' : hookText(nft.hook)],
    )
  }
  if (rule === undefined) {
    const letting = isAnswer
      ? ['-I', chain, '-m', 'conntrack', '--ctstate', 'ESTABLISHED,RELATED', '-j', 'ACCEPT']
      : ['-A', chain, '-s', source, '-d', destination, '-j', 'ACCEPT']
    return finding(
      `${place} drops ${which}: the policy of ${where(chain)} is ${target}, and no rule lets ${isAnswer ? 'it' : 'them'} through`,
      `${at} ${iptablesLine(program, table, ...letting)}`,
      [`$ ${at} ${iptablesLine(program, table, '-S', chain)}`, `-P ${chain} ${target}`],
    )
  }
  const verb = target === 'REJECT' ? 'refuses' : 'drops'
  if (rule.listed !== undefined) {
    // A map can only lead to the rule that refuses: which of its elements it was says more.
    const telling = path.findLast(({ element }) => element !== undefined) ?? rule
    const why = untranslated(facts, packet)
    return finding(
      `${ruleWords(telling)} in ${place} ${verb} ${which}${why === undefined ? '' : `, since ${why}`}`,
      why !== undefined && serves(lab, packet) ? `netlab sync ${lab.name}` : undefined,
      [`$ ${at} nft list ruleset`, telling.listed ?? rule.listed],
    )
  }
  const [repair] = setRepairs(chainOf(facts.tables, table, rule.chain), table, {
    packets: [packet],
    there: facts.ipvs?.sets,
    wanted: sets,
  })
  return finding(
    `rule ${rule.number} of ${where(rule.chain)} in ${place} ${verb} ${which}${repair?.because === undefined ? '' : `, since ${repair.because}`}`,
    `${at} ${repair?.command ?? iptablesLine(program, table, '-D', rule.chain, `${rule.number}`)}`,
    [`$ ${at} ${iptablesLine(program, table, '-S', rule.chain)}`, ruleText(rule)],
  )
}

/** Why kube-proxy's table of nftables has left a cluster IP as it is; undefined: the packet is not for one. */
function untranslated(
  { tables }: MachineFacts,
  { destination, protocol, port, in: device }: Packet,
): string | undefined {
  const checks = chainOf(tables, 'filter', 'cluster-ips-check').rules
  if (!checks.some(({ argv }) => argv.some(word => word.split(',').includes(destination)))) return undefined
  const at = device === undefined ? 'output' : 'prerouting'
  const { nft } = chainOf(tables, 'nat', `nat-${at}`)
  if (nft !== undefined && nft.hook?.hook !== at) return `the chain nat-${at} ${astrayWords(nft.hook)}`
  const key = `${destination} . ${protocol ?? 'tcp'} . ${port}`
  const element = chainOf(tables, 'nat', 'services').rules.find(rule => rule.element?.key === key)
  return element === undefined
    ? `the map service-ips has no element ${key}`
    : `what the map service-ips leads it to does not translate it (${ruleText(element)})`
}

/** Whether it is one of a service's own ports that a packet is for. */
function serves({ services }: Hook['lab'], { destination, port }: Packet): boolean {
  return services.some(
    ({ clusterIPs, ports }) => clusterIPs.includes(destination) && ports.some(each => each.port === port),
  )
}
