#!/bin/sh
# From pod to pod across two nodes and a router, hop by hop
#
# The commands of netlab's lab pod-to-pod-across-nodes, as root on a machine that you can do without:
#   sh pod-to-pod-across-nodes.sh             carries out its steps, in order
#   sh pod-to-pod-across-nodes.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-pod-to-pod-across-nodes.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 7 ]; then
    ip -n router route delete 10.244.4.0/24 via 192.168.1.1
  fi
  if [ "$last" -ge 6 ]; then
    ip netns exec node-b iptables -D FORWARD -m conntrack --ctstate NEW
    ip -n router route delete 10.244.5.0/24 via 172.16.1.1
  fi
  if [ "$last" -ge 3 ]; then
    ip netns pids pod-b | xargs -r kill || :
    ip netns pids pod-a | xargs -r kill || :
  fi
  if [ "$last" -ge 2 ]; then
    ip netns exec node-b iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    ip netns exec node-b iptables -D FORWARD --in-interface cni0 --jump ACCEPT
    ip netns exec node-a iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    ip netns exec node-a iptables -D FORWARD --in-interface cni0 --jump ACCEPT
  fi
  if [ "$last" -ge 1 ]; then
    ip netns exec router sysctl -w net.ipv4.ip_forward=0
    ip netns exec node-b sysctl -w net.ipv4.ip_forward=0
    ip netns exec node-a sysctl -w net.ipv4.ip_forward=0
    rm -f /etc/netns/node-a/hosts /etc/netns/node-b/hosts /etc/netns/pod-a/hosts /etc/netns/pod-b/hosts /etc/netns/router/hosts /etc/netns/neighbour/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/node-a /etc/netns/node-b /etc/netns/pod-a /etc/netns/pod-b /etc/netns/router /etc/netns/neighbour
    ip -n neighbour route delete default via 192.168.1.254
    ip -n neighbour link set dev eth0 down
    ip -n neighbour address delete 192.168.1.2/24 dev eth0
    ip -n neighbour link set dev lo down
    ip -n router link set dev eth1 down
    ip -n router address delete 172.16.255.254/16 dev eth1
    ip -n router link set dev eth0 down
    ip -n router address delete 192.168.1.254/24 dev eth0
    ip -n router link set dev lo down
    ip -n pod-b route delete default via 10.244.5.1
    ip -n pod-b link set dev eth0 down
    ip -n pod-b address delete 10.244.5.50/24 dev eth0
    ip -n pod-b link set dev lo down
    ip -n pod-a route delete default via 10.244.4.1
    ip -n pod-a link set dev eth0 down
    ip -n pod-a address delete 10.244.4.40/24 dev eth0
    ip -n pod-a link set dev lo down
    ip link set dev neighbour_eth0 nomaster down
    ip link delete dev neighbour_eth0
    ip link set dev router_eth1 nomaster down
    ip link delete dev router_eth1
    ip link set dev router_eth0 nomaster down
    ip link delete dev router_eth0
    ip -n node-b link set dev veth_pod-b nomaster down
    ip -n node-b link delete dev veth_pod-b
    ip -n node-a link set dev veth_pod-a nomaster down
    ip -n node-a link delete dev veth_pod-a
    ip netns delete neighbour
    ip netns delete router
    ip netns delete pod-b
    ip netns delete pod-a
    ip -n node-b link set dev cni0 down
    ip -n node-b address delete 10.244.5.1/24 dev cni0
    ip -n node-b link delete dev cni0
    ip -n node-a link set dev cni0 down
    ip -n node-a address delete 10.244.4.1/24 dev cni0
    ip -n node-a link delete dev cni0
    ip -n node-b route delete default via 172.16.255.254
    ip -n node-b link set dev eth0 down
    ip -n node-b address delete 172.16.1.1/16 dev eth0
    ip -n node-b link set dev lo down
    ip -n node-a route delete default via 192.168.1.254
    ip -n node-a link set dev eth0 down
    ip -n node-a address delete 192.168.1.1/24 dev eth0
    ip -n node-a link set dev lo down
    ip link set dev node-b_eth0 nomaster down
    ip link delete dev node-b_eth0
    ip link set dev node-a_eth0 nomaster down
    ip link delete dev node-a_eth0
    ip netns delete node-b
    ip netns delete node-a
    ip link set dev right down
    ip link delete dev right
    ip link set dev left down
    ip link delete dev left
  fi
  rm "$reached"
}
if [ "$#" -gt 0 ] && [ "$1" = teardown ]; then
  teardown
  exit
fi

step() {
  printf '%s\n' "$1/8 $2"
  echo "$1" > "$reached"
}

# A node is a network namespace as well, with routes, rules and settings of its own: a whole
# machine, as far as packets care. A network between nodes is a bridge that serves as a switch; the
# host is only the wires.
# A pod is a network namespace with a veth pair as its cable: one end is eth0 inside, the other is
# plugged into a bridge of its node. The bridge has the address that the pods use as their gateway.
# A machine is a network namespace, too: it is no node of the cluster, and has no pods.
step 1 '2 nodes, 2 pods, 2 machines on left and right'
ip link add name left type bridge
ip link set dev left up
ip link add name right type bridge
ip link set dev right up
ip netns add node-a
ip netns add node-b
ip link add name node-a_eth0 type veth peer name eth0 netns node-a
ip link set dev node-a_eth0 master left up
ip link add name node-b_eth0 type veth peer name eth0 netns node-b
ip link set dev node-b_eth0 master right up
ip -n node-a link set dev lo up
ip -n node-a address add 192.168.1.1/24 dev eth0
ip -n node-a link set dev eth0 up
ip -n node-a route add default via 192.168.1.254
ip -n node-b link set dev lo up
ip -n node-b address add 172.16.1.1/16 dev eth0
ip -n node-b link set dev eth0 up
ip -n node-b route add default via 172.16.255.254
ip -n node-a link add name cni0 type bridge
ip -n node-a address add 10.244.4.1/24 dev cni0
ip -n node-a link set dev cni0 up
ip -n node-b link add name cni0 type bridge
ip -n node-b address add 10.244.5.1/24 dev cni0
ip -n node-b link set dev cni0 up
ip netns add pod-a
ip netns add pod-b
ip netns add router
ip netns add neighbour
ip -n node-a link add name veth_pod-a type veth peer name eth0 netns pod-a
ip -n node-a link set dev veth_pod-a master cni0 up
ip -n node-b link add name veth_pod-b type veth peer name eth0 netns pod-b
ip -n node-b link set dev veth_pod-b master cni0 up
ip link add name router_eth0 type veth peer name eth0 netns router
ip link set dev router_eth0 master left up
ip link add name router_eth1 type veth peer name eth1 netns router
ip link set dev router_eth1 master right up
ip link add name neighbour_eth0 type veth peer name eth0 netns neighbour
ip link set dev neighbour_eth0 master left up
ip -n pod-a link set dev lo up
ip -n pod-a address add 10.244.4.40/24 dev eth0
ip -n pod-a link set dev eth0 up
ip -n pod-a route add default via 10.244.4.1
ip -n pod-b link set dev lo up
ip -n pod-b address add 10.244.5.50/24 dev eth0
ip -n pod-b link set dev eth0 up
ip -n pod-b route add default via 10.244.5.1
ip -n router link set dev lo up
ip -n router address add 192.168.1.254/24 dev eth0
ip -n router link set dev eth0 up
ip -n router address add 172.16.255.254/16 dev eth1
ip -n router link set dev eth1 up
ip -n neighbour link set dev lo up
ip -n neighbour address add 192.168.1.2/24 dev eth0
ip -n neighbour link set dev eth0 up
ip -n neighbour route add default via 192.168.1.254
mkdir -p /etc/netns/node-a /etc/netns/node-b /etc/netns/pod-a /etc/netns/pod-b /etc/netns/router /etc/netns/neighbour
tee /etc/netns/node-a/hosts /etc/netns/node-b/hosts /etc/netns/pod-a/hosts /etc/netns/pod-b/hosts /etc/netns/router/hosts /etc/netns/neighbour/hosts >/dev/null <<'END'
127.0.0.1	localhost
192.168.1.1	node-a
172.16.1.1	node-b
10.244.4.40	pod-a
10.244.5.50	pod-b
192.168.1.254	router
192.168.1.2	neighbour
END
ip netns exec node-a sysctl -w net.ipv4.ip_forward=1
ip netns exec node-b sysctl -w net.ipv4.ip_forward=1
ip netns exec router sysctl -w net.ipv4.ip_forward=1

# Where the FORWARD chain is strict, the bridge must be let through in both directions.
step 2 'Let the pods through'
ip netns exec node-a iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
ip netns exec node-a iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT
ip netns exec node-b iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
ip netns exec node-b iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT

# Each pod runs its program in its own network namespace, so all of them can listen on the same
# port. netlab's own server answers with the name of the pod, its address, and the address that the
# client seems to have.
step 3 '2 servers'
ip netns exec pod-a "${NETLAB:-netlab}" serve 8080 --name pod-a > /dev/null 2>&1 &
ip netns exec pod-b "${NETLAB:-netlab}" serve 8080 --name pod-b > /dev/null 2>&1 &

# node-a has 192.168.1.1/24. Before it sends a packet it asks one question: is the receiver on my
# own network? The prefix says which part of an address is the network: 24 bits, the mask
# 255.255.255.0. 192.168.1.2 AND that mask is 192.168.1.0, and so is 192.168.1.1 AND the mask: the
# same, so the packet goes to the receiver itself. 172.16.1.1 AND the mask is 172.16.1.0. That is
# another network, and the packet goes to the router, by the default route. (The mask is always the
# sender's own; nobody knows that node-b has /16.)
step 4 'Near or far?'

# pod-a does the same with 10.244.5.50 and comes to its own gateway, node-a. node-a forwards it to
# the router. The router knows the two networks that it is plugged into; 10.244.4.0/24 and
# 10.244.5.0/24 are neither.
step 5 'The router has never heard of pods'
# There it ends. The router would say so, but to 10.244.4.40, for which it has no route either.

# One route on the router, to node-b for the pods on node-b. The answer takes the same way back,
# pod-b, node-b, router. (The rule on node-b changes nothing. But a kernel keeps its table of
# connections only where a rule asks for a connection's state.)
step 6 'The way there'
ip -n router route add 10.244.5.0/24 via 172.16.1.1
ip netns exec node-b iptables -A FORWARD -m conntrack --ctstate NEW
# The request now arrives: pod-b's server gets a connection. But the router does not know
# 10.244.4.0/24, so the answer ends there. Seen from pod-a nothing has changed. That is why one
# looks at both ends: on node-b the connection stands in the table, half open.

# The second route, to node-a for the pods on node-a.
step 7 'And the way back'
ip -n router route add 10.244.4.0/24 via 192.168.1.1
# pod-a is answered, and seen as who it is. Two routes for two nodes, one for each node in any
# cluster: a cloud writes them into its router's table, flannel's host-gw onto the nodes where no
# router is in between, Calico lets BGP spread them; and an overlay does without, by wrapping the
# packets up.

# A hardware address means something on one segment only, and between pod-a and pod-b there are
# four, with a router between each two: node-a, the router, node-b. Each machine has a table of
# neighbours of its own.
step 8 'Who knows whom'
# On each of the four segments the packet has another sender and another receiver in its frame,
# while its IP addresses stay as they are from one end to the other. pod-a knows the hardware
# address of its gateway and will never see pod-b's.
