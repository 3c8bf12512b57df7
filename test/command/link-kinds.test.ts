import { expect, it } from 'vitest'
import { linkKindsOf } from '../../src/command/link-kinds.ts'
import { splitWords } from '../../src/text/split-words.ts'

function kindsOf(line: string): string[] {
  const split = splitWords(line)
  if ('refusal' in split) throw new Error(split.refusal)
  return [...linkKindsOf(split.words)]
}

it.each([
  ['ip link add name v type veth peer name w', ['veth']],
  ['ip link add name br1 type bridge', ['bridge']],
  ['ip l a name v type vxlan id 1 dstport 4789', ['vxlan']],
  ['ip -n master link add link eth0 name eth1 type macvlan mode bridge', ['macvlan']],
  ['ip netns exec master ip link add name t type ipip remote 192.0.2.1', ['ipip']],
  ['ip tunnel add tunl1 mode ipip remote 192.0.2.1', ['ipip']],
  ['ip tun add t mode ip/ip remote 192.0.2.1', ['ipip']],
  ['ip tunnel add t mode gre remote 192.0.2.1', ['gre']],
  ['ip tunnel show', []],
  ['ip link show type ipip', []],
])('what makes links: %s', (line, kinds) => {
  expect(kindsOf(line)).toEqual(kinds)
})

it.each([
  'ip link set dev tunl0 up',
  'ip link set tunl0 mtu 1440',
  'ip address add 10.244.219.64/32 dev tunl0',
  'ip -n master route add 10.244.104.0/26 via 192.168.6.13 dev tunl0 onlink',
])('the device that comes with its kind: %s', line => {
  expect(kindsOf(line)).toEqual(['ipip'])
})

it.each([
  'sh -c "ip link add name tunl0 type ipip || ip link show dev tunl0"',
  'bash -ec "cd /tmp; if ! ip -n master tunnel add t mode ipip; then exit 1; fi"',
  'sh -c \'true && (ip link add name "t" type ipip)\'',
  "ip netns exec master sh -c 'A=1 ip link add name t type ipip | cat'",
])('what a shell is given is looked through: %s', line => {
  expect(kindsOf(line)).toEqual(['ipip'])
})

it.each(['echo ip link add name t type ipip', 'curl tunl0', 'iptables -A INPUT -i tunl0', 'sh tunl0'])(
  'what only has such words needs nothing: %s',
  line => {
    expect(kindsOf(line)).toEqual([])
  },
)

it('a command in a command in a command … costs no more than a long one', () => {
  const inA = ['ip', 'netns', 'exec', 'a']
  const nested = (times: number) => [
    ...Array.from({ length: times }, () => inA).flat(),
    'ip',
    'tunnel',
    'add',
  ]
  expect([...linkKindsOf([...nested(3), 't', 'mode', 'ipip'])]).toEqual(['ipip'])
  expect([...linkKindsOf([...nested(20_000), 't', 'mode', 'ipip'])]).toEqual([])
})
