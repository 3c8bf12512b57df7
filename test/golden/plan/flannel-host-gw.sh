#!/bin/sh
# Pods of two nodes, and the route between them
#
# The commands of netlab's lab flannel-host-gw, as root on a machine that you can do without:
#   sh flannel-host-gw.sh             carries out its steps, in order
#   sh flannel-host-gw.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-flannel-host-gw.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 2 ]; then
    rm -f /etc/netns/hdss7-22/flannel/subnet.env
    rm -f /etc/netns/hdss7-21/flannel/subnet.env
    rmdir -p --ignore-fail-on-non-empty /etc/flannel /etc/netns/hdss7-21/flannel /etc/netns/hdss7-22/flannel
    ip -n hdss7-22 route delete 172.7.21.0/24 via 10.4.7.21 dev eth0
    ip -n hdss7-21 route delete 172.7.22.0/24 via 10.4.7.22 dev eth0
    rm -f /run/flannel
  fi
  if [ "$last" -ge 1 ]; then
    ip netns pids nginx-22 | xargs -r kill || :
    ip netns pids nginx-21 | xargs -r kill || :
    ip netns exec hdss7-22 iptables -D FORWARD --out-interface docker0 --jump ACCEPT
    ip netns exec hdss7-22 iptables -D FORWARD --in-interface docker0 --jump ACCEPT
    ip netns exec hdss7-21 iptables -D FORWARD --out-interface docker0 --jump ACCEPT
    ip netns exec hdss7-21 iptables -D FORWARD --in-interface docker0 --jump ACCEPT
    ip netns exec hdss7-22 sysctl -w net.ipv4.ip_forward=0
    ip netns exec hdss7-21 sysctl -w net.ipv4.ip_forward=0
    rm -f /etc/netns/hdss7-21/hosts /etc/netns/hdss7-22/hosts /etc/netns/nginx-21/hosts /etc/netns/busybox-21/hosts /etc/netns/nginx-22/hosts /etc/netns/visitor/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/hdss7-21 /etc/netns/hdss7-22 /etc/netns/nginx-21 /etc/netns/busybox-21 /etc/netns/nginx-22 /etc/netns/visitor
    ip -n visitor route delete 172.7.22.0/24 via 10.4.7.22
    ip -n visitor link set dev eth0 down
    ip -n visitor address delete 10.4.7.200/24 dev eth0
    ip -n visitor link set dev lo down
    ip -n nginx-22 route delete default via 172.7.22.1
    ip -n nginx-22 link set dev eth0 down
    ip -n nginx-22 address delete 172.7.22.2/24 dev eth0
    ip -n nginx-22 link set dev lo down
    ip -n busybox-21 route delete default via 172.7.21.1
    ip -n busybox-21 link set dev eth0 down
    ip -n busybox-21 address delete 172.7.21.3/24 dev eth0
    ip -n busybox-21 link set dev lo down
    ip -n nginx-21 route delete default via 172.7.21.1
    ip -n nginx-21 link set dev eth0 down
    ip -n nginx-21 address delete 172.7.21.2/24 dev eth0
    ip -n nginx-21 link set dev lo down
    ip link set dev visitor_eth0 nomaster down
    ip link delete dev visitor_eth0
    ip -n hdss7-22 link set dev veth_nginx-22 nomaster down
    ip -n hdss7-22 link delete dev veth_nginx-22
    ip -n hdss7-21 link set dev veth_busybox-21 nomaster down
    ip -n hdss7-21 link delete dev veth_busybox-21
    ip -n hdss7-21 link set dev veth_nginx-21 nomaster down
    ip -n hdss7-21 link delete dev veth_nginx-21
    ip netns delete visitor
    ip netns delete nginx-22
    ip netns delete busybox-21
    ip netns delete nginx-21
    ip -n hdss7-22 link set dev docker0 down
    ip -n hdss7-22 address delete 172.7.22.1/24 dev docker0
    ip -n hdss7-22 link delete dev docker0
    ip -n hdss7-21 link set dev docker0 down
    ip -n hdss7-21 address delete 172.7.21.1/24 dev docker0
    ip -n hdss7-21 link delete dev docker0
    ip -n hdss7-22 link set dev eth0 down
    ip -n hdss7-22 address delete 10.4.7.22/24 dev eth0
    ip -n hdss7-22 link set dev lo down
    ip -n hdss7-21 link set dev eth0 down
    ip -n hdss7-21 address delete 10.4.7.21/24 dev eth0
    ip -n hdss7-21 link set dev lo down
    ip link set dev hdss7-22_eth0 nomaster down
    ip link delete dev hdss7-22_eth0
    ip link set dev hdss7-21_eth0 nomaster down
    ip link delete dev hdss7-21_eth0
    ip netns delete hdss7-22
    ip netns delete hdss7-21
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
  printf '%s\n' "$1/4 $2"
  echo "$1" > "$reached"
}

# Two nodes, 10.4.7.21 and 10.4.7.22, and on each a bridge with pods: 172.7.21.0/24 here,
# 172.7.22.0/24 there. A pod reaches its neighbour on the same bridge. What is further away it sends
# to its gateway, the node; and the node has a route for its own bridge, one for the network of the
# nodes, and no other.
step 1 'Each node knows its own pods'
ip link add name lan type bridge
ip link set dev lan up
ip netns add hdss7-21
ip netns add hdss7-22
ip link add name hdss7-21_eth0 type veth peer name eth0 netns hdss7-21
ip link set dev hdss7-21_eth0 master lan up
ip link add name hdss7-22_eth0 type veth peer name eth0 netns hdss7-22
ip link set dev hdss7-22_eth0 master lan up
ip -n hdss7-21 link set dev lo up
ip -n hdss7-21 address add 10.4.7.21/24 dev eth0
ip -n hdss7-21 link set dev eth0 up
ip -n hdss7-22 link set dev lo up
ip -n hdss7-22 address add 10.4.7.22/24 dev eth0
ip -n hdss7-22 link set dev eth0 up
ip -n hdss7-21 link add name docker0 type bridge
ip -n hdss7-21 address add 172.7.21.1/24 dev docker0
ip -n hdss7-21 link set dev docker0 up
ip -n hdss7-22 link add name docker0 type bridge
ip -n hdss7-22 address add 172.7.22.1/24 dev docker0
ip -n hdss7-22 link set dev docker0 up
ip netns add nginx-21
ip netns add busybox-21
ip netns add nginx-22
ip netns add visitor
ip -n hdss7-21 link add name veth_nginx-21 type veth peer name eth0 netns nginx-21
ip -n hdss7-21 link set dev veth_nginx-21 master docker0 up
ip -n hdss7-21 link add name veth_busybox-21 type veth peer name eth0 netns busybox-21
ip -n hdss7-21 link set dev veth_busybox-21 master docker0 up
ip -n hdss7-22 link add name veth_nginx-22 type veth peer name eth0 netns nginx-22
ip -n hdss7-22 link set dev veth_nginx-22 master docker0 up
ip link add name visitor_eth0 type veth peer name eth0 netns visitor
ip link set dev visitor_eth0 master lan up
ip -n nginx-21 link set dev lo up
ip -n nginx-21 address add 172.7.21.2/24 dev eth0
ip -n nginx-21 link set dev eth0 up
ip -n nginx-21 route add default via 172.7.21.1
ip -n busybox-21 link set dev lo up
ip -n busybox-21 address add 172.7.21.3/24 dev eth0
ip -n busybox-21 link set dev eth0 up
ip -n busybox-21 route add default via 172.7.21.1
ip -n nginx-22 link set dev lo up
ip -n nginx-22 address add 172.7.22.2/24 dev eth0
ip -n nginx-22 link set dev eth0 up
ip -n nginx-22 route add default via 172.7.22.1
ip -n visitor link set dev lo up
ip -n visitor address add 10.4.7.200/24 dev eth0
ip -n visitor link set dev eth0 up
ip -n visitor route add 172.7.22.0/24 via 10.4.7.22
mkdir -p /etc/netns/hdss7-21 /etc/netns/hdss7-22 /etc/netns/nginx-21 /etc/netns/busybox-21 /etc/netns/nginx-22 /etc/netns/visitor
tee /etc/netns/hdss7-21/hosts /etc/netns/hdss7-22/hosts /etc/netns/nginx-21/hosts /etc/netns/busybox-21/hosts /etc/netns/nginx-22/hosts /etc/netns/visitor/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.4.7.21	hdss7-21
10.4.7.22	hdss7-22
172.7.21.2	nginx-21
172.7.21.3	busybox-21
172.7.22.2	nginx-22
10.4.7.200	visitor
END
ip netns exec hdss7-21 sysctl -w net.ipv4.ip_forward=1
ip netns exec hdss7-22 sysctl -w net.ipv4.ip_forward=1
ip netns exec hdss7-21 iptables --table filter --append FORWARD --in-interface docker0 --jump ACCEPT
ip netns exec hdss7-21 iptables --table filter --append FORWARD --out-interface docker0 --jump ACCEPT
ip netns exec hdss7-22 iptables --table filter --append FORWARD --in-interface docker0 --jump ACCEPT
ip netns exec hdss7-22 iptables --table filter --append FORWARD --out-interface docker0 --jump ACCEPT
ip netns exec nginx-21 "${NETLAB:-netlab}" serve 80 --name nginx-21 > /dev/null 2>&1 &
ip netns exec nginx-22 "${NETLAB:-netlab}" serve 80 --name nginx-22 > /dev/null 2>&1 &
# For 172.7.22.0/24 there is no route, and the node says so at once: the pod is told that the
# network is unreachable. When the node asks by itself, its kernel tells it the same, and sends
# nothing.

# This is all that flannel does with host-gw. Every node has leased a part of 172.7.0.0/16, and the
# part of another node is reached through that node's own address. The lease stands in subnet.env,
# so that docker, or a CNI plugin, gives the bridge an address of it. (Read the file on the other
# node as well: each sees its own.)
step 2 'flanneld adds a route'
ln -s /etc/flannel /run/flannel
ip -n hdss7-21 route add 172.7.22.0/24 via 10.4.7.22 dev eth0
ip -n hdss7-22 route add 172.7.21.0/24 via 10.4.7.21 dev eth0
mkdir -p /etc/flannel /etc/netns/hdss7-21/flannel /etc/netns/hdss7-22/flannel
tee /etc/netns/hdss7-21/flannel/subnet.env >/dev/null <<'END'
FLANNEL_NETWORK=172.7.0.0/16
FLANNEL_SUBNET=172.7.21.1/24
FLANNEL_MTU=1500
FLANNEL_IPMASQ=false
END
tee /etc/netns/hdss7-22/flannel/subnet.env >/dev/null <<'END'
FLANNEL_NETWORK=172.7.0.0/16
FLANNEL_SUBNET=172.7.22.1/24
FLANNEL_MTU=1500
FLANNEL_IPMASQ=false
END
# One route on each side is enough. The packet of busybox-21 goes to its node, and by the new route
# to 10.4.7.22, which has the other part on a bridge of its own. The answer takes the route of the
# other node, which leads here.

# The nodes are plain routers here: nothing on the way writes an address over another. So what
# counts is which address a packet has when it is sent. Pods and the visitor have one each. A node
# has two, 10.4.7.21 and its bridge's 172.7.21.1; if nobody says otherwise the kernel takes the one
# of the interface by which the packet leaves.
step 3 'Who sees whom'
# From outside the pod sees the visitor, from the other node that node as 10.4.7.21, since its
# packet leaves by eth0, from a pod that pod. That is what Kubernetes asks of a network: pods meet
# without NAT, each under the address that it has itself. A packet that has passed the nodes has a
# smaller TTL, and is otherwise the same.

# The next hop of a route must be somebody whom the node can reach without a router. A node
# 10.4.8.23 in another room is not. The check tries to add the route for its pods all the same.
step 4 'Why it needs one segment'
# The kernel refuses the route. And if it took it, a router in between would not know where
# 172.7.23.0/24 is. That is what the tunnel is for: see flannel-vxlan and flannel-directrouting.
