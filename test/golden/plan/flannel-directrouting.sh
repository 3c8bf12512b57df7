#!/bin/sh
# A route to the neighbour, a tunnel to the node behind the router
#
# The commands of netlab's lab flannel-directrouting, as root on a machine that you can do without:
#   sh flannel-directrouting.sh             carries out its steps, in order
#   sh flannel-directrouting.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-flannel-directrouting.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 4 ]; then
    ip netns exec router iptables -A FORWARD -p udp --dport 8472 -j DROP
  fi
  if [ "$last" -ge 3 ]; then
    ip netns exec router iptables -D FORWARD -p udp --dport 8472 -j DROP
  fi
  if [ "$last" -ge 2 ]; then
    rm -f /etc/netns/hdss8-23/flannel/subnet.env
    rm -f /etc/netns/hdss7-22/flannel/subnet.env
    rm -f /etc/netns/hdss7-21/flannel/subnet.env
    rmdir -p --ignore-fail-on-non-empty /etc/flannel /etc/netns/hdss7-21/flannel /etc/netns/hdss7-22/flannel /etc/netns/hdss8-23/flannel
    ip -n hdss8-23 route delete 172.7.22.0/24 via 172.7.22.0 dev flannel.1 onlink
    ip netns exec hdss8-23 bridge fdb delete 02:00:ac:07:16:00 dev flannel.1 dst 10.4.7.22
    ip -n hdss8-23 neigh delete 172.7.22.0 lladdr 02:00:ac:07:16:00 dev flannel.1 nud permanent
    ip -n hdss8-23 route delete 172.7.21.0/24 via 172.7.21.0 dev flannel.1 onlink
    ip netns exec hdss8-23 bridge fdb delete 02:00:ac:07:15:00 dev flannel.1 dst 10.4.7.21
    ip -n hdss8-23 neigh delete 172.7.21.0 lladdr 02:00:ac:07:15:00 dev flannel.1 nud permanent
    ip -n hdss8-23 link set dev flannel.1 down
    ip -n hdss8-23 address delete 172.7.23.0/32 dev flannel.1
    ip -n hdss8-23 link delete dev flannel.1
    ip -n hdss7-22 route delete 172.7.21.0/24 via 10.4.7.21 dev eth0
    ip -n hdss7-22 route delete 172.7.23.0/24 via 172.7.23.0 dev flannel.1 onlink
    ip netns exec hdss7-22 bridge fdb delete 02:00:ac:07:17:00 dev flannel.1 dst 10.4.8.23
    ip -n hdss7-22 neigh delete 172.7.23.0 lladdr 02:00:ac:07:17:00 dev flannel.1 nud permanent
    ip -n hdss7-22 link set dev flannel.1 down
    ip -n hdss7-22 address delete 172.7.22.0/32 dev flannel.1
    ip -n hdss7-22 link delete dev flannel.1
    ip -n hdss7-21 route delete 172.7.22.0/24 via 10.4.7.22 dev eth0
    ip -n hdss7-21 route delete 172.7.23.0/24 via 172.7.23.0 dev flannel.1 onlink
    ip netns exec hdss7-21 bridge fdb delete 02:00:ac:07:17:00 dev flannel.1 dst 10.4.8.23
    ip -n hdss7-21 neigh delete 172.7.23.0 lladdr 02:00:ac:07:17:00 dev flannel.1 nud permanent
    ip -n hdss7-21 link set dev flannel.1 down
    ip -n hdss7-21 address delete 172.7.21.0/32 dev flannel.1
    ip -n hdss7-21 link delete dev flannel.1
    rm -f /run/flannel
  fi
  if [ "$last" -ge 1 ]; then
    ip netns pids nginx-23 | xargs -r kill || :
    ip netns pids nginx-22 | xargs -r kill || :
    ip netns exec hdss8-23 iptables -D FORWARD --out-interface docker0 --jump ACCEPT
    ip netns exec hdss8-23 iptables -D FORWARD --in-interface docker0 --jump ACCEPT
    ip netns exec hdss7-22 iptables -D FORWARD --out-interface docker0 --jump ACCEPT
    ip netns exec hdss7-22 iptables -D FORWARD --in-interface docker0 --jump ACCEPT
    ip netns exec hdss7-21 iptables -D FORWARD --out-interface docker0 --jump ACCEPT
    ip netns exec hdss7-21 iptables -D FORWARD --in-interface docker0 --jump ACCEPT
    ip netns exec router sysctl -w net.ipv4.ip_forward=0
    ip netns exec hdss8-23 sysctl -w net.ipv4.ip_forward=0
    ip netns exec hdss7-22 sysctl -w net.ipv4.ip_forward=0
    ip netns exec hdss7-21 sysctl -w net.ipv4.ip_forward=0
    rm -f /etc/netns/hdss7-21/hosts /etc/netns/hdss7-22/hosts /etc/netns/hdss8-23/hosts /etc/netns/busybox-21/hosts /etc/netns/nginx-22/hosts /etc/netns/nginx-23/hosts /etc/netns/router/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/hdss7-21 /etc/netns/hdss7-22 /etc/netns/hdss8-23 /etc/netns/busybox-21 /etc/netns/nginx-22 /etc/netns/nginx-23 /etc/netns/router
    ip -n router link set dev eth1 down
    ip -n router address delete 10.4.8.254/24 dev eth1
    ip -n router link set dev eth0 down
    ip -n router address delete 10.4.7.254/24 dev eth0
    ip -n router link set dev lo down
    ip -n nginx-23 route delete default via 172.7.23.1
    ip -n nginx-23 link set dev eth0 down
    ip -n nginx-23 address delete 172.7.23.2/24 dev eth0
    ip -n nginx-23 link set dev lo down
    ip -n nginx-22 route delete default via 172.7.22.1
    ip -n nginx-22 link set dev eth0 down
    ip -n nginx-22 address delete 172.7.22.2/24 dev eth0
    ip -n nginx-22 link set dev lo down
    ip -n busybox-21 route delete default via 172.7.21.1
    ip -n busybox-21 link set dev eth0 down
    ip -n busybox-21 address delete 172.7.21.2/24 dev eth0
    ip -n busybox-21 link set dev lo down
    ip link set dev router_eth1 nomaster down
    ip link delete dev router_eth1
    ip link set dev router_eth0 nomaster down
    ip link delete dev router_eth0
    ip -n hdss8-23 link set dev veth_nginx-23 nomaster down
    ip -n hdss8-23 link delete dev veth_nginx-23
    ip -n hdss7-22 link set dev veth_nginx-22 nomaster down
    ip -n hdss7-22 link delete dev veth_nginx-22
    ip -n hdss7-21 link set dev veth_busybox-21 nomaster down
    ip -n hdss7-21 link delete dev veth_busybox-21
    ip netns delete router
    ip netns delete nginx-23
    ip netns delete nginx-22
    ip netns delete busybox-21
    ip -n hdss8-23 link set dev docker0 down
    ip -n hdss8-23 address delete 172.7.23.1/24 dev docker0
    ip -n hdss8-23 link delete dev docker0
    ip -n hdss7-22 link set dev docker0 down
    ip -n hdss7-22 address delete 172.7.22.1/24 dev docker0
    ip -n hdss7-22 link delete dev docker0
    ip -n hdss7-21 link set dev docker0 down
    ip -n hdss7-21 address delete 172.7.21.1/24 dev docker0
    ip -n hdss7-21 link delete dev docker0
    ip -n hdss8-23 route delete default via 10.4.8.254
    ip -n hdss8-23 link set dev eth0 down
    ip -n hdss8-23 address delete 10.4.8.23/24 dev eth0
    ip -n hdss8-23 link set dev lo down
    ip -n hdss7-22 route delete default via 10.4.7.254
    ip -n hdss7-22 link set dev eth0 down
    ip -n hdss7-22 address delete 10.4.7.22/24 dev eth0
    ip -n hdss7-22 link set dev lo down
    ip -n hdss7-21 route delete default via 10.4.7.254
    ip -n hdss7-21 link set dev eth0 down
    ip -n hdss7-21 address delete 10.4.7.21/24 dev eth0
    ip -n hdss7-21 link set dev lo down
    ip link set dev hdss8-23_eth0 nomaster down
    ip link delete dev hdss8-23_eth0
    ip link set dev hdss7-22_eth0 nomaster down
    ip link delete dev hdss7-22_eth0
    ip link set dev hdss7-21_eth0 nomaster down
    ip link delete dev hdss7-21_eth0
    ip netns delete hdss8-23
    ip netns delete hdss7-22
    ip netns delete hdss7-21
    ip link set dev room-8 down
    ip link delete dev room-8
    ip link set dev room-7 down
    ip link delete dev room-7
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

# The third node is in another room, and a router stands between. It passes on what is for
# 10.4.7.0/24 and 10.4.8.0/24, and has no route for anything else. A node sends it what is for
# 172.7.23.2 as well, by its default route.
step 1 'The router knows the nodes, not their pods'
ip link add name room-7 type bridge
ip link set dev room-7 up
ip link add name room-8 type bridge
ip link set dev room-8 up
ip netns add hdss7-21
ip netns add hdss7-22
ip netns add hdss8-23
ip link add name hdss7-21_eth0 type veth peer name eth0 netns hdss7-21
ip link set dev hdss7-21_eth0 master room-7 up
ip link add name hdss7-22_eth0 type veth peer name eth0 netns hdss7-22
ip link set dev hdss7-22_eth0 master room-7 up
ip link add name hdss8-23_eth0 type veth peer name eth0 netns hdss8-23
ip link set dev hdss8-23_eth0 master room-8 up
ip -n hdss7-21 link set dev lo up
ip -n hdss7-21 address add 10.4.7.21/24 dev eth0
ip -n hdss7-21 link set dev eth0 up
ip -n hdss7-21 route add default via 10.4.7.254
ip -n hdss7-22 link set dev lo up
ip -n hdss7-22 address add 10.4.7.22/24 dev eth0
ip -n hdss7-22 link set dev eth0 up
ip -n hdss7-22 route add default via 10.4.7.254
ip -n hdss8-23 link set dev lo up
ip -n hdss8-23 address add 10.4.8.23/24 dev eth0
ip -n hdss8-23 link set dev eth0 up
ip -n hdss8-23 route add default via 10.4.8.254
ip -n hdss7-21 link add name docker0 type bridge
ip -n hdss7-21 address add 172.7.21.1/24 dev docker0
ip -n hdss7-21 link set dev docker0 up
ip -n hdss7-22 link add name docker0 type bridge
ip -n hdss7-22 address add 172.7.22.1/24 dev docker0
ip -n hdss7-22 link set dev docker0 up
ip -n hdss8-23 link add name docker0 type bridge
ip -n hdss8-23 address add 172.7.23.1/24 dev docker0
ip -n hdss8-23 link set dev docker0 up
ip netns add busybox-21
ip netns add nginx-22
ip netns add nginx-23
ip netns add router
ip -n hdss7-21 link add name veth_busybox-21 mtu 1450 type veth peer name eth0 mtu 1450 netns busybox-21
ip -n hdss7-21 link set dev veth_busybox-21 master docker0 up
ip -n hdss7-22 link add name veth_nginx-22 mtu 1450 type veth peer name eth0 mtu 1450 netns nginx-22
ip -n hdss7-22 link set dev veth_nginx-22 master docker0 up
ip -n hdss8-23 link add name veth_nginx-23 mtu 1450 type veth peer name eth0 mtu 1450 netns nginx-23
ip -n hdss8-23 link set dev veth_nginx-23 master docker0 up
ip link add name router_eth0 type veth peer name eth0 netns router
ip link set dev router_eth0 master room-7 up
ip link add name router_eth1 type veth peer name eth1 netns router
ip link set dev router_eth1 master room-8 up
ip -n busybox-21 link set dev lo up
ip -n busybox-21 address add 172.7.21.2/24 dev eth0
ip -n busybox-21 link set dev eth0 up
ip -n busybox-21 route add default via 172.7.21.1
ip -n nginx-22 link set dev lo up
ip -n nginx-22 address add 172.7.22.2/24 dev eth0
ip -n nginx-22 link set dev eth0 up
ip -n nginx-22 route add default via 172.7.22.1
ip -n nginx-23 link set dev lo up
ip -n nginx-23 address add 172.7.23.2/24 dev eth0
ip -n nginx-23 link set dev eth0 up
ip -n nginx-23 route add default via 172.7.23.1
ip -n router link set dev lo up
ip -n router address add 10.4.7.254/24 dev eth0
ip -n router link set dev eth0 up
ip -n router address add 10.4.8.254/24 dev eth1
ip -n router link set dev eth1 up
mkdir -p /etc/netns/hdss7-21 /etc/netns/hdss7-22 /etc/netns/hdss8-23 /etc/netns/busybox-21 /etc/netns/nginx-22 /etc/netns/nginx-23 /etc/netns/router
tee /etc/netns/hdss7-21/hosts /etc/netns/hdss7-22/hosts /etc/netns/hdss8-23/hosts /etc/netns/busybox-21/hosts /etc/netns/nginx-22/hosts /etc/netns/nginx-23/hosts /etc/netns/router/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.4.7.21	hdss7-21
10.4.7.22	hdss7-22
10.4.8.23	hdss8-23
172.7.21.2	busybox-21
172.7.22.2	nginx-22
172.7.23.2	nginx-23
10.4.7.254	router
END
ip netns exec hdss7-21 sysctl -w net.ipv4.ip_forward=1
ip netns exec hdss7-22 sysctl -w net.ipv4.ip_forward=1
ip netns exec hdss8-23 sysctl -w net.ipv4.ip_forward=1
ip netns exec router sysctl -w net.ipv4.ip_forward=1
ip netns exec hdss7-21 iptables --table filter --append FORWARD --in-interface docker0 --jump ACCEPT
ip netns exec hdss7-21 iptables --table filter --append FORWARD --out-interface docker0 --jump ACCEPT
ip netns exec hdss7-22 iptables --table filter --append FORWARD --in-interface docker0 --jump ACCEPT
ip netns exec hdss7-22 iptables --table filter --append FORWARD --out-interface docker0 --jump ACCEPT
ip netns exec hdss8-23 iptables --table filter --append FORWARD --in-interface docker0 --jump ACCEPT
ip netns exec hdss8-23 iptables --table filter --append FORWARD --out-interface docker0 --jump ACCEPT
ip netns exec nginx-22 "${NETLAB:-netlab}" serve 80 --name nginx-22 > /dev/null 2>&1 &
ip netns exec nginx-23 "${NETLAB:-netlab}" serve 80 --name nginx-23 > /dev/null 2>&1 &
# That is the end of it: the router has no route for such an address. It cannot even tell the pod
# so, since it has no route for 172.7.21.2 either.

# flanneld asks for each other node: is there a router in between? hdss7-22 is in the same room, so
# its pods are reached as with host-gw, by a route and without a wrapper. hdss8-23 is not, so its
# pods are reached through the tunnel.
step 2 'Two ways out of one node'
ln -s /etc/flannel /run/flannel
ip -n hdss7-21 link add name flannel.1 address 02:00:ac:07:15:00 mtu 1450 type vxlan id 1 local 10.4.7.21 dev eth0 dstport 8472 nolearning
ip -n hdss7-21 address add 172.7.21.0/32 dev flannel.1
ip -n hdss7-21 link set dev flannel.1 up
ip -n hdss7-21 neigh add 172.7.23.0 lladdr 02:00:ac:07:17:00 dev flannel.1 nud permanent
ip netns exec hdss7-21 bridge fdb append 02:00:ac:07:17:00 dev flannel.1 dst 10.4.8.23
ip -n hdss7-21 route add 172.7.23.0/24 via 172.7.23.0 dev flannel.1 onlink
ip -n hdss7-21 route add 172.7.22.0/24 via 10.4.7.22 dev eth0
ip -n hdss7-22 link add name flannel.1 address 02:00:ac:07:16:00 mtu 1450 type vxlan id 1 local 10.4.7.22 dev eth0 dstport 8472 nolearning
ip -n hdss7-22 address add 172.7.22.0/32 dev flannel.1
ip -n hdss7-22 link set dev flannel.1 up
ip -n hdss7-22 neigh add 172.7.23.0 lladdr 02:00:ac:07:17:00 dev flannel.1 nud permanent
ip netns exec hdss7-22 bridge fdb append 02:00:ac:07:17:00 dev flannel.1 dst 10.4.8.23
ip -n hdss7-22 route add 172.7.23.0/24 via 172.7.23.0 dev flannel.1 onlink
ip -n hdss7-22 route add 172.7.21.0/24 via 10.4.7.21 dev eth0
ip -n hdss8-23 link add name flannel.1 address 02:00:ac:07:17:00 mtu 1450 type vxlan id 1 local 10.4.8.23 dev eth0 dstport 8472 nolearning
ip -n hdss8-23 address add 172.7.23.0/32 dev flannel.1
ip -n hdss8-23 link set dev flannel.1 up
ip -n hdss8-23 neigh add 172.7.21.0 lladdr 02:00:ac:07:15:00 dev flannel.1 nud permanent
ip netns exec hdss8-23 bridge fdb append 02:00:ac:07:15:00 dev flannel.1 dst 10.4.7.21
ip -n hdss8-23 route add 172.7.21.0/24 via 172.7.21.0 dev flannel.1 onlink
ip -n hdss8-23 neigh add 172.7.22.0 lladdr 02:00:ac:07:16:00 dev flannel.1 nud permanent
ip netns exec hdss8-23 bridge fdb append 02:00:ac:07:16:00 dev flannel.1 dst 10.4.7.22
ip -n hdss8-23 route add 172.7.22.0/24 via 172.7.22.0 dev flannel.1 onlink
mkdir -p /etc/flannel /etc/netns/hdss7-21/flannel /etc/netns/hdss7-22/flannel /etc/netns/hdss8-23/flannel
tee /etc/netns/hdss7-21/flannel/subnet.env >/dev/null <<'END'
FLANNEL_NETWORK=172.7.0.0/16
FLANNEL_SUBNET=172.7.21.1/24
FLANNEL_MTU=1450
FLANNEL_IPMASQ=false
END
tee /etc/netns/hdss7-22/flannel/subnet.env >/dev/null <<'END'
FLANNEL_NETWORK=172.7.0.0/16
FLANNEL_SUBNET=172.7.22.1/24
FLANNEL_MTU=1450
FLANNEL_IPMASQ=false
END
tee /etc/netns/hdss8-23/flannel/subnet.env >/dev/null <<'END'
FLANNEL_NETWORK=172.7.0.0/16
FLANNEL_SUBNET=172.7.23.1/24
FLANNEL_MTU=1450
FLANNEL_IPMASQ=false
END
# Each pod reaches each other one. The router still knows nothing of pods. It sees a UDP packet from
# one node to another, which it can deliver.

# Which way was taken can be counted, and shut: a rule on the router drops UDP to port 8472, in
# which flannel wraps what goes through the tunnel.
step 3 'The packets are counted'
ip netns exec router iptables -A FORWARD -p udp --dport 8472 -j DROP
# The rule sees the packets to the third node, and none of those between the neighbours; so it takes
# the third node away, and nobody else.

# A firewall between nodes is the usual reason why some pods reach each other and others do not: it
# must let UDP 8472 pass, in both directions. Here the rule goes.
step 4 'And let through again'
ip netns exec router iptables -D FORWARD -p udp --dport 8472 -j DROP
# All is as before. One more thing differs between the two ways: the source that a node itself has,
# 10.4.7.21 by the route and 172.7.21.0 through the tunnel. A pod is seen as it is by either.
