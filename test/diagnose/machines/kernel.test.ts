import { describe, it } from 'vitest'
import { type Break, BrokenLab } from './broken-lab.ts'

/** Of packets that are too large for a link: small ones get through. */
const tooLarge: Break[] = [
  [
    'ip -n far link set eth0 mtu 1500; ip -n web route flush cache',
    'network middle takes 1300 bytes, and far sends packets of 1500: they get lost without a word, smaller ones arrive',
    'ip -n far link set dev eth0 mtu 1300',
  ],
  [
    'ip link set far_eth0 mtu 1200',
    'far_eth0, the other end of eth0 of far, takes 1200 bytes, and far sends packets of 1300: they get lost without a word, smaller ones arrive',
    'ip link set dev far_eth0 mtu 1300',
  ],
  [
    'ip netns exec web iptables -A INPUT -p icmp --icmp-type fragmentation-needed -j DROP; ip -n web route flush cache',
    'packets of 1500 bytes from web are too large for eth0 of far, which takes 1300, and web never hears of that: rule 1 of INPUT in web drops the message from 10.2.2.254 to 10.2.2.7',
    'ip netns exec web iptables -D INPUT 1',
  ],
  [
    'ip netns exec far iptables -P OUTPUT DROP; ip -n web route flush cache',
    'packets of 1500 bytes from web are too large for eth0 of far, which takes 1300, and web never hears of that: far drops the message from 10.2.2.254 to 10.2.2.7: the policy of OUTPUT is DROP, and no rule lets it through',
    'ip netns exec far iptables -I OUTPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT',
    'true',
    'ip netns exec far iptables -P OUTPUT ACCEPT; ip netns exec far iptables -F OUTPUT',
  ],
]

describe('packets that are too large', () => {
  const narrow = new BrokenLab(new URL('narrow.yaml', import.meta.url), ['pc'], ['near', 'far'])
  it.each(tooLarge)('%s', (...each) => narrow.isExplained(each))
})

const offices = new BrokenLab(new URL('offices.yaml', import.meta.url), ['pc'], ['near', 'far'])

/** The rule that the lab has, in place of the one that is told, which lets less through. */
const webRule = 'ip netns exec far iptables -R FORWARD 2 -d 10.2.2.7 -p tcp --dport 80 -j ACCEPT'
const wrongMac = '02:00:00:00:00:99'

/** The hop lies behind a router each time but for the first. */
const breaks: Break[] = [
  ['ip -n pc route del default', 'pc has no route to 10.2.2.7', 'ip -n pc route add default via 10.1.1.254'],
  [
    'ip -n near route del 10.2.2.0/24',
    'near has no route to 10.2.2.7',
    'ip -n near route add 10.2.2.0/24 via 60.1.1.2',
  ],
  [
    'ip -n far route del 10.1.1.0/24',
    'far has no route to 10.1.1.9, so the answer of web goes nowhere',
    'ip -n far route add 10.1.1.0/24 via 60.1.1.1',
  ],
  [
    'ip -n web route del default',
    'web has no route to 10.1.1.9, so the answer of web goes nowhere',
    'ip -n web route add default via 10.2.2.254',
  ],
  [
    'ip netns exec near sysctl -qw net.ipv4.ip_forward=0',
    'near does not forward: net.ipv4.ip_forward is 0 there',
    'ip netns exec near sysctl -w net.ipv4.ip_forward=1',
  ],
  [
    'ip netns exec far iptables -D FORWARD 1',
    'far drops the answer from 10.2.2.7 to 10.1.1.9: the policy of FORWARD is DROP, and no rule lets it through',
    'ip netns exec far iptables -I FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT',
  ],
  [
    'ip netns exec far iptables -D FORWARD 2',
    'far drops packets from 10.1.1.9 to 10.2.2.7: the policy of FORWARD is DROP, and no rule lets them through',
    'ip netns exec far iptables -A FORWARD -s 10.1.1.9 -d 10.2.2.7 -j ACCEPT',
    'true',
    webRule,
  ],
  [
    'ip netns exec near iptables -I FORWARD -d 10.2.2.0/24 -j REJECT',
    'rule 1 of FORWARD in near refuses packets from 10.1.1.9 to 10.2.2.7',
    'ip netns exec near iptables -D FORWARD 1',
  ],
  [
    'ip netns exec web iptables -A INPUT -p tcp --dport 80 -j DROP',
    'rule 1 of INPUT in web drops packets from 10.1.1.9 to 10.2.2.7',
    'ip netns exec web iptables -D INPUT 1',
  ],
  [
    'ip netns exec web iptables -A OUTPUT -p tcp --sport 80 -j DROP',
    'rule 1 of OUTPUT in web drops the answer from 10.2.2.7 to 10.1.1.9',
    'ip netns exec web iptables -D OUTPUT 1',
  ],
  [
    'ip netns exec near iptables -t mangle -A FORWARD -d 10.2.2.7 -j DROP',
    "rule 1 of mangle's FORWARD in near drops packets from 10.1.1.9 to 10.2.2.7",
    'ip netns exec near iptables -t mangle -D FORWARD 1',
  ],
  [
    'ip netns exec far iptables -t raw -A PREROUTING -s 10.2.2.7 -j DROP',
    "rule 1 of raw's PREROUTING in far drops the answer from 10.2.2.7 to 10.1.1.9",
    'ip netns exec far iptables -t raw -D PREROUTING 1',
  ],
  [
    // A rule that cannot be read is none that lets packets through, unless it has counted some.
    'ip netns exec far iptables -R FORWARD 2 -d 10.2.2.7 -m time --datestart 2001-01-01 --datestop 2001-01-02 -j ACCEPT',
    'far drops packets from 10.1.1.9 to 10.2.2.7: the policy of FORWARD is DROP, and no rule lets them through',
    'ip netns exec far iptables -A FORWARD -s 10.1.1.9 -d 10.2.2.7 -j ACCEPT',
    'true',
    `${webRule}; ip netns exec far iptables -D FORWARD 3`,
  ],
  [
    // near would answer pc by another way than pc's packets come.
    'ip netns exec near sysctl -qw net.ipv4.conf.eth0.rp_filter=1; ip -n near route add 10.1.1.9/32 via 60.1.1.2',
    'near throws away what comes from 10.1.1.9 by eth0, since its own way there is another (rp_filter)',
    'ip netns exec near sysctl -w net.ipv4.conf.eth0.rp_filter=0',
    'ip -n near route del 10.1.1.9/32 via 60.1.1.2',
  ],
  [
    'ip -n far route add 10.2.2.7/32 via 60.1.1.1',
    'packets for 10.2.2.7 go round in a circle, and far is part of it',
    '',
    'ip -n far route del 10.2.2.7/32 via 60.1.1.1',
  ],
  [
    'ip netns exec near iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE',
    'web sees the client as 60.1.1.1, since near writes that over 10.1.1.9',
    '',
    'ip netns exec near iptables -t nat -D POSTROUTING 1',
  ],
  [
    'ip netns exec far iptables -t nat -A PREROUTING -d 10.2.2.7 -p tcp --dport 80 -j DNAT --to-destination 10.2.2.7:81',
    'far drops packets from 10.1.1.9 to 10.2.2.7: the policy of FORWARD is DROP, and no rule lets them through',
    'ip netns exec far iptables -A FORWARD -s 10.1.1.9 -d 10.2.2.7 -j ACCEPT',
    'ip netns exec far iptables -t nat -D PREROUTING 2; ip netns exec far iptables -D FORWARD 3',
  ],
  // With a link or an address the kernel takes the routes over it.
  [
    'ip -n web link set eth0 down',
    'eth0 of web is down',
    'ip -n web link set dev eth0 up',
    'ip -n web route add default via 10.2.2.254',
  ],
  [
    'ip link set far_eth1 down',
    'the cable of eth1 of far is down at the switch',
    'ip link set dev far_eth1 up',
  ],
  [
    'ip link set web_eth0 nomaster',
    'the cable of eth0 of web is plugged into nothing, not into right',
    'ip link set dev web_eth0 master right up',
  ],
  ['ip link set middle down', 'the switch of network middle is down', 'ip link set dev middle up'],
  [
    'ip -n web address del 10.2.2.7/24 dev eth0',
    'eth0 of web has lost its address 10.2.2.7',
    'ip -n web address add 10.2.2.7/24 dev eth0',
    'ip -n web route add default via 10.2.2.254',
  ],
  [
    `ip -n far neigh replace 10.2.2.7 lladdr ${wrongMac} dev eth1 nud permanent`,
    `far takes ${wrongMac} for 10.2.2.7, which is not the address of web's card`,
    'ip -n far neigh delete 10.2.2.7 dev eth1',
  ],
  [
    `ip -n web neigh replace 10.2.2.254 lladdr ${wrongMac} dev eth0 nud permanent`,
    `web takes ${wrongMac} for 10.2.2.254, which is not the address of far's card`,
    'ip -n web neigh delete 10.2.2.254 dev eth0',
  ],
  [
    'ip -n near address add 10.2.2.7/24 dev eth1',
    'nothing listens on port 80 in near',
    '',
    'ip -n near address del 10.2.2.7/24 dev eth1',
  ],
]

it.each(breaks)('%s', (...broken) => offices.isExplained(broken))
