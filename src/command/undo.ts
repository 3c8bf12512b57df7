import { type Action, type Command, host, type Place } from './command.ts'
import { linkName, parseIp, tunnelKind, tunnelName, valueAfter } from './ip-argv.ts'
import { IpsetState } from './ipset-state.ts'
import { IptablesState } from './iptables-state.ts'
import { IpvsState } from './ipvs-state.ts'
import { own } from './own.ts'

/** A new network namespace's own values, to which taking back a `sysctl -w` returns (Linux, net/*). */
const sysctlDefaults: Readonly<Record<string, string>> = {
  'net.ipv4.ip_forward': '0',
  'net.ipv4.conf.all.forwarding': '0',
  'net.ipv4.conf.all.route_localnet': '0',
  'net.ipv4.conf.all.arp_ignore': '0',
  'net.ipv4.conf.all.arp_announce': '0',
  'net.ipv4.conf.all.rp_filter': '0',
  'net.ipv4.conf.default.rp_filter': '0',
  'net.ipv4.vs.conntrack': '0',
  'net.ipv4.vs.expire_nodest_conn': '0',
  'net.ipv4.vs.expire_quiescent_template': '0',
  'net.ipv6.conf.all.forwarding': '0',
  'net.ipv6.conf.all.disable_ipv6': '0',
  'net.ipv6.conf.default.disable_ipv6': '0',
  'net.ipv6.conf.default.accept_dad': '1',
  'net.bridge.bridge-nf-call-iptables': '1',
  'net.bridge.bridge-nf-call-ip6tables': '1',
  'net.netfilter.nf_conntrack_tcp_be_liberal': '0',
}

const opposite: Readonly<Record<string, string>> = { on: 'off', off: 'on', up: 'down', down: 'up' }

/** What the commands so far have changed, as far as taking the next ones back depends on it. */
export class Before {
  readonly iptables = new IptablesState()
  readonly ipset = new IpsetState()
  readonly ipvs = new IpvsState()
  /** Place and name of a link that one command makes, without another end → that command. */
  readonly links = new Map<string, readonly string[]>()
  /** Place and key of a kernel setting → its value. */
  readonly settings = new Map<string, string>()
}

/** A command with its opposite, for those to which it does not matter what was before. */
export function reversible(command: Command): Action {
  return {
    command,
    // Nobody may ask, and a lab may have thousands.
    get undo() {
      return undoOf(command, new Before())
    },
  }
}

/** The commands that take a command back; none where it changes nothing that netlab knows of. */
export function undoOf(command: Command, before: Before): readonly Command[] {
  const back = (argv: readonly string[]): Command => ({ argv, in: command.in })
  const [program = '', ...args] = command.argv
  switch (program) {
    case 'iptables':
    case 'ip6tables':
      return before.iptables.note(command.in, command.argv).map(back)
    case 'ip':
      return undoIp(command, before).map(back)
    case 'bridge':
      return undoBridge(args).map(back)
    case 'ipset':
      return before.ipset.note(command.in, command.argv).map(back)
    case 'ipvsadm':
      return before.ipvs.note(command.in, command.argv).map(back)
    case 'nft':
      return undoNft(args).map(back)
    case 'sysctl':
      return args
        .filter(word => word.includes('='))
        .flatMap(word => undoSetting(word, command.in, before))
        .map(back)
    case 'mkdir':
      return [
        back(['rmdir', '-p', '--ignore-fail-on-non-empty', ...args.filter(word => !word.startsWith('-'))]),
      ]
    case 'tee':
      return [back(['rm', '-f', ...args.filter(word => !word.startsWith('-'))])]
    default:
      return []
  }
}

function undoSetting(word: string, place: Place, before: Before): readonly (readonly string[])[] {
  const [name = ''] = word.split('=', 1)
  const key = name.replaceAll('/', '.')
  const noted = `${place} ${key}`
  const value = before.settings.get(noted) ?? own(sysctlDefaults, key)
  before.settings.set(noted, word.slice(name.length + 1))
  return value === undefined ? [] : [['sysctl', '-w', `${key}=${value}`]]
}

/** A table takes all that is in it along; a rule has no name by which to take it back, and goes with its chain or its table. */
function undoNft(args: readonly string[]): readonly (readonly string[])[] {
  const [, family, table] = /^add table (\S+) (\S+)/.exec(args.join(' ')) ?? []
  return family === undefined || table === undefined ? [] : [['nft', 'delete', 'table', family, table]]
}

function undoBridge(args: readonly string[]): readonly (readonly string[])[] {
  const [object = '', verb = '', ...rest] = args
  if (object === 'link' && verb === 'set') return flipped(['bridge', ...args])
  if (/^(fdb|vlan|mdb)$/.test(object) && /^(add|append)$/.test(verb))
    return [['bridge', object, 'delete', ...rest]]
  return []
}

function undoIp({ argv, in: place }: Command, before: Before): readonly (readonly string[])[] {
  const command = parseIp(argv)
  if (command === undefined) return []
  const { options, namespace, object, verb, words } = command
  const ip = ['ip', ...(namespace === undefined ? [] : ['-n', namespace]), ...options]
  switch (`${object} ${verb}`) {
    case 'link add': {
      const named = linkName(words)
      if (isAlone(valueAfter(words, 'type'))) before.links.set(`${place} ${named}`, argv)
      return named === undefined ? [] : [[...ip, 'link', 'delete', 'dev', named]]
    }
    case 'tunnel add': {
      const named = tunnelName(words)
      if (isAlone(tunnelKind(words))) before.links.set(`${place} ${named}`, argv)
      return named === undefined ? [] : [[...ip, 'tunnel', 'delete', named]]
    }
    case 'link delete':
    case 'tunnel delete': {
      // Of other links more than one command is to be said.
      const named = object === 'tunnel' ? tunnelName(words) : linkName(words)
      const made = before.links.get(`${place} ${named}`)
      return made === undefined ? [] : [made]
    }
    case 'link set':
      return moved(words) ?? flipped([...ip, 'link', 'set', ...words])
    case 'netns add':
    case 'address add':
    case 'route add':
    case 'rule add':
    case 'neigh add':
      return [[...ip, object, 'delete', ...words]]
    case 'address delete':
    case 'route delete':
    case 'neigh delete':
      return [[...ip, object, 'add', ...words]]
    default:
      return []
  }
}

/** Whether links of a kind are made by one command, and nobody else has the other end. */
function isAlone(kind: string | undefined): boolean {
  return ['dummy', 'ipip', 'gre', 'sit'].includes(kind ?? '')
}

/** A link that went into another namespace comes back to where process 1 is: the host. */
function moved(words: readonly string[]): readonly (readonly string[])[] | undefined {
  const [to, device] = [valueAfter(words, 'netns'), linkName(words)]
  if (to === undefined || device === undefined) return undefined
  return [['ip', '-n', to, 'link', 'set', 'dev', device, 'netns', '1']]
}

/** The same command with its last switch turned the other way, and out of its bridge; none where it has neither. */
function flipped(argv: readonly string[]): readonly (readonly string[])[] {
  const turned = own(opposite, argv.at(-1) ?? '')
  const switched = turned === undefined ? argv : [...argv.slice(0, -1), turned]
  const master = switched.indexOf('master')
  if (master === -1) return turned === undefined ? [] : [switched]
  return [[...switched.slice(0, master), 'nomaster', ...(turned === undefined ? [] : [turned])]]
}

/** A command with `ip netns exec POD` and `ip -n POD` taken off and said as the place where it runs. */
export function placed(argv: readonly string[], place: Place): { argv: readonly string[]; in: Place } {
  const command = place === host ? parseIp(argv) : undefined
  if (command === undefined) return { argv, in: place }
  const { options, namespace, object, verb, words } = command
  const [pod, ...program] = words
  if (`${object} ${verb}` === 'netns exec' && options.length === 0 && pod !== undefined && program.length > 0)
    return { argv: program, in: pod }
  const isPlaced = namespace !== undefined && options.length === 0
  return isPlaced ? { argv: ['ip', ...argv.slice(3)], in: namespace } : { argv, in: place }
}
