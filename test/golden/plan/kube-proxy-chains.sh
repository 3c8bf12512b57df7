#!/bin/sh
# Reading the chains that every cluster has
#
# The commands of netlab's lab kube-proxy-chains, as root on a machine that you can do without:
#   sh kube-proxy-chains.sh             carries out its steps, in order
#   sh kube-proxy-chains.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-kube-proxy-chains.step
# The machine's settings as they were.
settings=/run/netlab-kube-proxy-chains.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv4.conf.all.route_localnet > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 5 ]; then
    iptables -t nat -D KUBE-SEP-6H33OVO66SZLWCLO -m comment --comment kube-system/kube-dns:metrics -m tcp -p tcp -j DNAT --to-destination 10.244.219.84:9153
    iptables -t nat -D KUBE-SEP-6H33OVO66SZLWCLO -m comment --comment kube-system/kube-dns:metrics -s 10.244.219.84 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-5YRFMHXDT2UBOY4E -m comment --comment kube-system/kube-dns:metrics -m tcp -p tcp -j DNAT --to-destination 10.244.219.81:9153
    iptables -t nat -D KUBE-SEP-5YRFMHXDT2UBOY4E -m comment --comment kube-system/kube-dns:metrics -s 10.244.219.81 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-JD5MR3NA4I4DYORP -m comment --comment 'kube-system/kube-dns:metrics -> 10.244.219.84:9153' -j KUBE-SEP-6H33OVO66SZLWCLO
    iptables -t nat -D KUBE-SVC-JD5MR3NA4I4DYORP -m comment --comment 'kube-system/kube-dns:metrics -> 10.244.219.81:9153' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-5YRFMHXDT2UBOY4E
    iptables -t nat -D KUBE-SVC-JD5MR3NA4I4DYORP -m comment --comment 'kube-system/kube-dns:metrics cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 9153 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-KXA7TMGNGFFDWVUR -m comment --comment kube-system/kube-dns:dns-tcp -m tcp -p tcp -j DNAT --to-destination 10.244.219.84:53
    iptables -t nat -D KUBE-SEP-KXA7TMGNGFFDWVUR -m comment --comment kube-system/kube-dns:dns-tcp -s 10.244.219.84 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-RVHUFFJRAXZ7HWCG -m comment --comment kube-system/kube-dns:dns-tcp -m tcp -p tcp -j DNAT --to-destination 10.244.219.81:53
    iptables -t nat -D KUBE-SEP-RVHUFFJRAXZ7HWCG -m comment --comment kube-system/kube-dns:dns-tcp -s 10.244.219.81 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-ERIFXISQEP7F7OF4 -m comment --comment 'kube-system/kube-dns:dns-tcp -> 10.244.219.84:53' -j KUBE-SEP-KXA7TMGNGFFDWVUR
    iptables -t nat -D KUBE-SVC-ERIFXISQEP7F7OF4 -m comment --comment 'kube-system/kube-dns:dns-tcp -> 10.244.219.81:53' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-RVHUFFJRAXZ7HWCG
    iptables -t nat -D KUBE-SVC-ERIFXISQEP7F7OF4 -m comment --comment 'kube-system/kube-dns:dns-tcp cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 53 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-ZEECVMWZM5TWPKEC -m comment --comment kube-system/kube-dns:dns -m udp -p udp -j DNAT --to-destination 10.244.219.84:53
    iptables -t nat -D KUBE-SEP-ZEECVMWZM5TWPKEC -m comment --comment kube-system/kube-dns:dns -s 10.244.219.84 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-MGHVEYSATPGJMCJ4 -m comment --comment kube-system/kube-dns:dns -m udp -p udp -j DNAT --to-destination 10.244.219.81:53
    iptables -t nat -D KUBE-SEP-MGHVEYSATPGJMCJ4 -m comment --comment kube-system/kube-dns:dns -s 10.244.219.81 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-TCOU7JCQXEZGVUNU -m comment --comment 'kube-system/kube-dns:dns -> 10.244.219.84:53' -j KUBE-SEP-ZEECVMWZM5TWPKEC
    iptables -t nat -D KUBE-SVC-TCOU7JCQXEZGVUNU -m comment --comment 'kube-system/kube-dns:dns -> 10.244.219.81:53' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-MGHVEYSATPGJMCJ4
    iptables -t nat -D KUBE-SVC-TCOU7JCQXEZGVUNU -m comment --comment 'kube-system/kube-dns:dns cluster IP' -m udp -p udp -d 10.96.0.10 --dport 53 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kube-system/kube-dns:metrics cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 9153 -j KUBE-SVC-JD5MR3NA4I4DYORP
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kube-system/kube-dns:dns-tcp cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 53 -j KUBE-SVC-ERIFXISQEP7F7OF4
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kube-system/kube-dns:dns cluster IP' -m udp -p udp -d 10.96.0.10 --dport 53 -j KUBE-SVC-TCOU7JCQXEZGVUNU
    iptables -t nat -X KUBE-SEP-6H33OVO66SZLWCLO
    iptables -t nat -X KUBE-SEP-5YRFMHXDT2UBOY4E
    iptables -t nat -X KUBE-SVC-JD5MR3NA4I4DYORP
    iptables -t nat -X KUBE-SEP-KXA7TMGNGFFDWVUR
    iptables -t nat -X KUBE-SEP-RVHUFFJRAXZ7HWCG
    iptables -t nat -X KUBE-SVC-ERIFXISQEP7F7OF4
    iptables -t nat -X KUBE-SEP-ZEECVMWZM5TWPKEC
    iptables -t nat -X KUBE-SEP-MGHVEYSATPGJMCJ4
    iptables -t nat -X KUBE-SVC-TCOU7JCQXEZGVUNU
  fi
  if [ "$last" -ge 3 ]; then
    iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D KUBE-SEP-5EFMUOCZGIBPZQKY -m comment --comment default/kubernetes:https -m tcp -p tcp -j DNAT --to-destination 192.168.2.10:6443
    iptables -t nat -D KUBE-SEP-5EFMUOCZGIBPZQKY -m comment --comment default/kubernetes:https -s 192.168.2.10 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-NPX46M4PTMTKRN6Y -m comment --comment 'default/kubernetes:https -> 192.168.2.10:6443' -j KUBE-SEP-5EFMUOCZGIBPZQKY
    iptables -t nat -D KUBE-SVC-NPX46M4PTMTKRN6Y -m comment --comment 'default/kubernetes:https cluster IP' -m tcp -p tcp -d 10.96.0.1 --dport 443 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/kubernetes:https cluster IP' -m tcp -p tcp -d 10.96.0.1 --dport 443 -j KUBE-SVC-NPX46M4PTMTKRN6Y
    iptables -t nat -X KUBE-SEP-5EFMUOCZGIBPZQKY
    iptables -t nat -X KUBE-SVC-NPX46M4PTMTKRN6Y
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
  if [ "$last" -ge 2 ]; then
    ip netns pids coredns-2 | xargs -r kill || :
    ip netns pids coredns-1 | xargs -r kill || :
    ip netns pids apiserver | xargs -r kill || :
    rm -f /etc/dnsmasq-lab.conf
    iptables -D FORWARD --out-interface lan --jump ACCEPT
    iptables -D FORWARD --in-interface lan --jump ACCEPT
    iptables -t nat -D POSTROUTING --source 10.244.219.64/26 ! --destination 10.244.219.64/26 --jump MASQUERADE
    iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    iptables -D FORWARD --in-interface cni0 --jump ACCEPT
    rm -f /etc/netns/coredns-1/hosts /etc/netns/coredns-2/hosts
    rm -f /etc/netns/apiserver/hosts /etc/netns/probe/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/apiserver /etc/netns/coredns-1 /etc/netns/coredns-2 /etc/netns/probe
    ip route delete default via 203.0.113.1
    ip -n router route delete default via 203.0.113.2
    ip -n router link set dev eth0 down
    ip -n router address delete 203.0.113.1/24 dev eth0
    ip -n router link set dev lo down
    ip -n probe route delete default via 10.244.219.65
    ip -n probe link set dev eth0 down
    ip -n probe address delete 10.244.219.90/26 dev eth0
    ip -n probe link set dev lo down
    ip -n coredns-2 route delete default via 10.244.219.65
    ip -n coredns-2 link set dev eth0 down
    ip -n coredns-2 address delete 10.244.219.84/26 dev eth0
    ip -n coredns-2 link set dev lo down
    ip -n coredns-1 route delete default via 10.244.219.65
    ip -n coredns-1 link set dev eth0 down
    ip -n coredns-1 address delete 10.244.219.81/26 dev eth0
    ip -n coredns-1 link set dev lo down
    ip -n apiserver route delete default via 192.168.2.11
    ip -n apiserver link set dev eth0 down
    ip -n apiserver address delete 192.168.2.10/24 dev eth0
    ip -n apiserver link set dev lo down
    ip link set dev out_router down
    ip address delete 203.0.113.2/24 dev out_router
    ip link delete dev out_router
    ip link set dev veth_probe type bridge_slave hairpin off
    ip link set dev veth_probe nomaster down
    ip link delete dev veth_probe
    ip link set dev veth_coredns-2 type bridge_slave hairpin off
    ip link set dev veth_coredns-2 nomaster down
    ip link delete dev veth_coredns-2
    ip link set dev veth_coredns-1 type bridge_slave hairpin off
    ip link set dev veth_coredns-1 nomaster down
    ip link delete dev veth_coredns-1
    ip link set dev veth_apiserver type bridge_slave hairpin off
    ip link set dev veth_apiserver nomaster down
    ip link delete dev veth_apiserver
    ip netns delete router
    ip netns delete probe
    ip netns delete coredns-2
    ip netns delete coredns-1
    ip netns delete apiserver
    ip link set dev lan down
    ip address delete 192.168.2.11/24 dev lan
    ip link delete dev lan
    ip link set dev cni0 down
    ip address delete 10.244.219.65/26 dev cni0
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

# Two services are in a cluster before anybody has made one: kubernetes, by which pods reach the API
# server, and kube-dns, by which they find everything else. Here is what is behind them. The API
# server is no pod; it listens on port 6443 of the control plane's own address, 192.168.2.10. Two
# CoreDNS pods (played by dnsmasq) run on this node. All of them can be reached by their own
# addresses, and their services not yet.
step 2 'A worker before its services'
ip link add name cni0 type bridge
ip address add 10.244.219.65/26 dev cni0
ip link set dev cni0 up
ip link add name lan type bridge
ip address add 192.168.2.11/24 dev lan
ip link set dev lan up
ip netns add apiserver
ip netns add coredns-1
ip netns add coredns-2
ip netns add probe
ip netns add router
ip link add name veth_apiserver type veth peer name eth0 netns apiserver
ip link set dev veth_apiserver master lan up
ip link set dev veth_apiserver type bridge_slave hairpin on
ip link add name veth_coredns-1 type veth peer name eth0 netns coredns-1
ip link set dev veth_coredns-1 master cni0 up
ip link set dev veth_coredns-1 type bridge_slave hairpin on
ip link add name veth_coredns-2 type veth peer name eth0 netns coredns-2
ip link set dev veth_coredns-2 master cni0 up
ip link set dev veth_coredns-2 type bridge_slave hairpin on
ip link add name veth_probe type veth peer name eth0 netns probe
ip link set dev veth_probe master cni0 up
ip link set dev veth_probe type bridge_slave hairpin on
ip link add name out_router type veth peer name eth0 netns router
ip address add 203.0.113.2/24 dev out_router
ip link set dev out_router up
ip -n apiserver link set dev lo up
ip -n apiserver address add 192.168.2.10/24 dev eth0
ip -n apiserver link set dev eth0 up
ip -n apiserver route add default via 192.168.2.11
ip -n coredns-1 link set dev lo up
ip -n coredns-1 address add 10.244.219.81/26 dev eth0
ip -n coredns-1 link set dev eth0 up
ip -n coredns-1 route add default via 10.244.219.65
ip -n coredns-2 link set dev lo up
ip -n coredns-2 address add 10.244.219.84/26 dev eth0
ip -n coredns-2 link set dev eth0 up
ip -n coredns-2 route add default via 10.244.219.65
ip -n probe link set dev lo up
ip -n probe address add 10.244.219.90/26 dev eth0
ip -n probe link set dev eth0 up
ip -n probe route add default via 10.244.219.65
ip -n router link set dev lo up
ip -n router address add 203.0.113.1/24 dev eth0
ip -n router link set dev eth0 up
ip -n router route add default via 203.0.113.2
ip route add default via 203.0.113.1
mkdir -p /etc/netns/apiserver /etc/netns/coredns-1 /etc/netns/coredns-2 /etc/netns/probe
tee /etc/netns/apiserver/hosts /etc/netns/probe/hosts >/dev/null <<'END'
127.0.0.1	localhost
192.168.2.10	apiserver
10.244.219.81	coredns-1
10.244.219.84	coredns-2
10.244.219.90	probe
203.0.113.1	router
10.96.0.1	kubernetes kubernetes.default kubernetes.default.svc kubernetes.default.svc.cluster.local
10.96.0.10	kube-dns.kube-system kube-dns.kube-system.svc kube-dns.kube-system.svc.cluster.local
END
tee /etc/netns/coredns-1/hosts /etc/netns/coredns-2/hosts >/dev/null <<'END'
127.0.0.1	localhost
192.168.2.10	apiserver
10.244.219.81	coredns-1
10.244.219.84	coredns-2
10.244.219.90	probe
203.0.113.1	router
10.96.0.1	kubernetes.default kubernetes.default.svc kubernetes.default.svc.cluster.local
10.96.0.10	kube-dns kube-dns.kube-system kube-dns.kube-system.svc kube-dns.kube-system.svc.cluster.local
END
iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT
iptables --table nat --append POSTROUTING --source 10.244.219.64/26 ! --destination 10.244.219.64/26 --jump MASQUERADE
iptables --table filter --append FORWARD --in-interface lan --jump ACCEPT
iptables --table filter --append FORWARD --out-interface lan --jump ACCEPT
tee /etc/dnsmasq-lab.conf >/dev/null <<'END'
no-resolv
no-hosts
local=/cluster.local/
host-record=kubernetes.default.svc.cluster.local,10.96.0.1
host-record=kube-dns.kube-system.svc.cluster.local,10.96.0.10
END
ip netns exec apiserver "${NETLAB:-netlab}" serve 6443 --name apiserver > /dev/null 2>&1 &
ip netns exec coredns-1 dnsmasq --no-daemon --conf-file=/etc/dnsmasq-lab.conf > /dev/null 2>&1 &
ip netns exec coredns-1 "${NETLAB:-netlab}" serve 9153 --name coredns-1 > /dev/null 2>&1 &
ip netns exec coredns-2 dnsmasq --no-daemon --conf-file=/etc/dnsmasq-lab.conf > /dev/null 2>&1 &
ip netns exec coredns-2 "${NETLAB:-netlab}" serve 9153 --name coredns-2 > /dev/null 2>&1 &

# List KUBE-SERVICES on any node of any cluster, and there it is: 10.96.0.1 port 443, on to
# KUBE-SVC-NPX46M4PTMTKRN6Y. The comment names the service port as kube-proxy does,
# default/kubernetes:https, that is namespace, name and the port's name. The service has no
# selector, since there is no pod to select; the API server writes its endpoints by itself. Whoever
# connects to 10.96.0.1 gets to 192.168.2.10 port 6443.
step 3 'kubernetes is KUBE-SVC-NPX46M4PTMTKRN6Y'
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
iptables -t nat -N KUBE-SVC-NPX46M4PTMTKRN6Y
iptables -t nat -N KUBE-SEP-5EFMUOCZGIBPZQKY
iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/kubernetes:https cluster IP' -m tcp -p tcp -d 10.96.0.1 --dport 443 -j KUBE-SVC-NPX46M4PTMTKRN6Y
iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
iptables -t nat -A KUBE-SVC-NPX46M4PTMTKRN6Y -m comment --comment 'default/kubernetes:https cluster IP' -m tcp -p tcp -d 10.96.0.1 --dport 443 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-NPX46M4PTMTKRN6Y -m comment --comment 'default/kubernetes:https -> 192.168.2.10:6443' -j KUBE-SEP-5EFMUOCZGIBPZQKY
iptables -t nat -A KUBE-SEP-5EFMUOCZGIBPZQKY -m comment --comment default/kubernetes:https -s 192.168.2.10 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-5EFMUOCZGIBPZQKY -m comment --comment default/kubernetes:https -m tcp -p tcp -j DNAT --to-destination 192.168.2.10:6443
iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING

# A chain's name has 28 characters at most, too few for a namespace and a name. So kube-proxy takes
# the text "default/kubernetes:https" and the protocol "tcp", one after the other with nothing
# between, makes a SHA-256 hash of it, writes that in base32 and keeps the first 16 letters. Neither
# the address nor the cluster is part of it. That is why the same letters stand in articles, in bug
# reports and on your own nodes, and why you can compute the name of the chain that you are looking
# for.
step 4 'Where the sixteen letters come from'

# Each port of a service is balanced by itself, and so each has a chain of its own: DNS over UDP,
# DNS over TCP (for answers that do not fit into a datagram), and the metrics that Prometheus
# collects. Two of them have the same number, 53, and the protocol tells them apart, in the rule as
# in the hash.
step 5 'kube-dns, one service with three chains'
iptables -t nat -N KUBE-SVC-TCOU7JCQXEZGVUNU
iptables -t nat -N KUBE-SEP-MGHVEYSATPGJMCJ4
iptables -t nat -N KUBE-SEP-ZEECVMWZM5TWPKEC
iptables -t nat -N KUBE-SVC-ERIFXISQEP7F7OF4
iptables -t nat -N KUBE-SEP-RVHUFFJRAXZ7HWCG
iptables -t nat -N KUBE-SEP-KXA7TMGNGFFDWVUR
iptables -t nat -N KUBE-SVC-JD5MR3NA4I4DYORP
iptables -t nat -N KUBE-SEP-5YRFMHXDT2UBOY4E
iptables -t nat -N KUBE-SEP-6H33OVO66SZLWCLO
iptables -t nat -I KUBE-SERVICES 2 -m comment --comment 'kube-system/kube-dns:dns cluster IP' -m udp -p udp -d 10.96.0.10 --dport 53 -j KUBE-SVC-TCOU7JCQXEZGVUNU
iptables -t nat -I KUBE-SERVICES 3 -m comment --comment 'kube-system/kube-dns:dns-tcp cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 53 -j KUBE-SVC-ERIFXISQEP7F7OF4
iptables -t nat -I KUBE-SERVICES 4 -m comment --comment 'kube-system/kube-dns:metrics cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 9153 -j KUBE-SVC-JD5MR3NA4I4DYORP
iptables -t nat -A KUBE-SVC-TCOU7JCQXEZGVUNU -m comment --comment 'kube-system/kube-dns:dns cluster IP' -m udp -p udp -d 10.96.0.10 --dport 53 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-TCOU7JCQXEZGVUNU -m comment --comment 'kube-system/kube-dns:dns -> 10.244.219.81:53' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-MGHVEYSATPGJMCJ4
iptables -t nat -A KUBE-SVC-TCOU7JCQXEZGVUNU -m comment --comment 'kube-system/kube-dns:dns -> 10.244.219.84:53' -j KUBE-SEP-ZEECVMWZM5TWPKEC
iptables -t nat -A KUBE-SEP-MGHVEYSATPGJMCJ4 -m comment --comment kube-system/kube-dns:dns -s 10.244.219.81 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-MGHVEYSATPGJMCJ4 -m comment --comment kube-system/kube-dns:dns -m udp -p udp -j DNAT --to-destination 10.244.219.81:53
iptables -t nat -A KUBE-SEP-ZEECVMWZM5TWPKEC -m comment --comment kube-system/kube-dns:dns -s 10.244.219.84 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-ZEECVMWZM5TWPKEC -m comment --comment kube-system/kube-dns:dns -m udp -p udp -j DNAT --to-destination 10.244.219.84:53
iptables -t nat -A KUBE-SVC-ERIFXISQEP7F7OF4 -m comment --comment 'kube-system/kube-dns:dns-tcp cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 53 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-ERIFXISQEP7F7OF4 -m comment --comment 'kube-system/kube-dns:dns-tcp -> 10.244.219.81:53' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-RVHUFFJRAXZ7HWCG
iptables -t nat -A KUBE-SVC-ERIFXISQEP7F7OF4 -m comment --comment 'kube-system/kube-dns:dns-tcp -> 10.244.219.84:53' -j KUBE-SEP-KXA7TMGNGFFDWVUR
iptables -t nat -A KUBE-SEP-RVHUFFJRAXZ7HWCG -m comment --comment kube-system/kube-dns:dns-tcp -s 10.244.219.81 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-RVHUFFJRAXZ7HWCG -m comment --comment kube-system/kube-dns:dns-tcp -m tcp -p tcp -j DNAT --to-destination 10.244.219.81:53
iptables -t nat -A KUBE-SEP-KXA7TMGNGFFDWVUR -m comment --comment kube-system/kube-dns:dns-tcp -s 10.244.219.84 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-KXA7TMGNGFFDWVUR -m comment --comment kube-system/kube-dns:dns-tcp -m tcp -p tcp -j DNAT --to-destination 10.244.219.84:53
iptables -t nat -A KUBE-SVC-JD5MR3NA4I4DYORP -m comment --comment 'kube-system/kube-dns:metrics cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 9153 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-JD5MR3NA4I4DYORP -m comment --comment 'kube-system/kube-dns:metrics -> 10.244.219.81:9153' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-5YRFMHXDT2UBOY4E
iptables -t nat -A KUBE-SVC-JD5MR3NA4I4DYORP -m comment --comment 'kube-system/kube-dns:metrics -> 10.244.219.84:9153' -j KUBE-SEP-6H33OVO66SZLWCLO
iptables -t nat -A KUBE-SEP-5YRFMHXDT2UBOY4E -m comment --comment kube-system/kube-dns:metrics -s 10.244.219.81 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-5YRFMHXDT2UBOY4E -m comment --comment kube-system/kube-dns:metrics -m tcp -p tcp -j DNAT --to-destination 10.244.219.81:9153
iptables -t nat -A KUBE-SEP-6H33OVO66SZLWCLO -m comment --comment kube-system/kube-dns:metrics -s 10.244.219.84 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-6H33OVO66SZLWCLO -m comment --comment kube-system/kube-dns:metrics -m tcp -p tcp -j DNAT --to-destination 10.244.219.84:9153

# KUBE-SERVICES finds the service. The first rule of KUBE-SVC-TCOU7JCQXEZGVUNU marks what does not
# come from a pod (! -s 10.244.0.0/16) for masquerading; in listings of older versions that rule
# stands in KUBE-SERVICES, right before the jump. Then the dice: one half to the first KUBE-SEP-…,
# the rest to the second. A KUBE-SEP-… chain is one endpoint. Its first rule marks the pod's own
# packets, for the hairpin, and its second writes the endpoint's address into the packet. After
# routing, KUBE-POSTROUTING masquerades what carries the mark 0x4000, and nothing else.
step 6 'Follow a packet from chain to chain'

# The address of kubernetes, asked from a pod by way of the address of kube-dns, over UDP and over
# TCP; and the metrics, by turns from both pods. Not one of these addresses belongs to an interface.
# They are entries in a table, and the same on every node.
step 7 'And they all lead somewhere'
