#!/bin/sh
# IPv6 beside IPv4: two of everything in one cluster
#
# The commands of netlab's lab dual-stack, as root on a machine that you can do without:
#   sh dual-stack.sh             carries out its steps, in order
#   sh dual-stack.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-dual-stack.step
# The machine's settings as they were.
settings=/run/netlab-dual-stack.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.bridge.bridge-nf-call-ip6tables net.ipv6.conf.default.accept_dad net.ipv6.conf.all.forwarding net.ipv4.conf.all.route_localnet > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 13 ]; then
    ip6tables -D KUBE-SERVICES -m comment --comment 'default/legacy has no endpoints' -m tcp -p tcp -d fd00:96::81 --dport 80 -j REJECT
    iptables -t nat -D KUBE-SEP-RFMF3PSEMPMUHKUE -m comment --comment default/legacy -m tcp -p tcp -j DNAT --to-destination 10.0.0.13:8080
    iptables -t nat -D KUBE-SEP-RFMF3PSEMPMUHKUE -m comment --comment default/legacy -s 10.0.0.13 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-EPTCW4GXRLCJJ2N3 -m comment --comment 'default/legacy -> 10.0.0.13:8080' -j KUBE-SEP-RFMF3PSEMPMUHKUE
    iptables -t nat -D KUBE-SVC-EPTCW4GXRLCJJ2N3 -m comment --comment 'default/legacy cluster IP' -m tcp -p tcp -d 10.96.0.81 --dport 80 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/legacy cluster IP' -m tcp -p tcp -d 10.96.0.81 --dport 80 -j KUBE-SVC-EPTCW4GXRLCJJ2N3
    iptables -t nat -X KUBE-SEP-RFMF3PSEMPMUHKUE
    iptables -t nat -X KUBE-SVC-EPTCW4GXRLCJJ2N3
  fi
  if [ "$last" -ge 12 ]; then
    ip netns exec web-1 ip6tables -A OUTPUT -d fd00:96::80 -j DROP
  fi
  if [ "$last" -ge 11 ]; then
    ip netns exec web-1 ip6tables -D OUTPUT -d fd00:96::80 -j DROP
  fi
  if [ "$last" -ge 9 ]; then
    ip6tables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    ip6tables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    ip6tables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    ip6tables -t nat -D KUBE-SEP-G2LT7QQ6NUDH45QU -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination '[fd00::12]:8080'
    ip6tables -t nat -D KUBE-SEP-G2LT7QQ6NUDH45QU -m comment --comment default/web -s fd00::12 -j KUBE-MARK-MASQ
    ip6tables -t nat -D KUBE-SEP-LTF5YNUXXLIP3WSF -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination '[fd00::11]:8080'
    ip6tables -t nat -D KUBE-SEP-LTF5YNUXXLIP3WSF -m comment --comment default/web -s fd00::11 -j KUBE-MARK-MASQ
    ip6tables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> [fd00::12]:8080' -j KUBE-SEP-G2LT7QQ6NUDH45QU
    ip6tables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> [fd00::11]:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-LTF5YNUXXLIP3WSF
    ip6tables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d fd00:96::80 --dport 80 ! -s fd00::/64 -j KUBE-MARK-MASQ
    ip6tables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    ip6tables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    ip6tables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    ip6tables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    ip6tables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL ! -d ::1/128 -j KUBE-NODEPORTS
    ip6tables -t nat -D KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d fd00:96::80 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
    ip6tables -t nat -X KUBE-SEP-G2LT7QQ6NUDH45QU
    ip6tables -t nat -X KUBE-SEP-LTF5YNUXXLIP3WSF
    ip6tables -t nat -X KUBE-SVC-LOLE4ISW44XBNF3G
    ip6tables -t nat -X KUBE-MARK-MASQ
    ip6tables -t nat -X KUBE-POSTROUTING
    ip6tables -t nat -X KUBE-NODEPORTS
    ip6tables -t nat -X KUBE-SERVICES
    ip6tables -D OUTPUT -j KUBE-FIREWALL
    ip6tables -D INPUT -j KUBE-FIREWALL
    ip6tables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    ip6tables -D OUTPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    ip6tables -D INPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    ip6tables -D FORWARD -m comment --comment 'kubernetes forwarding rules' -j KUBE-FORWARD
    ip6tables -D OUTPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    ip6tables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    ip6tables -D INPUT -m comment --comment 'kubernetes health check service ports' -j KUBE-NODEPORTS
    ip6tables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
    ip6tables -D INPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
    ip6tables -D KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    ip6tables -D KUBE-FORWARD -m comment --comment 'kubernetes forwarding rules' -m mark --mark 0x4000/0x4000 -j ACCEPT
    ip6tables -D KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
    ip6tables -X KUBE-FIREWALL
    ip6tables -X KUBE-PROXY-FIREWALL
    ip6tables -X KUBE-NODEPORTS
    ip6tables -X KUBE-FORWARD
    ip6tables -X KUBE-EXTERNAL-SERVICES
    ip6tables -X KUBE-SERVICES
    iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D KUBE-SEP-OZ7EKTNODCMB5AA5 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.0.0.12:8080
    iptables -t nat -D KUBE-SEP-OZ7EKTNODCMB5AA5 -m comment --comment default/web -s 10.0.0.12 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.0.0.11:8080
    iptables -t nat -D KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -s 10.0.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.12:8080' -j KUBE-SEP-OZ7EKTNODCMB5AA5
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-Y76YWJY6FCGPQRV3
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 80 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
    iptables -t nat -X KUBE-SEP-OZ7EKTNODCMB5AA5
    iptables -t nat -X KUBE-SEP-Y76YWJY6FCGPQRV3
    iptables -t nat -X KUBE-SVC-LOLE4ISW44XBNF3G
    iptables -t nat -X KUBE-MARK-MASQ
    iptables -t nat -X KUBE-POSTROUTING
    iptables -t nat -X KUBE-NODEPORTS
    iptables -t nat -X KUBE-SERVICES
    iptables -D OUTPUT -j KUBE-FIREWALL
    iptables -D INPUT -j KUBE-FIREWALL
    iptables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    iptables -D OUTPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    iptables -D INPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    iptables -D FORWARD -m comment --comment 'kubernetes forwarding rules' -j KUBE-FORWARD
    iptables -D OUTPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -D INPUT -m comment --comment 'kubernetes health check service ports' -j KUBE-NODEPORTS
    iptables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
    iptables -D INPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
    iptables -D KUBE-FIREWALL -m comment --comment 'block incoming localnet connections' -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
    iptables -D KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    iptables -D KUBE-FORWARD -m comment --comment 'kubernetes forwarding rules' -m mark --mark 0x4000/0x4000 -j ACCEPT
    iptables -D KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
    iptables -X KUBE-FIREWALL
    iptables -X KUBE-PROXY-FIREWALL
    iptables -X KUBE-NODEPORTS
    iptables -X KUBE-FORWARD
    iptables -X KUBE-EXTERNAL-SERVICES
    iptables -X KUBE-SERVICES
  fi
  if [ "$last" -ge 8 ]; then
    ip6tables -D FORWARD --out-interface br1 --jump ACCEPT
    ip6tables -D FORWARD --in-interface br1 --jump ACCEPT
    iptables -D FORWARD --out-interface br1 --jump ACCEPT
    iptables -D FORWARD --in-interface br1 --jump ACCEPT
  fi
  if [ "$last" -ge 7 ]; then
    ip6tables -P FORWARD ACCEPT
  fi
  if [ "$last" -ge 3 ]; then
    ip netns pids new | xargs -r kill || :
    ip netns pids old | xargs -r kill || :
    ip netns pids web-2 | xargs -r kill || :
    ip netns pids web-1 | xargs -r kill || :
  fi
  if [ "$last" -ge 2 ]; then
    rm -f /etc/netns/web-1/hosts /etc/netns/web-2/hosts /etc/netns/old/hosts /etc/netns/new/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/web-1 /etc/netns/web-2 /etc/netns/old /etc/netns/new
    ip route delete default via 2001:db8::10
    ip route delete default via 192.0.2.10
    ip -n client route delete default via 2001:db8::1
    ip -n client route delete default via 192.0.2.1
    ip -n client address delete 2001:db8::10/64 dev eth0 nodad
    ip -n client link set dev eth0 down
    ip -n client address delete 192.0.2.10/24 dev eth0
    ip -n client link set dev lo down
    ip -n new route delete default via fd00::1
    ip -n new address delete fd00::14/64 dev eth0 nodad
    ip -n new link set dev eth0 down
    ip -n new link set dev lo down
    ip -n old route delete default via 10.0.0.1
    ip -n old link set dev eth0 down
    ip -n old address delete 10.0.0.13/24 dev eth0
    ip -n old link set dev lo down
    ip -n web-2 route delete default via fd00::1
    ip -n web-2 route delete default via 10.0.0.1
    ip -n web-2 address delete fd00::12/64 dev eth0 nodad
    ip -n web-2 link set dev eth0 down
    ip -n web-2 address delete 10.0.0.12/24 dev eth0
    ip -n web-2 link set dev lo down
    ip -n web-1 route delete default via fd00::1
    ip -n web-1 route delete default via 10.0.0.1
    ip -n web-1 address delete fd00::11/64 dev eth0 nodad
    ip -n web-1 link set dev eth0 down
    ip -n web-1 address delete 10.0.0.11/24 dev eth0
    ip -n web-1 link set dev lo down
    ip address delete 2001:db8::1/64 dev out_client nodad
    ip link set dev out_client down
    ip address delete 192.0.2.1/24 dev out_client
    ip link delete dev out_client
    ip link set dev veth_new type bridge_slave hairpin off
    ip link set dev veth_new nomaster down
    ip link delete dev veth_new
    ip link set dev veth_old type bridge_slave hairpin off
    ip link set dev veth_old nomaster down
    ip link delete dev veth_old
    ip link set dev veth_web-2 type bridge_slave hairpin off
    ip link set dev veth_web-2 nomaster down
    ip link delete dev veth_web-2
    ip link set dev veth_web-1 type bridge_slave hairpin off
    ip link set dev veth_web-1 nomaster down
    ip link delete dev veth_web-1
    ip netns delete client
    ip netns delete new
    ip netns delete old
    ip netns delete web-2
    ip netns delete web-1
    ip address delete fd00::1/64 dev br1 nodad
    ip link set dev br1 down
    ip address delete 10.0.0.1/24 dev br1
    ip link delete dev br1
  fi
  sysctl --quiet --ignore --load="$settings"
  rm "$settings"
  rm "$reached"
}
if [ "$#" -gt 0 ] && [ "$1" = teardown ]; then
  teardown
  exit
fi

step() {
  printf '%s\n' "$1/14 $2"
  echo "$1" > "$reached"
}

# A Linux machine drops every packet that is not for itself until net.ipv4.ip_forward is 1. A
# Kubernetes node must pass packets on, between its pods and the world, so this comes before
# anything else. net.bridge.bridge-nf-call-iptables lets iptables see what only crosses a bridge,
# too: services need it.
step 1 Forwarding
sysctl -w net.ipv4.ip_forward=1
sysctl -w net.bridge.bridge-nf-call-iptables=1
sysctl -w net.bridge.bridge-nf-call-ip6tables=1

# A pod of a dual-stack cluster has two addresses: Kubernetes lists them as podIPs, and the first is
# its podIP. Both are on the same eth0, behind the same cable and the same bridge; below IP there is
# nothing new. Look closely and there are three: each interface makes itself one that starts with
# fe80, its link-local address, which is good on that cable only and which no router passes on. old
# has IPv4 alone, and new has IPv6 alone, as pods of clusters half way have it.
step 2 'Two addresses on one card'
sysctl -w net.ipv6.conf.default.accept_dad=0
ip link add name br1 type bridge
ip address add 10.0.0.1/24 dev br1
ip link set dev br1 up
ip address add fd00::1/64 dev br1 nodad
ip netns add web-1
ip netns add web-2
ip netns add old
ip netns add new
ip netns add client
ip link add name veth_web-1 type veth peer name eth0 netns web-1
ip link set dev veth_web-1 master br1 up
ip link set dev veth_web-1 type bridge_slave hairpin on
ip link add name veth_web-2 type veth peer name eth0 netns web-2
ip link set dev veth_web-2 master br1 up
ip link set dev veth_web-2 type bridge_slave hairpin on
ip link add name veth_old type veth peer name eth0 netns old
ip link set dev veth_old master br1 up
ip link set dev veth_old type bridge_slave hairpin on
ip link add name veth_new type veth peer name eth0 netns new
ip link set dev veth_new master br1 up
ip link set dev veth_new type bridge_slave hairpin on
ip link add name out_client type veth peer name eth0 netns client
ip address add 192.0.2.1/24 dev out_client
ip link set dev out_client up
ip address add 2001:db8::1/64 dev out_client nodad
ip -n web-1 link set dev lo up
ip -n web-1 address add 10.0.0.11/24 dev eth0
ip -n web-1 link set dev eth0 up
ip -n web-1 address add fd00::11/64 dev eth0 nodad
ip -n web-1 route add default via 10.0.0.1
ip -n web-1 route add default via fd00::1
ip -n web-2 link set dev lo up
ip -n web-2 address add 10.0.0.12/24 dev eth0
ip -n web-2 link set dev eth0 up
ip -n web-2 address add fd00::12/64 dev eth0 nodad
ip -n web-2 route add default via 10.0.0.1
ip -n web-2 route add default via fd00::1
ip -n old link set dev lo up
ip -n old address add 10.0.0.13/24 dev eth0
ip -n old link set dev eth0 up
ip -n old route add default via 10.0.0.1
ip -n new link set dev lo up
ip -n new link set dev eth0 up
ip -n new address add fd00::14/64 dev eth0 nodad
ip -n new route add default via fd00::1
ip -n client link set dev lo up
ip -n client address add 192.0.2.10/24 dev eth0
ip -n client link set dev eth0 up
ip -n client address add 2001:db8::10/64 dev eth0 nodad
ip -n client route add default via 192.0.2.1
ip -n client route add default via 2001:db8::1
ip route add default via 192.0.2.10
ip route add default via 2001:db8::10
mkdir -p /etc/netns/web-1 /etc/netns/web-2 /etc/netns/old /etc/netns/new
tee /etc/netns/web-1/hosts /etc/netns/web-2/hosts /etc/netns/old/hosts /etc/netns/new/hosts >/dev/null <<'END'
127.0.0.1	localhost
::1	localhost
10.0.0.11	web-1
fd00::11	web-1
10.0.0.12	web-2
fd00::12	web-2
10.0.0.13	old
fd00::14	new
192.0.2.10	client
2001:db8::10	client
10.96.0.80	web web.default web.default.svc web.default.svc.cluster.local
fd00:96::80	web web.default web.default.svc web.default.svc.cluster.local
10.96.0.81	legacy legacy.default legacy.default.svc legacy.default.svc.cluster.local
fd00:96::81	legacy legacy.default legacy.default.svc legacy.default.svc.cluster.local
END

# The servers are asked in both families, and each tells by which address it saw its client. In a
# URL an IPv6 address has brackets, since without them nobody could say where the address ends and
# the port begins: in fd00::11:8080 the 8080 may be the last part of the address. One socket serves
# both: it listens on ::, and the kernel shows an IPv4 client to it as ::ffff:10.0.0.12, unless the
# program asks for IPv6 only.
step 3 'One server, and an address in brackets'
ip netns exec web-1 "${NETLAB:-netlab}" serve 8080 --name web-1 > /dev/null 2>&1 &
ip netns exec web-2 "${NETLAB:-netlab}" serve 8080 --name web-2 > /dev/null 2>&1 &
ip netns exec old "${NETLAB:-netlab}" serve 8080 --name old > /dev/null 2>&1 &
ip netns exec new "${NETLAB:-netlab}" serve 8080 --name new > /dev/null 2>&1 &

# web-2 had to learn which card has fd00::11, and ARP is for IPv4 only. IPv6 asks by NDP, with
# ICMPv6: a neighbour solicitation goes to a multicast group that is made of the last 24 bits of the
# address, ff02::1:ff00:11 here, so that most others are not woken, and the owner answers with an
# advertisement. The table of neighbours is the same kind of table, once for each family, and both
# lead to the same card. Before a machine uses an address of its own it asks in the same way whether
# somebody has it already; that takes a second, and netlab leaves it out (nodad), since it has
# looked at the lab file.
step 4 'No ARP any more'

# client is beyond the node, so its packets have to be passed on. net.ipv4.ip_forward is 1, and IPv4
# gets through. That says nothing of IPv6, whose switch is another one: the node throws the packet
# away without a word, and the client waits. A cluster where half of the names answer slowly is
# often just this.
step 5 'The node forwards IPv4, and not IPv6'

# net.ipv6.conf.all.forwarding makes a router of the machine in IPv6, and now the same question is
# answered. The pod sees the client's own address: there is no NAT here, and with so many addresses
# there need not be any.
step 6 'A switch of its own'
sysctl -w net.ipv6.conf.all.forwarding=1

# Whoever shuts the FORWARD chain with iptables has shut it for IPv4. IPv6 packets meet the rules of
# ip6tables, which has the same tables and chains, all of them a second time, with rules and
# policies of their own. Here the IPv6 half is shut: IPv4 goes on as if nothing had happened. The
# other way round it is a well-known hole in firewalls.
step 7 'iptables does not see IPv6'
ip6tables --policy FORWARD DROP

# So each rule that lets pods through is there twice, and says the same in both. Only what an
# address stands in differs.
step 8 'Rules for both'
iptables --table filter --append FORWARD --in-interface br1 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface br1 --jump ACCEPT
ip6tables --table filter --append FORWARD --in-interface br1 --jump ACCEPT
ip6tables --table filter --append FORWARD --out-interface br1 --jump ACCEPT

# web has two cluster IPs, one of each family, because it says ipFamilyPolicy: RequireDualStack;
# with PreferDualStack it would have been content with one. For each family kube-proxy keeps rules
# of its own, as if there were two kube-proxies: the same chains KUBE-SERVICES, KUBE-SVC-… and
# KUBE-SEP-…, once in iptables and once in ip6tables. What is known of the pods comes in
# EndpointSlices, of which each is of one family. So a request stays in its family: it comes by
# IPv6, and goes on to an IPv6 address.
step 9 'One service, two cluster IPs'
sysctl -w net.ipv4.conf.all.route_localnet=1
iptables -t filter -N KUBE-SERVICES
iptables -t filter -N KUBE-EXTERNAL-SERVICES
iptables -t filter -N KUBE-FORWARD
iptables -t filter -N KUBE-NODEPORTS
iptables -t filter -N KUBE-PROXY-FIREWALL
iptables -t filter -N KUBE-FIREWALL
iptables -t filter -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
iptables -t filter -A KUBE-FORWARD -m comment --comment 'kubernetes forwarding rules' -m mark --mark 0x4000/0x4000 -j ACCEPT
iptables -t filter -A KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -t filter -A KUBE-FIREWALL -m comment --comment 'block incoming localnet connections' -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
iptables -t filter -I INPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
iptables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
iptables -t filter -I INPUT 1 -m comment --comment 'kubernetes health check service ports' -j KUBE-NODEPORTS
iptables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t filter -I OUTPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t filter -I FORWARD 1 -m comment --comment 'kubernetes forwarding rules' -j KUBE-FORWARD
iptables -t filter -I INPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
iptables -t filter -I OUTPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
iptables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
iptables -t filter -I INPUT 1 -j KUBE-FIREWALL
iptables -t filter -I OUTPUT 1 -j KUBE-FIREWALL
iptables -t nat -N KUBE-SERVICES
iptables -t nat -N KUBE-NODEPORTS
iptables -t nat -N KUBE-POSTROUTING
iptables -t nat -N KUBE-MARK-MASQ
iptables -t nat -N KUBE-SVC-LOLE4ISW44XBNF3G
iptables -t nat -N KUBE-SEP-Y76YWJY6FCGPQRV3
iptables -t nat -N KUBE-SEP-OZ7EKTNODCMB5AA5
iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 80 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-Y76YWJY6FCGPQRV3
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.12:8080' -j KUBE-SEP-OZ7EKTNODCMB5AA5
iptables -t nat -A KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -s 10.0.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.0.0.11:8080
iptables -t nat -A KUBE-SEP-OZ7EKTNODCMB5AA5 -m comment --comment default/web -s 10.0.0.12 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-OZ7EKTNODCMB5AA5 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.0.0.12:8080
iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
ip6tables -t filter -N KUBE-SERVICES
ip6tables -t filter -N KUBE-EXTERNAL-SERVICES
ip6tables -t filter -N KUBE-FORWARD
ip6tables -t filter -N KUBE-NODEPORTS
ip6tables -t filter -N KUBE-PROXY-FIREWALL
ip6tables -t filter -N KUBE-FIREWALL
ip6tables -t filter -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
ip6tables -t filter -A KUBE-FORWARD -m comment --comment 'kubernetes forwarding rules' -m mark --mark 0x4000/0x4000 -j ACCEPT
ip6tables -t filter -A KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
ip6tables -t filter -I INPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
ip6tables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
ip6tables -t filter -I INPUT 1 -m comment --comment 'kubernetes health check service ports' -j KUBE-NODEPORTS
ip6tables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
ip6tables -t filter -I OUTPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
ip6tables -t filter -I FORWARD 1 -m comment --comment 'kubernetes forwarding rules' -j KUBE-FORWARD
ip6tables -t filter -I INPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
ip6tables -t filter -I OUTPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
ip6tables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
ip6tables -t filter -I INPUT 1 -j KUBE-FIREWALL
ip6tables -t filter -I OUTPUT 1 -j KUBE-FIREWALL
ip6tables -t nat -N KUBE-SERVICES
ip6tables -t nat -N KUBE-NODEPORTS
ip6tables -t nat -N KUBE-POSTROUTING
ip6tables -t nat -N KUBE-MARK-MASQ
ip6tables -t nat -N KUBE-SVC-LOLE4ISW44XBNF3G
ip6tables -t nat -N KUBE-SEP-LTF5YNUXXLIP3WSF
ip6tables -t nat -N KUBE-SEP-G2LT7QQ6NUDH45QU
ip6tables -t nat -A KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d fd00:96::80 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
ip6tables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL ! -d ::1/128 -j KUBE-NODEPORTS
ip6tables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
ip6tables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
ip6tables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
ip6tables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
ip6tables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d fd00:96::80 --dport 80 ! -s fd00::/64 -j KUBE-MARK-MASQ
ip6tables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> [fd00::11]:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-LTF5YNUXXLIP3WSF
ip6tables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> [fd00::12]:8080' -j KUBE-SEP-G2LT7QQ6NUDH45QU
ip6tables -t nat -A KUBE-SEP-LTF5YNUXXLIP3WSF -m comment --comment default/web -s fd00::11 -j KUBE-MARK-MASQ
ip6tables -t nat -A KUBE-SEP-LTF5YNUXXLIP3WSF -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination '[fd00::11]:8080'
ip6tables -t nat -A KUBE-SEP-G2LT7QQ6NUDH45QU -m comment --comment default/web -s fd00::12 -j KUBE-MARK-MASQ
ip6tables -t nat -A KUBE-SEP-G2LT7QQ6NUDH45QU -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination '[fd00::12]:8080'
ip6tables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
ip6tables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
ip6tables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING

# The name web stands for both addresses: in the hosts file here, in DNS as a record A and a record
# AAAA. The C library asks for both and puts them in order (RFC 6724): IPv6 comes first where one
# has an IPv6 address to send from, else IPv4. web-1 has both and takes IPv6; old has only IPv4, and
# new only IPv6. Who answers tells it by the client's address that it saw.
step 10 'Which of the two does curl take?'

# What if IPv6 is there, but broken? Packets of web-1 to the IPv6 address vanish here. A program
# that waited for it would hang for minutes, so curl and browsers try IPv4 as well, a fifth of a
# second later, and take who answers first (RFC 8305, which is called happy eyeballs). Nobody sees
# an error; all is just a little slower, and the broken half may stay broken for years. A program
# without this trick hangs.
step 11 'Happy eyeballs'
ip netns exec web-1 ip6tables -A OUTPUT -d fd00:96::80 -j DROP

step 12 'And back'
ip netns exec web-1 ip6tables -D OUTPUT -d fd00:96::80 -j DROP

# The service legacy has two cluster IPs as well, but its only pod has no IPv6 address. So there is
# an EndpointSlice of IPv4 and none of IPv6, and ip6tables gets a rule that refuses: nobody
# translates between the families. curl by name does not even notice, since it goes on to the other
# address. Check both cluster IPs when you move a service.
step 13 'An endpoint of one family'
iptables -t nat -N KUBE-SVC-EPTCW4GXRLCJJ2N3
iptables -t nat -N KUBE-SEP-RFMF3PSEMPMUHKUE
iptables -t nat -I KUBE-SERVICES 1 -m comment --comment 'default/legacy cluster IP' -m tcp -p tcp -d 10.96.0.81 --dport 80 -j KUBE-SVC-EPTCW4GXRLCJJ2N3
iptables -t nat -A KUBE-SVC-EPTCW4GXRLCJJ2N3 -m comment --comment 'default/legacy cluster IP' -m tcp -p tcp -d 10.96.0.81 --dport 80 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-EPTCW4GXRLCJJ2N3 -m comment --comment 'default/legacy -> 10.0.0.13:8080' -j KUBE-SEP-RFMF3PSEMPMUHKUE
iptables -t nat -A KUBE-SEP-RFMF3PSEMPMUHKUE -m comment --comment default/legacy -s 10.0.0.13 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-RFMF3PSEMPMUHKUE -m comment --comment default/legacy -m tcp -p tcp -j DNAT --to-destination 10.0.0.13:8080
ip6tables -t filter -A KUBE-SERVICES -m comment --comment 'default/legacy has no endpoints' -m tcp -p tcp -d fd00:96::81 --dport 80 -j REJECT

# A pod of one family does not reach a pod of the other: there is no address to send from, and the
# kernel says so at once. Between the two somebody has to translate (NAT64), or to have both, as web
# does. So a cluster moves by giving new pods and services both, and not by changing from one day to
# the next.
step 14 'What stays apart'
