import { expect, it } from 'vitest'
import { ruleCount } from '../../src/plan/rule-count.ts'

const count = (...lines: readonly string[]) =>
  ruleCount([
    {
      ...{ title: 'A step', why: '', from: 'lab', checks: [] },
      actions: lines.map(line => ({ command: { argv: line.split(' '), in: 'host' }, undo: [] })),
    },
  ])

it('counts the rules that are there after a plan', () => {
  expect(count()).toBe(0)
  expect(count('ip link set lo up', 'iptables -A FORWARD -j ACCEPT')).toBe(1)
  expect(
    count(
      'iptables -t nat -N X',
      'iptables -t nat -A X -j RETURN',
      'iptables -t nat -I X 1 -j RETURN',
      'ip6tables -A FORWARD -j ACCEPT',
      'iptables -t nat -D X 1',
      'iptables -P FORWARD DROP',
    ),
  ).toBe(2)
})

it('counts none that are flushed, by chain or by table', () => {
  const rules = [
    'iptables -A INPUT -j ACCEPT',
    'iptables -A OUTPUT -j ACCEPT',
    'iptables -t nat -A OUTPUT -j ACCEPT',
  ]
  expect(count(...rules, 'iptables -F INPUT')).toBe(2)
  expect(count(...rules, 'iptables -F')).toBe(1)
})

it("counts nftables' rules, and the elements of its sets and maps", () => {
  const made = [
    'nft add table ip t',
    'nft add chain ip t c',
    'nft add rule ip t c drop',
    'nft add rule ip t c accept',
    'nft add element ip t m { 1 : drop }',
  ]
  expect(count(...made)).toBe(3)
  expect(count(...made, 'nft delete element ip t m { 1 }')).toBe(2)
  expect(count(...made, 'nft flush chain ip t c')).toBe(1)
  expect(count(...made, 'iptables -A INPUT -j ACCEPT', 'nft delete table ip t')).toBe(1)
})

it('counts entries of sets, virtual servers and their real servers', () => {
  const made = [
    'ipset create A hash:ip',
    'ipset add A 10.0.0.1',
    'ipset add A 10.0.0.2',
    'ipset del A 10.0.0.1',
    'ipvsadm -A -t 10.0.0.1:80 -s rr',
    'ipvsadm -a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 1',
    'ipvsadm -a -t 10.0.0.1:80 -r 10.0.0.3:80 -m -w 1',
    'ipvsadm -e -t 10.0.0.1:80 -r 10.0.0.3:80 -m -w 0',
    'ipvsadm -d -t 10.0.0.1:80 -r 10.0.0.3:80',
  ]
  expect(count(...made)).toBe(3)
  expect(count(...made, 'ipvsadm -D -t 10.0.0.1:80')).toBe(1)
  expect(count(...made, 'ipset destroy A')).toBe(2)
})
