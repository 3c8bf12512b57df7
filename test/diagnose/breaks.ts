/** A way to break the lab of healthy.yaml, and what a user must be told about it. */
export interface Break {
  name: string
  /** Shell commands, run on the lab's host. */
  commands: string
  /** The headline of what is shown first. */
  headline: string | RegExp
  /** What to type; `undefined`: nothing on the host mends it. */
  mend: string | RegExp | undefined
  /** Only many requests show it, the checks do not. */
  onlySampled?: true
  /** What mends it leaves something of it behind that another break might meet. */
  leavesTraces?: true
}

/** The chains of the service `web` and of its endpoints b and c, and of the endpoint of `solo`. */
const web = 'KUBE-SVC-LOLE4ISW44XBNF3G'
const webB = 'KUBE-SEP-OZ7EKTNODCMB5AA5'
const webC = 'KUBE-SEP-V2IZB6V25QKMEKUL'
const solo = 'KUBE-SEP-FPW6ZWJNGNYEGRZN'

const wrongMac = '02:00:00:00:00:99'

/** The fifteen of the issue; those with several faces have a row for each. */
export const breaks: readonly Break[] = [
  {
    name: "1 a pod's default route is missing",
    commands: 'ip -n a route del default',
    headline: 'a has no default route',
    mend: 'ip -n a route add default via 10.0.0.1',
  },
  {
    name: "2 the host's end of a cable is down",
    commands: 'ip link set veth_b down',
    headline: "veth_b, the host's end of b's cable, is down",
    mend: 'ip link set dev veth_b up',
  },
  {
    name: "2 a pod's eth0 is down",
    commands: 'ip -n b link set eth0 down',
    headline: 'eth0 in b is down',
    mend: 'ip -n b link set dev eth0 up && ip -n b route add default via 10.0.0.1',
  },
  {
    name: '3 a pod has the wrong address',
    commands: 'ip -n b addr del 10.0.0.12/24 dev eth0; ip -n b addr add 10.0.0.99/24 dev eth0',
    headline: "b's eth0 has the wrong address, 10.0.0.99/24; the lab gives it 10.0.0.12/24",
    mend: /^ip -n b address del 10\.0\.0\.99\/24 dev eth0 && ip -n b address add 10\.0\.0\.12\/24 dev eth0 && /,
  },
  {
    name: '4 a server is dead',
    commands: "kill $(ip netns exec b ss -Hltnp | sed -n 's/.*pid=\\([0-9]*\\).*/\\1/p')",
    headline: 'nothing listens on port 8080 in b',
    mend: /^netlab pod start b --lab [\w-]+$/,
  },
  {
    name: '5 the host does not forward',
    commands: 'sysctl -qw net.ipv4.ip_forward=0',
    headline: 'net.ipv4.ip_forward is not 1',
    mend: 'sysctl -w net.ipv4.ip_forward=1',
  },
  {
    name: '6 FORWARD drops what no rule lets through',
    commands:
      'iptables -P FORWARD DROP; iptables -D FORWARD -i br1 -j ACCEPT; iptables -D FORWARD -o br1 -j ACCEPT',
    headline: "FORWARD's policy is DROP, and no rule lets packets through from a to b",
    mend: 'iptables -A FORWARD --in-interface br1 --jump ACCEPT && iptables -A FORWARD --out-interface br1 --jump ACCEPT',
  },
  {
    name: '7 bridged frames skip iptables',
    commands: 'sysctl -qw net.bridge.bridge-nf-call-iptables=0',
    headline: 'net.bridge.bridge-nf-call-iptables is not 1',
    mend: 'sysctl -w net.bridge.bridge-nf-call-iptables=1',
  },
  {
    name: '8 DNAT goes to a wrong port',
    commands: `iptables -t nat -R ${solo} 2 -p tcp -j DNAT --to-destination 10.0.0.11:9999`,
    headline: `rule 2 of ${solo} sends to 10.0.0.11:9999 in a, not the endpoint's port, 8080`,
    mend: new RegExp(`^iptables -t nat -R ${solo} 2 .*-j DNAT --to-destination 10.0.0.11:8080$`),
  },
  {
    name: '9 MASQUERADE is missing',
    commands: 'iptables -t nat -D KUBE-POSTROUTING 3',
    headline:
      'a reaches itself through 10.100.0.2, and without MASQUERADE it gets a packet from its own address, which it throws away',
    mend: /^iptables -t nat -A KUBE-POSTROUTING .*-j MASQUERADE --random-fully$/,
  },
  {
    name: '10 hairpin is off',
    commands: 'bridge link set dev veth_a hairpin off',
    headline: /^a reaches itself through 10\.100\.0\.2, but the bridge .*, hairpin is off$/,
    mend: 'bridge link set dev veth_a hairpin on',
  },
  {
    name: '11 an address is there twice',
    leavesTraces: true,
    // Who answers first is chance: here it is the wrong one, and stays it, however long a busy machine takes.
    commands: `ip -n c addr add 10.0.0.12/24 dev eth0
      mac=$(ip netns exec c cat /sys/class/net/eth0/address)
      ip -n a neigh replace 10.0.0.12 lladdr $mac dev eth0 nud permanent
      ip neigh replace 10.0.0.12 lladdr $mac dev br1 nud permanent`,
    headline: '10.0.0.12 is there twice, a duplicate: b has it, and so does c',
    mend: /^ip -n c address del 10\.0\.0\.12\/24 dev eth0 && .*ip -n a neigh del 10\.0\.0\.12 dev eth0$/,
  },
  {
    name: '12 a pod has a wrong mask',
    commands: `ip -n a addr add 10.0.0.11/8 dev eth0; ip -n a addr del 10.0.0.11/24 dev eth0
      ip -n a route replace default via 10.0.0.1`,
    headline: "a's eth0 has 10.0.0.11 with the wrong mask, /8 where the lab gives it /24",
    mend: /^ip -n a address del 10\.0\.0\.11\/8 dev eth0 && ip -n a address add 10\.0\.0\.11\/24 dev eth0 && /,
  },
  {
    name: '12 the bridge has a wrong mask',
    commands: 'ip addr add 10.0.0.1/30 dev br1; ip addr del 10.0.0.1/24 dev br1',
    headline: "br1, the pods' gateway, has 10.0.0.1 with the wrong mask, /30 where the lab gives it /24",
    mend: 'ip address del 10.0.0.1/30 dev br1 && ip address add 10.0.0.1/24 dev br1',
  },
  {
    name: '13 a REJECT stands first',
    commands: 'iptables -I FORWARD 1 -d 10.0.0.12 -j REJECT',
    headline:
      'rule 1 of FORWARD refuses packets from a to b (-A FORWARD -d 10.0.0.12/32 -j REJECT --reject-with icmp-port-unreachable)',
    mend: 'iptables -D FORWARD 1',
  },
  {
    name: "13 a RETURN stands before the service's rule",
    commands: 'iptables -t nat -I PREROUTING 1 -s 10.0.0.11 -j RETURN',
    headline:
      'no rule translates 10.100.0.1:80, because of rule 1 of PREROUTING, which the lab did not make (-A PREROUTING -s 10.0.0.11/32 -j RETURN)',
    mend: 'iptables -t nat -D PREROUTING 1',
  },
  {
    name: '13 the rule that takes all that come stands first',
    onlySampled: true,
    commands: `iptables -t nat -D ${web} 3; iptables -t nat -I ${web} 2 -j ${webC}`,
    headline: `the rules give b 0 %, c 100 % of the connections, because ${web} is in the wrong order: rule 2 takes all that come and leaves none to rule 3`,
    mend: new RegExp(`^iptables -t nat -D ${web} 2 && iptables -t nat -A ${web} .* -j ${webC}$`),
  },
  {
    name: '14 a neighbour entry is wrong',
    commands: `ip -n a neigh replace 10.0.0.12 lladdr ${wrongMac} dev eth0 nud permanent`,
    headline: `a's neighbour entry for 10.0.0.12 is wrong, ${wrongMac} is not the address of b's card`,
    mend: 'ip -n a neigh del 10.0.0.12 dev eth0',
  },
  {
    name: "14 the host's neighbour entry is wrong",
    commands: `ip neigh replace 10.0.0.12 lladdr ${wrongMac} dev br1 nud permanent`,
    headline: `the host's neighbour entry for 10.0.0.12 is wrong, ${wrongMac} is not the address of b's card`,
    mend: 'ip neigh del 10.0.0.12 dev br1',
  },
  {
    name: 'a pod is plugged into another bridge',
    leavesTraces: true,
    commands: 'ip link add br9 type bridge; ip link set br9 up; ip link set veth_b master br9',
    headline: 'b is plugged into br9, not into br1',
    mend: 'ip link set dev veth_b master br1 up',
  },
  {
    name: 'one half on both rules',
    commands: `iptables -t nat -R ${web} 3 -m statistic --mode random --probability 0.5 -j ${webC}`,
    headline: `25 % of the connections to 10.100.0.1:80 match no rule of ${web} and keep an address that nobody has`,
    mend: new RegExp(`^iptables -t nat -R ${web} 3 .* -j ${webC}$`),
    onlySampled: true,
  },
  {
    name: 'connections are remembered from a time without rules',
    leavesTraces: true,
    // As many connections as there are ports: whatever port is taken next is remembered.
    commands: `ip netns exec a sysctl -qw net.ipv4.ip_local_port_range='41000 41031'
      iptables -t nat -I PREROUTING 1 -s 10.0.0.11 -j RETURN
      ip netns exec a curl -s -o /dev/null --parallel --parallel-immediate --parallel-max 64 --connect-timeout 0.3 'http://10.100.0.1/?[1-64]' 2> /dev/null || true
      iptables -t nat -D PREROUTING 1`,
    headline: /^the kernel remembers \d+ connections to 10\.100\.0\.1:80 without a translation, /,
    mend: 'conntrack -D -p tcp --orig-dst 10.100.0.1',
  },
  {
    name: 'an endpoint gets no connection, since its rule is gone',
    onlySampled: true,
    commands: `iptables -t nat -D ${webB} 2`,
    headline: `the rules give b 0 %, c 100 % of the connections, because of a rule that ${webB} lacks`,
    mend: new RegExp(`^iptables -t nat -A ${webB} .*-j DNAT --to-destination 10.0.0.12:8080$`),
  },
  {
    name: 'a service has no endpoints',
    commands: `iptables -t nat -D KUBE-SERVICES -p tcp -m comment --comment 'default/web cluster IP' -m tcp -d 10.100.0.1 --dport 80 -j ${web}
      iptables -I KUBE-SERVICES -d 10.100.0.1 -p tcp -m comment --comment 'default/web has no endpoints' --dport 80 -j REJECT`,
    headline: /^default\/web has no endpoints: no pod is behind it, so rule 1 of KUBE-SERVICES refuses it /,
    mend: undefined,
  },
]
