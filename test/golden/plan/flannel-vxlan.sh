#!/bin/sh
# Pods of two nodes, and the tunnel between them
#
# The commands of netlab's lab flannel-vxlan, as root on a machine that you can do without:
#   sh flannel-vxlan.sh             carries out its steps, in order
#   sh flannel-vxlan.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-flannel-vxlan.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 5 ]; then
    ip netns exec hdss7-21 bridge fdb delete 02:00:ac:07:16:00 dev flannel.1 dst 10.4.7.22
  fi
  if [ "$last" -ge 4 ]; then
    ip netns exec hdss7-21 bridge fdb append 02:00:ac:07:16:00 dev flannel.1 dst 10.4.7.22
  fi
  if [ "$last" -ge 2 ]; then
    rm -f /etc/netns/hdss7-22/flannel/subnet.env
    rm -f /etc/netns/hdss7-21/flannel/subnet.env
    rmdir -p --ignore-fail-on-non-empty /etc/flannel /etc/netns/hdss7-21/flannel /etc/netns/hdss7-22/flannel
    ip -n hdss7-22 route delete 172.7.21.0/24 via 172.7.21.0 dev flannel.1 onlink
    ip netns exec hdss7-22 bridge fdb delete 02:00:ac:07:15:00 dev flannel.1 dst 10.4.7.21
    ip -n hdss7-22 neigh delete 172.7.21.0 lladdr 02:00:ac:07:15:00 dev flannel.1 nud permanent
    ip -n hdss7-22 link set dev flannel.1 down
    ip -n hdss7-22 address delete 172.7.22.0/32 dev flannel.1
    ip -n hdss7-22 link delete dev flannel.1
    ip -n hdss7-21 route delete 172.7.22.0/24 via 172.7.22.0 dev flannel.1 onlink
    ip netns exec hdss7-21 bridge fdb delete 02:00:ac:07:16:00 dev flannel.1 dst 10.4.7.22
    ip -n hdss7-21 neigh delete 172.7.22.0 lladdr 02:00:ac:07:16:00 dev flannel.1 nud permanent
    ip -n hdss7-21 link set dev flannel.1 down
    ip -n hdss7-21 address delete 172.7.21.0/32 dev flannel.1
    ip -n hdss7-21 link delete dev flannel.1
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
    rm -f /etc/netns/hdss7-21/hosts /etc/netns/hdss7-22/hosts /etc/netns/nginx-21/hosts /etc/netns/busybox-21/hosts /etc/netns/nginx-22/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/hdss7-21 /etc/netns/hdss7-22 /etc/netns/nginx-21 /etc/netns/busybox-21 /etc/netns/nginx-22
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
    ip -n hdss7-22 link set dev veth_nginx-22 nomaster down
    ip -n hdss7-22 link delete dev veth_nginx-22
    ip -n hdss7-21 link set dev veth_busybox-21 nomaster down
    ip -n hdss7-21 link delete dev veth_busybox-21
    ip -n hdss7-21 link set dev veth_nginx-21 nomaster down
    ip -n hdss7-21 link delete dev veth_nginx-21
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
  printf '%s\n' "$1/6 $2"
  echo "$1" > "$reached"
}

# The two nodes have a network in common, and each has its own pods on a bridge. Of the pods behind
# the other one it knows nothing, and in a data centre of somebody else nobody may tell its routers,
# either.
step 1 'The nodes reach each other, their pods do not'
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
ip -n hdss7-21 link add name veth_nginx-21 mtu 1450 type veth peer name eth0 mtu 1450 netns nginx-21
ip -n hdss7-21 link set dev veth_nginx-21 master docker0 up
ip -n hdss7-21 link add name veth_busybox-21 mtu 1450 type veth peer name eth0 mtu 1450 netns busybox-21
ip -n hdss7-21 link set dev veth_busybox-21 master docker0 up
ip -n hdss7-22 link add name veth_nginx-22 mtu 1450 type veth peer name eth0 mtu 1450 netns nginx-22
ip -n hdss7-22 link set dev veth_nginx-22 master docker0 up
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
mkdir -p /etc/netns/hdss7-21 /etc/netns/hdss7-22 /etc/netns/nginx-21 /etc/netns/busybox-21 /etc/netns/nginx-22
tee /etc/netns/hdss7-21/hosts /etc/netns/hdss7-22/hosts /etc/netns/nginx-21/hosts /etc/netns/busybox-21/hosts /etc/netns/nginx-22/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.4.7.21	hdss7-21
10.4.7.22	hdss7-22
172.7.21.2	nginx-21
172.7.21.3	busybox-21
172.7.22.2	nginx-22
END
ip netns exec hdss7-21 sysctl -w net.ipv4.ip_forward=1
ip netns exec hdss7-22 sysctl -w net.ipv4.ip_forward=1
ip netns exec hdss7-21 iptables --table filter --append FORWARD --in-interface docker0 --jump ACCEPT
ip netns exec hdss7-21 iptables --table filter --append FORWARD --out-interface docker0 --jump ACCEPT
ip netns exec hdss7-22 iptables --table filter --append FORWARD --in-interface docker0 --jump ACCEPT
ip netns exec hdss7-22 iptables --table filter --append FORWARD --out-interface docker0 --jump ACCEPT
ip netns exec nginx-21 "${NETLAB:-netlab}" serve 80 --name nginx-21 > /dev/null 2>&1 &
ip netns exec nginx-22 "${NETLAB:-netlab}" serve 80 --name nginx-22 > /dev/null 2>&1 &
# There is no route for 172.7.22.2, so the node tells its pod at once that the network is
# unreachable. All that one can count on is that a UDP packet from 10.4.7.21 arrives at 10.4.7.22.

# flannel.1 is the entrance of the tunnel. What is sent into it comes out of the other node's
# flannel.1: the kernel puts the whole frame, hardware addresses and all, into a UDP packet to port
# 8472 of that node. So the pods' packets travel between addresses that everybody knows how to
# route.
step 2 'A device that wraps frames into UDP'
ln -s /etc/flannel /run/flannel
ip -n hdss7-21 link add name flannel.1 address 02:00:ac:07:15:00 mtu 1450 type vxlan id 1 local 10.4.7.21 dev eth0 dstport 8472 nolearning
ip -n hdss7-21 address add 172.7.21.0/32 dev flannel.1
ip -n hdss7-21 link set dev flannel.1 up
ip -n hdss7-21 neigh add 172.7.22.0 lladdr 02:00:ac:07:16:00 dev flannel.1 nud permanent
ip netns exec hdss7-21 bridge fdb append 02:00:ac:07:16:00 dev flannel.1 dst 10.4.7.22
ip -n hdss7-21 route add 172.7.22.0/24 via 172.7.22.0 dev flannel.1 onlink
ip -n hdss7-22 link add name flannel.1 address 02:00:ac:07:16:00 mtu 1450 type vxlan id 1 local 10.4.7.22 dev eth0 dstport 8472 nolearning
ip -n hdss7-22 address add 172.7.22.0/32 dev flannel.1
ip -n hdss7-22 link set dev flannel.1 up
ip -n hdss7-22 neigh add 172.7.21.0 lladdr 02:00:ac:07:15:00 dev flannel.1 nud permanent
ip netns exec hdss7-22 bridge fdb append 02:00:ac:07:15:00 dev flannel.1 dst 10.4.7.21
ip -n hdss7-22 route add 172.7.21.0/24 via 172.7.21.0 dev flannel.1 onlink
mkdir -p /etc/flannel /etc/netns/hdss7-21/flannel /etc/netns/hdss7-22/flannel
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
# The packet for nginx-22 is routed into flannel.1 here, and unpacked from flannel.1 there. The
# network in between has seen a UDP packet from one node to the other, and nothing of pods.

# flanneld writes three entries for each other node, and each answers one question. Where to, for
# 172.7.22.2? The route: to 172.7.22.0, by flannel.1. Which hardware address has 172.7.22.0? The
# neighbour entry; nobody is asked, since there is nobody to hear a broadcast. And on which machine
# is that hardware address? The device's forwarding table (FDB): on 10.4.7.22. An ordinary VXLAN
# learns the last two from what passes by; this one is told.
step 3 'Three things to know of each node'

# Take the entry of the forwarding table away. The route is there and so is the neighbour, so the
# node sends its frames into flannel.1 as before.
step 4 'Without the third'
ip netns exec hdss7-21 bridge fdb delete 02:00:ac:07:16:00 dev flannel.1 dst 10.4.7.22
# The device does not know to which machine it should send a frame, and drops it. Nobody is told, so
# the pod waits until it gives up. Faults of a tunnel are silent, and the routing table looks
# perfect.

# The entry is back. Nothing on the way writes an address over another. When a node itself asks a
# pod of the other one, its packet leaves by flannel.1, which has an address of its own, 172.7.21.0:
# the first one of the node's subnet, which is there for that purpose.
step 5 'With it again, and who sees whom'
ip netns exec hdss7-21 bridge fdb append 02:00:ac:07:16:00 dev flannel.1 dst 10.4.7.22
# A pod sees another pod as it is, as with a route. The node it sees as 172.7.21.0, the address of
# the device by which the packet left. With host-gw it was 10.4.7.21.

# The outer headers take 50 bytes of each packet: 14 for the frame inside, 20 for IP, 8 for UDP, 8
# for VXLAN. The nodes' network carries 1500, so a pod may send 1450, and flannel says so in
# subnet.env. Every pod has that from its first moment. (What happens otherwise is shown in
# flannel-mtu.)
step 6 'What the wrapping costs'
