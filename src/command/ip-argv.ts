import { own } from './own.ts'
/** A command of ip(8) taken apart. */
export interface IpCommand {
  /** The process's own options, that of the namespace aside: `-6`, `-json`. */
  options: readonly string[]
  /** What `-n` names. */
  namespace: string | undefined
  /** Spelled out: `link`, `address`. */
  object: string
  /** Spelled out: `add`, `set`; empty where there is none. */
  verb: string
  /** What follows the verb. */
  words: readonly string[]
}

/** Objects in the order in which ip(8) tries them: an abbreviation is of the first that it begins (`cmds` in ip.c). */
const objects = [
  ...[
    'address',
    'addrlabel',
    'maddress',
    'route',
    'rule',
    'neigh',
    'neighbor',
    'neighbour',
    'ntable',
    'link',
  ],
  ...['l2tp', 'fou', 'ila', 'macsec', 'tunnel', 'tuntap', 'token', 'tcpmetrics', 'monitor', 'xfrm', 'mroute'],
  ...['mrule', 'netns', 'netconf', 'vrf', 'sr', 'nexthop', 'mptcp', 'ioam', 'help', 'stats'],
] as const

const listing = ['show', 'list', 'lst']
const verbs: Readonly<Record<string, readonly string[]>> = {
  address: ['add', 'change', 'replace', 'delete', ...listing, 'flush', 'save', 'restore'],
  link: ['add', 'set', 'replace', 'delete', ...listing, 'property'],
  route: [
    'list',
    'lst',
    'show',
    'get',
    'add',
    'change',
    'replace',
    'append',
    'delete',
    'test',
    'flush',
    'save',
  ],
  rule: ['list', 'lst', 'show', 'add', 'delete', 'flush', 'save', 'restore'],
  neigh: ['add', 'change', 'replace', 'delete', 'get', ...listing, 'flush'],
  tunnel: ['add', 'change', 'delete', ...listing, 'prl', '6rd'],
  netns: [
    'list',
    'lst',
    'show',
    'list-id',
    'add',
    'set',
    'identify',
    'pids',
    'delete',
    'exec',
    'monitor',
    'attach',
  ],
}

/** Takes an `ip` command apart; undefined where it is none, or names no object (`ip -batch FILE`). */
export function parseIp([program, ...words]: readonly string[]): IpCommand | undefined {
  if (program !== 'ip') return undefined
  const options: string[] = []
  let namespace: string | undefined
  let at = 0
  for (; words[at]?.startsWith('-'); at += 1) {
    const word = words[at]!
    const option = word.replace(/^--/, '-')
    if (isAbbreviation(option, '-netns')) {
      at += 1
      namespace = words[at]
    } else {
      options.push(word)
      if (takesValue(option)) {
        at += 1
        options.push(words[at] ?? '')
      }
    }
  }
  const [kind, verb = '', ...rest] = words.slice(at)
  if (kind === undefined) return undefined
  const object = spelledOut(kind, objects).replace(/^neighbou?r$/, 'neigh')
  return { options, namespace, object, verb: spelledOut(verb, own(verbs, object) ?? []), words: rest }
}

/** Options with a word of their own, `-batch FILE` among them. */
function takesValue(option: string): boolean {
  return ['-batch', '-family', '-rcvbuf', '-loops'].some(long => isAbbreviation(option, long))
}

/** `-b` is `-batch`; a dash alone is nothing. */
function isAbbreviation(option: string, long: string): boolean {
  return option.length > 1 && long.startsWith(option)
}

function spelledOut(word: string, known: readonly string[]): string {
  return word === '' ? '' : (known.find(name => name.startsWith(word)) ?? word)
}

/** What follows a keyword among a command's words: `br1` of `dev br1`. */
export function valueAfter(words: readonly string[], keyword: string): string | undefined {
  const at = words.indexOf(keyword)
  return at === -1 ? undefined : words[at + 1]
}

/** The address that `ip address` gives or takes away, as it is written, with its length: that of one address, where none is said. */
export function addressWord(words: readonly string[]): string | undefined {
  const word = words.find(each => /^[\dA-Fa-f.:]+(\/\d+)?$/.test(each) && /[.:]/.test(each))
  if (word === undefined || word.includes('/')) return word
  return `${word}/${word.includes(':') ? 128 : 32}`
}

/** The link that `ip link add` makes or `ip link set` changes: after `dev` or `name`, else the first word that is no keyword's. */
export function linkName(words: readonly string[]): string | undefined {
  for (let at = 0; at < words.length; at += 2) {
    while (/^(up|down|nomaster)$/.test(words[at] ?? '')) at += 1
    const word = words[at]
    if (word === 'dev' || word === 'name') return words[at + 1]
    // The words behind `type` are the type's own.
    if (word === undefined || word === 'type') return undefined
    if (!linkKeywords.has(word)) return word
  }
  return undefined
}

/** The kind of tunnel that `ip tunnel` makes, as `ip link` calls it (iproute2, ip/iptunnel.c); undefined where it says none. */
export function tunnelKind(words: readonly string[]): string | undefined {
  const mode = valueAfter(words, 'mode')
  return mode === undefined ? undefined : (own(tunnelModes, mode) ?? mode)
}

const tunnelModes: Readonly<Record<string, string>> = {
  'ip/ip': 'ipip',
  ipv4: 'ipip',
  'ipv4/ipv4': 'ipip',
  'gre/ip': 'gre',
  'ipv6/ip': 'sit',
}

/** The tunnel that `ip tunnel` names: after `name` or `dev` as well as alone, before its keywords. */
export function tunnelName(words: readonly string[]): string | undefined {
  const [first, second] = words
  if (first === 'name') return second
  return first === undefined || tunnelWords.has(first) ? valueAfter(words, 'name') : first
}

const tunnelWords = new Set([
  'mode',
  'remote',
  'local',
  'dev',
  'ttl',
  'tos',
  'key',
  'ikey',
  'okey',
  'nopmtudisc',
])

/** Keywords of `ip link add`, each with a value, that may stand before the name. */
const linkKeywords = new Set([
  ...['link', 'address', 'broadcast', 'mtu', 'netns', 'txqueuelen', 'txqlen', 'numtxqueues', 'numrxqueues'],
  ...['index', 'group', 'gso_max_size', 'gso_max_segs', 'master', 'alias'],
])
