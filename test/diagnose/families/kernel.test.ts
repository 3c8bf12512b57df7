import { describe, it } from 'vitest'
import { type Break, BrokenLab } from '../machines/broken-lab.ts'

/** The chain of the service's only endpoint in IPv6. */
const endpoint = 'KUBE-SEP-PRMAMJFM4G5QCQHR'

describe('on one node, of both families', () => {
  const lab = new BrokenLab(
    new URL('healthy-families.yaml', import.meta.url),
    ['a', 'host', 'client'],
    ['host'],
  )

  /** What is broken is of IPv6, and IPv4 goes on. */
  const breaks: Break[] = [
    ['ip -6 -n a route del default', 'a has no default route', 'ip -n a route add default via fd00::1'],
    [
      'ip -6 route del default',
      'the host has no default route, so its packets end before any nat rule sees them',
      'ip route add default via 2001:db8::a',
    ],
    [
      'ip6tables -P FORWARD DROP; ip6tables -D FORWARD -i br1 -j ACCEPT; ip6tables -D FORWARD -o br1 -j ACCEPT',
      "FORWARD's policy is DROP, and no rule lets packets through from a to b",
      'ip6tables -A FORWARD --in-interface br1 --jump ACCEPT && ip6tables -A FORWARD --out-interface br1 --jump ACCEPT',
      'true',
      'ip6tables -P FORWARD ACCEPT',
    ],
    [
      'ip -n b addr del fd00::c/64 dev eth0; ip -n b addr add fd00::99/64 dev eth0 nodad',
      "b's eth0 has the wrong address, fd00::99/64; the lab gives it fd00::c/64",
      'ip -n b address del fd00::99/64 dev eth0 && ip -n b address add fd00::c/64 dev eth0 nodad && ip -n b route replace default via fd00::1',
    ],
    [
      'ip addr del fd00::1/64 dev br1',
      "br1, the pods' gateway, has no address; the lab gives it fd00::1/64",
      'ip address add fd00::1/64 dev br1 nodad',
    ],
    [
      `ip6tables -t nat -R ${endpoint} 2 -p tcp -j DNAT --to-destination [fd00::c]:9999`,
      `rule 2 of ${endpoint} sends to [fd00::c]:9999 in b, not the endpoint's port, 8080`,
      `ip6tables -t nat -R ${endpoint} 2 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination '[fd00::c]:8080'`,
    ],
  ]

  it.each(breaks)('%s', async (...one) => lab.isExplained(one))
})

describe('on several nodes, of IPv6 alone', () => {
  const lab = new BrokenLab(new URL('six-nodes.yaml', import.meta.url), ['a'], ['n1', 'n2', 'r'])

  const breaks: Break[] = [
    [
      'ip -6 -n r route del fd00:2::/64',
      'r has no route to fd00:2::b',
      'ip -n r route add fd00:2::/64 via fd00:b::22',
    ],
    [
      'ip -6 -n n2 route del default',
      'n2 has no route to fd00:1::b, so the answer of b goes nowhere',
      'ip -n n2 route add default via fd00:b::1',
    ],
    [
      'ip netns exec r sysctl -qw net.ipv6.conf.all.forwarding=0',
      'r does not forward: net.ipv6.conf.all.forwarding is 0 there',
      'ip netns exec r sysctl -w net.ipv6.conf.all.forwarding=1',
    ],
    [
      'ip netns exec n2 ip6tables -P FORWARD DROP; ip netns exec n2 ip6tables -D FORWARD -o br0 -j ACCEPT',
      'n2 drops packets from fd00:1::b to fd00:2::b: the policy of FORWARD is DROP, and no rule lets them through',
      'ip netns exec n2 ip6tables -A FORWARD -s fd00:1::b -d fd00:2::b -j ACCEPT',
      'ip netns exec n2 ip6tables -P FORWARD ACCEPT',
      'ip netns exec n2 ip6tables -D FORWARD -s fd00:1::b -d fd00:2::b -j ACCEPT; ip netns exec n2 ip6tables -A FORWARD -o br0 -j ACCEPT',
    ],
    [
      'ip -n r neigh replace fd00:b::22 lladdr 02:00:00:00:00:99 dev eth1 nud permanent',
      "r takes 02:00:00:00:00:99 for fd00:b::22, which is not the address of n2's card",
      'ip -n r neigh delete fd00:b::22 dev eth1',
    ],
  ]

  it.each(breaks)('%s', async (...one) => lab.isExplained(one))
})
