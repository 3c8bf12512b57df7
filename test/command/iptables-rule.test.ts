import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { shellLine } from '../../src/command/command-line.ts'
import { effectKey, ruleKey } from '../../src/command/iptables-rule.ts'
import { parseSaved, restoreLine } from '../../src/command/iptables-save.ts'

const key = (line: string) => ruleKey({ argv: line.split(' ') })

/** Rules as people type them: table, then what follows `-A CHAIN`. */
const typed: readonly (readonly [table: string, rule: string])[] = [
  ['filter', '! -s 10.0.0.5/24 -j ACCEPT'],
  ['filter', '--prot TCP --dest 10.0.0.1/255.255.255.0 --dport :1023 --jump DROP'],
  ['filter', '-p 6 -m tcp --destination-port=1024: --goto=C'],
  ['filter', '-p 4 -j DROP'],
  ['filter', '-p tcp -m tcp -j DROP'],
  ['filter', '-p all -s 0.0.0.0/0 -i + -j DROP'],
  ['filter', '-p tcp --syn -j DROP'],
  ['filter', '-p tcp --tcp-flags SYN,ACK ALL -j DROP'],
  ['filter', '-m state --state ESTABLISHED,NEW -j DROP'],
  ['filter', '-m conntrack ! --ctstate ESTABLISHED,NEW,DNAT -j DROP'],
  ['filter', '-m limit --limit 5/s -j DROP'],
  ['filter', '-m limit --limit 90/minute --limit-burst 7 -j DROP'],
  ['filter', '-m recent --name X --rcheck --seconds 10800 --reap -j DROP'],
  ['filter', '-m recent --set -j DROP'],
  ['filter', '-p icmp --icmp-type echo-request -j DROP'],
  ['filter', '-p icmp --icmp-type 3/1 -j REJECT --reject-with host-unreach'],
  ['filter', '-p tcp -j REJECT --reject-with tcp-rst'],
  ['filter', '-j REJECT'],
  ['filter', '-m mark ! --mark 16384 -j DROP'],
  ['filter', '-m multiport -p tcp --ports 1,2:3 -j LOG --log-prefix a --log-level info'],
  ['filter', '-m multiport -p tcp --destination-ports 1,2:3 -j LOG --log-level 4'],
  ['filter', '-m addrtype --dst-type local ! --src-type LOCAL,UNICAST -j RETURN'],
  ['filter', '-m statistic --mode nth --every 3 --packet 0 -j RETURN'],
  ['filter', '-m statistic --mode random --probability 0.3333 -j RETURN'],
  ['filter', '-m statistic --mode random --probability 0.14285714286 -j RETURN'],
  ['filter', '-f -m physdev --physdev-is-bridged --physdev-in eth0 -m iprange --src-range 10.0.0.1-10.0.0.5'],
  ['filter', '-m mac --mac-source 00:11:22:33:44:AA -p udp -m udp --source-port=53 -j C'],
  ['mangle', '-j MARK --set-mark 5/7'],
  ['mangle', '-j MARK --and-mark 5'],
  ['mangle', '-j MARK --or-mark 0x4000'],
  ['mangle', '-j MARK --xor-mark 0x00004000'],
  ['mangle', '-j CONNMARK --set-mark 5'],
  ['mangle', '-j CONNMARK --save-mark'],
  [
    'mangle',
    '-m mark --mark 1 -m addrtype --dst-type LOCAL -m mark --mark 2 -j CONNMARK --restore-mark --mask 0xff',
  ],
  ['nat', '-p tcp -j DNAT --to 10.0.0.1:80 --persistent --random'],
  ['nat', '-p tcp -j REDIRECT --to-port 80'],
  ['nat', '-m comment --comment hi --source 10.0.0.0/24 ! --destination 10.0.0.0/24 --jump C'],
]

const variants = ['nft', 'legacy'].filter(variant => {
  const { status } = spawnSync('unshare', [...userNamespace(), `iptables-${variant}`, '-t', 'nat', '-S'], {
    env: environment(),
  })
  return status === 0
})

function userNamespace(): string[] {
  return ['--user', '--map-root-user', '--net']
}

function environment() {
  return { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, XTABLES_LOCKFILE: '/dev/null' }
}

describe.skipIf(variants.length === 0)('a rule is the same as typed and as the kernel has it', () => {
  it.each(variants)('iptables-%s', variant => {
    const tables = [...new Set(typed.map(([table]) => table))]
    const lines = [
      ...tables.flatMap(table => ['A', 'C'].map(chain => ['-t', table, '-N', chain])),
      ...typed.map(([table, rule]) => ['--table', table, '--append', 'A', ...rule.split(' ')]),
    ]
    const { stdout, stderr } = spawnSync('unshare', [...userNamespace(), 'sh', '-e'], {
      input: `${lines.map(words => shellLine([`iptables-${variant}`, ...words])).join('\n')}\niptables-${variant}-save -c\n`,
      encoding: 'utf8',
      env: environment(),
    })
    expect(stderr).toBe('')
    const saved = parseSaved(stdout)
    for (const table of tables) {
      const rules = typed.filter(([one]) => one === table).map(([, rule]) => rule)
      const kernels = saved.get(table)?.get('A')?.rules ?? []
      expect(kernels.map(ruleKey)).toEqual(rules.map(key))
    }
  })
})

describe('rules differ', () => {
  it.each([
    ['in where they lead, and whether they come back', '-j A', '-g A'],
    ['in an exclamation mark', '-s 10.0.0.1 -j A', '! -s 10.0.0.1 -j A'],
    ['in a match without options', '-m socket -j A', '-j A'],
    ['in the order of their matches', '-m mark --mark 1 -m limit -j A', '-m limit -m mark --mark 1 -j A'],
    ['in a bit of a mark', '-j MARK --set-mark 1/1', '-j MARK --set-xmark 1/3'],
    ['in whom they ask for', '-p tcp --dport 80 -j A', '-p udp --dport 80 -j A'],
    ['in their target alone', '-j DNAT --to-destination 10.0.0.1', '-j DNAT --to-destination 10.0.0.2'],
  ])('%s', (_, one, other) => {
    expect(key(one)).not.toBe(key(other))
  })

  it('in their comments, to the kernel but not to packets', () => {
    const [one, other] = ['a', 'b'].map(comment => ({
      argv: ['-m', 'comment', '--comment', comment, '-j', 'X'],
    }))
    expect(ruleKey(one!)).not.toBe(ruleKey(other!))
    expect(effectKey(one!)).toBe(effectKey(other!))
    expect(effectKey(one!)).toBe(effectKey({ argv: ['-j', 'X'] }))
  })
})

it('an address of IPv6 has many spellings', () => {
  expect(key('-s 2001:DB8:0::1/128 -j A')).toBe(key('-s 2001:db8::1 -j A'))
  expect(key('-s ::/0 -j A')).toBe(key('-j A'))
  expect(key('-p icmpv6 --icmpv6-type 128 -j A')).toBe(key('-p ipv6-icmp -m icmp6 --icmpv6-type 128 -j A'))
})

it('its line is taken apart into the words of which it was made', () => {
  const argv = ['-m', 'comment', '--comment', 'say "hi" \\ now', '-j', 'X']
  expect(restoreLine(argv)).toBe('-m comment --comment "say \\"hi\\" \\\\ now" -j X')
})
