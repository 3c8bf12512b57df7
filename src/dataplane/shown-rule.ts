import { type Match, parseRule, type RuleOption } from '../command/iptables-argv.ts'
import { type Rule, setMark } from '../command/iptables-rule.ts'
import type { ShownRule } from './dataplane.ts'

/** A rule of iptables in plain words; `service`: `namespace/name` of the one that it is for. */
export function shownRule(rule: Rule, service: string | undefined): ShownRule {
  const { matches, target, targetOptions } = parseRule(rule)
  const share = matches
    .flatMap(({ options }) => options)
    .find(({ name, negated }) => name === '--probability' && !negated)?.values[0]
  const words = matches.flatMap(match => (match.name === '' ? [ownWords(match)] : matchWords(match)))
  const port = matches.flatMap(({ options }) => options).filter(({ name }) => /^--[sd]ports?$/.test(name))
  return {
    match: [...words, ...port.map(portWords)].filter(each => each !== '').join(' '),
    ...verdictOf(target, targetOptions),
    ...(share === undefined ? {} : { share: Number(share) }),
    ...(service === undefined ? {} : { service }),
  }
}

/** `tcp from 10.0.0.1 not to 10.0.0.2 in eth0`. */
function ownWords({ options }: Match): string {
  const prepositions: Readonly<Record<string, string>> = { '-s': 'from', '-d': 'to', '-i': 'in', '-o': 'out' }
  const order = ['-p', '-s', '-d', '-i', '-o']
  const sorted = options.toSorted((one, other) => order.indexOf(one.name) - order.indexOf(other.name))
  return sorted
    .map(({ name, values, negated }) => {
      const value = values.join(' ').replace(/\/(32|128)$/, '')
      return [negated ? 'not' : '', prepositions[name] ?? (name === '-p' ? '' : name), value]
        .filter(word => word !== '')
        .join(' ')
    })
    .join(' ')
}

function portWords({ name, values, negated }: RuleOption): string {
  const which = name.startsWith('--s') ? 'from port' : 'port'
  return `${negated ? 'not ' : ''}${which} ${values.join(' ')}`
}

/** The words of a match module, of those that kube-proxy uses in plain words. */
function matchWords({ name, options }: Match): string[] {
  if (name === 'comment') return []
  const others = options.filter(({ name: option }) => !/^--([sd]ports?|mode|probability)$/.test(option))
  return others.map(({ name: option, values, negated }) => {
    const not = negated ? 'not ' : ''
    const value = values.join(' ')
    switch (option) {
      case '--ctstate':
        return `${not}${value}`
      case '--mark':
        return markMatch(value, negated)
      case '--dst-type':
        return `${not}to ${value}`
      case '--src-type':
        return `${not}from ${value}`
      default:
        return [name, `${not}${option}`, value].filter(word => word !== '').join(' ')
    }
  })
}

/** `--mark 0x4000/0x4000`; `--mark 0/0x4000` is its opposite. */
function markMatch(text: string, negated: boolean): string {
  const [value, mask = value] = text.split('/')
  const isOff = Number(value) === 0 && Number(mask) !== 0
  return `${negated === isOff ? '' : 'not '}marked ${isOff ? `0x${Number(mask).toString(16)}` : value}`
}

/** Where packets end that are sent to a target that is no chain. */
const ends: readonly string[] = ['ACCEPT', 'DROP', 'RETURN', 'REJECT', 'QUEUE']

function verdictOf(
  target: string | undefined,
  options: readonly RuleOption[],
): Pick<ShownRule, 'verdict' | 'to'> {
  if (target === undefined) return { verdict: 'count' }
  const value = (name: string) => options.find(option => option.name === name)?.values.join(' ')
  const to = value('--to-destination') ?? value('--to-source') ?? value('--to-ports')
  if (to !== undefined) return { verdict: `${target} to ${to}` }
  if (target === 'MARK') return { verdict: markWords(options) }
  const isChain = options.length === 0 && !ends.includes(target) && !extensions.has(target)
  return isChain ? { verdict: '', to: target } : { verdict: target }
}

/** `--or-mark 0x4000`, or `--set-xmark 0x4000/0x4000` as iptables-save writes it (libxt_MARK.c). */
function markWords([option]: readonly RuleOption[]): string {
  if (option === undefined) return 'MARK'
  const [value, mask] = setMark(option.name, option.values[0] ?? '')
  const bits = `0x${value.toString(16)}`
  if (value === mask) return `mark ${bits}`
  return mask === 0 ? `flip mark ${bits}` : `mark ${bits}/0x${mask.toString(16)}`
}

/** Targets that are programs of the kernel, so far as a rule names them without an option (iptables-extensions(8)). */
const extensions: ReadonlySet<string> = new Set([
  ...['MASQUERADE', 'REDIRECT', 'DNAT', 'SNAT', 'LOG', 'NFLOG', 'TRACE', 'NOTRACK', 'CT', 'TCPMSS', 'MARK'],
  ...['CONNMARK', 'CHECKSUM', 'CLASSIFY', 'DSCP', 'HMARK', 'NETMAP', 'NFQUEUE', 'SET', 'TEE', 'TOS', 'TTL'],
  ...['TPROXY', 'AUDIT', 'SYNPROXY', 'RATEEST', 'IDLETIMER', 'LED', 'SECMARK', 'CONNSECMARK', 'HL'],
])
