import { shortOption } from '../../command/iptables-state.ts'
import { own } from '../../command/own.ts'
import { contains } from '../../lab/address.ts'
import type { Rule } from './tables.ts'

/** A packet on its way, as a rule sees it. */
export interface Packet {
  source: string
  /** Undefined: of no importance, any. */
  sourcePort?: number
  destination: string
  port?: number
  /** The interface that it came in by; undefined for what the host itself sends. */
  in?: string
  out?: string
  mark: number
  /** What `--ctstate` finds in it: `NEW`, `DNAT`, … */
  states: readonly string[]
}

/** What a rule can be matched against beside the packet. */
export interface Surroundings {
  isLocal(address: string): boolean
  /** Whether the rule's counter has risen with the tries: decides where the rule's match is none that is known here. */
  rose(rule: Rule): boolean
}

/** One condition of a rule: `! -d 10.0.0.0/24`. */
interface Condition {
  option: string
  negated: boolean
  values: readonly string[]
}

/** A rule taken apart. */
export interface ParsedRule {
  conditions: readonly Condition[]
  /** Undefined: it only counts. */
  target?: string
  targetOptions: readonly string[]
}

const parsed = new WeakMap<readonly string[], ParsedRule>()

/** Takes a rule's words apart, whether typed or as iptables-save prints them. */
export function parseRule(words: readonly string[]): ParsedRule {
  const known = parsed.get(words)
  if (known !== undefined) return known
  const conditions: Condition[] = []
  let target: string | undefined
  let targetOptions: readonly string[] = []
  let at = 0
  while (at < words.length) {
    const negated = words[at] === '!'
    if (negated) at += 1
    const word = words[at] ?? ''
    const option = own(shortOption, word) ?? word
    if (option === '-j' || option === '-g') {
      target = words[at + 1]
      targetOptions = words.slice(at + 2)
      break
    }
    let end = at + 1
    // A comment may begin with a dash.
    if (option === '--comment') end += 1
    while (end < words.length && !/^(-|!$)/.test(words[end] ?? '')) end += 1
    conditions.push({ option, negated, values: words.slice(at + 1, end) })
    at = end
  }
  const rule = { conditions, targetOptions, ...(target === undefined ? {} : { target }) }
  parsed.set(words, rule)
  return rule
}

/** How likely a rule takes a packet: 0, 1, or in between where it throws dice. */
export function chanceOf(rule: Rule, packet: Packet, around: Surroundings): number {
  let chance = 1
  let isSure = true
  for (const condition of parseRule(rule.words).conditions) {
    const one = conditionChance(condition, packet, around)
    if (one === undefined) isSure = false
    else chance *= condition.negated ? 1 - one : one
  }
  return isSure || chance === 0 ? chance : around.rose(rule) ? chance : 0
}

/** Undefined where it cannot be told. */
function conditionChance(condition: Condition, packet: Packet, around: Surroundings): number | undefined {
  const [value = ''] = condition.values
  switch (condition.option) {
    case '-m':
    case '--comment':
    case '--mode':
    case '--packet':
      return condition.negated ? 0 : 1
    case '-s':
      return Number(isInside(value, packet.source))
    case '-d':
      return Number(isInside(value, packet.destination))
    case '-i':
      return Number(isInterface(value, packet.in))
    case '-o':
      return Number(isInterface(value, packet.out))
    case '-p':
      return Number(['tcp', '6', 'all', '0'].includes(value))
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
    default:
      return undefined
  }
}

function isInside(range: string, address: string): boolean {
  const [network = '', prefix = '32'] = range.split('/')
  const isRange = /^[\d.]+$/.test(network) && /^\d+$/.test(prefix) && /^[\d.]+$/.test(address)
  return isRange && contains({ address: network, prefix: Number(prefix) }, address)
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

/** `0x4000/0x4000` */
export function markAndMask(text: string): readonly [number, number] {
  const [value = '0', mask = '0xffffffff'] = text.split('/')
  return [Number(value) >>> 0, Number(mask) >>> 0]
}

/** A rule in a form that is the same however it was typed: the order of its conditions, long names and comments aside. */
export function canonicalRule(words: readonly string[]): string {
  const { conditions, target, targetOptions } = parseRule(words)
  const parts = conditions
    .filter(({ option }) => option !== '-m' && option !== '--comment')
    .map(
      ({ option, negated, values }) => `${negated ? '! ' : ''}${option} ${values.map(sameValue).join(' ')}`,
    )
    .sort()
  return [...parts, `-j ${target ?? ''}`, ...canonicalTarget(targetOptions)].join(' ')
}

function canonicalTarget(options: readonly string[]): readonly string[] {
  const [option = '', value = ''] = options
  const bits = Number(value) >>> 0
  // iptables-save writes all three as one (libxt_MARK.c).
  if (option === '--or-mark') return ['--set-xmark', `${bits}/${bits}`]
  if (option === '--xor-mark') return ['--set-xmark', `${bits}/0`]
  if (option === '--set-mark' || option === '--set-xmark')
    return ['--set-xmark', markAndMask(value).join('/')]
  // The kind of ICMP error that iptables-save writes out where none was given.
  return options.join(' ') === '--reject-with icmp-port-unreachable' ? [] : options
}

function sameValue(value: string): string {
  if (/^0x[0-9a-f]+(\/|$)/i.test(value)) return markAndMask(value).join('/')
  if (/^\d+\.\d+$/.test(value)) return String(Number(Number(value).toFixed(9)))
  return value.replace(/\/32$/, '')
}
