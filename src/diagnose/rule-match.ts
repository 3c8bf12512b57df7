import type { ListedSets } from '../command/ipset-list.ts'
import { parseRule, protocolName, type RuleOption } from '../command/iptables-argv.ts'
import { markAndMask } from '../command/iptables-rule.ts'
import type { ListedRule } from '../command/iptables-save.ts'
import { isInside, type Packet } from './packet.ts'
import { isInSet } from './set-match.ts'

/** What a rule can be matched against beside the packet. */
export interface Surroundings {
  isLocal(address: string): boolean
  /** Whether the rule's counter has risen with the tries: decides where the rule's match is none that is known here. */
  rose(rule: ListedRule): boolean
  /** What rules can ask; left out: unknown. */
  sets?: ListedSets
}

/** As iptables-save writes them. */
const protocolNames = { tcp: ['tcp'], udp: ['udp'], icmp: ['icmp', 'ipv6-icmp'], ipip: ['ipencap'] }

/** How likely a rule takes a packet: 0, 1, or in between where it throws dice. */
export function chanceOf(rule: ListedRule, packet: Packet, around: Surroundings): number {
  let chance = 1
  let isSure = true
  for (const condition of parseRule(rule).conditions) {
    const one = conditionChance(condition, packet, around)
    if (one === undefined) isSure = false
    else chance *= condition.negated ? 1 - one : one
  }
  return isSure || chance === 0 ? chance : around.rose(rule) ? chance : 0
}

/** Undefined where it cannot be told. */
function conditionChance(condition: RuleOption, packet: Packet, around: Surroundings): number | undefined {
  const [value = ''] = condition.values
  switch (condition.name) {
    case '--comment':
    case '--mode':
    case '--packet':
      return condition.negated ? 0 : 1
    case '-s':
      return Number(isInsideOne(value, packet.source))
    case '-d':
      return Number(isInsideOne(value, packet.destination))
    case '-i':
      return Number(isInterface(value, packet.in))
    case '-o':
      return Number(isInterface(value, packet.out))
    case '-p':
      return Number([...protocolNames[packet.protocol ?? 'tcp'], 'all'].includes(protocolName(value)))
    case '--icmp-type':
    case '--icmpv6-type':
      return Number(
        ['any', '255', `${packet.icmpType}`, `${packet.icmpType}/${packet.icmpCode ?? 0}`].includes(value),
      )
    case '--dport':
    case '--dports':
      return Number(isPort(value, packet.port))
    case '--sport':
    case '--sports':
      return packet.sourcePort === undefined ? undefined : Number(isPort(value, packet.sourcePort))
    case '--ctstate':
    case '--state':
      return Number(value.split(',').some(state => packet.states.includes(state)))
    case '--mark': {
      const [wanted, mask] = markAndMask(value)
      return Number((packet.mark & mask) >>> 0 === wanted)
    }
    case '--probability':
      return Number(value)
    case '--every':
      return 1 / Number(value)
    case '--dst-type':
      return value === 'LOCAL' ? Number(around.isLocal(packet.destination)) : undefined
    case '--src-type':
      return value === 'LOCAL' ? Number(around.isLocal(packet.source)) : undefined
    case '--match-set': {
      const entries = around.sets?.get(value)
      return entries && Number(isInSet(entries, condition.values[1] ?? '', packet))
    }
    default:
      return undefined
  }
}

/** iptables-save never prints several; a set of nftables has them. */
function isInsideOne(ranges: string, address: string): boolean {
  return ranges.split(',').some(range => isInside(range, address))
}

function isInterface(pattern: string, name: string | undefined): boolean {
  if (name === undefined) return false
  return pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

function isPort(list: string, port: number | undefined): boolean {
  if (port === undefined) return false
  return list.split(',').some(range => {
    const [first = '', last = first] = range.split(':')
    return port >= Number(first) && port <= Number(last)
  })
}
