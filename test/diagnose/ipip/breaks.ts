import type { Break } from '../machines/broken-lab.ts'

/** What is broken in `ipip-nodes.yaml`. Pods are not in it: their way is the same as without a tunnel. */
export const ipipBreaks: Break[] = [
  [
    'ip -n n2 link set dev tunl0 down',
    'tunl0 of n2 is down, so nobody there opens packets of protocol 4 from 10.1.1.1',
    'ip -n n2 link set dev tunl0 up && ip -n n2 route add 10.244.1.0/26 via 10.1.1.1 dev tunl0 onlink',
  ],
  [
    'ip -n n1 link set dev tunl0 down',
    'tunl0 of n1 is down, so its route to 10.244.2.0/26 is gone',
    'ip -n n1 link set dev tunl0 up && ip -n n1 route add 10.244.2.0/26 via 10.1.1.2 dev tunl0 onlink',
  ],
  [
    'ip -n n1 route delete 10.244.2.0/26',
    'n1 has no route to 10.244.2.0',
    'ip -n n1 route add 10.244.2.0/26 via 10.1.1.2 dev tunl0 onlink',
  ],
  [
    'ip -n n1 route replace 10.244.2.0/26 via 10.1.1.9 dev tunl0 onlink',
    'n1 sends what is for 10.244.2.0 to 10.1.1.9, since its route to 10.244.2.0/26 is not there',
    'ip -n n1 route replace 10.244.2.0/26 via 10.1.1.2 dev tunl0 onlink',
  ],
  [
    'ip -n n2 address delete 10.244.2.0/32 dev tunl0; ip -n n2 address add 10.244.2.9/32 dev tunl0',
    'tunl0 of n2 has lost its address 10.244.2.0/32',
    'ip -n n2 address add 10.244.2.0/32 dev tunl0 && ip -n n2 route add 10.244.1.0/26 via 10.1.1.1 dev tunl0 onlink',
  ],
  [
    'ip netns exec n2 iptables -A INPUT -p 4 -j DROP',
    'rule 1 of INPUT in n2 drops IPIP packets from 10.1.1.1 to 10.1.1.2',
    'ip netns exec n2 iptables -D INPUT 1',
  ],
]
