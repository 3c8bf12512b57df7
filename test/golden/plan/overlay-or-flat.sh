#!/bin/sh
# The same two pods by tunnel and by route, and the bytes that differ
#
# The commands of netlab's lab overlay-or-flat, as root on a machine that you can do without:
#   sh overlay-or-flat.sh             carries out its steps, in order
#   sh overlay-or-flat.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-overlay-or-flat.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 7 ]; then
    ip netns exec node-1 iptables -t mangle -D POSTROUTING -o eth0 -p tcp --syn -d 10.244.2.40 -m length --length 60
    ip -n node-2 route replace 10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink
    ip -n node-1 route replace 10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink
  fi
  if [ "$last" -ge 6 ]; then
    ip netns exec node-1 iptables -t mangle -D POSTROUTING -o eth0 -p tcp -d 10.244.2.40
  fi
  if [ "$last" -ge 5 ]; then
    ip netns exec node-1 iptables -t mangle -D POSTROUTING -o eth0 -p udp --dport 8472 -m length --length 110
  fi
  if [ "$last" -ge 4 ]; then
    ip netns pids pod-b | xargs -r kill || :
  fi
  if [ "$last" -ge 3 ]; then
    ip netns exec node-2 iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    ip netns exec node-2 iptables -D FORWARD --in-interface cni0 --jump ACCEPT
    ip netns exec node-1 iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    ip netns exec node-1 iptables -D FORWARD --in-interface cni0 --jump ACCEPT
  fi
  if [ "$last" -ge 2 ]; then
    rm -f /etc/netns/node-2/flannel/subnet.env
    rm -f /etc/netns/node-1/flannel/subnet.env
    rmdir -p --ignore-fail-on-non-empty /etc/flannel /etc/netns/node-1/flannel /etc/netns/node-2/flannel
    ip -n node-2 route delete 10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink
    ip netns exec node-2 bridge fdb delete 02:00:0a:f4:01:00 dev flannel.1 dst 192.168.1.11
    ip -n node-2 neigh delete 10.244.1.0 lladdr 02:00:0a:f4:01:00 dev flannel.1 nud permanent
    ip -n node-2 link set dev flannel.1 down
    ip -n node-2 address delete 10.244.2.0/32 dev flannel.1
    ip -n node-2 link delete dev flannel.1
    ip -n node-1 route delete 10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink
    ip netns exec node-1 bridge fdb delete 02:00:0a:f4:02:00 dev flannel.1 dst 192.168.1.12
    ip -n node-1 neigh delete 10.244.2.0 lladdr 02:00:0a:f4:02:00 dev flannel.1 nud permanent
    ip -n node-1 link set dev flannel.1 down
    ip -n node-1 address delete 10.244.1.0/32 dev flannel.1
    ip -n node-1 link delete dev flannel.1
    rm -f /run/flannel
  fi
  if [ "$last" -ge 1 ]; then
    ip netns exec node-2 sysctl -w net.ipv4.ip_forward=0
    ip netns exec node-1 sysctl -w net.ipv4.ip_forward=0
    rm -f /etc/netns/node-1/hosts /etc/netns/node-2/hosts /etc/netns/pod-a/hosts /etc/netns/pod-b/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/node-1 /etc/netns/node-2 /etc/netns/pod-a /etc/netns/pod-b
    ip -n pod-b route delete default via 10.244.2.1
    ip -n pod-b link set dev eth0 down
    ip -n pod-b address delete 10.244.2.40/24 dev eth0
    ip -n pod-b link set dev lo down
    ip -n pod-a route delete default via 10.244.1.1
    ip -n pod-a link set dev eth0 down
    ip -n pod-a address delete 10.244.1.40/24 dev eth0
    ip -n pod-a link set dev lo down
    ip -n node-2 link set dev veth_pod-b type bridge_slave hairpin off
    ip -n node-2 link set dev veth_pod-b nomaster down
    ip -n node-2 link delete dev veth_pod-b
    ip -n node-1 link set dev veth_pod-a type bridge_slave hairpin off
    ip -n node-1 link set dev veth_pod-a nomaster down
    ip -n node-1 link delete dev veth_pod-a
    ip netns delete pod-b
    ip netns delete pod-a
    ip -n node-2 link set dev cni0 down
    ip -n node-2 address delete 10.244.2.1/24 dev cni0
    ip -n node-2 link delete dev cni0
    ip -n node-1 link set dev cni0 down
    ip -n node-1 address delete 10.244.1.1/24 dev cni0
    ip -n node-1 link delete dev cni0
    ip -n node-2 link set dev eth0 down
    ip -n node-2 address delete 192.168.1.12/24 dev eth0
    ip -n node-2 link set dev lo down
    ip -n node-1 link set dev eth0 down
    ip -n node-1 address delete 192.168.1.11/24 dev eth0
    ip -n node-1 link set dev lo down
    ip link set dev node-2_eth0 nomaster down
    ip link delete dev node-2_eth0
    ip link set dev node-1_eth0 nomaster down
    ip link delete dev node-1_eth0
    ip netns delete node-2
    ip netns delete node-1
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
  printf '%s\n' "$1/7 $2"
  echo "$1" > "$reached"
}

# A node is a network namespace as well, with routes, rules and settings of its own: a whole
# machine, as far as packets care. A network between nodes is a bridge that serves as a switch; the
# host is only the wires.
# A pod is a network namespace with a veth pair as its cable: one end is eth0 inside, the other is
# plugged into a bridge of its node. The bridge has the address that the pods use as their gateway.
step 1 '2 nodes on lan, 2 pods'
ip link add name lan type bridge
ip link set dev lan up
ip netns add node-1
ip netns add node-2
ip link add name node-1_eth0 type veth peer name eth0 netns node-1
ip link set dev node-1_eth0 master lan up
ip link add name node-2_eth0 type veth peer name eth0 netns node-2
ip link set dev node-2_eth0 master lan up
ip -n node-1 link set dev lo up
ip -n node-1 address add 192.168.1.11/24 dev eth0
ip -n node-1 link set dev eth0 up
ip -n node-2 link set dev lo up
ip -n node-2 address add 192.168.1.12/24 dev eth0
ip -n node-2 link set dev eth0 up
ip -n node-1 link add name cni0 type bridge
ip -n node-1 address add 10.244.1.1/24 dev cni0
ip -n node-1 link set dev cni0 up
ip -n node-2 link add name cni0 type bridge
ip -n node-2 address add 10.244.2.1/24 dev cni0
ip -n node-2 link set dev cni0 up
ip netns add pod-a
ip netns add pod-b
ip -n node-1 link add name veth_pod-a mtu 1450 type veth peer name eth0 mtu 1450 netns pod-a
ip -n node-1 link set dev veth_pod-a master cni0 up
ip -n node-1 link set dev veth_pod-a type bridge_slave hairpin on
ip -n node-2 link add name veth_pod-b mtu 1450 type veth peer name eth0 mtu 1450 netns pod-b
ip -n node-2 link set dev veth_pod-b master cni0 up
ip -n node-2 link set dev veth_pod-b type bridge_slave hairpin on
ip -n pod-a link set dev lo up
ip -n pod-a address add 10.244.1.40/24 dev eth0
ip -n pod-a link set dev eth0 up
ip -n pod-a route add default via 10.244.1.1
ip -n pod-b link set dev lo up
ip -n pod-b address add 10.244.2.40/24 dev eth0
ip -n pod-b link set dev eth0 up
ip -n pod-b route add default via 10.244.2.1
mkdir -p /etc/netns/node-1 /etc/netns/node-2 /etc/netns/pod-a /etc/netns/pod-b
tee /etc/netns/node-1/hosts /etc/netns/node-2/hosts /etc/netns/pod-a/hosts /etc/netns/pod-b/hosts >/dev/null <<'END'
127.0.0.1	localhost
192.168.1.11	node-1
192.168.1.12	node-2
10.244.1.40	pod-a
10.244.2.40	pod-b
END
ip netns exec node-1 sysctl -w net.ipv4.ip_forward=1
ip netns exec node-2 sysctl -w net.ipv4.ip_forward=1

# flanneld runs on every node. It leases a part of the network for the pods of its node, writes that
# to /run/flannel/subnet.env, and tells its kernel the way to the pods of every other node.
# With vxlan the way leads into a device, flannel.1, which wraps a whole frame into a UDP packet to
# the other node. The kernel must know three things of each: the route, the hardware address behind
# it (the neighbour), and which node has that address (the FDB).
step 2 'flannel: vxlan'
ln -s /etc/flannel /run/flannel
ip -n node-1 link add name flannel.1 address 02:00:0a:f4:01:00 mtu 1450 type vxlan id 1 local 192.168.1.11 dev eth0 dstport 8472 nolearning
ip -n node-1 address add 10.244.1.0/32 dev flannel.1
ip -n node-1 link set dev flannel.1 up
ip -n node-1 neigh add 10.244.2.0 lladdr 02:00:0a:f4:02:00 dev flannel.1 nud permanent
ip netns exec node-1 bridge fdb append 02:00:0a:f4:02:00 dev flannel.1 dst 192.168.1.12
ip -n node-1 route add 10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink
ip -n node-2 link add name flannel.1 address 02:00:0a:f4:02:00 mtu 1450 type vxlan id 1 local 192.168.1.12 dev eth0 dstport 8472 nolearning
ip -n node-2 address add 10.244.2.0/32 dev flannel.1
ip -n node-2 link set dev flannel.1 up
ip -n node-2 neigh add 10.244.1.0 lladdr 02:00:0a:f4:01:00 dev flannel.1 nud permanent
ip netns exec node-2 bridge fdb append 02:00:0a:f4:01:00 dev flannel.1 dst 192.168.1.11
ip -n node-2 route add 10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink
mkdir -p /etc/flannel /etc/netns/node-1/flannel /etc/netns/node-2/flannel
tee /etc/netns/node-1/flannel/subnet.env >/dev/null <<'END'
FLANNEL_NETWORK=10.244.0.0/16
FLANNEL_SUBNET=10.244.1.1/24
FLANNEL_MTU=1450
FLANNEL_IPMASQ=false
END
tee /etc/netns/node-2/flannel/subnet.env >/dev/null <<'END'
FLANNEL_NETWORK=10.244.0.0/16
FLANNEL_SUBNET=10.244.2.1/24
FLANNEL_MTU=1450
FLANNEL_IPMASQ=false
END

# Where the FORWARD chain is strict, the bridge must be let through in both directions.
step 3 'Let the pods through'
ip netns exec node-1 iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
ip netns exec node-1 iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT
ip netns exec node-2 iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
ip netns exec node-2 iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT

# Each pod runs its program in its own network namespace, so all of them can listen on the same
# port. netlab's own server answers with the name of the pod, its address, and the address that the
# client seems to have.
step 4 '1 server'
ip netns exec pod-b "${NETLAB:-netlab}" serve 8080 --name pod-b > /dev/null 2>&1 &

# An overlay lays a network of its own over that of the nodes: each packet between pods travels
# inside another one between nodes. The first packet of a TCP connection, the SYN, has 60 bytes.
# Around it come its Ethernet header (14), VXLAN's (8), UDP's (8) and an IP header between the nodes
# (20): 110 bytes leave by eth0, as UDP from node to node. A rule without a target counts packets of
# just that length, and there are as many as connections.
step 5 'Over, by the tunnel'
ip netns exec node-1 iptables -t mangle -A POSTROUTING -o eth0 -p udp --dport 8472 -m length --length 110

# Between the nodes nobody sees a pod's address unless they open the envelope: a rule on eth0 that
# looks for TCP to 10.244.2.40 finds nothing. For a firewall between nodes, and for whoever looks
# for a fault there, all pods' traffic is one conversation of two nodes.
step 6 'Who can read the envelope'
ip netns exec node-1 iptables -t mangle -A POSTROUTING -o eth0 -p tcp -d 10.244.2.40

# The two nodes are neighbours, so a route will do: the way to the other node's pods is that node.
# Now the SYN leaves with its own 60 bytes, as TCP, from pod to pod, and the rules see it. Nothing
# is wrapped, nothing unwrapped, and a pod could send 1500 bytes instead of 1450. In exchange
# everybody in between must know where pods are, which neighbours do, and somebody else's routers do
# not.
step 7 'Flat, by a route'
ip -n node-1 route replace 10.244.2.0/24 via 192.168.1.12 dev eth0
ip -n node-2 route replace 10.244.1.0/24 via 192.168.1.11 dev eth0
ip netns exec node-1 iptables -t mangle -A POSTROUTING -o eth0 -p tcp --syn -d 10.244.2.40 -m length --length 60
