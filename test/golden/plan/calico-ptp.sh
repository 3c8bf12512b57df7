#!/bin/sh
# Pods without a bridge, as Calico wires them
#
# The commands of netlab's lab calico-ptp, as root on a machine that you can do without:
#   sh calico-ptp.sh             carries out its steps, in order
#   sh calico-ptp.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-calico-ptp.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 12 ]; then
    ip -n master route delete blackhole 10.244.219.64/26
  fi
  if [ "$last" -ge 11 ]; then
    ip -n worker route delete 10.244.219.64/26 via 192.168.2.10
  fi
  if [ "$last" -ge 10 ]; then
    ip -n master route delete 10.244.167.128/26 via 192.168.2.11
  fi
  if [ "$last" -ge 9 ]; then
    ip -n master route delete 10.244.219.84/32 dev cali9d477edda73 scope link
  fi
  if [ "$last" -ge 8 ]; then
    ip -n master route add 10.244.219.84/32 dev cali9d477edda73 scope link
  fi
  if [ "$last" -ge 7 ]; then
    ip netns exec master sysctl -w net.ipv4.conf.cali9bef2516196.proxy_arp=0
  fi
  if [ "$last" -ge 6 ]; then
    ip netns exec master sysctl -w net.ipv4.conf.cali9bef2516196.proxy_arp=1
  fi
  if [ "$last" -ge 5 ]; then
    ip -n controllers route delete default via 169.254.1.1
    ip -n controllers route delete 169.254.1.1 dev eth0 scope link
  fi
  if [ "$last" -ge 4 ]; then
    ip -n controllers route add 169.254.1.1 dev eth0 scope link
    ip -n controllers route add default via 169.254.1.1
  fi
  if [ "$last" -ge 2 ]; then
    ip netns pids nginx | xargs -r kill || :
    ip netns pids coredns | xargs -r kill || :
    ip netns pids controllers | xargs -r kill || :
  fi
  if [ "$last" -ge 1 ]; then
    ip netns exec worker sysctl -w net.ipv4.ip_forward=0
    ip netns exec master sysctl -w net.ipv4.ip_forward=0
    rm -f /etc/netns/master/hosts /etc/netns/worker/hosts /etc/netns/controllers/hosts /etc/netns/coredns/hosts /etc/netns/nginx/hosts /etc/netns/router/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/master /etc/netns/worker /etc/netns/controllers /etc/netns/coredns /etc/netns/nginx /etc/netns/router
    ip -n router link set dev eth0 down
    ip -n router address delete 192.168.1.1/22 dev eth0
    ip -n router link set dev lo down
    ip -n nginx route delete default via 169.254.1.1
    ip -n nginx route delete 169.254.1.1 dev eth0 scope link
    ip -n nginx link set dev eth0 down
    ip -n nginx address delete 10.244.167.174/32 dev eth0
    ip -n nginx link set dev lo down
    ip -n coredns route delete default via 169.254.1.1
    ip -n coredns route delete 169.254.1.1 dev eth0 scope link
    ip -n coredns link set dev eth0 down
    ip -n coredns address delete 10.244.219.84/32 dev eth0
    ip -n coredns link set dev lo down
    ip -n controllers route delete default via 169.254.1.1
    ip -n controllers route delete 169.254.1.1 dev eth0 scope link
    ip -n controllers link set dev eth0 down
    ip -n controllers address delete 10.244.219.83/32 dev eth0
    ip -n controllers link set dev lo down
    ip -n worker route delete 10.244.167.174/32 dev cali3f2a9c0d1e7 scope link
    ip -n master route delete 10.244.219.84/32 dev cali9d477edda73 scope link
    ip -n master route delete 10.244.219.83/32 dev cali9bef2516196 scope link
    ip link set dev router_eth0 nomaster down
    ip link delete dev router_eth0
    ip -n worker link set dev cali3f2a9c0d1e7 down
    ip -n worker link delete dev cali3f2a9c0d1e7
    ip -n master link set dev cali9d477edda73 down
    ip -n master link delete dev cali9d477edda73
    ip -n master link set dev cali9bef2516196 down
    ip -n master link delete dev cali9bef2516196
    ip netns delete router
    ip netns delete nginx
    ip netns delete coredns
    ip netns delete controllers
    ip -n worker route delete default via 192.168.1.1
    ip -n worker link set dev eth0 down
    ip -n worker address delete 192.168.2.11/22 dev eth0
    ip -n worker link set dev lo down
    ip -n master route delete default via 192.168.1.1
    ip -n master link set dev eth0 down
    ip -n master address delete 192.168.2.10/22 dev eth0
    ip -n master link set dev lo down
    ip link set dev worker_eth0 nomaster down
    ip link delete dev worker_eth0
    ip link set dev master_eth0 nomaster down
    ip link delete dev master_eth0
    ip netns delete worker
    ip netns delete master
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
  printf '%s\n' "$1/12 $2"
  echo "$1" > "$reached"
}

# A node is a network namespace as well, with routes, rules and settings of its own: a whole
# machine, as far as packets care. A network between nodes is a bridge that serves as a switch; the
# host is only the wires.
# A pod with a /32 has nobody else on its network: its cable ends on the node itself, in no bridge.
# The node has a route to that one address. The pod's gateway is an address that nobody has: the
# node answers for it (proxy ARP), as it would for anybody whom it has a way to.
# A machine is a network namespace, too: it is no node of the cluster, and has no pods.
step 1 '2 nodes, 3 pods, 1 machine on lan'
ip link add name lan type bridge
ip link set dev lan up
ip netns add master
ip netns add worker
ip link add name master_eth0 type veth peer name eth0 netns master
ip link set dev master_eth0 master lan up
ip link add name worker_eth0 type veth peer name eth0 netns worker
ip link set dev worker_eth0 master lan up
ip -n master link set dev lo up
ip -n master address add 192.168.2.10/22 dev eth0
ip -n master link set dev eth0 up
ip -n master route add default via 192.168.1.1
ip -n worker link set dev lo up
ip -n worker address add 192.168.2.11/22 dev eth0
ip -n worker link set dev eth0 up
ip -n worker route add default via 192.168.1.1
ip netns add controllers
ip netns add coredns
ip netns add nginx
ip netns add router
ip -n master link add name cali9bef2516196 address ee:ee:ee:ee:ee:ee type veth peer name eth0 netns controllers
ip -n master link set dev cali9bef2516196 up
ip -n master link add name cali9d477edda73 address ee:ee:ee:ee:ee:ee type veth peer name eth0 netns coredns
ip -n master link set dev cali9d477edda73 up
ip -n worker link add name cali3f2a9c0d1e7 address ee:ee:ee:ee:ee:ee type veth peer name eth0 netns nginx
ip -n worker link set dev cali3f2a9c0d1e7 up
ip link add name router_eth0 type veth peer name eth0 netns router
ip link set dev router_eth0 master lan up
ip netns exec master sysctl -w net.ipv4.conf.cali9bef2516196.proxy_arp=1
ip netns exec master sysctl -w net.ipv4.conf.cali9d477edda73.proxy_arp=1
ip netns exec worker sysctl -w net.ipv4.conf.cali3f2a9c0d1e7.proxy_arp=1
ip netns exec master sysctl -e -w net.ipv4.neigh.cali9bef2516196.proxy_delay=0
ip netns exec master sysctl -e -w net.ipv4.neigh.cali9d477edda73.proxy_delay=0
ip netns exec worker sysctl -e -w net.ipv4.neigh.cali3f2a9c0d1e7.proxy_delay=0
ip -n master route add 10.244.219.83/32 dev cali9bef2516196 scope link
ip -n master route add 10.244.219.84/32 dev cali9d477edda73 scope link
ip -n worker route add 10.244.167.174/32 dev cali3f2a9c0d1e7 scope link
ip -n controllers link set dev lo up
ip -n controllers address add 10.244.219.83/32 dev eth0
ip -n controllers link set dev eth0 up
ip -n controllers route add 169.254.1.1 dev eth0 scope link
ip -n controllers route add default via 169.254.1.1
ip -n coredns link set dev lo up
ip -n coredns address add 10.244.219.84/32 dev eth0
ip -n coredns link set dev eth0 up
ip -n coredns route add 169.254.1.1 dev eth0 scope link
ip -n coredns route add default via 169.254.1.1
ip -n nginx link set dev lo up
ip -n nginx address add 10.244.167.174/32 dev eth0
ip -n nginx link set dev eth0 up
ip -n nginx route add 169.254.1.1 dev eth0 scope link
ip -n nginx route add default via 169.254.1.1
ip -n router link set dev lo up
ip -n router address add 192.168.1.1/22 dev eth0
ip -n router link set dev eth0 up
mkdir -p /etc/netns/master /etc/netns/worker /etc/netns/controllers /etc/netns/coredns /etc/netns/nginx /etc/netns/router
tee /etc/netns/master/hosts /etc/netns/worker/hosts /etc/netns/controllers/hosts /etc/netns/coredns/hosts /etc/netns/nginx/hosts /etc/netns/router/hosts >/dev/null <<'END'
127.0.0.1	localhost
192.168.2.10	master
192.168.2.11	worker
10.244.219.83	controllers
10.244.219.84	coredns
10.244.167.174	nginx
192.168.1.1	router
END
ip netns exec master sysctl -w net.ipv4.ip_forward=1
ip netns exec worker sysctl -w net.ipv4.ip_forward=1

# Each pod runs its program in its own network namespace, so all of them can listen on the same
# port. netlab's own server answers with the name of the pod, its address, and the address that the
# client seems to have.
step 2 '3 servers'
ip netns exec controllers "${NETLAB:-netlab}" serve 80 --name controllers > /dev/null 2>&1 &
ip netns exec coredns "${NETLAB:-netlab}" serve 80 --name coredns > /dev/null 2>&1 &
ip netns exec nginx "${NETLAB:-netlab}" serve 80 --name nginx > /dev/null 2>&1 &

# No bridge is here, and none is missing. Each pod hangs on a veth pair of its own, and the other
# end, cali…, is an interface of the node like any other: it has no master, and no address either.
# All of them even have the same hardware address, ee:ee:ee:ee:ee:ee, since on each cable there is
# only one neighbour to be mistaken for. Take any of them and look at it: @if says which interface
# of the pod is at the other end.
step 3 'A cable that ends on the node'

# The pod's address has the prefix 32: its network is that one address, and nobody else is on it. So
# every packet goes to the gateway, and the gateway, 169.254.1.1, is on no network of the pod. That
# is why it takes two routes: the first says that 169.254.1.1 is to be found on eth0 ("scope link":
# ask there, without a router), the second sends all the rest to it. Here the second is tried
# without the first.
step 4 'A network of one'
ip -n controllers route del default via 169.254.1.1
ip -n controllers route del 169.254.1.1 dev eth0 scope link
# Without the first route the kernel refuses the second: it does not know where such a next hop
# should be. And a pod without routes reaches nobody, the neighbour least of all.

# The two routes again, in this order. Every pod of a Calico cluster has the same two, whatever its
# node and address: nothing of them has to change when the pod lives on another node tomorrow.
step 5 'First the way to the gateway, then the way by it'
ip -n controllers route add 169.254.1.1 dev eth0 scope link
ip -n controllers route add default via 169.254.1.1
# The neighbour on the same node answers. Ask the pod's kernel for the way to it: it leads through
# the gateway, for there is no neighbour. The gateway routes, and leaves the pod's address as it is.

# Who has 169.254.1.1? Look for it on the node: nobody. Still the pod's ARP request was answered,
# with ee:ee:ee:ee:ee:ee, the address of the cali end. That is proxy ARP: with proxy_arp on an
# interface, the kernel says "that is me" of any address to which it has a way by another interface.
# Here the way is the default route, and a node without one would stay silent. Switch it off, and
# let the pod forget what it knows: its question stays unanswered, and the packet never leaves the
# pod. What the pod gets is no timeout of a server but "no route to host", from its own kernel.
step 6 'A gateway that nobody is'
ip netns exec master sysctl -w net.ipv4.conf.cali9bef2516196.proxy_arp=0
ip -n controllers neigh flush dev eth0

# Switched on, the node answers ARP for 169.254.1.1 again, with the hardware address of its end of
# the cable.
step 7 'The node answers for it'
ip netns exec master sysctl -w net.ipv4.conf.cali9bef2516196.proxy_arp=1
# The pod now knows one neighbour, and will never know more: whatever it sends, to the pod beside it
# or to the internet, is addressed to that one card. From there on it is a matter of the node's
# routes, and of nothing else.

# The other direction: how does the node find a pod? With a bridge it has one route for all, and
# asks on the bridge. Here it has a route for each pod, a /32 that names the cable: what the
# article's `route -n` shows with the flags UH and no gateway. Take away that of coredns.
step 8 'A route for each pod'
ip -n master route del 10.244.219.84/32 dev cali9d477edda73 scope link
# The node still has a route for the packet, the default one! So it sends it to the router, which
# knows nothing of pods: coredns is lost, and its address looks like any other on the internet.

# The route again. It is more exact than any other, 32 bits of 32, so no other one matters for this
# address. Felix, Calico's agent on each node, adds such a route when a pod comes and removes it
# when the pod goes.
step 9 'The longest prefix wins'
ip -n master route add 10.244.219.84/32 dev cali9d477edda73 scope link
# Both pods of the node reach each other now, through the node's routing, not by a switch: the TTL
# shows it, and iptables' FORWARD chain sees each packet. A network policy needs just that.

# nginx lives on worker, where 10.244.167.128/26 is: 64 addresses from .128 to .191. master has no
# route to them, and again the default route takes what nobody else wants. One route per node is
# enough, to the whole block. In the article it leads into tunl0, a tunnel, because there a router
# may stand between the nodes. Here they share a segment, and the next hop is worker itself. worker
# has no such route yet.
step 10 'The pods of the other node'
ip -n master route add 10.244.167.128/26 via 192.168.2.11
# master itself reaches nginx at once, and controllers does not, though both take the same route.
# The next step says why.

# The difference is the sender's address: worker knows 192.168.2.10 as its neighbour, and for
# 10.244.219.83 it had but the default route, so the answer was lost. Here it gets the route for the
# block of master.
step 11 'And the way back'
ip -n worker route add 10.244.219.64/26 via 192.168.2.10
# Two nodes, two routes, and nobody in between who writes an address over another. With three nodes
# it is six, and nobody writes them by hand: on each node BIRD tells all the others by BGP which
# block is there (the article finds it listening on port 179), and puts what it hears into the
# kernel's table. What it puts there is just this line.

# One more line belongs to it: each node throws away what is for its own block and for no pod there
# (the article's table has it with a * for the interface: a blackhole). Ask master for
# 10.244.219.90, which nobody has. Without the line the packet would take the default route, out to
# the router; and a router that knows the block would send it back, and so on until its TTL is used
# up.
step 12 'Nobody at home'
ip -n master route add blackhole 10.244.219.64/26
