import { host } from '../lab/lab.ts'
import type { IptablesState } from './iptables-state.ts'
import type { Command } from './plan.ts'

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

/** The commands that take a command back; none where it changes nothing that netlab knows of. */
export function undoOf(command: Command, iptables: IptablesState): readonly Command[] {
  const back = (argv: readonly string[]): Command => ({ argv, in: command.in })
  const [program = '', ...args] = command.argv
  switch (program) {
    case 'iptables':
    case 'ip6tables':
      return iptables.note(command.in, command.argv).map(back)
    case 'ip':
      return undoIp(args).map(back)
    case 'bridge':
      return args[0] === 'link' && args[1] === 'set' ? flipped(['bridge', ...args]).map(back) : []
    case 'sysctl':
      return args
        .filter(word => word.includes('='))
        .flatMap(word => {
          const key = word.slice(0, word.indexOf('=')).replaceAll('/', '.')
          const value = sysctlDefaults[key]
          return value === undefined ? [] : [back(['sysctl', '-w', `${key}=${value}`])]
        })
    case 'mkdir':
      return [back(['rm', '-r', '-f', ...args.filter(word => !word.startsWith('-'))])]
    case 'tee':
      return [back(['rm', '-f', ...args.filter(word => !word.startsWith('-'))])]
    default:
      return []
  }
}

function undoIp(args: readonly string[]): readonly (readonly string[])[] {
  const [kind = '', verb = '', ...rest] = args
  const object = abbreviations[kind] ?? kind
  switch (`${object} ${verb}`) {
    case 'netns add':
      return [['ip', 'netns', 'delete', ...rest]]
    case 'link add': {
      const named = rest[0] === 'dev' || rest[0] === 'name' ? rest[1] : rest[0]
      return named === undefined ? [] : [['ip', 'link', 'delete', 'dev', named]]
    }
    case 'link set':
      return flipped(['ip', 'link', 'set', ...rest])
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

/** The same command with its last switch turned the other way; none where it has no switch. */
function flipped(argv: readonly string[]): readonly (readonly string[])[] {
  const last = argv.at(-1) ?? ''
  const turned = opposite[last]
  if (turned !== undefined) return [[...argv.slice(0, -1), turned]]
  const master = argv.indexOf('master')
  return master === -1 ? [] : [[...argv.slice(0, master), 'nomaster']]
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
