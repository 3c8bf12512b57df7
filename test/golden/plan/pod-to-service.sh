#!/bin/sh
# From pod to service, there and back, with what the kernel remembers
#
# The commands of netlab's lab pod-to-service, as root on a machine that you can do without:
#   sh pod-to-service.sh             carries out its steps, in order
#   sh pod-to-service.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-pod-to-service.step
# The machine's settings as they were.
settings=/run/netlab-pod-to-service.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv4.conf.all.route_localnet > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 5 ]; then
    iptables -t nat -D KUBE-SEP-3J4HUKAVQYH4MX3A -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.4.52:8080
    iptables -t nat -D KUBE-SEP-3J4HUKAVQYH4MX3A -m comment --comment default/web -s 10.244.4.52 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.4.52:8080' -j KUBE-SEP-3J4HUKAVQYH4MX3A
    iptables -t nat -R KUBE-SVC-LOLE4ISW44XBNF3G 2 -m comment --comment 'default/web -> 10.244.4.51:8080' -j KUBE-SEP-WFIQK2TCUXVSJIWQ
    iptables -t nat -X KUBE-SEP-3J4HUKAVQYH4MX3A
  fi
  if [ "$last" -ge 2 ]; then
    iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D KUBE-SEP-WFIQK2TCUXVSJIWQ -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.4.51:8080
    iptables -t nat -D KUBE-SEP-WFIQK2TCUXVSJIWQ -m comment --comment default/web -s 10.244.4.51 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.4.51:8080' -j KUBE-SEP-WFIQK2TCUXVSJIWQ
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
    iptables -t nat -X KUBE-SEP-WFIQK2TCUXVSJIWQ
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
  if [ "$last" -ge 1 ]; then
    ip netns pids web-2 | xargs -r kill || :
    ip netns pids web-1 | xargs -r kill || :
    iptables -t nat -D POSTROUTING --source 10.244.4.0/24 ! --destination 10.244.4.0/24 --jump MASQUERADE
    iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    iptables -D FORWARD --in-interface cni0 --jump ACCEPT
    rm -f /etc/netns/pod-a/hosts /etc/netns/web-1/hosts /etc/netns/web-2/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/pod-a /etc/netns/web-1 /etc/netns/web-2
    ip route delete default via 192.168.1.254
    ip -n gateway route delete default via 192.168.1.1
    ip -n gateway link set dev eth0 down
    ip -n gateway address delete 192.168.1.254/24 dev eth0
    ip -n gateway link set dev lo down
    ip -n web-2 route delete default via 10.244.4.1
    ip -n web-2 link set dev eth0 down
    ip -n web-2 address delete 10.244.4.52/24 dev eth0
    ip -n web-2 link set dev lo down
    ip -n web-1 route delete default via 10.244.4.1
    ip -n web-1 link set dev eth0 down
    ip -n web-1 address delete 10.244.4.51/24 dev eth0
    ip -n web-1 link set dev lo down
    ip -n pod-a route delete default via 10.244.4.1
    ip -n pod-a link set dev eth0 down
    ip -n pod-a address delete 10.244.4.40/24 dev eth0
    ip -n pod-a link set dev lo down
    ip link set dev out_gateway down
    ip address delete 192.168.1.1/24 dev out_gateway
    ip link delete dev out_gateway
    ip link set dev veth_web-2 type bridge_slave hairpin off
    ip link set dev veth_web-2 nomaster down
    ip link delete dev veth_web-2
    ip link set dev veth_web-1 type bridge_slave hairpin off
    ip link set dev veth_web-1 nomaster down
    ip link delete dev veth_web-1
    ip link set dev veth_pod-a type bridge_slave hairpin off
    ip link set dev veth_pod-a nomaster down
    ip link delete dev veth_pod-a
    ip netns delete gateway
    ip netns delete web-2
    ip netns delete web-1
    ip netns delete pod-a
    ip link set dev cni0 down
    ip address delete 10.244.4.1/24 dev cni0
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
  printf '%s\n' "$1/5 $2"
  echo "$1" > "$reached"
}

# 10.96.0.10 is in no network that anybody here is plugged into. pod-a does what one does with such
# an address, and sends the packet to its gateway, the node. The node does the same and sends it to
# the gateway beyond. 10.244.4.51 is a neighbour.
step 1 'An address that leads away'
sysctl -w net.ipv4.ip_forward=1
sysctl -w net.bridge.bridge-nf-call-iptables=1
ip link add name cni0 type bridge
ip address add 10.244.4.1/24 dev cni0
ip link set dev cni0 up
ip netns add pod-a
ip netns add web-1
ip netns add web-2
ip netns add gateway
ip link add name veth_pod-a type veth peer name eth0 netns pod-a
ip link set dev veth_pod-a master cni0 up
ip link set dev veth_pod-a type bridge_slave hairpin on
ip link add name veth_web-1 type veth peer name eth0 netns web-1
ip link set dev veth_web-1 master cni0 up
ip link set dev veth_web-1 type bridge_slave hairpin on
ip link add name veth_web-2 type veth peer name eth0 netns web-2
ip link set dev veth_web-2 master cni0 up
ip link set dev veth_web-2 type bridge_slave hairpin on
ip link add name out_gateway type veth peer name eth0 netns gateway
ip address add 192.168.1.1/24 dev out_gateway
ip link set dev out_gateway up
ip -n pod-a link set dev lo up
ip -n pod-a address add 10.244.4.40/24 dev eth0
ip -n pod-a link set dev eth0 up
ip -n pod-a route add default via 10.244.4.1
ip -n web-1 link set dev lo up
ip -n web-1 address add 10.244.4.51/24 dev eth0
ip -n web-1 link set dev eth0 up
ip -n web-1 route add default via 10.244.4.1
ip -n web-2 link set dev lo up
ip -n web-2 address add 10.244.4.52/24 dev eth0
ip -n web-2 link set dev eth0 up
ip -n web-2 route add default via 10.244.4.1
ip -n gateway link set dev lo up
ip -n gateway address add 192.168.1.254/24 dev eth0
ip -n gateway link set dev eth0 up
ip -n gateway route add default via 192.168.1.1
ip route add default via 192.168.1.254
mkdir -p /etc/netns/pod-a /etc/netns/web-1 /etc/netns/web-2
tee /etc/netns/pod-a/hosts /etc/netns/web-1/hosts /etc/netns/web-2/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.244.4.40	pod-a
10.244.4.51	web-1
10.244.4.52	web-2
192.168.1.254	gateway
10.96.0.10	web web.default web.default.svc web.default.svc.cluster.local
END
iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT
iptables --table nat --append POSTROUTING --source 10.244.4.0/24 ! --destination 10.244.4.0/24 --jump MASQUERADE
ip netns exec web-1 "${NETLAB:-netlab}" serve 8080 --name web-1 > /dev/null 2>&1 &
ip netns exec web-2 "${NETLAB:-netlab}" serve 8080 --name web-2 > /dev/null 2>&1 &
# The pod's own address works, and the service's packet is thrown away beyond the node. Pods come
# and go, and 10.96.0.10 is to stand for those that serve "web" at the moment; so something has to
# happen on the way.

# kube-proxy has written rules into the nat table. They are asked in PREROUTING, before the node
# looks for a route, and only for the first packet of a connection: KUBE-SERVICES knows the address
# and port, KUBE-SVC-… chooses, KUBE-SEP-… writes 10.244.4.51:8080 over the destination (DNAT). Then
# the node looks for a route, for a pod on its own bridge.
step 2 'The destination is rewritten'
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
iptables -t nat -N KUBE-SEP-WFIQK2TCUXVSJIWQ
iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.4.51:8080' -j KUBE-SEP-WFIQK2TCUXVSJIWQ
iptables -t nat -A KUBE-SEP-WFIQK2TCUXVSJIWQ -m comment --comment default/web -s 10.244.4.51 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-WFIQK2TCUXVSJIWQ -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.4.51:8080
iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
conntrack --flush || true
# web-1 answers. The destination was rewritten, and the source stays as it is, so web-1 sees pod-a.

# The connection has an entry of two halves. The first is what pod-a sent: from 10.244.4.40 to
# 10.96.0.10, port 80. The second is what the answer will look like when it arrives: from
# 10.244.4.51, port 8080, to 10.244.4.40.
step 3 'What the kernel remembers'
# The two halves are no mirror images, and that is the translation. Every further packet of the
# connection is rewritten by this entry, and no rule is asked again; that is also why a connection
# stays with its pod when the rules change.

# web-1 answers 10.244.4.40, a neighbour on the same bridge: the answer need not pass the node at
# all. But pod-a waits for 10.96.0.10, and would throw away what comes from a stranger.
# net.bridge.bridge-nf-call-iptables makes frames on the bridge visit the node's tables, the entry
# is found, and the sender is written back. Here that setting is 0.
step 4 'And back'
sysctl -w net.bridge.bridge-nf-call-iptables=0
# Without that setting the answer arrives as it is, and the connection never comes about. With it
# pod-a talks to 10.96.0.10 from the first packet to the last.

# The setting is 1 again. The service has its second pod now, and each new connection throws dice
# anew.
step 5 'Put right, and with two pods to choose from'
iptables -t nat -N KUBE-SEP-3J4HUKAVQYH4MX3A
iptables -t nat -R KUBE-SVC-LOLE4ISW44XBNF3G 2 -m comment --comment 'default/web -> 10.244.4.51:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-WFIQK2TCUXVSJIWQ
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.4.52:8080' -j KUBE-SEP-3J4HUKAVQYH4MX3A
iptables -t nat -A KUBE-SEP-3J4HUKAVQYH4MX3A -m comment --comment default/web -s 10.244.4.52 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-3J4HUKAVQYH4MX3A -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.4.52:8080
sysctl -w net.bridge.bridge-nf-call-iptables=1
conntrack --flush || true
# With the setting on the answers find their way, from one pod and from the other. curl tells whom
# it has talked to, as it sees it: 10.96.0.10.
