import type { Place } from '../../command/command.ts'
import { iptables, ruleText } from '../../command/iptables-save.ts'
import type { Evidence } from '../evidence.ts'
import { finding } from '../evidence.ts'
import type { Packet } from '../rule-match.ts'
import type { Outcome } from '../trace.ts'

/** Where the filter table has stopped a packet. */
interface Stop {
  place: Place
  chain: string
  packet: Packet
  /** It is one of the way back. */
  isAnswer: boolean
}

/** What stops a packet, and what lets such packets through. */
export function stoppedBy({ place, chain, packet, isAnswer }: Stop, { rule, target }: Outcome): Evidence {
  const { source, destination } = packet
  const which = `${isAnswer ? 'the answer' : 'packets'} from ${source} to ${destination}`
  const at = `ip netns exec ${place}`
  if (rule === undefined) {
    const letting = isAnswer
      ? ['-I', chain, '-m', 'conntrack', '--ctstate', 'ESTABLISHED,RELATED', '-j', 'ACCEPT']
      : ['-A', chain, '-s', source, '-d', destination, '-j', 'ACCEPT']
    return finding(
      `${place} drops ${which}: ${chain}'s policy is ${target}, and no rule lets ${isAnswer ? 'it' : 'them'} through`,
      `${at} ${iptables('filter', ...letting)}`,
      [`$ ${at} ${iptables('filter', '-S', chain)}`, `-P ${chain} ${target}`],
    )
  }
  return finding(
    `rule ${rule.number} of ${rule.chain} in ${place} ${target === 'REJECT' ? 'refuses' : 'drops'} ${which}`,
    `${at} ${iptables('filter', '-D', rule.chain, `${rule.number}`)}`,
    [`$ ${at} ${iptables('filter', '-S', rule.chain)}`, ruleText(rule)],
  )
}
