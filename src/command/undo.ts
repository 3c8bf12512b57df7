import type { Command } from './command.ts'
import { host } from './command.ts'
import { IptablesState } from './iptables-state.ts'
import { own } from './own.ts'

/** A new network namespace's own values, to which taking back a `sysctl -w` returns (Linux, net/*). */
const sysctlDefaults: Readonly<Record<string, string>> = {
  'net.ipv4.ip_forward': '0',
  'net.ipv4.conf.all.forwarding': '0',
  'net.ipv4.conf.all.route_localnet': '0',
  'net.ipv4.conf.all.rp_filter': '0',
  'net.ipv4.conf.default.rp_filter': '0',
  'net.ipv6.conf.all.forwarding': '0',
  'net.ipv6.conf.all.disable_ipv6': '0',
  'net.ipv6.conf.default.disable_ipv6': '0',
  'net.bridge.bridge-nf-call-iptables': '1',
  'net.bridge.bridge-nf-call-ip6tables': '1',
  'net.netfilter.nf_conntrack_tcp_be_liberal': '0',
}

const opposite: Readonly<Record<string, string>> = { on: 'off', off: 'on', up: 'down', down: 'up' }
const abbreviations: Readonly<Record<string, string>> = {
  a: 'address',
  addr: 'address',
  l: 'link',
  r: 'route',
  n: 'neigh',
  neighbour: 'neigh',
  ru: 'rule',
  del: 'delete',
  d: 'delete',
}

/** What the commands so far have changed, as far as taking the next ones back depends on it. */
export class Before {
  readonly iptables = new IptablesState()
  /** Place and key of a kernel setting → its value. */
  readonly settings = new Map<string, string>()
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
      return undoIp(args).map(back)
    case 'bridge':
      return undoBridge(args).map(back)
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

function undoSetting(word: string, place: string, before: Before): readonly (readonly string[])[] {
  const [name = ''] = word.split('=', 1)
  const key = name.replaceAll('/', '.')
  const noted = `${place} ${key}`
  const value = before.settings.get(noted) ?? own(sysctlDefaults, key)
  before.settings.set(noted, word.slice(name.length + 1))
  return value === undefined ? [] : [['sysctl', '-w', `${key}=${value}`]]
}

function undoBridge(args: readonly string[]): readonly (readonly string[])[] {
  const [object = '', verb = '', ...rest] = args
  if (object === 'link' && verb === 'set') return flipped(['bridge', ...args])
  if (/^(fdb|vlan|mdb)$/.test(object) && /^(add|append)$/.test(verb))
    return [['bridge', object, 'delete', ...rest]]
  return []
}

function undoIp(args: readonly string[]): readonly (readonly string[])[] {
  const [kind = '', verb = '', ...rest] = args
  const object = own(abbreviations, kind) ?? kind
  switch (`${object} ${verb}`) {
    case 'netns add':
      return [['ip', 'netns', 'delete', ...rest]]
    case 'link add': {
      const named = rest[0] === 'dev' || rest[0] === 'name' ? rest[1] : rest[0]
      return named === undefined ? [] : [['ip', 'link', 'delete', 'dev', named]]
    }
    case 'link set':
      return moved(rest) ?? flipped(['ip', 'link', 'set', ...rest])
    case 'address add':
    case 'route add':
    case 'rule add':
    case 'neigh add':
      return [['ip', object, 'delete', ...rest]]
    case 'address delete':
    case 'address del':
    case 'route delete':
    case 'route del':
    case 'neigh delete':
    case 'neigh del':
      return [['ip', object, 'add', ...rest]]
    default:
      return []
  }
}

/** A link that went into another namespace comes back to where process 1 is: the host. */
function moved(words: readonly string[]): readonly (readonly string[])[] | undefined {
  const at = words.indexOf('netns')
  const [to, device] = [words[at + 1], words[0] === 'dev' ? words[1] : words[0]]
  if (at === -1 || to === undefined || device === undefined) return undefined
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
export function placed(argv: readonly string[], place: string): { argv: readonly string[]; in: string } {
  if (place !== host || argv[0] !== 'ip') return { argv, in: place }
  if (argv[1] === 'netns' && argv[2] === 'exec' && argv.length > 4)
    return { argv: argv.slice(4), in: argv[3]! }
  if ((argv[1] === '-n' || argv[1] === '-netns') && argv.length > 3)
    return { argv: ['ip', ...argv.slice(3)], in: argv[2]! }
  return { argv, in: place }
}
