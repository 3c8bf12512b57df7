import { describe, it } from 'vitest'
import { type Break, BrokenLab } from '../machines/broken-lab.ts'

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

/** Of the tunnel itself, or of the way that its packets take. */
const tunnelBreaks: Break[] = [
  [
    'ip netns exec n1 bridge fdb delete 02:00:ac:07:02:00 dev flannel.1 dst 10.4.8.22',
    'n1 does not know on which node 02:00:ac:07:02:00 is: flannel.1 has no FDB entry for it',
    'ip netns exec n1 bridge fdb replace 02:00:ac:07:02:00 dev flannel.1 dst 10.4.8.22',
  ],
  [
    'ip netns exec n2 bridge fdb replace 02:00:ac:07:01:00 dev flannel.1 dst 10.4.7.99',
    'n2 sends frames for 02:00:ac:07:01:00 to 10.4.7.99, and n1, which has it, is 10.4.7.21',
    'ip netns exec n2 bridge fdb replace 02:00:ac:07:01:00 dev flannel.1 dst 10.4.7.21',
  ],
  [
    'ip -n n1 neigh del 172.7.2.0 dev flannel.1',
    'n1 has no neighbour entry for 172.7.2.0 on flannel.1, and in a tunnel nobody answers ARP',
    'ip -n n1 neigh replace 172.7.2.0 lladdr 02:00:ac:07:02:00 dev flannel.1 nud permanent',
  ],
  [
    `ip -n n2 neigh replace 172.7.1.0 lladdr ${wrongMac} dev flannel.1 nud permanent`,
    `n2 takes ${wrongMac} for 172.7.1.0, which is not the address of n1's flannel.1`,
    'ip -n n2 neigh replace 172.7.1.0 lladdr 02:00:ac:07:01:00 dev flannel.1 nud permanent',
  ],
  [
    'ip -n n2 route del 172.7.1.0/24',
    "n2 sends what is for 172.7.1.2 to 10.4.8.254, since flannel's route to 172.7.1.0/24 is not there",
    'ip -n n2 route add 172.7.1.0/24 via 172.7.1.0 dev flannel.1 onlink',
  ],
  [
    'ip netns exec router iptables -I FORWARD -p udp --dport 8472 -j DROP',
    'rule 1 of FORWARD in router drops packets from 10.4.7.21 to 10.4.8.22',
    'ip netns exec router iptables -D FORWARD 1',
  ],
  ['ip -n n2 route del default', 'n2 has no route to 10.4.7.21', 'ip -n n2 route add default via 10.4.8.254'],
]

/** Of a service whose client and endpoint are on one node, and one bridge. */
const serviceBreaks: Break[] = [
  [
    'ip netns exec n1 bridge link set dev veth_a hairpin off',
    'a reaches itself through 10.96.0.10, but the bridge cni0 of n1 never sends a frame back out of the port that it came in by, hairpin is off',
    'ip netns exec n1 bridge link set dev veth_a hairpin on',
  ],
  [
    'ip netns exec n1 iptables -I FORWARD -i cni0 -o cni0 -j DROP',
    'rule 1 of FORWARD in n1 drops packets from 172.7.1.2 to 172.7.1.2',
    'ip netns exec n1 iptables -D FORWARD 1',
  ],
  [
    // The answer goes from pod to pod by the bridge, and nobody puts the service's address back.
    'ip netns exec n1 sysctl -qw net.bridge.bridge-nf-call-iptables=0',
    'the answer reaches client from 172.7.1.2 and not from 10.96.0.10, so it is thrown away: it did not come back by n1, which would have put 10.96.0.10 back',
    '',
    'ip netns exec n1 sysctl -qw net.bridge.bridge-nf-call-iptables=1',
  ],
  [
    'ip netns exec n1 iptables -t nat -D KUBE-SERVICES 1',
    'no rule in n1 translates 10.96.0.10:80, because of a rule that KUBE-SERVICES lacks',
    "ip netns exec n1 iptables -t nat -I KUBE-SERVICES 1 -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G",
  ],
  [
    'ip netns exec n1 iptables -t nat -F KUBE-NODEPORTS',
    'no rule in n1 translates 10.4.7.21:30080, because of a rule that KUBE-NODEPORTS lacks',
    'ip netns exec n1 iptables -t nat -A KUBE-NODEPORTS -m comment --comment default/web -m tcp -p tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G',
  ],
]

const mended = ['n2', 'n1'].map(node => `ip -n ${node} link set dev eth0 mtu 1450`)
const tunnels = ['n2', 'n1'].map(node => `ip -n ${node} link set dev flannel.1 mtu 1400`)

/** Of packets that are too large with the tunnel's wrapper. */
const wrappedBreaks: Break[] = [
  [
    'for n in n1 n2; do ip -n $n link set eth0 mtu 1500; ip -n $n link set flannel.1 mtu 1450; done; ip -n b route flush cache',
    "network cloud takes 1450 bytes, and n2 sends packets of 1500 (1450, and 50 of the tunnel's): they get lost without a word, smaller ones arrive",
    [...mended, ...tunnels].join(' && '),
  ],
  [
    'ip netns exec b iptables -A INPUT -p icmp -j DROP; ip -n b route flush cache',
    'packets of 1450 bytes from b are too large for flannel.1 of n2, which takes 1400, and b never hears of that: rule 1 of INPUT in b drops the message from 172.7.2.1 to 172.7.2.2',
    'ip netns exec b iptables -D INPUT 1',
  ],
]

/** A VXLAN that is the lab's own, of which the outermost node is behind a router. */
const ownVxlanBreaks: Break[] = [
  [
    'ip -n n3 link set vx7 down',
    'vx7 of n3 is down',
    'ip -n n3 link set dev vx7 up',
    'ip -n n3 route add 172.7.21.0/24 via 10.200.0.1; ip -n n3 route add 172.7.22.0/24 via 10.200.0.2',
  ],
  [
    'ip -n n3 address del 10.200.0.3/24 dev vx7',
    'vx7 of n3 has lost its address 10.200.0.3',
    'ip -n n3 address add 10.200.0.3/24 dev vx7',
    'ip -n n3 route add 172.7.21.0/24 via 10.200.0.1; ip -n n3 route add 172.7.22.0/24 via 10.200.0.2',
  ],
  [
    'ip netns exec router iptables -I FORWARD -p udp --dport 4789 -j DROP',
    'rule 1 of FORWARD in router drops packets from 10.4.7.21 to 10.4.8.23',
    'ip netns exec router iptables -D FORWARD 1',
  ],
  [
    'ip -n n3 route del 172.7.21.0/24',
    'n3 sends what is for 172.7.21.2 to 10.4.8.254, since its route to 172.7.21.0/24 is not there',
    'ip -n n3 route add 172.7.21.0/24 via 10.200.0.1',
  ],
]

describe.each([
  ['across-nodes', breaks],
  ['tunnel', tunnelBreaks],
  ['wrapped', wrappedBreaks],
  ['service', serviceBreaks],
  ['own-vxlan', ownVxlanBreaks],
])('%s', (name, broken) => {
  const lab = new BrokenLab(new URL(`${name}.yaml`, import.meta.url), ['a', 'client', 'router'], ['n1', 'n2'])
  it.each(broken)('%s', (...each) => lab.isExplained(each))
})
