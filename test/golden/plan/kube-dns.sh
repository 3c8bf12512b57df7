#!/bin/sh
# Cluster DNS, and the UDP flow that was left behind
#
# The commands of netlab's lab kube-dns, as root on a machine that you can do without:
#   sh kube-dns.sh             carries out its steps, in order
#   sh kube-dns.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-kube-dns.step
# The machine's settings as they were.
settings=/run/netlab-kube-dns.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv4.conf.all.route_localnet > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 7 ]; then
    true
    iptables -t nat -D KUBE-SEP-A7YQ4MY4TZII3JTK -m comment --comment kube-system/kube-dns:dns-tcp -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:53
    iptables -t nat -D KUBE-SEP-A7YQ4MY4TZII3JTK -m comment --comment kube-system/kube-dns:dns-tcp -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-ERIFXISQEP7F7OF4 -m comment --comment 'kube-system/kube-dns:dns-tcp -> 10.244.0.11:53' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-A7YQ4MY4TZII3JTK
    iptables -t nat -D KUBE-SEP-VR6VIIG2A6524KLY -m comment --comment kube-system/kube-dns:dns -m udp -p udp -j DNAT --to-destination 10.244.0.11:53
    iptables -t nat -D KUBE-SEP-VR6VIIG2A6524KLY -m comment --comment kube-system/kube-dns:dns -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-TCOU7JCQXEZGVUNU -m comment --comment 'kube-system/kube-dns:dns -> 10.244.0.11:53' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-VR6VIIG2A6524KLY
    iptables -t nat -X KUBE-SEP-A7YQ4MY4TZII3JTK
    iptables -t nat -X KUBE-SEP-VR6VIIG2A6524KLY
  fi
  if [ "$last" -ge 6 ]; then
    true
  fi
  if [ "$last" -ge 5 ]; then
    true
    iptables -t nat -N KUBE-SEP-A7YQ4MY4TZII3JTK
    iptables -t nat -N KUBE-SEP-VR6VIIG2A6524KLY
    iptables -t nat -A KUBE-SEP-A7YQ4MY4TZII3JTK -m comment --comment kube-system/kube-dns:dns-tcp -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -A KUBE-SEP-A7YQ4MY4TZII3JTK -m comment --comment kube-system/kube-dns:dns-tcp -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:53
    iptables -t nat -A KUBE-SEP-VR6VIIG2A6524KLY -m comment --comment kube-system/kube-dns:dns -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -A KUBE-SEP-VR6VIIG2A6524KLY -m comment --comment kube-system/kube-dns:dns -m udp -p udp -j DNAT --to-destination 10.244.0.11:53
    iptables -t nat -D KUBE-SEP-T62R2ZCQJ7L2XKT3 -m comment --comment kube-system/kube-dns:dns-tcp -m tcp -p tcp -j DNAT --to-destination 10.244.0.12:53
    iptables -t nat -D KUBE-SEP-T62R2ZCQJ7L2XKT3 -m comment --comment kube-system/kube-dns:dns-tcp -s 10.244.0.12 -j KUBE-MARK-MASQ
    iptables -t nat -R KUBE-SVC-ERIFXISQEP7F7OF4 2 -m comment --comment 'kube-system/kube-dns:dns-tcp -> 10.244.0.11:53' -j KUBE-SEP-A7YQ4MY4TZII3JTK
    iptables -t nat -D KUBE-SEP-LSIUSH75GR7U3TUR -m comment --comment kube-system/kube-dns:dns -m udp -p udp -j DNAT --to-destination 10.244.0.12:53
    iptables -t nat -D KUBE-SEP-LSIUSH75GR7U3TUR -m comment --comment kube-system/kube-dns:dns -s 10.244.0.12 -j KUBE-MARK-MASQ
    iptables -t nat -R KUBE-SVC-TCOU7JCQXEZGVUNU 2 -m comment --comment 'kube-system/kube-dns:dns -> 10.244.0.11:53' -j KUBE-SEP-VR6VIIG2A6524KLY
    iptables -t nat -X KUBE-SEP-T62R2ZCQJ7L2XKT3
    iptables -t nat -X KUBE-SEP-LSIUSH75GR7U3TUR
  fi
  if [ "$last" -ge 4 ]; then
    iptables -t nat -N KUBE-SEP-T62R2ZCQJ7L2XKT3
    iptables -t nat -N KUBE-SEP-LSIUSH75GR7U3TUR
    iptables -t nat -A KUBE-SEP-T62R2ZCQJ7L2XKT3 -m comment --comment kube-system/kube-dns:dns-tcp -s 10.244.0.12 -j KUBE-MARK-MASQ
    iptables -t nat -A KUBE-SEP-T62R2ZCQJ7L2XKT3 -m comment --comment kube-system/kube-dns:dns-tcp -m tcp -p tcp -j DNAT --to-destination 10.244.0.12:53
    iptables -t nat -A KUBE-SEP-LSIUSH75GR7U3TUR -m comment --comment kube-system/kube-dns:dns -s 10.244.0.12 -j KUBE-MARK-MASQ
    iptables -t nat -A KUBE-SEP-LSIUSH75GR7U3TUR -m comment --comment kube-system/kube-dns:dns -m udp -p udp -j DNAT --to-destination 10.244.0.12:53
    iptables -t nat -A KUBE-SVC-ERIFXISQEP7F7OF4 -m comment --comment 'kube-system/kube-dns:dns-tcp -> 10.244.0.12:53' -j KUBE-SEP-T62R2ZCQJ7L2XKT3
    iptables -t nat -R KUBE-SVC-ERIFXISQEP7F7OF4 2 -m comment --comment 'kube-system/kube-dns:dns-tcp -> 10.244.0.11:53' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-A7YQ4MY4TZII3JTK
    iptables -t nat -A KUBE-SVC-TCOU7JCQXEZGVUNU -m comment --comment 'kube-system/kube-dns:dns -> 10.244.0.12:53' -j KUBE-SEP-LSIUSH75GR7U3TUR
    iptables -t nat -R KUBE-SVC-TCOU7JCQXEZGVUNU 2 -m comment --comment 'kube-system/kube-dns:dns -> 10.244.0.11:53' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-VR6VIIG2A6524KLY
  fi
  if [ "$last" -ge 3 ]; then
    iptables -t nat -D KUBE-SEP-T62R2ZCQJ7L2XKT3 -m comment --comment kube-system/kube-dns:dns-tcp -m tcp -p tcp -j DNAT --to-destination 10.244.0.12:53
    iptables -t nat -D KUBE-SEP-T62R2ZCQJ7L2XKT3 -m comment --comment kube-system/kube-dns:dns-tcp -s 10.244.0.12 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-A7YQ4MY4TZII3JTK -m comment --comment kube-system/kube-dns:dns-tcp -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:53
    iptables -t nat -D KUBE-SEP-A7YQ4MY4TZII3JTK -m comment --comment kube-system/kube-dns:dns-tcp -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-ERIFXISQEP7F7OF4 -m comment --comment 'kube-system/kube-dns:dns-tcp -> 10.244.0.12:53' -j KUBE-SEP-T62R2ZCQJ7L2XKT3
    iptables -t nat -D KUBE-SVC-ERIFXISQEP7F7OF4 -m comment --comment 'kube-system/kube-dns:dns-tcp -> 10.244.0.11:53' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-A7YQ4MY4TZII3JTK
    iptables -t nat -D KUBE-SVC-ERIFXISQEP7F7OF4 -m comment --comment 'kube-system/kube-dns:dns-tcp cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 53 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-LSIUSH75GR7U3TUR -m comment --comment kube-system/kube-dns:dns -m udp -p udp -j DNAT --to-destination 10.244.0.12:53
    iptables -t nat -D KUBE-SEP-LSIUSH75GR7U3TUR -m comment --comment kube-system/kube-dns:dns -s 10.244.0.12 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-VR6VIIG2A6524KLY -m comment --comment kube-system/kube-dns:dns -m udp -p udp -j DNAT --to-destination 10.244.0.11:53
    iptables -t nat -D KUBE-SEP-VR6VIIG2A6524KLY -m comment --comment kube-system/kube-dns:dns -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-TCOU7JCQXEZGVUNU -m comment --comment 'kube-system/kube-dns:dns -> 10.244.0.12:53' -j KUBE-SEP-LSIUSH75GR7U3TUR
    iptables -t nat -D KUBE-SVC-TCOU7JCQXEZGVUNU -m comment --comment 'kube-system/kube-dns:dns -> 10.244.0.11:53' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-VR6VIIG2A6524KLY
    iptables -t nat -D KUBE-SVC-TCOU7JCQXEZGVUNU -m comment --comment 'kube-system/kube-dns:dns cluster IP' -m udp -p udp -d 10.96.0.10 --dport 53 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kube-system/kube-dns:dns-tcp cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 53 -j KUBE-SVC-ERIFXISQEP7F7OF4
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kube-system/kube-dns:dns cluster IP' -m udp -p udp -d 10.96.0.10 --dport 53 -j KUBE-SVC-TCOU7JCQXEZGVUNU
    iptables -t nat -X KUBE-SEP-T62R2ZCQJ7L2XKT3
    iptables -t nat -X KUBE-SEP-A7YQ4MY4TZII3JTK
    iptables -t nat -X KUBE-SVC-ERIFXISQEP7F7OF4
    iptables -t nat -X KUBE-SEP-LSIUSH75GR7U3TUR
    iptables -t nat -X KUBE-SEP-VR6VIIG2A6524KLY
    iptables -t nat -X KUBE-SVC-TCOU7JCQXEZGVUNU
  fi
  if [ "$last" -ge 2 ]; then
    iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D KUBE-SEP-ARJHFM4VYNNU2XAD -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.0.21:8080
    iptables -t nat -D KUBE-SEP-ARJHFM4VYNNU2XAD -m comment --comment default/web -s 10.244.0.21 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.0.21:8080' -j KUBE-SEP-ARJHFM4VYNNU2XAD
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 8080 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 8080 -j KUBE-SVC-LOLE4ISW44XBNF3G
    iptables -t nat -X KUBE-SEP-ARJHFM4VYNNU2XAD
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
    ip netns pids web | xargs -r kill || :
    ip netns pids coredns-2 | xargs -r kill || :
    ip netns pids coredns-1 | xargs -r kill || :
    rm -f /etc/netns/probe/hosts
    rm -f /etc/dnsmasq-lab.conf
    iptables -t nat -D POSTROUTING --source 10.244.0.0/24 ! --destination 10.244.0.0/24 --jump MASQUERADE
    iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    iptables -D FORWARD --in-interface cni0 --jump ACCEPT
    rm -f /etc/netns/probe/resolv.conf
    rm -f /etc/netns/web/hosts /etc/netns/probe/hosts
    rm -f /etc/netns/coredns-1/hosts /etc/netns/coredns-2/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/coredns-1 /etc/netns/coredns-2 /etc/netns/web /etc/netns/probe
    ip route delete default via 192.0.2.10
    ip -n router route delete default via 192.0.2.1
    ip -n router link set dev eth0 down
    ip -n router address delete 192.0.2.10/24 dev eth0
    ip -n router link set dev lo down
    ip -n probe route delete default via 10.244.0.1
    ip -n probe link set dev eth0 down
    ip -n probe address delete 10.244.0.31/24 dev eth0
    ip -n probe link set dev lo down
    ip -n web route delete default via 10.244.0.1
    ip -n web link set dev eth0 down
    ip -n web address delete 10.244.0.21/24 dev eth0
    ip -n web link set dev lo down
    ip -n coredns-2 route delete default via 10.244.0.1
    ip -n coredns-2 link set dev eth0 down
    ip -n coredns-2 address delete 10.244.0.12/24 dev eth0
    ip -n coredns-2 link set dev lo down
    ip -n coredns-1 route delete default via 10.244.0.1
    ip -n coredns-1 link set dev eth0 down
    ip -n coredns-1 address delete 10.244.0.11/24 dev eth0
    ip -n coredns-1 link set dev lo down
    ip link set dev out_router down
    ip address delete 192.0.2.1/24 dev out_router
    ip link delete dev out_router
    ip link set dev veth_probe type bridge_slave hairpin off
    ip link set dev veth_probe nomaster down
    ip link delete dev veth_probe
    ip link set dev veth_web type bridge_slave hairpin off
    ip link set dev veth_web nomaster down
    ip link delete dev veth_web
    ip link set dev veth_coredns-2 type bridge_slave hairpin off
    ip link set dev veth_coredns-2 nomaster down
    ip link delete dev veth_coredns-2
    ip link set dev veth_coredns-1 type bridge_slave hairpin off
    ip link set dev veth_coredns-1 nomaster down
    ip link delete dev veth_coredns-1
    ip netns delete router
    ip netns delete probe
    ip netns delete web
    ip netns delete coredns-2
    ip netns delete coredns-1
    ip link set dev cni0 down
    ip address delete 10.244.0.1/24 dev cni0
    ip link delete dev cni0
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
  printf '%s\n' "$1/7 $2"
  echo "$1" > "$reached"
}

# A Linux machine drops every packet that is not for itself until net.ipv4.ip_forward is 1. A
# Kubernetes node must pass packets on, between its pods and the world, so this comes before
# anything else. net.bridge.bridge-nf-call-iptables lets iptables see what only crosses a bridge,
# too: services need it.
step 1 Forwarding
sysctl -w net.ipv4.ip_forward=1
sysctl -w net.bridge.bridge-nf-call-iptables=1

# CoreDNS is an ordinary program in ordinary pods; dnsmasq plays it here. It knows the names of
# services, such as web.default.svc.cluster.local, and their cluster IPs. Asked at a pod's own
# address it answers. But those addresses change with every new pod, and a program that wants to
# look up a name must know at least one address beforehand. The resolv.conf of every pod names
# 10.96.0.10, and there nobody answers yet.
step 2 'Two name servers and nobody who knows them'
ip link add name cni0 type bridge
ip address add 10.244.0.1/24 dev cni0
ip link set dev cni0 up
ip netns add coredns-1
ip netns add coredns-2
ip netns add web
ip netns add probe
ip netns add router
ip link add name veth_coredns-1 type veth peer name eth0 netns coredns-1
ip link set dev veth_coredns-1 master cni0 up
ip link set dev veth_coredns-1 type bridge_slave hairpin on
ip link add name veth_coredns-2 type veth peer name eth0 netns coredns-2
ip link set dev veth_coredns-2 master cni0 up
ip link set dev veth_coredns-2 type bridge_slave hairpin on
ip link add name veth_web type veth peer name eth0 netns web
ip link set dev veth_web master cni0 up
ip link set dev veth_web type bridge_slave hairpin on
ip link add name veth_probe type veth peer name eth0 netns probe
ip link set dev veth_probe master cni0 up
ip link set dev veth_probe type bridge_slave hairpin on
ip link add name out_router type veth peer name eth0 netns router
ip address add 192.0.2.1/24 dev out_router
ip link set dev out_router up
ip -n coredns-1 link set dev lo up
ip -n coredns-1 address add 10.244.0.11/24 dev eth0
ip -n coredns-1 link set dev eth0 up
ip -n coredns-1 route add default via 10.244.0.1
ip -n coredns-2 link set dev lo up
ip -n coredns-2 address add 10.244.0.12/24 dev eth0
ip -n coredns-2 link set dev eth0 up
ip -n coredns-2 route add default via 10.244.0.1
ip -n web link set dev lo up
ip -n web address add 10.244.0.21/24 dev eth0
ip -n web link set dev eth0 up
ip -n web route add default via 10.244.0.1
ip -n probe link set dev lo up
ip -n probe address add 10.244.0.31/24 dev eth0
ip -n probe link set dev eth0 up
ip -n probe route add default via 10.244.0.1
ip -n router link set dev lo up
ip -n router address add 192.0.2.10/24 dev eth0
ip -n router link set dev eth0 up
ip -n router route add default via 192.0.2.1
ip route add default via 192.0.2.10
mkdir -p /etc/netns/coredns-1 /etc/netns/coredns-2 /etc/netns/web /etc/netns/probe
tee /etc/netns/coredns-1/hosts /etc/netns/coredns-2/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.244.0.11	coredns-1
10.244.0.12	coredns-2
10.244.0.21	web
10.244.0.31	probe
192.0.2.10	router
10.96.0.80	web.default web.default.svc web.default.svc.cluster.local
10.96.0.10	kube-dns kube-dns.kube-system kube-dns.kube-system.svc kube-dns.kube-system.svc.cluster.local
END
tee /etc/netns/web/hosts /etc/netns/probe/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.244.0.11	coredns-1
10.244.0.12	coredns-2
10.244.0.31	probe
192.0.2.10	router
10.96.0.80	web web.default web.default.svc web.default.svc.cluster.local
10.96.0.10	kube-dns.kube-system kube-dns.kube-system.svc kube-dns.kube-system.svc.cluster.local
END
tee /etc/netns/probe/resolv.conf >/dev/null <<'END'
nameserver 10.96.0.10
END
iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT
iptables --table nat --append POSTROUTING --source 10.244.0.0/24 ! --destination 10.244.0.0/24 --jump MASQUERADE
tee /etc/dnsmasq-lab.conf >/dev/null <<'END'
no-resolv
no-hosts
local=/cluster.local/
host-record=web.default.svc.cluster.local,10.96.0.80
host-record=kube-dns.kube-system.svc.cluster.local,10.96.0.10
END
tee /etc/netns/probe/hosts >/dev/null <<'END'
127.0.0.1 localhost
END
ip netns exec coredns-1 dnsmasq --no-daemon --conf-file=/etc/dnsmasq-lab.conf > /dev/null 2>&1 &
ip netns exec coredns-2 dnsmasq --no-daemon --conf-file=/etc/dnsmasq-lab.conf > /dev/null 2>&1 &
ip netns exec web "${NETLAB:-netlab}" serve 8080 --name web > /dev/null 2>&1 &
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
iptables -t nat -N KUBE-SEP-ARJHFM4VYNNU2XAD
iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 8080 -j KUBE-SVC-LOLE4ISW44XBNF3G
iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 8080 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.0.21:8080' -j KUBE-SEP-ARJHFM4VYNNU2XAD
iptables -t nat -A KUBE-SEP-ARJHFM4VYNNU2XAD -m comment --comment default/web -s 10.244.0.21 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-ARJHFM4VYNNU2XAD -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.0.21:8080
iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING

# kube-dns is the one service whose cluster IP is agreed on in advance, since nobody can look up the
# name of the thing that looks up names. It has two ports with the number 53. Over UDP go questions
# and short answers, one datagram each; over TCP what is too long. Each has its chain, and each
# throws its own dice. Now the name web.default.svc.cluster.local works in probe: first a DNS
# question to one virtual address, then an HTTP request to another.
step 3 'A service for the service of names'
iptables -t nat -N KUBE-SVC-TCOU7JCQXEZGVUNU
iptables -t nat -N KUBE-SEP-VR6VIIG2A6524KLY
iptables -t nat -N KUBE-SEP-LSIUSH75GR7U3TUR
iptables -t nat -N KUBE-SVC-ERIFXISQEP7F7OF4
iptables -t nat -N KUBE-SEP-A7YQ4MY4TZII3JTK
iptables -t nat -N KUBE-SEP-T62R2ZCQJ7L2XKT3
iptables -t nat -I KUBE-SERVICES 2 -m comment --comment 'kube-system/kube-dns:dns cluster IP' -m udp -p udp -d 10.96.0.10 --dport 53 -j KUBE-SVC-TCOU7JCQXEZGVUNU
iptables -t nat -I KUBE-SERVICES 3 -m comment --comment 'kube-system/kube-dns:dns-tcp cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 53 -j KUBE-SVC-ERIFXISQEP7F7OF4
iptables -t nat -A KUBE-SVC-TCOU7JCQXEZGVUNU -m comment --comment 'kube-system/kube-dns:dns cluster IP' -m udp -p udp -d 10.96.0.10 --dport 53 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-TCOU7JCQXEZGVUNU -m comment --comment 'kube-system/kube-dns:dns -> 10.244.0.11:53' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-VR6VIIG2A6524KLY
iptables -t nat -A KUBE-SVC-TCOU7JCQXEZGVUNU -m comment --comment 'kube-system/kube-dns:dns -> 10.244.0.12:53' -j KUBE-SEP-LSIUSH75GR7U3TUR
iptables -t nat -A KUBE-SEP-VR6VIIG2A6524KLY -m comment --comment kube-system/kube-dns:dns -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-VR6VIIG2A6524KLY -m comment --comment kube-system/kube-dns:dns -m udp -p udp -j DNAT --to-destination 10.244.0.11:53
iptables -t nat -A KUBE-SEP-LSIUSH75GR7U3TUR -m comment --comment kube-system/kube-dns:dns -s 10.244.0.12 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-LSIUSH75GR7U3TUR -m comment --comment kube-system/kube-dns:dns -m udp -p udp -j DNAT --to-destination 10.244.0.12:53
iptables -t nat -A KUBE-SVC-ERIFXISQEP7F7OF4 -m comment --comment 'kube-system/kube-dns:dns-tcp cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 53 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-ERIFXISQEP7F7OF4 -m comment --comment 'kube-system/kube-dns:dns-tcp -> 10.244.0.11:53' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-A7YQ4MY4TZII3JTK
iptables -t nat -A KUBE-SVC-ERIFXISQEP7F7OF4 -m comment --comment 'kube-system/kube-dns:dns-tcp -> 10.244.0.12:53' -j KUBE-SEP-T62R2ZCQJ7L2XKT3
iptables -t nat -A KUBE-SEP-A7YQ4MY4TZII3JTK -m comment --comment kube-system/kube-dns:dns-tcp -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-A7YQ4MY4TZII3JTK -m comment --comment kube-system/kube-dns:dns-tcp -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:53
iptables -t nat -A KUBE-SEP-T62R2ZCQJ7L2XKT3 -m comment --comment kube-system/kube-dns:dns-tcp -s 10.244.0.12 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-T62R2ZCQJ7L2XKT3 -m comment --comment kube-system/kube-dns:dns-tcp -m tcp -p tcp -j DNAT --to-destination 10.244.0.12:53

# UDP knows no connections, but the kernel's connection tracking does: datagrams with the same two
# addresses and ports are one flow, and only the first of a flow visits the nat table. What was
# decided there is written down, and holds for all that follow, as long as they come often enough
# (30 seconds; two minutes once there were several). Here coredns-1 is the only endpoint, and probe
# asks it from port 4053, a resolver that keeps its socket open. Look at the entry: sent to
# 10.96.0.10, answered by 10.244.0.11.
step 4 'A flow that the kernel remembers'
iptables -t nat -R KUBE-SVC-TCOU7JCQXEZGVUNU 2 -m comment --comment 'kube-system/kube-dns:dns -> 10.244.0.11:53' -j KUBE-SEP-VR6VIIG2A6524KLY
iptables -t nat -D KUBE-SVC-TCOU7JCQXEZGVUNU 3
iptables -t nat -R KUBE-SVC-ERIFXISQEP7F7OF4 2 -m comment --comment 'kube-system/kube-dns:dns-tcp -> 10.244.0.11:53' -j KUBE-SEP-A7YQ4MY4TZII3JTK
iptables -t nat -D KUBE-SVC-ERIFXISQEP7F7OF4 3
iptables -t nat -F KUBE-SEP-LSIUSH75GR7U3TUR
iptables -t nat -F KUBE-SEP-T62R2ZCQJ7L2XKT3
iptables -t nat -X KUBE-SEP-LSIUSH75GR7U3TUR
iptables -t nat -X KUBE-SEP-T62R2ZCQJ7L2XKT3

# coredns-1 dies, and coredns-2 takes its place in the endpoints. The rules are right: a question
# from a new port is answered. But the flow from port 4053 goes on to where it has always gone. Each
# further question is refused by a pod where nobody listens, and each one keeps the entry alive. It
# does not heal by itself as long as somebody goes on asking. A TCP client would have noticed its
# connection break and made a new one, with a new visit to the nat table.
step 5 'The trap, a dead pod that still gets the questions'
iptables -t nat -N KUBE-SEP-LSIUSH75GR7U3TUR
iptables -t nat -N KUBE-SEP-T62R2ZCQJ7L2XKT3
iptables -t nat -R KUBE-SVC-TCOU7JCQXEZGVUNU 2 -m comment --comment 'kube-system/kube-dns:dns -> 10.244.0.12:53' -j KUBE-SEP-LSIUSH75GR7U3TUR
iptables -t nat -A KUBE-SEP-LSIUSH75GR7U3TUR -m comment --comment kube-system/kube-dns:dns -s 10.244.0.12 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-LSIUSH75GR7U3TUR -m comment --comment kube-system/kube-dns:dns -m udp -p udp -j DNAT --to-destination 10.244.0.12:53
iptables -t nat -R KUBE-SVC-ERIFXISQEP7F7OF4 2 -m comment --comment 'kube-system/kube-dns:dns-tcp -> 10.244.0.12:53' -j KUBE-SEP-T62R2ZCQJ7L2XKT3
iptables -t nat -A KUBE-SEP-T62R2ZCQJ7L2XKT3 -m comment --comment kube-system/kube-dns:dns-tcp -s 10.244.0.12 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-T62R2ZCQJ7L2XKT3 -m comment --comment kube-system/kube-dns:dns-tcp -m tcp -p tcp -j DNAT --to-destination 10.244.0.12:53
iptables -t nat -F KUBE-SEP-VR6VIIG2A6524KLY
iptables -t nat -F KUBE-SEP-A7YQ4MY4TZII3JTK
iptables -t nat -X KUBE-SEP-VR6VIIG2A6524KLY
iptables -t nat -X KUBE-SEP-A7YQ4MY4TZII3JTK
sh -c 'kill -KILL $(ip netns pids coredns-1)'

# The entry is deleted: every UDP flow to the cluster IP that was translated to the dead endpoint.
# The next datagram from port 4053 counts as a first one, visits the nat table, and finds coredns-2.
# That is why kube-proxy does just this after each change that takes an endpoint from a UDP service,
# and why a kube-proxy that cannot run conntrack leaves a cluster in which DNS fails for some and
# not for others.
step 6 'Forget the flow'
sh -c 'conntrack --delete --proto udp --orig-dst 10.96.0.10 --dst-nat 10.244.0.11 || echo forgotten by itself'

# coredns-1 has been started again, and both answer. New flows are shared out; old ones stay where
# they are, which for once is what one wants. Only the very first questions, from before there was a
# service, are still remembered as going nowhere, so the kernel is told to forget them all.
step 7 'Two again'
iptables -t nat -N KUBE-SEP-VR6VIIG2A6524KLY
iptables -t nat -N KUBE-SEP-A7YQ4MY4TZII3JTK
iptables -t nat -I KUBE-SVC-TCOU7JCQXEZGVUNU 2 -m comment --comment 'kube-system/kube-dns:dns -> 10.244.0.11:53' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-VR6VIIG2A6524KLY
iptables -t nat -A KUBE-SEP-VR6VIIG2A6524KLY -m comment --comment kube-system/kube-dns:dns -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-VR6VIIG2A6524KLY -m comment --comment kube-system/kube-dns:dns -m udp -p udp -j DNAT --to-destination 10.244.0.11:53
iptables -t nat -I KUBE-SVC-ERIFXISQEP7F7OF4 2 -m comment --comment 'kube-system/kube-dns:dns-tcp -> 10.244.0.11:53' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-A7YQ4MY4TZII3JTK
iptables -t nat -A KUBE-SEP-A7YQ4MY4TZII3JTK -m comment --comment kube-system/kube-dns:dns-tcp -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-A7YQ4MY4TZII3JTK -m comment --comment kube-system/kube-dns:dns-tcp -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:53
conntrack --flush || true
sh -c 'setsid ip netns exec coredns-1 dnsmasq --no-daemon --conf-file=/etc/dnsmasq-lab.conf > /dev/null 2>&1 < /dev/null &'
