import { type KnownOption, letterOption, longOption } from './iptables-options.ts'
import { own } from './own.ts'

/** An option of a rule: `! -d 10.0.0.0/24`. */
export interface RuleOption {
  /** As iptables-save writes it: `-d`, `--dport`. */
  name: string
  negated: boolean
  values: readonly string[]
}

/** A match with its options; the rule's own options (`-s`, `-p`) are a match without a name. */
export interface Match {
  name: string
  options: RuleOption[]
}

/** A rule taken apart. */
export interface ParsedRule {
  /** The rule's own options first, then the matches in their order. */
  matches: readonly Match[]
  /** The options of all of them. */
  conditions: readonly RuleOption[]
  /** `-j` or `-g`, with where it leads to; undefined: it only counts. */
  target?: string
  isGoto: boolean
  targetOptions: readonly RuleOption[]
}

/** An iptables command taken apart. */
export interface IptablesCommand {
  program: 'iptables' | 'ip6tables'
  table: string
  /** `-A`, `-N`, …, whichever way it was spelled. */
  operation: string
  /** Empty: all chains. */
  chain: string
  /** 1-based place in the chain, where one is given. */
  position: number | undefined
  /** What else follows the operation: the policy, or a chain's new name. */
  argument: string | undefined
  /** The rule's words, as they were typed. */
  rule: readonly string[]
  /** The rule's target and comment: another text where two rules differ for sure, at no cost. */
  gist: string
  /** As a line for iptables-restore, which has the table in a line before; undefined where it must run by itself. */
  line: readonly string[] | undefined
}

/** An option where it stands among the words. */
interface Placed extends RuleOption {
  /** The extension that it is of; undefined: iptables' own, or unknown. */
  extension?: string | undefined
  /** The words from its exclamation mark, or itself, up to the next option. */
  from: number
  to: number
}

/** Takes an iptables or ip6tables command apart; undefined where it is neither, or does nothing with rules. */
export function parseIptables([program = '', ...words]: readonly string[]): IptablesCommand | undefined {
  if (program !== 'iptables' && program !== 'ip6tables') return undefined
  let table = 'filter'
  let operation: Placed | undefined
  let mustBeAlone = false
  let [target, comment] = ['', '']
  const ofRule: string[] = []
  const line: string[] = []
  let end = 0
  for (const option of readOptions(words)) {
    const { name, values, from, to } = option
    // Letters in one word, of which a line may need some: `-vA`.
    if (from < end) mustBeAlone = true
    end = to
    if (name === '-j' || name === '-g') target = values[0] ?? ''
    else if (name === '--comment') comment = values[0] ?? ''
    if (name === '-t') table = values[0] ?? ''
    else if (!isWaiting(name)) for (let at = from; at < to; at += 1) line.push(words[at]!)
    if (operations.has(name)) operation ??= option
    else if (printing.has(name)) mustBeAlone = true
    else if (!aside.has(name)) for (let at = from; at < to; at += 1) ofRule.push(words[at]!)
  }
  if (operation === undefined) return undefined
  const [chain = '', second] = operation.values
  const isNumber = /^-[IDR]$/.test(operation.name) && /^\d+$/.test(second ?? '')
  const isRestorable = !mustBeAlone && chain !== '' && /^-[AIDRFNXP]$/.test(operation.name)
  return {
    program,
    table,
    operation: operation.name,
    chain,
    position: isNumber ? Number(second) : undefined,
    argument: isNumber ? undefined : second,
    rule: ofRule,
    gist: gistOf(target, comment),
    line: isRestorable ? line : undefined,
  }
}

/** What `parseIptables` says of a command with this rule. */
export function ruleGist(words: readonly string[]): string {
  const { target = '', matches } = takeApart(words)
  const comment = matches.flatMap(match => match.options).findLast(({ name }) => name === '--comment')
  return gistOf(target, comment?.values[0] ?? '')
}

function gistOf(target: string, comment: string): string {
  return `${target} ${comment}`
}

const operations: ReadonlySet<string> = new Set([...'ACDIRLSFZNXEP'].map(letter => `-${letter}`))
/** They are about what iptables prints, or how it starts. */
const printing: ReadonlySet<string> = new Set(['-n', '-v', '-x', '-V', '-h', '-M', '--line-numbers'])
/** No part of a rule, nor an operation. */
const aside: ReadonlySet<string> = new Set(['-t', '-c', '-4', '-6', '-w', '-W'])

function isWaiting(name: string): boolean {
  return name === '-w' || name === '-W'
}

const parsed = new WeakMap<readonly string[], ParsedRule>()

/** Takes a rule apart, whether typed or as iptables-save prints it. */
export function parseRule({ argv: words }: { argv: readonly string[] }): ParsedRule {
  let rule = parsed.get(words)
  if (rule === undefined) {
    rule = takeApart(words)
    parsed.set(words, rule)
  }
  return rule
}

/** The same, remembered nowhere: for rules that are looked at once. */
export function takeApart(words: readonly string[]): ParsedRule {
  const matches: Match[] = [{ name: '', options: [] }]
  const targetOptions: RuleOption[] = []
  let target: Placed | undefined
  for (const option of readOptions(words)) {
    const { name, extension, values } = option
    if (name === '-m') matches.push({ name: values[0] ?? '', options: [] })
    else if (name === '-j' || name === '-g') target = option
    else if (extension !== undefined && extension === target?.values[0]) targetOptions.push(option)
    else if (extension !== undefined) matchNamed(matches, extension).options.push(option)
    // What nobody knows belongs to what stands before it.
    else if (name.startsWith('--') && target !== undefined) targetOptions.push(option)
    else if (name.startsWith('--')) matches.at(-1)!.options.push(option)
    else matches[0]!.options.push(option)
  }
  return {
    matches,
    conditions: matches.flatMap(match => match.options),
    isGoto: target?.name === '-g',
    targetOptions,
    ...(target?.values[0] === undefined ? {} : { target: target.values[0] }),
  }
}

/** The last match of a name; one that `-p` implies is loaded by its first option. */
function matchNamed(matches: Match[], name: string): Match {
  const last = matches.findLast(match => match.name === name)
  if (last !== undefined) return last
  const implied = { name, options: [] }
  matches.push(implied)
  return implied
}

/** Reads words as iptables does with getopt_long(3): `-t nat`, `-tnat`, `--table nat`, `--table=nat`, `--tab nat`. */
function readOptions(words: readonly string[]): Placed[] {
  const options: Placed[] = []
  const loaded: string[] = []
  let implied: readonly string[] = []
  let [at, from, negated] = [0, 0, false]
  const take = (option: KnownOption, extension: string | undefined, attached: string | undefined) => {
    const values = attached === undefined ? [] : [attached]
    // Older versions take the exclamation mark behind the option as well.
    if (values.length === 0 && option.least > 0 && words[at] === '!') {
      negated = true
      at += 1
    }
    while (values.length < option.most && at < words.length) {
      if (values.length >= option.least && /^(-|!$)/.test(words[at]!)) break
      values.push(words[at]!)
      at += 1
    }
    options.push({ name: option.name, extension, negated, values, from, to: at })
    if (option.name === '-m' || option.name === '-j') loaded.push(values[0] ?? '')
    if (option.name === '-p') implied = [impliedMatch(protocolName(values[0] ?? ''))]
  }
  while (at < words.length) {
    const word = words[at]!
    at += 1
    if (word === '!') {
      negated = !negated
      continue
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=')
      const spelled = equals === -1 ? word : word.slice(0, equals)
      const attached = equals === -1 ? undefined : word.slice(equals + 1)
      const known = longOption(spelled, loaded) ?? longOption(spelled, implied)
      const unknown = { name: spelled, least: 0, most: attached === undefined ? Number.POSITIVE_INFINITY : 1 }
      take(known?.option ?? unknown, known?.extension, attached)
    } else if (word.length === 2 && word[0] === '-') {
      take(letterOption(word[1]!) ?? { name: word, least: 0, most: 0 }, undefined, undefined)
    } else if (word.startsWith('-') && word.length > 1) {
      let rest = word.slice(1)
      while (rest !== '') {
        const option = letterOption(rest[0]!) ?? { name: `-${rest[0]}`, least: 0, most: 0 }
        const attached = rest.slice(1)
        rest = option.most === 0 ? attached : ''
        take(option, undefined, option.most === 0 || attached === '' ? undefined : attached)
      }
    } else options.push({ name: word, negated, values: [], from, to: at })
    from = at
    negated = false
  }
  return options
}

/** The match that a protocol brings along. */
export function impliedMatch(protocol: string): string {
  return protocol === 'ipv6-icmp' ? 'icmp6' : protocol
}

const protocolNumbers: Readonly<Record<string, string>> = {
  '0': 'all',
  '1': 'icmp',
  // Debian's /etc/protocols has this name for IP in IP; what it calls ipip is number 94.
  '4': 'ipencap',
  '6': 'tcp',
  '17': 'udp',
  '58': 'ipv6-icmp',
  '132': 'sctp',
  icmpv6: 'ipv6-icmp',
}

/** The name of a protocol as iptables-save writes it. */
export function protocolName(text: string): string {
  const name = text.toLowerCase()
  return own(protocolNumbers, name) ?? name
}
