#!/bin/sh
# The small request is answered, the large one hangs
#
# The commands of netlab's lab exercise-16-upload-hangs, as root on a machine that you can do without:
#   sh exercise-16-upload-hangs.sh             carries out its steps, in order
#   sh exercise-16-upload-hangs.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-exercise-16-upload-hangs.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 6 ]; then
    ip netns exec web true
    ip netns exec ben true
    ip netns exec anna true
    ip -n hdss7-22 link set dev eth0 mtu 1450
    ip -n hdss7-21 link set dev eth0 mtu 1450
  fi
  if [ "$last" -ge 4 ]; then
    ip netns pids web | xargs -r kill || :
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
    ip -n hdss7-22 route delete 172.7.21.0/24 via 10.4.7.21 dev eth0
    ip -n hdss7-21 route delete 172.7.22.0/24 via 10.4.7.22 dev eth0
    rm -f /run/flannel
  fi
  if [ "$last" -ge 1 ]; then
    ip netns exec hdss7-22 sysctl -w net.ipv4.ip_forward=0
    ip netns exec hdss7-21 sysctl -w net.ipv4.ip_forward=0
    rm -f /etc/netns/hdss7-21/hosts /etc/netns/hdss7-22/hosts /etc/netns/anna/hosts /etc/netns/ben/hosts /etc/netns/web/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/hdss7-21 /etc/netns/hdss7-22 /etc/netns/anna /etc/netns/ben /etc/netns/web
    ip -n web route delete default via 172.7.22.1
    ip -n web link set dev eth0 down
    ip -n web address delete 172.7.22.2/24 dev eth0
    ip -n web link set dev lo down
    ip -n ben route delete default via 172.7.21.1
    ip -n ben link set dev eth0 down
    ip -n ben address delete 172.7.21.4/24 dev eth0
    ip -n ben link set dev lo down
    ip -n anna route delete default via 172.7.21.1
    ip -n anna link set dev eth0 down
    ip -n anna address delete 172.7.21.3/24 dev eth0
    ip -n anna link set dev lo down
    ip -n hdss7-22 link set dev veth_web nomaster down
    ip -n hdss7-22 link delete dev veth_web
    ip -n hdss7-21 link set dev veth_ben nomaster down
    ip -n hdss7-21 link delete dev veth_ben
    ip -n hdss7-21 link set dev veth_anna nomaster down
    ip -n hdss7-21 link delete dev veth_anna
    ip netns delete web
    ip netns delete ben
    ip netns delete anna
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
  printf '%s\n' "$1/6 $2"
  echo "$1" > "$reached"
}

# A node is a network namespace as well, with routes, rules and settings of its own: a whole
# machine, as far as packets care. A network between nodes is a bridge that serves as a switch; the
# host is only the wires.
# A pod is a network namespace with a veth pair as its cable: one end is eth0 inside, the other is
# plugged into a bridge of its node. The bridge has the address that the pods use as their gateway.
step 1 '2 nodes on cloud, 3 pods'
ip link add name cloud type bridge
ip link set dev cloud up
ip netns add hdss7-21
ip netns add hdss7-22
ip link add name hdss7-21_eth0 mtu 1450 type veth peer name eth0 mtu 1450 gso_max_segs 1 netns hdss7-21
ip link set dev hdss7-21_eth0 master cloud up
ip link add name hdss7-22_eth0 mtu 1450 type veth peer name eth0 mtu 1450 gso_max_segs 1 netns hdss7-22
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
ip netns add anna
ip netns add ben
ip netns add web
ip -n hdss7-21 link add name veth_anna mtu 1500 type veth peer name eth0 mtu 1500 netns anna
ip -n hdss7-21 link set dev veth_anna master docker0 up
ip -n hdss7-21 link add name veth_ben mtu 1500 type veth peer name eth0 mtu 1500 netns ben
ip -n hdss7-21 link set dev veth_ben master docker0 up
ip -n hdss7-22 link add name veth_web mtu 1500 type veth peer name eth0 mtu 1500 netns web
ip -n hdss7-22 link set dev veth_web master docker0 up
ip -n anna link set dev lo up
ip -n anna address add 172.7.21.3/24 dev eth0
ip -n anna link set dev eth0 up
ip -n anna route add default via 172.7.21.1
ip -n ben link set dev lo up
ip -n ben address add 172.7.21.4/24 dev eth0
ip -n ben link set dev eth0 up
ip -n ben route add default via 172.7.21.1
ip -n web link set dev lo up
ip -n web address add 172.7.22.2/24 dev eth0
ip -n web link set dev eth0 up
ip -n web route add default via 172.7.22.1
mkdir -p /etc/netns/hdss7-21 /etc/netns/hdss7-22 /etc/netns/anna /etc/netns/ben /etc/netns/web
tee /etc/netns/hdss7-21/hosts /etc/netns/hdss7-22/hosts /etc/netns/anna/hosts /etc/netns/ben/hosts /etc/netns/web/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.4.7.21	hdss7-21
10.4.7.22	hdss7-22
172.7.21.3	anna
172.7.21.4	ben
172.7.22.2	web
END
ip netns exec hdss7-21 sysctl -w net.ipv4.ip_forward=1
ip netns exec hdss7-22 sysctl -w net.ipv4.ip_forward=1

# flanneld runs on every node. It leases a part of the network for the pods of its node, writes that
# to /run/flannel/subnet.env, and tells its kernel the way to the pods of every other node.
# With host-gw that way is a route through the other node: nothing is wrapped up, and it needs all
# nodes on one segment.
step 2 'flannel: host-gw'
ln -s /etc/flannel /run/flannel
ip -n hdss7-21 route add 172.7.22.0/24 via 10.4.7.22 dev eth0
ip -n hdss7-22 route add 172.7.21.0/24 via 10.4.7.21 dev eth0
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

# Each pod runs its program in its own network namespace, so all of them can listen on the same
# port. netlab's own server answers with the name of the pod, its address, and the address that the
# client seems to have.
step 4 '1 server'
ip netns exec web "${NETLAB:-netlab}" serve 80 --name web > /dev/null 2>&1 &

# anna sends web, on the other node, a few bytes and then 8,000; ben fetches 8,000 from it. Each is
# answered. The pods send packets of 1500 bytes, the nodes' cards take 1450: a node that gets a
# larger one tells the sender, and the sender's kernel remembers it.
step 5 'Large and small'

step 6 '8,000 bytes'
# What the task begins with:
ip -n hdss7-21 link set dev eth0 mtu 1500
ip -n hdss7-22 link set dev eth0 mtu 1500
ip -n anna route flush cache
ip -n ben route flush cache
ip -n web route flush cache
# The task: Both nodes have got new cards. "It connects, and then it hangs", say anna and ben: small
# requests to web, 172.7.22.2, are answered at once, but anna's uploads of 8,000 bytes do not get
# through, and neither do ben's downloads of that size. Nobody can change the provider's network,
# cloud: it carries packets of 1450 bytes and throws larger ones away without a word. Let both get
# through.
# Its solution:
ip -n hdss7-21 link set dev eth0 mtu 1450
ip -n hdss7-22 link set dev eth0 mtu 1450
