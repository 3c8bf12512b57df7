import { iptablesOf } from '../../model/families.ts'
import type { PrintOptions } from '../dataplane.ts'
import { tableJson, tableText } from '../iptables/restore-text.ts'
import { bound, device, realServerWords, serverWords, setWords } from '../ipvs-words.ts'
import type { IpSet, RuleSet, VirtualServer } from './rules.ts'

/** What sets it all up, as a script for the shell: kernel settings, kube-ipvs0, the sets, the rules that ask them, the virtual servers. */
export function scriptText(rules: RuleSet, { jumps, explain }: PrintOptions): string {
  const { family, sysctls, addresses, sets, iptables, servers } = rules
  const say = (text: string) => (explain ? [`# ${text}`] : [])
  const program = `${iptablesOf(family)}-restore`
  const tables = [iptables.nat, iptables.filter].map(table => tableText(iptables, table, { jumps, explain }))
  return [
    ...sysctls.flatMap(({ key, value, explain }) => [...say(explain), `sysctl -w ${key}=${value}`]),
    '',
    ...say('it stays down, and answers no ARP: all that it is for is to have the addresses'),
    `ip link show ${device} >/dev/null 2>&1 || ip link add ${device} type dummy`,
    ...(addresses.length === 0
      ? []
      : hereDocument(
          'ip -batch -',
          addresses.map(address => `address add ${bound(address, family)} dev ${device}`),
        )),
    '',
    ...hereDocument(
      'ipset restore -exist',
      sets.flatMap(set => [...say(set.explain), ...setLines(set, rules)]),
    ),
    '',
    ...hereDocument(`${program} --noflush --counters`, tables.join('').trimEnd().split('\n')),
    '',
    ...hereDocument(
      'ipvsadm --restore',
      servers.flatMap(server => [...say(server.explain), ...serverLines(server)]),
    ),
    '',
  ].join('\n')
}

/** ipvsadm has no word for a comment, so those are taken out before it. */
function hereDocument(command: string, lines: readonly string[]): string[] {
  const isTold = command.startsWith('ipvsadm') && lines.some(line => line.startsWith('#'))
  return [`${isTold ? "sed '/^#/d' <<'END' | " : ''}${command}${isTold ? '' : " <<'END'"}`, ...lines, 'END']
}

function setLines(set: IpSet, { family }: RuleSet): string[] {
  const { name, entries } = set
  return [setWords(set, family).join(' '), ...entries.map(entry => `add ${name} ${entry}`)]
}

function serverLines(server: VirtualServer): string[] {
  return [
    ['-A', ...serverWords(server)].join(' '),
    ...server.realServers.map(each => ['-a', ...realServerWords(server, each, 1)].join(' ')),
  ]
}

/** The same for programs. */
export function toJson(
  { sysctls, addresses, sets, iptables, servers }: RuleSet,
  { jumps }: Pick<PrintOptions, 'jumps'>,
): unknown {
  return {
    sysctls: Object.fromEntries(sysctls.map(({ key, value }) => [key, value])),
    addresses,
    sets: Object.fromEntries(sets.map(({ name, type, entries }) => [name, { type, entries }])),
    nat: tableJson(iptables, iptables.nat, { jumps }),
    filter: tableJson(iptables, iptables.filter, { jumps }),
    virtualServers: servers.map(({ explain: _, service: _service, ...server }) => server),
  }
}
