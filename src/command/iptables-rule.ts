import { Address4, Address6 } from 'ip-address'
import { impliedMatch, type Match, protocolName, type RuleOption, takeApart } from './iptables-argv.ts'
import { own } from './own.ts'

/** A rule of iptables. */
export interface Rule {
  /** What follows `-A CHAIN`. */
  argv: readonly string[]
}

/** The same text for two rules that the kernel takes for one, typed in whatever way or printed by iptables-save. */
export function ruleKey(rule: Rule): string {
  return canonical(rule, () => true)
}

/** The same text for two rules that do the same to packets: comments aside. */
export function effectKey(rule: Rule): string {
  return canonical(rule, ({ name }) => name !== 'comment')
}

/** Option and value of each line as iptables-save would print them, but in an order that does not depend on the typing. */
function canonical({ argv }: Rule, counts: (match: Match) => boolean): string {
  const { matches, target, isGoto, targetOptions } = takeApart(argv)
  const [own, ...others] = matches
  const protocol = own?.options.find(({ name, negated }) => name === '-p' && !negated)?.values[0] ?? ''
  const implied = impliedMatch(protocolName(protocol))
  const texts = [canonicalOptions('', own?.options ?? [])]
  for (const match of others) {
    // `-p tcp` and `-p tcp -m tcp` take the same packets.
    if (counts(match) && (match.options.length > 0 || match.name !== implied))
      texts.push(`-m ${match.name} ${canonicalOptions(match.name, match.options)}`)
  }
  texts.push(target === undefined ? '' : `${isGoto ? '-g' : '-j'} ${target}`)
  texts.push(canonicalOptions(target ?? '', targetOptions))
  return texts.join(' ')
}

function canonicalOptions(extension: string, options: readonly RuleOption[]): string {
  const texts: string[] = []
  for (const option of options.flatMap(one => spelledOut(extension, one))) {
    const { name, values } = canonicalOption(extension, option)
    if (!isDefault(extension, name, values[0]))
      texts.push([option.negated ? '!' : '', name, ...values].join(' '))
  }
  return texts.sort().join(' ')
}

/** CONNMARK's --mask stands for two (libxt_CONNMARK.c). */
function spelledOut(extension: string, option: RuleOption): readonly RuleOption[] {
  if (extension !== 'CONNMARK' || option.name !== '--mask') return [option]
  return ['--nfmask', '--ctmask'].map(name => ({ ...option, name }))
}

/** What iptables-save writes out, or leaves out, where nothing else was said. */
function isDefault(extension: string, name: string, value = ''): boolean {
  switch (`${extension} ${name}`) {
    case ' -s':
    case ' -d':
      return value.endsWith('/0')
    case ' -i':
    case ' -o':
      return value === '+'
    case ' -p':
      return value === 'all'
    case 'limit --limit-burst':
      return value === '5'
    case 'statistic --packet':
      return value === '0'
    case 'recent --rsource':
      return true
    case 'recent --name':
      return value === 'DEFAULT'
    case 'recent --mask':
      return value === '255.255.255.255' || value === 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'
    case 'LOG --log-level':
      return value === '4'
    case 'REJECT --reject-with':
      return value === 'icmp-port-unreachable' || value === 'icmp6-port-unreachable'
    case 'CONNMARK --nfmask':
    case 'CONNMARK --ctmask':
      return value === '4294967295'
    default:
      return false
  }
}

interface Canonical {
  name: string
  values: readonly string[]
}

function canonicalOption(extension: string, { name, values }: RuleOption): Canonical {
  const [value = ''] = values
  const same = (text: string): Canonical => ({ name, values: [text] })
  switch (name) {
    case '-s':
    case '-d':
      return same(value.split(',').map(canonicalRange).join(','))
    case '-p':
      return same(protocolName(value))
    case '--sport':
    case '--dport':
      return same(canonicalPorts(value))
    case '--syn':
      return { name: '--tcp-flags', values: ['ACK,FIN,RST,SYN', 'SYN'] }
    case '--tcp-flags':
      return { name, values: values.map(canonicalFlags) }
    case '--ctstate':
    case '--ctstatus':
    case '--state':
    case '--src-type':
    case '--dst-type':
      return same(value.toUpperCase().split(',').sort().join(','))
    case '--probability':
      // The kernel keeps 31 bits of it (xt_statistic.c).
      return same(String(Math.round(Number(value) * 2 ** 31)))
    case '--limit':
      return same(value.replace(/\/(s|m|h|d).*$/, '/$1'))
    case '--icmp-type':
      return same(own(icmpTypes, value) ?? value)
    case '--reject-with':
      return same(own(rejections, value) ?? value)
    case '--log-level':
      return same(String(own(logLevels, value) ?? value))
    case '--mac-source':
      return same(value.toLowerCase())
    case '--mark':
      return same(markAndMask(value).join('/'))
    case '--nfmask':
    case '--ctmask':
      return same(String(Number(value)))
    default:
      return /^--(set-x?|and-|or-|xor-)mark$/.test(name) && /MARK$/.test(extension)
        ? { name: '--set-xmark', values: [setMark(name, value).join('/')] }
        : { name, values }
  }
}

/** `0x4000/0x4000` */
export function markAndMask(text: string): readonly [number, number] {
  const [value = '0', mask = '0xffffffff'] = text.split('/')
  return [Number(value) >>> 0, Number(mask) >>> 0]
}

/** What an option of MARK makes of a mark: the bits that it clears are the mask, those that it turns the value (libxt_MARK.c). */
export function setMark(name: string, text: string): readonly [number, number] {
  const [value, mask] = markAndMask(text)
  switch (name) {
    case '--and-mark':
      return [0, ~value >>> 0]
    case '--or-mark':
      return [value, value]
    case '--xor-mark':
      return [value, 0]
    case '--set-mark':
      return [value, (value | mask) >>> 0]
    default:
      return [value, mask]
  }
}

/** `10.0.0.5/255.255.255.0` as `10.0.0.0/24`, one address without a prefix. */
function canonicalRange(text: string): string {
  // Most are one plain address, of which there are very many.
  if (/^[1-9]\d{0,2}(\.(0|[1-9]\d{0,2})){3}(\/32)?$/.test(text)) return text.replace('/32', '')
  try {
    const is6 = text.includes(':')
    const [address = '', mask = is6 ? '128' : '32'] = text.split('/')
    const prefix = mask.includes('.') ? prefixOf(mask) : Number(mask)
    const range = is6 ? new Address6(`${address}/${prefix}`) : new Address4(`${address}/${prefix}`)
    const first = range.startAddress().correctForm()
    return prefix === (is6 ? 128 : 32) ? first : `${first}/${prefix}`
  } catch {
    // A name, or a mask with holes.
    return text
  }
}

function prefixOf(mask: string): number {
  const bits = mask.split('.').map(octet => Number(octet).toString(2).padStart(8, '0'))
  return bits.join('').replace(/0+$/, '').length
}

/** `:1023` as `0:1023`. */
function canonicalPorts(text: string): string {
  const [first = '', last] = text.split(':')
  return last === undefined || last === first ? first : `${first || '0'}:${last || '65535'}`
}

function canonicalFlags(text: string): string {
  const flags = text === 'ALL' ? 'FIN,SYN,RST,PSH,ACK,URG' : text
  return flags.split(',').sort().join(',')
}

/** Names that are typed, and the numbers that iptables-save prints (libipt_icmp.c). */
const icmpTypes: Readonly<Record<string, string>> = {
  'echo-reply': '0',
  'destination-unreachable': '3',
  redirect: '5',
  'echo-request': '8',
  ping: '8',
  pong: '0',
  'time-exceeded': '11',
}

/** libipt_REJECT.c, libip6t_REJECT.c */
const rejections: Readonly<Record<string, string>> = {
  'net-unreach': 'icmp-net-unreachable',
  'host-unreach': 'icmp-host-unreachable',
  'proto-unreach': 'icmp-proto-unreachable',
  'port-unreach': 'icmp-port-unreachable',
  'net-prohib': 'icmp-net-prohibited',
  'host-prohib': 'icmp-host-prohibited',
  'admin-prohib': 'icmp-admin-prohibited',
  'tcp-rst': 'tcp-reset',
}

/** syslog(3) */
const logLevels: Readonly<Record<string, number>> = {
  emerg: 0,
  panic: 0,
  alert: 1,
  crit: 2,
  err: 3,
  error: 3,
  warning: 4,
  warn: 4,
  notice: 5,
  info: 6,
  debug: 7,
}
