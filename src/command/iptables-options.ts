/** An option of iptables or of one of its extensions, with the number of words that belong to it. */
export interface KnownOption {
  /** As iptables-save writes it: `-s`, `--dport`. */
  name: string
  /** Words that follow whatever they are. */
  least: number
  /** Words that follow at most; those beyond `least` begin with neither a dash nor an exclamation mark. */
  most: number
}

/** Letters and long names of iptables(8), with the least and the most words that follow (`commands`, `original_opts`). */
const ownOptions = [
  '-A 1 append',
  '-C 1 check',
  '-D 1-2 delete',
  '-I 1-2 insert',
  '-R 1-2 replace',
  '-L 0-2 list',
  '-S 0-2 list-rules',
  '-F 0-1 flush',
  '-Z 0-2 zero',
  '-N 1 new-chain',
  '-X 0-1 delete-chain',
  '-E 1-2 rename-chain',
  '-P 1-2 policy',
  '-s 1 source src',
  '-d 1 destination dst',
  '-p 1 protocol',
  '-i 1 in-interface',
  '-o 1 out-interface',
  '-j 1 jump',
  '-g 1 goto',
  '-m 1 match',
  '-t 1 table',
  '-f 0 fragments',
  '-c 1-2 set-counters',
  '-w 0-1 wait',
  '-W 0-1 wait-interval',
  '-n 0 numeric',
  '-v 0 verbose',
  '-x 0 exact',
  '-4 0 ipv4',
  '-6 0 ipv6',
  '-V 0 version',
  '-h 0-1 help',
  '-M 1 modprobe',
  '--line-numbers 0 line-numbers',
]

const ports = ['--sport 1 source-port', '--dport 1 destination-port']
const marks = ['--set-mark 1', '--set-xmark 1', '--and-mark 1', '--or-mark 1', '--xor-mark 1']

/** Extensions, as `iptables -m NAME --help` and `iptables -j NAME --help` list them. */
const extensionOptions: Readonly<Record<string, readonly string[]>> = {
  addrtype: ['--src-type 1', '--dst-type 1', '--limit-iface-in 0', '--limit-iface-out 0'],
  comment: ['--comment 1'],
  connmark: ['--mark 1'],
  conntrack: [
    ...['--ctstate 1', '--ctproto 1', '--ctstatus 1', '--ctexpire 1', '--ctdir 1'],
    ...['--ctorigsrc 1', '--ctorigdst 1', '--ctreplsrc 1', '--ctrepldst 1'],
    ...['--ctorigsrcport 1', '--ctorigdstport 1', '--ctreplsrcport 1', '--ctrepldstport 1'],
  ],
  icmp: ['--icmp-type 1'],
  icmp6: ['--icmpv6-type 1'],
  iprange: ['--src-range 1', '--dst-range 1'],
  length: ['--length 1'],
  limit: ['--limit 1', '--limit-burst 1'],
  mac: ['--mac-source 1'],
  mark: ['--mark 1'],
  multiport: ['--sports 1 source-ports', '--dports 1 destination-ports', '--ports 1'],
  nfacct: ['--nfacct-name 1'],
  owner: ['--uid-owner 1', '--gid-owner 1', '--socket-exists 0'],
  physdev: [
    ...['--physdev-in 1', '--physdev-out 1'],
    ...['--physdev-is-in 0', '--physdev-is-out 0', '--physdev-is-bridged 0'],
  ],
  pkttype: ['--pkt-type 1'],
  recent: [
    ...['--set 0', '--rcheck 0', '--update 0', '--remove 0', '--seconds 1', '--hitcount 1', '--rttl 0'],
    ...['--name 1', '--rsource 0', '--rdest 0', '--mask 1', '--reap 0'],
  ],
  rpfilter: ['--loose 0', '--validmark 0', '--accept-local 0', '--invert 0'],
  sctp: [...ports, '--chunk-types 2'],
  set: ['--match-set 2', '--return-nomatch 0'],
  socket: ['--transparent 0', '--nowildcard 0', '--restore-skmark 0'],
  state: ['--state 1'],
  statistic: ['--mode 1', '--probability 1', '--every 1', '--packet 1'],
  tcp: [...ports, '--syn 0', '--tcp-flags 2', '--tcp-option 1'],
  ttl: ['--ttl-eq 1', '--ttl-lt 1', '--ttl-gt 1'],
  u32: ['--u32 1'],
  udp: ports,
  CONNMARK: [...marks, '--save-mark 0', '--restore-mark 0', '--mask 1', '--nfmask 1', '--ctmask 1'],
  CT: ['--notrack 0', '--helper 1', '--zone 1', '--ctevents 1', '--timeout 1'],
  DNAT: ['--to-destination 1', '--random 0', '--persistent 0'],
  LOG: [
    ...['--log-level 1', '--log-prefix 1', '--log-tcp-sequence 0', '--log-tcp-options 0'],
    ...['--log-ip-options 0', '--log-uid 0', '--log-macdecode 0'],
  ],
  MARK: marks,
  MASQUERADE: ['--to-ports 1', '--random 0', '--random-fully 0'],
  NETMAP: ['--to 1'],
  NFLOG: ['--nflog-group 1', '--nflog-prefix 1', '--nflog-size 1', '--nflog-threshold 1'],
  NFQUEUE: ['--queue-num 1', '--queue-balance 1', '--queue-bypass 0'],
  REDIRECT: ['--to-ports 1', '--random 0'],
  REJECT: ['--reject-with 1'],
  SNAT: ['--to-source 1', '--random 0', '--random-fully 0', '--persistent 0'],
  TCPMSS: ['--set-mss 1', '--clamp-mss-to-pmtu 0'],
  TEE: ['--gateway 1'],
  TPROXY: ['--on-port 1', '--on-ip 1', '--tproxy-mark 1'],
}

type Options = ReadonlyMap<string, KnownOption>

function optionsOf(lines: readonly string[]): Options {
  const options = new Map<string, KnownOption>()
  for (const line of lines) {
    const [name = '', words = '', ...names] = line.split(' ')
    const [least = 0, most = least] = words.split('-').map(Number)
    for (const spelled of [name, ...names.map(long => `--${long}`)])
      options.set(spelled, { name, least, most })
  }
  return options
}

const own = optionsOf(ownOptions)
const extensions = new Map(Object.entries(extensionOptions).map(([name, lines]) => [name, optionsOf(lines)]))

/** One of iptables' own options by its letter: `t`. */
export function letterOption(letter: string): KnownOption | undefined {
  return own.get(`-${letter}`)
}

/**
 * The option that a long name means where some extensions are loaded, given without `=value`, and the extension that it is of;
 * getopt takes what only one option begins with for that option. Undefined: none that is known here.
 */
export function longOption(
  spelled: string,
  loaded: readonly string[],
): { option: KnownOption; extension: string | undefined } | undefined {
  const exact = own.get(spelled)
  if (exact !== undefined) return { option: exact, extension: undefined }
  for (let at = loaded.length - 1; at >= 0; at -= 1) {
    const extension = loaded[at]!
    const option = extensions.get(extension)?.get(spelled)
    if (option !== undefined) return { option, extension }
  }
  const found = new Map<KnownOption['name'], { option: KnownOption; extension: string | undefined }>()
  for (const extension of [undefined, ...loaded]) {
    const options = extension === undefined ? own : extensions.get(extension)
    for (const [name, option] of options ?? [])
      if (name.startsWith(spelled)) found.set(option.name, { option, extension })
  }
  return found.size === 1 ? [...found.values()][0] : undefined
}
