#!/bin/sh
# A service that nobody serves, refused or swallowed
#
# The commands of netlab's lab no-endpoints, as root on a machine that you can do without:
#   sh no-endpoints.sh             carries out its steps, in order
#   sh no-endpoints.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-no-endpoints.step
# The machine's settings as they were.
settings=/run/netlab-no-endpoints.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv4.conf.all.route_localnet > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 7 ]; then
    iptables -t nat -D KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.0.0.11:8080
    iptables -t nat -D KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -s 10.0.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.11:8080' -j KUBE-SEP-Y76YWJY6FCGPQRV3
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 80 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -j KUBE-SVC-LOLE4ISW44XBNF3G
    iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'masquerade traffic for default/web external destinations' -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-NODEPORTS -m comment --comment default/web -m tcp -p tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
    iptables -t nat -X KUBE-SEP-Y76YWJY6FCGPQRV3
    iptables -t nat -X KUBE-SVC-LOLE4ISW44XBNF3G
    iptables -t nat -X KUBE-EXT-LOLE4ISW44XBNF3G
    iptables -A KUBE-EXTERNAL-SERVICES -m comment --comment 'default/web has no endpoints' -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 30080 -j REJECT
    iptables -A KUBE-SERVICES -m comment --comment 'default/web has no endpoints' -m tcp -p tcp -d 10.96.0.80 --dport 80 -j REJECT
  fi
  if [ "$last" -ge 6 ]; then
    iptables -D KUBE-SERVICES -m comment --comment 'default/web has no endpoints' -m tcp -p tcp -d 10.96.0.80 --dport 80 -j REJECT
    iptables -t nat -N KUBE-MARK-DROP
    iptables -t nat -A KUBE-MARK-DROP -j MARK --or-mark 0x8000
    iptables -t nat -I KUBE-SERVICES 1 -m comment --comment 'default/web has no endpoints' -m tcp -p tcp -d 10.96.0.80 --dport 80 -j KUBE-MARK-DROP
    iptables -I KUBE-FIREWALL 1 -m comment --comment 'kubernetes firewall for dropping marked packets' -m mark --mark 0x8000/0x8000 -j DROP
  fi
  if [ "$last" -ge 4 ]; then
    iptables -D KUBE-FIREWALL -m comment --comment 'kubernetes firewall for dropping marked packets' -m mark --mark 0x8000/0x8000 -j DROP
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web has no endpoints' -m tcp -p tcp -d 10.96.0.80 --dport 80 -j KUBE-MARK-DROP
    iptables -t nat -D KUBE-MARK-DROP -j MARK --or-mark 0x8000
    iptables -t nat -X KUBE-MARK-DROP
    iptables -A KUBE-SERVICES -m comment --comment 'default/web has no endpoints' -m tcp -p tcp -d 10.96.0.80 --dport 80 -j REJECT
  fi
  if [ "$last" -ge 2 ]; then
    iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
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
    iptables -D KUBE-EXTERNAL-SERVICES -m comment --comment 'default/web has no endpoints' -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 30080 -j REJECT
    iptables -D KUBE-SERVICES -m comment --comment 'default/web has no endpoints' -m tcp -p tcp -d 10.96.0.80 --dport 80 -j REJECT
    iptables -D KUBE-SERVICES -m comment --comment 'default/ghost has no endpoints' -m tcp -p tcp -d 10.96.0.66 --dport 80 -j REJECT
    iptables -X KUBE-FIREWALL
    iptables -X KUBE-PROXY-FIREWALL
    iptables -X KUBE-NODEPORTS
    iptables -X KUBE-FORWARD
    iptables -X KUBE-EXTERNAL-SERVICES
    iptables -X KUBE-SERVICES
    ip netns pids web | xargs -r kill || :
    iptables -t nat -D POSTROUTING --source 10.0.0.0/24 ! --destination 10.0.0.0/24 --jump MASQUERADE
    iptables -D FORWARD --out-interface br1 --jump ACCEPT
    iptables -D FORWARD --in-interface br1 --jump ACCEPT
    rm -f /etc/netns/web/hosts /etc/netns/probe/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/web /etc/netns/probe
    ip route delete default via 198.51.100.254
    ip -n visitor route delete default via 192.0.2.1
    ip -n visitor link set dev eth0 down
    ip -n visitor address delete 192.0.2.10/24 dev eth0
    ip -n visitor link set dev lo down
    ip -n router route delete default via 198.51.100.1
    ip -n router link set dev eth0 down
    ip -n router address delete 198.51.100.254/24 dev eth0
    ip -n router link set dev lo down
    ip -n probe route delete default via 10.0.0.1
    ip -n probe link set dev eth0 down
    ip -n probe address delete 10.0.0.21/24 dev eth0
    ip -n probe link set dev lo down
    ip -n web route delete default via 10.0.0.1
    ip -n web link set dev eth0 down
    ip -n web address delete 10.0.0.11/24 dev eth0
    ip -n web link set dev lo down
    ip link set dev out_visitor down
    ip address delete 192.0.2.1/24 dev out_visitor
    ip link delete dev out_visitor
    ip link set dev out_router down
    ip address delete 198.51.100.1/24 dev out_router
    ip link delete dev out_router
    ip link set dev veth_probe type bridge_slave hairpin off
    ip link set dev veth_probe nomaster down
    ip link delete dev veth_probe
    ip link set dev veth_web type bridge_slave hairpin off
    ip link set dev veth_web nomaster down
    ip link delete dev veth_web
    ip netns delete visitor
    ip netns delete router
    ip netns delete probe
    ip netns delete web
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

# A pod that is still starting, a label with a typing mistake, a Deployment scaled to zero: a
# Service often has nobody behind it. Its address is known to every client all the same. There is
# nothing to translate to, so the nat table has no rule for it. In the filter table kube-proxy puts
# one that REJECTs: it throws the packet away and sends an ICMP message, port unreachable.
step 2 'Two services, and no endpoint'
ip link add name br1 type bridge
ip address add 10.0.0.1/24 dev br1
ip link set dev br1 up
ip netns add web
ip netns add probe
ip netns add router
ip netns add visitor
ip link add name veth_web type veth peer name eth0 netns web
ip link set dev veth_web master br1 up
ip link set dev veth_web type bridge_slave hairpin on
ip link add name veth_probe type veth peer name eth0 netns probe
ip link set dev veth_probe master br1 up
ip link set dev veth_probe type bridge_slave hairpin on
ip link add name out_router type veth peer name eth0 netns router
ip address add 198.51.100.1/24 dev out_router
ip link set dev out_router up
ip link add name out_visitor type veth peer name eth0 netns visitor
ip address add 192.0.2.1/24 dev out_visitor
ip link set dev out_visitor up
ip -n web link set dev lo up
ip -n web address add 10.0.0.11/24 dev eth0
ip -n web link set dev eth0 up
ip -n web route add default via 10.0.0.1
ip -n probe link set dev lo up
ip -n probe address add 10.0.0.21/24 dev eth0
ip -n probe link set dev eth0 up
ip -n probe route add default via 10.0.0.1
ip -n router link set dev lo up
ip -n router address add 198.51.100.254/24 dev eth0
ip -n router link set dev eth0 up
ip -n router route add default via 198.51.100.1
ip -n visitor link set dev lo up
ip -n visitor address add 192.0.2.10/24 dev eth0
ip -n visitor link set dev eth0 up
ip -n visitor route add default via 192.0.2.1
ip route add default via 198.51.100.254
mkdir -p /etc/netns/web /etc/netns/probe
tee /etc/netns/web/hosts /etc/netns/probe/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.0.0.21	probe
198.51.100.254	router
192.0.2.10	visitor
10.96.0.80	web web.default web.default.svc web.default.svc.cluster.local
10.96.0.66	ghost ghost.default ghost.default.svc ghost.default.svc.cluster.local
END
iptables --table filter --append FORWARD --in-interface br1 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface br1 --jump ACCEPT
iptables --table nat --append POSTROUTING --source 10.0.0.0/24 ! --destination 10.0.0.0/24 --jump MASQUERADE
ip netns exec web "${NETLAB:-netlab}" serve 8080 --name web > /dev/null 2>&1 &
sysctl -w net.ipv4.conf.all.route_localnet=1
iptables -t filter -N KUBE-SERVICES
iptables -t filter -N KUBE-EXTERNAL-SERVICES
iptables -t filter -N KUBE-FORWARD
iptables -t filter -N KUBE-NODEPORTS
iptables -t filter -N KUBE-PROXY-FIREWALL
iptables -t filter -N KUBE-FIREWALL
iptables -t filter -A KUBE-SERVICES -m comment --comment 'default/ghost has no endpoints' -m tcp -p tcp -d 10.96.0.66 --dport 80 -j REJECT
iptables -t filter -A KUBE-SERVICES -m comment --comment 'default/web has no endpoints' -m tcp -p tcp -d 10.96.0.80 --dport 80 -j REJECT
iptables -t filter -A KUBE-EXTERNAL-SERVICES -m comment --comment 'default/web has no endpoints' -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 30080 -j REJECT
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
iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
# The client's connect() fails at once with "connection refused". Programs know what to do with
# that: report it, try again, go elsewhere.

# Addresses from outside the cluster, node ports among them, have a chain of their own,
# KUBE-EXTERNAL-SERVICES, which INPUT and FORWARD visit. For cluster IPs it is KUBE-SERVICES of the
# filter table, which FORWARD and OUTPUT visit. Both are asked for new connections only.
step 3 'The node port is refused as well'
# The node port is refused by a REJECT as well. Both chains look at the address that the client
# wrote: what has an endpoint was translated before, and no longer has it.

# Older texts, and older nodes, show another way. The packet is marked with 0x8000 in a chain
# KUBE-MARK-DROP of the nat table, because nat must not drop packets itself. Later the filter
# table's KUBE-FIREWALL drops whatever has the mark, and says nothing. Here the REJECT for web is
# taken away and the old rules are put in by hand.
step 4 'The old way, a mark and silence'
iptables -t filter -D KUBE-SERVICES 2
iptables -t nat -N KUBE-MARK-DROP
iptables -t nat -A KUBE-MARK-DROP -j MARK --or-mark 0x8000
iptables -t nat -I KUBE-SERVICES 1 -m comment --comment 'default/web has no endpoints' -m tcp -p tcp -d 10.96.0.80 --dport 80 -j KUBE-MARK-DROP
iptables -t filter -I KUBE-FIREWALL 1 -m comment --comment 'kubernetes firewall for dropping marked packets' -m mark --mark 0x8000/0x8000 -j DROP
# The node's own requests now end in KUBE-FIREWALL. Those of pods never get there, since only INPUT
# and OUTPUT jump to it: they are forwarded with the cluster IP in them, to a router that has never
# heard of it. For the client both are alike: no answer, and waiting until its patience is over,
# which can be minutes.

# The counters tell where the packets went. The rule with the mark has counted those of the node
# itself. When you debug silence, this is the tool: ask again and see which number grows.
step 5 'Who dropped it'

# The hand-made rules go, and kube-proxy's own comes back.
step 6 'Refused again'
iptables -t filter -D KUBE-FIREWALL 1
iptables -t nat -D KUBE-SERVICES 1
iptables -t nat -F KUBE-MARK-DROP
iptables -t nat -X KUBE-MARK-DROP
iptables -t filter -A KUBE-SERVICES -m comment --comment 'default/web has no endpoints' -m tcp -p tcp -d 10.96.0.80 --dport 80 -j REJECT
# A refusal spares everybody the wait. Since Kubernetes 1.28 neither kubelet nor kube-proxy makes
# KUBE-MARK-DROP any more. KUBE-FIREWALL has stayed, for another reason: it guards 127.0.0.0/8.

# The pod is ready. kube-proxy takes the REJECT out of the filter table and writes the chains of the
# nat table, in one go.
step 7 'An endpoint at last'
iptables -t filter -D KUBE-SERVICES 2
iptables -t filter -F KUBE-EXTERNAL-SERVICES
iptables -t nat -N KUBE-EXT-LOLE4ISW44XBNF3G
iptables -t nat -N KUBE-SVC-LOLE4ISW44XBNF3G
iptables -t nat -N KUBE-SEP-Y76YWJY6FCGPQRV3
iptables -t nat -I KUBE-SERVICES 1 -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
iptables -t nat -A KUBE-NODEPORTS -m comment --comment default/web -m tcp -p tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G
iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'masquerade traffic for default/web external destinations' -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -j KUBE-SVC-LOLE4ISW44XBNF3G
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 80 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.11:8080' -j KUBE-SEP-Y76YWJY6FCGPQRV3
iptables -t nat -A KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -s 10.0.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.0.0.11:8080
# web answers by its cluster IP, since there is an address to translate to. ghost stays as it is,
# and what asks for it is refused.
