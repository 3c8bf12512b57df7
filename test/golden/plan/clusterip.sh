#!/bin/sh
# From one DNAT rule to a load-balanced ClusterIP
#
# The commands of netlab's lab clusterip, as root on a machine that you can do without:
#   sh clusterip.sh             carries out its steps, in order
#   sh clusterip.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-clusterip.step
# The machine's settings as they were.
settings=/run/netlab-clusterip.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv4.conf.all.route_localnet > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 14 ]; then
    iptables -t nat -R KUBE-SVC-KX5O3XY32VPAQDVY 3 --match comment --comment 'default/http-server -> 10.0.0.21:8080' --match statistic --mode random --probability 0.5 --jump KUBE-SEP-2XP55SZRRPQAH4NV
  fi
  if [ "$last" -ge 13 ]; then
    iptables -t nat -R KUBE-SVC-KX5O3XY32VPAQDVY 3 -m comment --comment 'default/http-server -> 10.0.0.21:8080' -j KUBE-SEP-2XP55SZRRPQAH4NV
  fi
  if [ "$last" -ge 12 ]; then
    iptables -t nat -D KUBE-SEP-2XP55SZRRPQAH4NV -m comment --comment default/http-server -m tcp -p tcp -j DNAT --to-destination 10.0.0.21:8080
    iptables -t nat -D KUBE-SEP-2XP55SZRRPQAH4NV -m comment --comment default/http-server -s 10.0.0.21 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-RSY6OMAC2GN5QSZX -m comment --comment default/http-server -m tcp -p tcp -j DNAT --to-destination 10.0.0.11:8080
    iptables -t nat -D KUBE-SEP-RSY6OMAC2GN5QSZX -m comment --comment default/http-server -s 10.0.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-KX5O3XY32VPAQDVY -m comment --comment 'default/http-server -> 10.0.0.21:8080' -j KUBE-SEP-2XP55SZRRPQAH4NV
    iptables -t nat -D KUBE-SVC-KX5O3XY32VPAQDVY -m comment --comment 'default/http-server -> 10.0.0.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-RSY6OMAC2GN5QSZX
    iptables -t nat -D KUBE-SVC-KX5O3XY32VPAQDVY -m comment --comment 'default/http-server cluster IP' -m tcp -p tcp -d 10.100.100.100 --dport 8080 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/http-server cluster IP' -m tcp -p tcp -d 10.100.100.100 --dport 8080 -j KUBE-SVC-KX5O3XY32VPAQDVY
    iptables -t nat -X KUBE-SEP-2XP55SZRRPQAH4NV
    iptables -t nat -X KUBE-SEP-RSY6OMAC2GN5QSZX
    iptables -t nat -X KUBE-SVC-KX5O3XY32VPAQDVY
    iptables -A KUBE-SERVICES -m comment --comment 'default/http-server has no endpoints' -m tcp -p tcp -d 10.100.100.100 --dport 8080 -j REJECT
  fi
  if [ "$last" -ge 11 ]; then
    iptables -t nat -N KUBE-SEP-RSY6OMAC2GN5QSZX
    iptables -t nat -N KUBE-SVC-KX5O3XY32VPAQDVY
    iptables -t nat -A KUBE-SEP-RSY6OMAC2GN5QSZX -m comment --comment default/http-server -s 10.0.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -A KUBE-SEP-RSY6OMAC2GN5QSZX -m comment --comment default/http-server -m tcp -p tcp -j DNAT --to-destination 10.0.0.11:8080
    iptables -t nat -I KUBE-SERVICES 1 -m comment --comment 'default/http-server cluster IP' -m tcp -p tcp -d 10.100.100.100 --dport 8080 -j KUBE-SVC-KX5O3XY32VPAQDVY
    iptables -D KUBE-SERVICES -m comment --comment 'default/http-server has no endpoints' -m tcp -p tcp -d 10.100.100.100 --dport 8080 -j REJECT
  fi
  if [ "$last" -ge 10 ]; then
    iptables -t nat -A KUBE-SVC-KX5O3XY32VPAQDVY -m comment --comment 'default/http-server cluster IP' -m tcp -p tcp -d 10.100.100.100 --dport 8080 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -A KUBE-SVC-KX5O3XY32VPAQDVY -m comment --comment 'default/http-server -> 10.0.0.11:8080' -j KUBE-SEP-RSY6OMAC2GN5QSZX
  fi
  if [ "$last" -ge 9 ]; then
    iptables -t nat -N HTTP-SERVICE
    iptables -t nat -A HTTP-SERVICE --destination 10.100.100.100 --protocol tcp --match tcp --dport 8080 --jump DNAT --to-destination 10.0.0.11:8080
    iptables -t nat -A OUTPUT --jump HTTP-SERVICE
    iptables -t nat -A PREROUTING --jump HTTP-SERVICE
    iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D KUBE-SEP-RSY6OMAC2GN5QSZX -m comment --comment default/http-server -m tcp -p tcp -j DNAT --to-destination 10.0.0.11:8080
    iptables -t nat -D KUBE-SEP-RSY6OMAC2GN5QSZX -m comment --comment default/http-server -s 10.0.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-KX5O3XY32VPAQDVY -m comment --comment 'default/http-server -> 10.0.0.11:8080' -j KUBE-SEP-RSY6OMAC2GN5QSZX
    iptables -t nat -D KUBE-SVC-KX5O3XY32VPAQDVY -m comment --comment 'default/http-server cluster IP' -m tcp -p tcp -d 10.100.100.100 --dport 8080 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/http-server cluster IP' -m tcp -p tcp -d 10.100.100.100 --dport 8080 -j KUBE-SVC-KX5O3XY32VPAQDVY
    iptables -t nat -X KUBE-SEP-RSY6OMAC2GN5QSZX
    iptables -t nat -X KUBE-SVC-KX5O3XY32VPAQDVY
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
    bridge link set dev veth_021 hairpin off
    bridge link set dev veth_011 hairpin off
    ip link set br1 promisc on
    iptables -I FORWARD 1 --in-interface br1 --match conntrack --ctstate INVALID --match comment --comment 'lost its connection'
  fi
  if [ "$last" -ge 7 ]; then
    ip link set br1 promisc off
    iptables -D FORWARD --in-interface br1 --match conntrack --ctstate INVALID --match comment --comment 'lost its connection'
  fi
  if [ "$last" -ge 6 ]; then
    iptables -t nat -D HTTP-SERVICE --destination 10.100.100.100 --protocol tcp --match tcp --dport 8080 --jump DNAT --to-destination 10.0.0.11:8080
    iptables -t nat -D OUTPUT --jump HTTP-SERVICE
    iptables -t nat -D PREROUTING --jump HTTP-SERVICE
    iptables -t nat -X HTTP-SERVICE
  fi
  if [ "$last" -ge 5 ]; then
    ip -n client route delete default via 192.0.2.1
  fi
  if [ "$last" -ge 4 ]; then
    iptables -t nat -D POSTROUTING --source 10.0.0.0/24 --jump MASQUERADE
    iptables -D FORWARD --out-interface br1 --jump ACCEPT
    iptables -D FORWARD --in-interface br1 --jump ACCEPT
  fi
  if [ "$last" -ge 3 ]; then
    ip -n client route add default via 192.0.2.1
    iptables -P FORWARD ACCEPT
  fi
  if [ "$last" -ge 1 ]; then
    ip netns pids netns_021 | xargs -r kill || :
    ip netns pids netns_011 | xargs -r kill || :
    rm -f /etc/netns/netns_011/resolv.conf /etc/netns/netns_021/resolv.conf
    rm -f /etc/netns/netns_011/hosts /etc/netns/netns_021/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/netns_011 /etc/netns/netns_021
    ip route delete default via 192.0.2.10
    ip -n client route delete default via 192.0.2.1
    ip -n client link set dev eth0 down
    ip -n client address delete 192.0.2.10/24 dev eth0
    ip -n client link set dev lo down
    ip -n netns_021 route delete default via 10.0.0.1
    ip -n netns_021 link set dev eth0 down
    ip -n netns_021 address delete 10.0.0.21/24 dev eth0
    ip -n netns_021 link set dev lo down
    ip -n netns_011 route delete default via 10.0.0.1
    ip -n netns_011 link set dev eth0 down
    ip -n netns_011 address delete 10.0.0.11/24 dev eth0
    ip -n netns_011 link set dev lo down
    ip link set dev out_client down
    ip address delete 192.0.2.1/24 dev out_client
    ip link delete dev out_client
    ip link set dev veth_021 nomaster down
    ip link delete dev veth_021
    ip link set dev veth_011 nomaster down
    ip link delete dev veth_011
    ip netns delete client
    ip netns delete netns_021
    ip netns delete netns_011
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

# Kubernetes gives each pod a network namespace: interfaces, routes and iptables of its own. Two of
# them are made here and plugged into the bridge br1 with veth pairs, each pair a cable with one end
# inside the pod, where it is called eth0. A bridge is a switch made of software; this one also has
# an address, 10.0.0.1, and is the pods' gateway. In each pod an HTTP server listens on 8080; that
# both use the same port is no clash, since each has an address of its own. A third machine, client,
# is on a wire of its own beyond the host, and sends everything there. (Two settings are put to 0,
# in case this kernel gives new namespaces other values; the next step says what they are for.)
step 1 'Two pods on a bridge'
ip link add name br1 type bridge
ip address add 10.0.0.1/24 dev br1
ip link set dev br1 up
ip netns add netns_011
ip netns add netns_021
ip netns add client
ip link add name veth_011 type veth peer name eth0 netns netns_011
ip link set dev veth_011 master br1 up
ip link add name veth_021 type veth peer name eth0 netns netns_021
ip link set dev veth_021 master br1 up
ip link add name out_client type veth peer name eth0 netns client
ip address add 192.0.2.1/24 dev out_client
ip link set dev out_client up
ip -n netns_011 link set dev lo up
ip -n netns_011 address add 10.0.0.11/24 dev eth0
ip -n netns_011 link set dev eth0 up
ip -n netns_011 route add default via 10.0.0.1
ip -n netns_021 link set dev lo up
ip -n netns_021 address add 10.0.0.21/24 dev eth0
ip -n netns_021 link set dev eth0 up
ip -n netns_021 route add default via 10.0.0.1
ip -n client link set dev lo up
ip -n client address add 192.0.2.10/24 dev eth0
ip -n client link set dev eth0 up
ip -n client route add default via 192.0.2.1
ip route add default via 192.0.2.10
mkdir -p /etc/netns/netns_011 /etc/netns/netns_021
tee /etc/netns/netns_011/hosts /etc/netns/netns_021/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.0.0.11	netns_011
10.0.0.21	netns_021
192.0.2.10	client
10.100.100.100	http-server http-server.default http-server.default.svc http-server.default.svc.cluster.local
END
tee /etc/netns/netns_011/resolv.conf /etc/netns/netns_021/resolv.conf >/dev/null <<'END'
nameserver 8.8.8.8
END
ip netns exec netns_011 "${NETLAB:-netlab}" serve 8080 --name netns_011 > /dev/null 2>&1 &
ip netns exec netns_021 "${NETLAB:-netlab}" serve 8080 --name netns_021 > /dev/null 2>&1 &
sysctl -w net.ipv4.ip_forward=0
sysctl -w net.bridge.bridge-nf-call-iptables=0
# Each pod reaches the other, since a bridge is a switch: a frame goes from port to port as it is,
# so netns_021 sees netns_011's own address. The client reaches nobody. Its packets come to the
# host, and a Linux machine throws away every packet that is not for itself.

# A Kubernetes node lives from passing packets on, so net.ipv4.ip_forward is 1 there: what comes in
# and is for somebody else is sent on by the table of routes. The second switch,
# net.bridge.bridge-nf-call-iptables, makes frames that only cross a bridge visit iptables as well:
# where a service's address is translated, an answer from one pod to its neighbour must pass where
# the translation is known. (The last steps of the lab hairpin show a service without it.) So far
# iptables has no rules.
step 2 Forwarding
sysctl -w net.ipv4.ip_forward=1
sysctl -w net.bridge.bridge-nf-call-iptables=1
# Now the client reaches a pod. The host has a leg on either side, and routes the request one way
# and the answer the other. To route is not to translate: no rule writes one address over another,
# so netns_011 sees the client as it is, 192.0.2.10.

# So far the host lets everything through, and the client has a route to the pods. On a real network
# neither is so. Many machines, each one with Docker for example, have the policy DROP for whatever
# they forward, and nobody out there knows where 10.0.0.0/24 is. Both are brought about here. What
# that means for two pods on one bridge depends on the second switch of the step before.
step 3 'A strict firewall, and a client that knows no way back'
iptables --policy FORWARD DROP
ip -n client route delete default via 192.0.2.1
# Pods no longer reach each other: their frames cross a bridge, and yet meet FORWARD, because of the
# second switch. DROP throws a packet away without a word, so curl waits until its patience is over.
# And of a pod's packet for the client nothing is heard again: it ends in FORWARD, too, and if it
# came through, the client would know no way for the answer.

# Two rules let packets pass that come from br1 or go to it, whatever the policy. MASQUERADE is for
# the way out: packets from 10.0.0.0/24 leave under the host's own address, 192.0.2.1, and to that
# the client knows a way, since it is on the same wire. No program listens on the client's port
# 8080.
step 4 'Let the pods through'
iptables --table filter --append FORWARD --in-interface br1 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface br1 --jump ACCEPT
iptables --table nat --append POSTROUTING --source 10.0.0.0/24 --jump MASQUERADE
# The packet gets out, and the client takes the host for its sender. It refuses, since nobody
# listens on that port, but a refusal is an answer, and it finds its way back to the pod. With a
# firewall that drops, or without a way back, curl would still be waiting.

# Before any virtual IP comes into play, the plain network must work: from the host to each pod, and
# from each pod to the other. If one of these failed, everything that follows would fail for the
# wrong reason. Have an eye on whom a pod sees. In the first step it was the other pod; since then
# frames on the bridge have come to visit iptables, and the MASQUERADE rule is for all that has its
# source in 10.0.0.0/24, wherever it goes. The client gets its route back, as if it were a machine
# in the node's own network.
step 5 'Reach each pod directly'
ip -n client route add default via 192.0.2.1
# This lab's MASQUERADE rule takes everything that pods send, also what stays on the bridge, since a
# later step needs it so. netns_021 sees 10.0.0.1, and no longer netns_011's own address as in the
# first step. Kubernetes wants it otherwise, and a real node leaves alone what stays on the bridge.

# A ClusterIP is an address that no interface has. It exists only as a rule of the nat table: a
# packet to 10.100.100.100:8080 gets 10.0.0.11:8080 as its destination before it is routed (DNAT).
# The rule must be met by packets that arrive (PREROUTING) and by those that the host itself sends
# (OUTPUT), so both chains jump to a chain of our own. Before OUTPUT is asked, the kernel looks
# where 10.100.100.100 would go, and gives up at once where there is no way. So the host needs a
# default route; here it leads to the machine "client", by the wire on which the host is 192.0.2.1.
step 6 'A virtual IP with one DNAT rule'
iptables --table nat --new HTTP-SERVICE
iptables --table nat --append PREROUTING --jump HTTP-SERVICE
iptables --table nat --append OUTPUT --jump HTTP-SERVICE
iptables --table nat --append HTTP-SERVICE --destination 10.100.100.100 --protocol tcp --match tcp --dport 8080 --jump DNAT --to-destination 10.0.0.11:8080
# The host took 192.0.2.1 for the sender, its address on the wire to the client, when it looked for
# a way to 10.100.100.100, and that stays when DNAT turns the packet round: the MASQUERADE rule is
# for what pods send, as netns_021 does. So the virtual IP answers on the host and in netns_021, but
# not in netns_011, the pod that is its backend; the next step tells why.

# netns_011 asks the virtual IP, and DNAT turns the packet back to netns_011 itself: it would have
# to leave the bridge through the very port that it came in by, and a bridge never does that. For
# years the way out was to switch the bridge to promiscuous mode: the host then got a copy of the
# frame, and routed it back. Since Linux 6.9 (and in older kernels that took over the fix for
# CVE-2024-27018) such a copy loses its entry in the table of connections, and with it the
# translation. Which of both it is on your kernel, the checks below say. A rule without a target
# does nothing but count: here, copies that belong to no connection (ctstate INVALID).
step 7 'The old way to a hairpin, a promiscuous bridge'
iptables --insert FORWARD --in-interface br1 --match conntrack --ctstate INVALID --match comment --comment 'lost its connection'
ip link set br1 promisc on

# There is another way: the hairpin flag of a bridge port, by which frames may leave through the
# port that they came in by. The bridge is no longer promiscuous. Two things decide what comes of
# the request: whether it gets back to netns_011, and from whom it seems to be. A pod throws away
# what comes from its own address, and the MASQUERADE rule from before is still there.
step 8 'Hairpin, the port'\''s own flag'
iptables --delete FORWARD --in-interface br1 --match conntrack --ctstate INVALID --match comment --comment 'lost its connection'
ip link set br1 promisc off
bridge link set dev veth_011 hairpin on
bridge link set dev veth_021 hairpin on
# This works on every kernel. The flag brings the frame back, and the MASQUERADE rule has its share
# in it, too. Without it the pod would see a request from its own address, and throw it away. With
# it, the request seems to come from 10.0.0.1.

# A real node has one chain for all services, KUBE-SERVICES. It finds the service by its address and
# port and jumps to the service's own chain, KUBE-SVC-…, which chooses an endpoint and jumps to that
# one's chain, KUBE-SEP-…, where the DNAT is done. The letters behind the names are a hash: of
# namespace, name, the port's name (this port has none) and protocol, and for KUBE-SEP-… of the
# endpoint as well. You would find the very same chain on every cluster that has this service. The
# hand-made chain goes, and kube-proxy's rules come, with netns_011 as the only endpoint. A packet
# that an endpoint sends to itself is marked in KUBE-SEP-… and masqueraded because of that mark:
# kube-proxy has thought of the hairpin. So is what does not come from pods, by the first rule of
# KUBE-SVC-….
step 9 'The same with kube-proxy'\''s chains, one endpoint'
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
iptables -t nat -N KUBE-SVC-KX5O3XY32VPAQDVY
iptables -t nat -N KUBE-SEP-RSY6OMAC2GN5QSZX
iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/http-server cluster IP' -m tcp -p tcp -d 10.100.100.100 --dport 8080 -j KUBE-SVC-KX5O3XY32VPAQDVY
iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
iptables -t nat -A KUBE-SVC-KX5O3XY32VPAQDVY -m comment --comment 'default/http-server cluster IP' -m tcp -p tcp -d 10.100.100.100 --dport 8080 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-KX5O3XY32VPAQDVY -m comment --comment 'default/http-server -> 10.0.0.11:8080' -j KUBE-SEP-RSY6OMAC2GN5QSZX
iptables -t nat -A KUBE-SEP-RSY6OMAC2GN5QSZX -m comment --comment default/http-server -s 10.0.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-RSY6OMAC2GN5QSZX -m comment --comment default/http-server -m tcp -p tcp -j DNAT --to-destination 10.0.0.11:8080
iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
iptables --table nat --delete PREROUTING --jump HTTP-SERVICE
iptables --table nat --delete OUTPUT --jump HTTP-SERVICE
iptables --table nat --flush HTTP-SERVICE
iptables --table nat --delete-chain HTTP-SERVICE
# The host is no pod, so what it sends is marked, and masqueraded with the address of the interface
# that it leaves by, which is br1: netns_011 saw it as 192.0.2.1, and sees it as 10.0.0.1 from now
# on. (netns_021 is a pod, and no endpoint: its packets kube-proxy leaves alone. It is this lab's
# own MASQUERADE rule that hides it.)

# What if no pod is ready? One might just empty the service's chain. KUBE-SERVICES still jumps into
# it, finds nothing there, and comes back; the end of KUBE-SERVICES is reached, and nobody has
# translated anything. So the packet goes on to 10.100.100.100 by the host's default route, to
# "client". No machine has that address.
step 10 'A chain without a rule'
iptables --table nat --flush KUBE-SVC-KX5O3XY32VPAQDVY
# "client" is not 10.100.100.100 and knows nobody who is, so the packet is lost there, and whoever
# asks waits until its patience is over. The table of connections remembers it so: it was meant for
# 10.100.100.100, an answer would come from 10.100.100.100, and none has come (UNREPLIED).

# kube-proxy does not leave it at that. A service without endpoints has no rule in the nat table at
# all, and one in the filter table, with the target REJECT. That throws the packet away, as DROP
# does, but tells the sender so, by an ICMP message: port unreachable. (Long ago such packets were
# marked by KUBE-MARK-DROP and thrown away by KUBE-FIREWALL without a word; the lab no-endpoints has
# both.) What got lost before is forgotten, since a new connection from the same port would be taken
# for the lost one.
step 11 'A service without endpoints'
iptables -t filter -A KUBE-SERVICES -m comment --comment 'default/http-server has no endpoints' -m tcp -p tcp -d 10.100.100.100 --dport 8080 -j REJECT
iptables -t nat -D KUBE-SERVICES 1
iptables -t nat -F KUBE-SVC-KX5O3XY32VPAQDVY
iptables -t nat -F KUBE-SEP-RSY6OMAC2GN5QSZX
iptables -t nat -X KUBE-SVC-KX5O3XY32VPAQDVY
iptables -t nat -X KUBE-SEP-RSY6OMAC2GN5QSZX
conntrack --flush || true
# The client is refused at once and knows that it need not wait. Its kernel takes "port unreachable"
# for the same as the refusal of a machine where nobody listens: there is a way, and no service at
# its end.

# With two endpoints the service's chain has two rules that choose. (Its first rule chooses nobody:
# it marks what comes from outside the pods' network, to be masqueraded.) iptables reads them in
# order and takes the first that matches: the first one matches with probability 0.5, by a throw of
# dice for each new connection; whoever is not taken falls through to the second rule, which takes
# all that come. The machine "client" may ask, too, because it sends everything it has no other way
# for to this host. From the internet nobody would send a packet for 10.100.100.100 here.
step 12 'A second endpoint'
iptables -t filter -F KUBE-SERVICES
iptables -t nat -N KUBE-SVC-KX5O3XY32VPAQDVY
iptables -t nat -N KUBE-SEP-RSY6OMAC2GN5QSZX
iptables -t nat -N KUBE-SEP-2XP55SZRRPQAH4NV
iptables -t nat -I KUBE-SERVICES 1 -m comment --comment 'default/http-server cluster IP' -m tcp -p tcp -d 10.100.100.100 --dport 8080 -j KUBE-SVC-KX5O3XY32VPAQDVY
iptables -t nat -A KUBE-SVC-KX5O3XY32VPAQDVY -m comment --comment 'default/http-server cluster IP' -m tcp -p tcp -d 10.100.100.100 --dport 8080 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-KX5O3XY32VPAQDVY -m comment --comment 'default/http-server -> 10.0.0.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-RSY6OMAC2GN5QSZX
iptables -t nat -A KUBE-SVC-KX5O3XY32VPAQDVY -m comment --comment 'default/http-server -> 10.0.0.21:8080' -j KUBE-SEP-2XP55SZRRPQAH4NV
iptables -t nat -A KUBE-SEP-RSY6OMAC2GN5QSZX -m comment --comment default/http-server -s 10.0.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-RSY6OMAC2GN5QSZX -m comment --comment default/http-server -m tcp -p tcp -j DNAT --to-destination 10.0.0.11:8080
iptables -t nat -A KUBE-SEP-2XP55SZRRPQAH4NV -m comment --comment default/http-server -s 10.0.0.21 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-2XP55SZRRPQAH4NV -m comment --comment default/http-server -m tcp -p tcp -j DNAT --to-destination 10.0.0.21:8080
# Each endpoint gets half: the first one what the dice give it, the second one the rest. With three
# the probabilities would be 1/3, then 1/2 of the rest, then all of what is left.

# It looks fairer to give both rules probability 0.5. Now the second one throws dice, too, for each
# connection that comes to it. It is the last rule of its chain; what becomes of a packet that no
# rule has taken, the step with the empty chain has shown.
step 13 'The common mistake: one half on both rules'
iptables --table nat --replace KUBE-SVC-KX5O3XY32VPAQDVY 3 --match comment --comment 'default/http-server -> 10.0.0.21:8080' --match statistic --mode random --probability 0.5 --jump KUBE-SEP-2XP55SZRRPQAH4NV
# Half of the connections take the first rule. Of the other half, only half take the second one. A
# quarter match nothing, leave the chain with the virtual address still in them, and get lost beyond
# the host's default route. What looks fairer is wrong, and nothing warns of it: three tries out of
# four are fine.

# The rule is put right: without a statistic match it takes every connection that reaches it. One
# thing is left to do. The kernel remembers each connection that got lost, with its port and without
# a translation, for two minutes; a new connection from the same port would be taken for the old one
# and get lost as well. So it is told to forget all connections.
step 14 'The last rule takes all that come'
iptables --table nat --replace KUBE-SVC-KX5O3XY32VPAQDVY 3 --match comment --comment 'default/http-server -> 10.0.0.21:8080' --jump KUBE-SEP-2XP55SZRRPQAH4NV
conntrack --flush || true
# Each endpoint gets half again, wherever the request is from, and none is lost. This is how the lab
# stays: a healthy ClusterIP, the same that kube-proxy would have made.
