#!/bin/sh
# A packet in a packet, as Calico carries it between nodes
#
# The commands of netlab's lab calico-ipip, as root on a machine that you can do without:
#   sh calico-ipip.sh             carries out its steps, in order
#   sh calico-ipip.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-calico-ipip.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 11 ]; then
    ip -n worker route replace 10.244.219.64/26 via 192.168.2.10 dev tunl0 proto bird onlink
    ip -n master route replace 10.244.167.128/26 via 192.168.2.11 dev tunl0 proto bird onlink
  fi
  if [ "$last" -ge 9 ]; then
    ip netns exec router iptables -I FORWARD 1 -p 4 -j DROP
  fi
  if [ "$last" -ge 8 ]; then
    ip netns exec router iptables -D FORWARD -p 4 -j DROP
  fi
  if [ "$last" -ge 7 ]; then
    ip netns exec router iptables -D FORWARD -d 10.244.0.0/16
    ip netns exec router iptables -D FORWARD -p 4
  fi
  if [ "$last" -ge 6 ]; then
    ip -n annex-worker route delete 10.244.167.128/26 via 192.168.2.11 dev tunl0 proto bird onlink
    ip -n annex-worker route delete 10.244.219.64/26 via 192.168.2.10 dev tunl0 proto bird onlink
    ip -n annex-worker link set dev tunl0 down
    ip -n annex-worker address delete 10.244.104.0/32 dev tunl0
    ip -n annex-worker link set dev tunl0 down
    ip -n worker route delete 10.244.104.0/26 via 192.168.6.13 dev tunl0 proto bird onlink
    ip -n worker route delete 10.244.219.64/26 via 192.168.2.10 dev tunl0 proto bird onlink
    ip -n worker link set dev tunl0 down
    ip -n worker address delete 10.244.167.128/32 dev tunl0
    ip -n worker link set dev tunl0 down
  fi
  if [ "$last" -ge 5 ]; then
    ip -n master route delete 10.244.104.0/26 via 192.168.6.13 dev tunl0 proto bird onlink
    ip -n master route delete 10.244.167.128/26 via 192.168.2.11 dev tunl0 proto bird onlink
  fi
  if [ "$last" -ge 4 ]; then
    ip -n master link set dev tunl0 down
    ip -n master address delete 10.244.219.64/32 dev tunl0
    ip -n master link set dev tunl0 down
  fi
  if [ "$last" -ge 2 ]; then
    ip netns pids annex-worker | xargs -r kill || :
    ip netns pids web | xargs -r kill || :
    ip netns pids nginx | xargs -r kill || :
    ip netns pids controllers | xargs -r kill || :
  fi
  if [ "$last" -ge 1 ]; then
    ip netns exec router sysctl -w net.ipv4.ip_forward=0
    ip netns exec annex-worker sysctl -w net.ipv4.ip_forward=0
    ip netns exec worker sysctl -w net.ipv4.ip_forward=0
    ip netns exec master sysctl -w net.ipv4.ip_forward=0
    rm -f /etc/netns/master/hosts /etc/netns/worker/hosts /etc/netns/annex-worker/hosts /etc/netns/controllers/hosts /etc/netns/nginx/hosts /etc/netns/web/hosts /etc/netns/router/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/master /etc/netns/worker /etc/netns/annex-worker /etc/netns/controllers /etc/netns/nginx /etc/netns/web /etc/netns/router
    ip -n router link set dev eth1 down
    ip -n router address delete 192.168.5.1/22 dev eth1
    ip -n router link set dev eth0 down
    ip -n router address delete 192.168.1.1/22 dev eth0
    ip -n router link set dev lo down
    ip -n web route delete default via 169.254.1.1
    ip -n web route delete 169.254.1.1 dev eth0 scope link
    ip -n web link set dev eth0 down
    ip -n web address delete 10.244.104.5/32 dev eth0
    ip -n web link set dev lo down
    ip -n nginx route delete default via 169.254.1.1
    ip -n nginx route delete 169.254.1.1 dev eth0 scope link
    ip -n nginx link set dev eth0 down
    ip -n nginx address delete 10.244.167.174/32 dev eth0
    ip -n nginx link set dev lo down
    ip -n controllers route delete default via 169.254.1.1
    ip -n controllers route delete 169.254.1.1 dev eth0 scope link
    ip -n controllers link set dev eth0 down
    ip -n controllers address delete 10.244.219.83/32 dev eth0
    ip -n controllers link set dev lo down
    ip -n annex-worker route delete 10.244.104.5/32 dev cali5d8e1b7f042 scope link
    ip -n worker route delete 10.244.167.174/32 dev cali3f2a9c0d1e7 scope link
    ip -n master route delete 10.244.219.83/32 dev cali9bef2516196 scope link
    ip link set dev router_eth1 nomaster down
    ip link delete dev router_eth1
    ip link set dev router_eth0 nomaster down
    ip link delete dev router_eth0
    ip -n annex-worker link set dev cali5d8e1b7f042 down
    ip -n annex-worker link delete dev cali5d8e1b7f042
    ip -n worker link set dev cali3f2a9c0d1e7 down
    ip -n worker link delete dev cali3f2a9c0d1e7
    ip -n master link set dev cali9bef2516196 down
    ip -n master link delete dev cali9bef2516196
    ip netns delete router
    ip netns delete web
    ip netns delete nginx
    ip netns delete controllers
    ip -n annex-worker route delete default via 192.168.5.1
    ip -n annex-worker link set dev eth0 down
    ip -n annex-worker address delete 192.168.6.13/22 dev eth0
    ip -n annex-worker link set dev lo down
    ip -n worker route delete default via 192.168.1.1
    ip -n worker link set dev eth0 down
    ip -n worker address delete 192.168.2.11/22 dev eth0
    ip -n worker link set dev lo down
    ip -n master route delete default via 192.168.1.1
    ip -n master link set dev eth0 down
    ip -n master address delete 192.168.2.10/22 dev eth0
    ip -n master link set dev lo down
    ip link set dev annex-worsg2k4i nomaster down
    ip link delete dev annex-worsg2k4i
    ip link set dev worker_eth0 nomaster down
    ip link delete dev worker_eth0
    ip link set dev master_eth0 nomaster down
    ip link delete dev master_eth0
    ip netns delete annex-worker
    ip netns delete worker
    ip netns delete master
    ip link set dev annex down
    ip link delete dev annex
    ip link set dev lan down
    ip link delete dev lan
  fi
  rm "$reached"
}
if [ "$#" -gt 0 ] && [ "$1" = teardown ]; then
  teardown
  exit
fi

step() {
  printf '%s\n' "$1/11 $2"
  echo "$1" > "$reached"
}

# A node is a network namespace as well, with routes, rules and settings of its own: a whole
# machine, as far as packets care. A network between nodes is a bridge that serves as a switch; the
# host is only the wires.
# A pod with a /32 has nobody else on its network: its cable ends on the node itself, in no bridge.
# The node has a route to that one address. The pod's gateway is an address that nobody has: the
# node answers for it (proxy ARP), as it would for anybody whom it has a way to.
# A machine is a network namespace, too: it is no node of the cluster, and has no pods.
step 1 '3 nodes, 3 pods, 1 machine on lan and annex'
ip link add name lan type bridge
ip link set dev lan up
ip link add name annex type bridge
ip link set dev annex up
ip netns add master
ip netns add worker
ip netns add annex-worker
ip link add name master_eth0 type veth peer name eth0 netns master
ip link set dev master_eth0 master lan up
ip link add name worker_eth0 type veth peer name eth0 netns worker
ip link set dev worker_eth0 master lan up
ip link add name annex-worsg2k4i type veth peer name eth0 netns annex-worker
ip link set dev annex-worsg2k4i master annex up
ip -n master link set dev lo up
ip -n master address add 192.168.2.10/22 dev eth0
ip -n master link set dev eth0 up
ip -n master route add default via 192.168.1.1
ip -n worker link set dev lo up
ip -n worker address add 192.168.2.11/22 dev eth0
ip -n worker link set dev eth0 up
ip -n worker route add default via 192.168.1.1
ip -n annex-worker link set dev lo up
ip -n annex-worker address add 192.168.6.13/22 dev eth0
ip -n annex-worker link set dev eth0 up
ip -n annex-worker route add default via 192.168.5.1
ip netns add controllers
ip netns add nginx
ip netns add web
ip netns add router
ip -n master link add name cali9bef2516196 address ee:ee:ee:ee:ee:ee type veth peer name eth0 netns controllers
ip -n master link set dev cali9bef2516196 up
ip -n worker link add name cali3f2a9c0d1e7 address ee:ee:ee:ee:ee:ee type veth peer name eth0 netns nginx
ip -n worker link set dev cali3f2a9c0d1e7 up
ip -n annex-worker link add name cali5d8e1b7f042 address ee:ee:ee:ee:ee:ee type veth peer name eth0 netns web
ip -n annex-worker link set dev cali5d8e1b7f042 up
ip link add name router_eth0 type veth peer name eth0 netns router
ip link set dev router_eth0 master lan up
ip link add name router_eth1 type veth peer name eth1 netns router
ip link set dev router_eth1 master annex up
ip netns exec master sysctl -w net.ipv4.conf.cali9bef2516196.proxy_arp=1
ip netns exec worker sysctl -w net.ipv4.conf.cali3f2a9c0d1e7.proxy_arp=1
ip netns exec annex-worker sysctl -w net.ipv4.conf.cali5d8e1b7f042.proxy_arp=1
ip netns exec master sysctl -e -w net.ipv4.neigh.cali9bef2516196.proxy_delay=0
ip netns exec worker sysctl -e -w net.ipv4.neigh.cali3f2a9c0d1e7.proxy_delay=0
ip netns exec annex-worker sysctl -e -w net.ipv4.neigh.cali5d8e1b7f042.proxy_delay=0
ip -n master route add 10.244.219.83/32 dev cali9bef2516196 scope link
ip -n worker route add 10.244.167.174/32 dev cali3f2a9c0d1e7 scope link
ip -n annex-worker route add 10.244.104.5/32 dev cali5d8e1b7f042 scope link
ip -n controllers link set dev lo up
ip -n controllers address add 10.244.219.83/32 dev eth0
ip -n controllers link set dev eth0 up
ip -n controllers route add 169.254.1.1 dev eth0 scope link
ip -n controllers route add default via 169.254.1.1
ip -n nginx link set dev lo up
ip -n nginx address add 10.244.167.174/32 dev eth0
ip -n nginx link set dev eth0 up
ip -n nginx route add 169.254.1.1 dev eth0 scope link
ip -n nginx route add default via 169.254.1.1
ip -n web link set dev lo up
ip -n web address add 10.244.104.5/32 dev eth0
ip -n web link set dev eth0 up
ip -n web route add 169.254.1.1 dev eth0 scope link
ip -n web route add default via 169.254.1.1
ip -n router link set dev lo up
ip -n router address add 192.168.1.1/22 dev eth0
ip -n router link set dev eth0 up
ip -n router address add 192.168.5.1/22 dev eth1
ip -n router link set dev eth1 up
mkdir -p /etc/netns/master /etc/netns/worker /etc/netns/annex-worker /etc/netns/controllers /etc/netns/nginx /etc/netns/web /etc/netns/router
tee /etc/netns/master/hosts /etc/netns/worker/hosts /etc/netns/annex-worker/hosts /etc/netns/controllers/hosts /etc/netns/nginx/hosts /etc/netns/web/hosts /etc/netns/router/hosts >/dev/null <<'END'
127.0.0.1	localhost
192.168.2.10	master
192.168.2.11	worker
192.168.6.13	annex-worker
10.244.219.83	controllers
10.244.167.174	nginx
10.244.104.5	web
192.168.1.1	router
END
ip netns exec master sysctl -w net.ipv4.ip_forward=1
ip netns exec worker sysctl -w net.ipv4.ip_forward=1
ip netns exec annex-worker sysctl -w net.ipv4.ip_forward=1
ip netns exec router sysctl -w net.ipv4.ip_forward=1

# Each pod or machine runs its program in its own network namespace, so all of them can listen on
# the same port. netlab's own server answers with the name of the pod or machine, its address, and
# the address that the client seems to have.
step 2 '4 servers'
ip netns exec controllers "${NETLAB:-netlab}" serve 80 --name controllers > /dev/null 2>&1 &
ip netns exec nginx "${NETLAB:-netlab}" serve 80 --name nginx > /dev/null 2>&1 &
ip netns exec web "${NETLAB:-netlab}" serve 80 --name web > /dev/null 2>&1 &
ip netns exec annex-worker "${NETLAB:-netlab}" serve 8080 --name annex-worker > /dev/null 2>&1 &

# Each node has a block of 64 addresses for its pods, and who is where the other nodes learn by BGP.
# On one segment that is all: a route whose next hop is the other node (the lab calico-ptp). But
# annex-worker stands behind a router, which belongs to somebody else and has never heard of
# 10.244.104.0/26. A next hop has to be a neighbour, and 192.168.6.13 is none.
step 3 'A router that knows no pods'
# A route by way of 192.168.6.13 the kernel refuses. So the packet goes by the default route to the
# router, and is lost there.

# What the router does carry is a packet from node to node. So the pod's packet is put into one:
# another IP header before it, 20 bytes, which says protocol 4, "IP in IP" (RFC 2003). The device
# that does this is tunl0. Nobody has to make it: as soon as the kernel has IPIP it stands in each
# network namespace, down and without an address, and `add` finds it there. Remote any: it has no
# far end. Its address, the first one of the block, is what the node itself will be seen as.
step 4 'A device that the kernel brings along'
ip netns exec master sh -c 'ip link add name tunl0 type ipip || ip link show dev tunl0'
ip -n master address add 10.244.219.64/32 dev tunl0
ip -n master link set dev tunl0 up

# One device for all nodes: to which one a packet goes says the route, whose next hop becomes the
# destination of the outer header. That 192.168.6.13 is no neighbour on tunl0 does not matter,
# nobody is asked for by ARP there; `onlink` says so, and the kernel takes the route. `proto bird`
# is the signature of who wrote it. On annex-worker tunl0 is down.
step 5 'The next hop is the far end'
ip -n master route add 10.244.167.128/26 via 192.168.2.11 dev tunl0 proto bird onlink
ip -n master route add 10.244.104.0/26 via 192.168.6.13 dev tunl0 proto bird onlink
# The pod's packet now comes to annex-worker. Only, with its tunl0 down nobody there opens it.

# Each node opens what comes with protocol 4, and needs the routes for the way back: with three
# nodes two blocks each. In the article's table these are the lines that end with tunl0. A node that
# asks a pod of another one sends by that device, and has an address there.
step 6 'The same on every node'
ip netns exec worker sh -c 'ip link add name tunl0 type ipip || ip link show dev tunl0'
ip -n worker address add 10.244.167.128/32 dev tunl0
ip -n worker link set dev tunl0 up
ip -n worker route add 10.244.219.64/26 via 192.168.2.10 dev tunl0 proto bird onlink
ip -n worker route add 10.244.104.0/26 via 192.168.6.13 dev tunl0 proto bird onlink
ip netns exec annex-worker sh -c 'ip link add name tunl0 type ipip || ip link show dev tunl0'
ip -n annex-worker address add 10.244.104.0/32 dev tunl0
ip -n annex-worker link set dev tunl0 up
ip -n annex-worker route add 10.244.219.64/26 via 192.168.2.10 dev tunl0 proto bird onlink
ip -n annex-worker route add 10.244.167.128/26 via 192.168.2.11 dev tunl0 proto bird onlink
# Pods see each other as they are: the wrapper is taken off before the pod gets the packet. A node
# that asks a pod of another one is seen with the address of its tunl0, for by that device its
# packet leaves.

# Two rules without a target only count: packets of protocol 4 (iptables prints its name, ipencap),
# and packets that are for a pod. Then a pod asks another. The router has passed on the ones, from
# node to node, and has seen none of the others. What is inside it cannot tell apart: a rule of its
# firewall for the pods' addresses or ports would never match. tunl0 itself counts as well: look at
# `ip -s link show dev tunl0` on a node.
step 7 'What the router sees'
ip netns exec router iptables -A FORWARD -p 4
ip netns exec router iptables -A FORWARD -d 10.244.0.0/16
ip netns exec controllers curl --silent --show-error --max-time 20 10.244.104.5:80

# IPIP has no ports: it is neither TCP nor UDP, and what lets only these pass (the rules of many
# clouds) stops it. The router drops it now. The nodes go on reaching each other, by ping or by ssh,
# BGP has its session, and all routes stand as they should.
step 8 'A firewall that has not heard of protocol 4'
ip netns exec router iptables -I FORWARD -p 4 -j DROP
# Only the pods behind the router are gone; those of worker, for which nobody is in between, answer.

# Whoever runs IPIP has to ask for it: protocol 4 between all nodes.
step 9 'Let it through'
ip netns exec router iptables -D FORWARD -p 4 -j DROP
# The pods behind the router are back. Where nobody can be asked Calico takes VXLAN instead, which
# is plain UDP and takes 50 bytes of each packet where IPIP takes 20.

# The network carries 1500 bytes, so 1480 are left for what is inside, and tunl0 says so. On a
# cluster the pods have that number from their first moment (Calico's veth_mtu). Ours have 1500, and
# learn it when they first send too much: the node answers a packet of 1500 with "fragmentation
# needed, 1480 at most", and the pod's kernel remembers it for that address. So do nginx and
# controllers, though their nodes are neighbours. In this mode, Always, all that goes to another
# node is wrapped.
step 10 'Twenty bytes less'

# The mode CrossSubnet wraps only where it has to. A node on the same subnet gets a route by eth0,
# without onlink, and the one behind the router stays in the tunnel. Both neighbours change theirs,
# and nothing else: tunl0 goes on opening what comes. The pod forgets what it has learned of the
# size of packets.
step 11 'Only between subnets'
ip -n master route replace 10.244.167.128/26 via 192.168.2.11 dev eth0 proto bird
ip -n worker route replace 10.244.219.64/26 via 192.168.2.10 dev eth0 proto bird
ip -n nginx route flush cache
# Between neighbours full packets of 1500 bytes pass now. worker is seen by the neighbour's pod as
# 192.168.2.11, since what it sends leaves by eth0.
