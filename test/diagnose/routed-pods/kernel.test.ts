import { describe, it } from 'vitest'
import { type Break, BrokenLab } from '../machines/broken-lab.ts'

const wrongMac = '02:00:00:00:00:99'

/** The checks get 3 s: a kernel that asks by ARP already asks again once a second. */
const onHost: Break[] = [
  [
    'ip route del 10.244.1.3',
    'the host sends packets for b through out_client, not cali_b',
    'ip route add 10.244.1.3/32 dev cali_b scope link',
  ],
  [
    'sysctl -qw net.ipv4.conf.cali_a.proxy_arp=0; ip -n a neigh flush dev eth0',
    'the host does not answer when a asks for its gateway 169.254.1.1: net.ipv4.conf.cali_a.proxy_arp is 0',
    'sysctl -w net.ipv4.conf.cali_a.proxy_arp=1',
  ],
  [
    'sysctl -qw net.ipv4.conf.cali_b.proxy_arp=0; ip -n b neigh flush dev eth0',
    'the host does not answer when b asks for its gateway 169.254.1.1: net.ipv4.conf.cali_b.proxy_arp is 0',
    'sysctl -w net.ipv4.conf.cali_b.proxy_arp=1',
  ],
  [
    'ip route del default; ip -n a neigh flush dev eth0',
    'the host does not answer when a asks for its gateway 169.254.1.1: it answers only for whom it would forward to, and has no default route itself',
    'ip route add default via 192.0.2.10',
  ],
  ['ip -n a route del default', 'a has no default route', 'ip -n a route add default via 169.254.1.1'],
  [
    'ip -n a route del default; ip -n a route del 169.254.1.1',
    'a has no default route',
    'ip -n a route add 169.254.1.1 dev eth0 scope link && ip -n a route add default via 169.254.1.1',
  ],
  [
    'ip -n b link set eth0 down',
    'eth0 in b is down',
    'ip -n b link set dev eth0 up && ip -n b route add 169.254.1.1 dev eth0 scope link && ip -n b route add default via 169.254.1.1',
  ],
  [
    'ip link set cali_b down',
    "cali_b, the host's end of b's cable, is down",
    'ip link set dev cali_b up && ip route add 10.244.1.3/32 dev cali_b scope link',
  ],
  [
    'ip -n a address del 10.244.1.2/32 dev eth0; ip -n a address add 10.244.1.9/32 dev eth0',
    "a's eth0 has the wrong address, 10.244.1.9/32; the lab gives it 10.244.1.2/32",
    'ip -n a address del 10.244.1.9/32 dev eth0 && ip -n a address add 10.244.1.2/32 dev eth0 && ip -n a route replace 169.254.1.1 dev eth0 scope link && ip -n a route replace default via 169.254.1.1',
  ],
  [
    `ip -n a neigh replace 169.254.1.1 lladdr ${wrongMac} dev eth0 nud permanent`,
    `a's neighbour entry for 169.254.1.1 is wrong, ${wrongMac} is not the address of the host's card`,
    'ip -n a neigh del 169.254.1.1 dev eth0',
  ],
  [
    `ip neigh replace 10.244.1.3 lladdr ${wrongMac} dev cali_b nud permanent`,
    `the host's neighbour entry for 10.244.1.3 is wrong, ${wrongMac} is not the address of b's card`,
    'ip neigh del 10.244.1.3 dev cali_b',
  ],
]

const onNodes: Break[] = [
  [
    'ip -n n2 route del 10.244.2.2',
    'n2 sends what is for 10.244.2.2 to 192.168.2.1, since its route to b is not there',
    'ip -n n2 route add 10.244.2.2/32 dev cali_b scope link',
  ],
  [
    'ip netns exec n1 sysctl -qw net.ipv4.conf.cali_a.proxy_arp=0; ip -n a neigh flush dev eth0',
    'n1 does not answer when a asks for 169.254.1.1: net.ipv4.conf.cali_a.proxy_arp is 0 there',
    'ip netns exec n1 sysctl -w net.ipv4.conf.cali_a.proxy_arp=1',
  ],
  [
    'ip netns exec n2 sysctl -qw net.ipv4.conf.cali_b.proxy_arp=0; ip -n b neigh flush dev eth0',
    'n2 does not answer when b asks for 169.254.1.1: net.ipv4.conf.cali_b.proxy_arp is 0 there',
    'ip netns exec n2 sysctl -w net.ipv4.conf.cali_b.proxy_arp=1',
  ],
  [
    'ip -n n1 route del default; ip -n a neigh flush dev eth0',
    'n1 does not answer when a asks for 169.254.1.1: it answers only for whom it would forward to, and has no route there itself',
    'ip -n n1 route add default via 192.168.2.1',
  ],
  [
    'ip netns exec n1 sysctl -qw net.ipv4.ip_forward=0; ip -n a neigh flush dev eth0',
    'n1 does not forward: net.ipv4.ip_forward is 0 there',
    'ip netns exec n1 sysctl -w net.ipv4.ip_forward=1',
  ],
  [
    'ip -n a route del default; ip -n a route del 169.254.1.1',
    'a has no route to 10.244.2.2',
    'ip -n a route add 169.254.1.1 dev eth0 scope link && ip -n a route add default via 169.254.1.1',
  ],
  [
    'ip -n n1 route del 10.244.2.0/26',
    'n1 sends what is for 10.244.2.2 to 192.168.2.1, since its route to 10.244.2.0/26 is not there',
    'ip -n n1 route add 10.244.2.0/26 via 192.168.2.11',
  ],
  [
    'ip -n n2 route del 10.244.1.0/26',
    'n2 sends what is for 10.244.1.2 to 192.168.2.1, since its route to 10.244.1.0/26 is not there',
    'ip -n n2 route add 10.244.1.0/26 via 192.168.2.10',
  ],
  [
    'ip -n n2 link set cali_b down',
    'cali_b of n2 is down',
    'ip -n n2 link set dev cali_b up && ip -n n2 route add 10.244.2.2/32 dev cali_b scope link',
  ],
  [
    'ip -n a link set eth0 down',
    'eth0 of a is down',
    'ip -n a link set dev eth0 up && ip -n a route add 169.254.1.1 dev eth0 scope link && ip -n a route add default via 169.254.1.1',
  ],
  [
    'ip -n b address del 10.244.2.2/32 dev eth0',
    'eth0 of b has lost its address 10.244.2.2',
    'ip -n b address add 10.244.2.2/32 dev eth0 && ip -n b route add 169.254.1.1 dev eth0 scope link && ip -n b route add default via 169.254.1.1',
  ],
  [
    `ip -n a neigh replace 169.254.1.1 lladdr ${wrongMac} dev eth0 nud permanent`,
    `a takes ${wrongMac} for 169.254.1.1, which is not the address of cali_a of n1`,
    'ip -n a neigh delete 169.254.1.1 dev eth0',
  ],
]

describe.each<[string, Break[], string[]]>([
  ['routed-on-host', onHost, []],
  ['routed-on-nodes', onNodes, ['n1', 'n2']],
])('%s', (name, broken, routers) => {
  const lab = new BrokenLab(new URL(`${name}.yaml`, import.meta.url), ['a'], routers)
  it.each(broken)('%s', (...each) => lab.isExplained(each))
})
