import { it } from 'vitest'
import { type Break, BrokenLab } from '../machines/broken-lab.ts'

const nodes = new BrokenLab(new URL('across-nodes.yaml', import.meta.url), 'a', ['n1', 'n2'])

const wrongMac = '02:00:00:00:00:99'

/** The hop lies on one of the nodes, or between them. */
const breaks: Break[] = [
  ['ip -n a route del default', 'a has no route to 172.7.22.2', 'ip -n a route add default via 172.7.21.1'],
  [
    'ip -n n1 route del 172.7.22.0/24',
    'n1 has no route to 172.7.22.2',
    'ip -n n1 route add 172.7.22.0/24 via 10.4.7.22',
  ],
  [
    'ip -n n2 route del 172.7.21.0/24',
    'n2 has no route to 172.7.21.2, so the answer of b goes nowhere',
    'ip -n n2 route add 172.7.21.0/24 via 10.4.7.21',
  ],
  [
    'ip netns exec n2 sysctl -qw net.ipv4.ip_forward=0',
    'n2 does not forward: net.ipv4.ip_forward is 0 there',
    'ip netns exec n2 sysctl -w net.ipv4.ip_forward=1',
  ],
  [
    'ip netns exec n2 iptables -I FORWARD -o docker0 -j DROP',
    'rule 1 of FORWARD in n2 drops packets from 172.7.21.2 to 172.7.22.2',
    'ip netns exec n2 iptables -D FORWARD 1',
  ],
  [
    'ip netns exec n1 iptables -t nat -A POSTROUTING -s 172.7.21.0/24 ! -o docker0 -j MASQUERADE',
    'b sees the client as 10.4.7.21, since n1 writes that over 172.7.21.2',
    '',
    'ip netns exec n1 iptables -t nat -D POSTROUTING 1',
  ],
  [
    'ip -n n2 link set veth_b nomaster',
    'the cable of eth0 of b is plugged into nothing, not into docker0',
    'ip -n n2 link set dev veth_b master docker0 up',
  ],
  [
    'ip -n n2 link set veth_b down',
    'the cable of eth0 of b is down at the switch',
    'ip -n n2 link set dev veth_b up',
  ],
  ['ip -n n1 link set docker0 down', 'the bridge docker0 of n1 is down', 'ip -n n1 link set dev docker0 up'],
  [
    'ip -n n1 address del 172.7.21.1/24 dev docker0',
    'docker0 of n1 has lost its address 172.7.21.1',
    'ip -n n1 address add 172.7.21.1/24 dev docker0',
  ],
  [
    'ip -n b address del 172.7.22.2/24 dev eth0',
    'eth0 of b has lost its address 172.7.22.2',
    'ip -n b address add 172.7.22.2/24 dev eth0',
    'ip -n b route add default via 172.7.22.1',
  ],
  [
    `ip -n n2 neigh replace 172.7.22.2 lladdr ${wrongMac} dev docker0 nud permanent`,
    `n2 takes ${wrongMac} for 172.7.22.2, which is not the address of b's card`,
    'ip -n n2 neigh delete 172.7.22.2 dev docker0',
  ],
  ['ip link set lan down', 'the switch of network lan is down', 'ip link set dev lan up'],
  [
    'ip -n n2 link set eth0 down',
    'eth0 of n2 is down',
    'ip -n n2 link set dev eth0 up',
    'ip -n n2 route add 172.7.21.0/24 via 10.4.7.21',
  ],
]

it.each(breaks)('%s', (...broken) => nodes.isExplained(broken))
