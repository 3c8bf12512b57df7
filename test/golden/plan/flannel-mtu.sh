#!/bin/sh
# The large request hangs, the small one is fine
#
# The commands of netlab's lab flannel-mtu, as root on a machine that you can do without:
#   sh flannel-mtu.sh             carries out its steps, in order
#   sh flannel-mtu.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-flannel-mtu.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 8 ]; then
    ip -n hdss7-22 link set dev eth0 mtu 1500
    ip -n hdss7-22 link set dev flannel.1 mtu 1450
    ip -n hdss7-21 link set dev eth0 mtu 1500
    ip -n hdss7-21 link set dev flannel.1 mtu 1450
  fi
  if [ "$last" -ge 4 ]; then
    ip netns pids hdss7-22 | xargs -r kill || :
    ip netns pids nginx-22 | xargs -r kill || :
  fi
  if [ "$last" -ge 3 ]; then
    ip netns exec hdss7-22 iptables -D FORWARD --out-interface docker0 --jump ACCEPT
    ip netns exec hdss7-22 iptables -D FORWARD --in-interface docker0 --jump ACCEPT
    ip netns exec hdss7-21 iptables -D FORWARD --out-interface docker0 --jump ACCEPT
    ip netns exec hdss7-21 iptables -D FORWARD --in-interface docker0 --jump ACCEPT
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
    ip netns exec hdss7-22 sysctl -w net.ipv4.ip_forward=0
    ip netns exec hdss7-21 sysctl -w net.ipv4.ip_forward=0
    rm -f /etc/netns/hdss7-21/hosts /etc/netns/hdss7-22/hosts /etc/netns/busybox-21/hosts /etc/netns/nginx-22/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/hdss7-21 /etc/netns/hdss7-22 /etc/netns/busybox-21 /etc/netns/nginx-22
    ip -n nginx-22 route delete default via 172.7.22.1
    ip -n nginx-22 link set dev eth0 down
    ip -n nginx-22 address delete 172.7.22.2/24 dev eth0
    ip -n nginx-22 link set dev lo down
    ip -n busybox-21 route delete default via 172.7.21.1
    ip -n busybox-21 link set dev eth0 down
    ip -n busybox-21 address delete 172.7.21.3/24 dev eth0
    ip -n busybox-21 link set dev lo down
    ip -n hdss7-22 link set dev veth_nginx-22 nomaster down
    ip -n hdss7-22 link delete dev veth_nginx-22
    ip -n hdss7-21 link set dev veth_busybox-21 nomaster down
    ip -n hdss7-21 link delete dev veth_busybox-21
    ip netns delete nginx-22
    ip netns delete busybox-21
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
    ip link set dev cloud down
    ip link delete dev cloud
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
step 1 '2 nodes on cloud, 2 pods'
ip link add name cloud type bridge
ip link set dev cloud up
ip netns add hdss7-21
ip netns add hdss7-22
ip link add name hdss7-21_eth0 mtu 1450 type veth peer name eth0 gso_max_segs 1 netns hdss7-21
ip link set dev hdss7-21_eth0 master cloud up
ip link add name hdss7-22_eth0 mtu 1450 type veth peer name eth0 gso_max_segs 1 netns hdss7-22
ip link set dev hdss7-22_eth0 master cloud up
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
ip netns add busybox-21
ip netns add nginx-22
ip -n hdss7-21 link add name veth_busybox-21 mtu 1450 type veth peer name eth0 mtu 1450 netns busybox-21
ip -n hdss7-21 link set dev veth_busybox-21 master docker0 up
ip -n hdss7-22 link add name veth_nginx-22 mtu 1450 type veth peer name eth0 mtu 1450 netns nginx-22
ip -n hdss7-22 link set dev veth_nginx-22 master docker0 up
ip -n busybox-21 link set dev lo up
ip -n busybox-21 address add 172.7.21.3/24 dev eth0
ip -n busybox-21 link set dev eth0 up
ip -n busybox-21 route add default via 172.7.21.1
ip -n nginx-22 link set dev lo up
ip -n nginx-22 address add 172.7.22.2/24 dev eth0
ip -n nginx-22 link set dev eth0 up
ip -n nginx-22 route add default via 172.7.22.1
mkdir -p /etc/netns/hdss7-21 /etc/netns/hdss7-22 /etc/netns/busybox-21 /etc/netns/nginx-22
tee /etc/netns/hdss7-21/hosts /etc/netns/hdss7-22/hosts /etc/netns/busybox-21/hosts /etc/netns/nginx-22/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.4.7.21	hdss7-21
10.4.7.22	hdss7-22
172.7.21.3	busybox-21
172.7.22.2	nginx-22
END
ip netns exec hdss7-21 sysctl -w net.ipv4.ip_forward=1
ip netns exec hdss7-22 sysctl -w net.ipv4.ip_forward=1

# flanneld runs on every node. It leases a part of the network for the pods of its node, writes that
# to /run/flannel/subnet.env, and tells its kernel the way to the pods of every other node.
# With vxlan the way leads into a device, flannel.1, which wraps a whole frame into a UDP packet to
# the other node. The kernel must know three things of each: the route, the hardware address behind
# it (the neighbour), and which node has that address (the FDB).
step 2 'flannel: vxlan'
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

# Where the FORWARD chain is strict, the bridge must be let through in both directions.
step 3 'Let the pods through'
ip netns exec hdss7-21 iptables --table filter --append FORWARD --in-interface docker0 --jump ACCEPT
ip netns exec hdss7-21 iptables --table filter --append FORWARD --out-interface docker0 --jump ACCEPT
ip netns exec hdss7-22 iptables --table filter --append FORWARD --in-interface docker0 --jump ACCEPT
ip netns exec hdss7-22 iptables --table filter --append FORWARD --out-interface docker0 --jump ACCEPT

# Each pod or machine runs its program in its own network namespace, so all of them can listen on
# the same port. netlab's own server answers with the name of the pod or machine, its address, and
# the address that the client seems to have.
step 4 '2 servers'
ip netns exec nginx-22 "${NETLAB:-netlab}" serve 80 --name nginx-22 > /dev/null 2>&1 &
ip netns exec hdss7-22 "${NETLAB:-netlab}" serve 8080 --name hdss7-22 > /dev/null 2>&1 &

# flannel has looked at the nodes' cards, found 1500, and taken away the 50 bytes that its wrapper
# needs: the pods may send 1450. The connection comes about, the request is answered. Whoever tests
# like this goes home.
step 5 'Everything seems to be fine'

# The same pod, the same server, a request of 8,000 bytes. The handshake's packets are small. Then
# come full ones: 1450 bytes and the wrapper make 1500, and the provider's switch takes 1450. It is
# a switch, not a router, so it sends no ICMP messages.
step 6 '8,000 bytes'
# Small requests are answered, as before. Of the large one the handshake arrives; the full packets
# are thrown away, and nobody tells the sender. It repeats the same packet, in vain, until
# somebody's patience is over. From outside: it connects, and hangs.

# flannel is the first to be blamed, so ask without it: the same request from node to node. It hangs
# as well. In the tunnel or not, a full packet is 1500 bytes on this network. (People find the size
# with "ping -M do -s 1422": that and 28 bytes of headers pass, one byte more does not.)
step 7 'It is not the tunnel'

# The network carries 1450, and the wrapper needs 50 of those. With 1450 on the cards the nodes
# agree on smaller packets; with 1400 on flannel.1 a node knows better than its pod. It answers a
# packet of 1450 with "fragmentation needed, 1400 at most", and the pod's kernel remembers that for
# this address. (One packet is lost for each address, and a firewall that drops ICMP breaks it; so
# new pods should get 1400 from their first moment. flannel does that once it finds 1450 on the
# card.)
step 8 'As much as the network really takes'
ip -n hdss7-21 link set dev flannel.1 mtu 1400
ip -n hdss7-21 link set dev eth0 mtu 1450
ip -n hdss7-22 link set dev flannel.1 mtu 1400
ip -n hdss7-22 link set dev eth0 mtu 1450
