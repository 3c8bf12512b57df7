#!/bin/sh
# A pod on the other node does not answer
#
# The commands of netlab's lab exercise-06-no-way-back, as root on a machine that you can do without:
#   sh exercise-06-no-way-back.sh             carries out its steps, in order
#   sh exercise-06-no-way-back.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-exercise-06-no-way-back.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 6 ]; then
    ip -n hdss7-22 route delete 172.7.21.0/24 via 10.4.7.21
    ip -n hdss7-22 route add 172.7.21.0/24 via 10.4.7.21 dev eth0
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
    rm -f /etc/netns/hdss7-21/hosts /etc/netns/hdss7-22/hosts /etc/netns/anna/hosts /etc/netns/web/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/hdss7-21 /etc/netns/hdss7-22 /etc/netns/anna /etc/netns/web
    ip -n web route delete default via 172.7.22.1
    ip -n web link set dev eth0 down
    ip -n web address delete 172.7.22.2/24 dev eth0
    ip -n web link set dev lo down
    ip -n anna route delete default via 172.7.21.1
    ip -n anna link set dev eth0 down
    ip -n anna address delete 172.7.21.3/24 dev eth0
    ip -n anna link set dev lo down
    ip -n hdss7-22 link set dev veth_web nomaster down
    ip -n hdss7-22 link delete dev veth_web
    ip -n hdss7-21 link set dev veth_anna nomaster down
    ip -n hdss7-21 link delete dev veth_anna
    ip netns delete web
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

# A node is a network namespace as well, with routes, rules and settings of its own: a whole
# machine, as far as packets care. A network between nodes is a bridge that serves as a switch; the
# host is only the wires.
# A pod is a network namespace with a veth pair as its cable: one end is eth0 inside, the other is
# plugged into a bridge of its node. The bridge has the address that the pods use as their gateway.
step 1 '2 nodes on lan, 2 pods'
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
ip netns add anna
ip netns add web
ip -n hdss7-21 link add name veth_anna type veth peer name eth0 netns anna
ip -n hdss7-21 link set dev veth_anna master docker0 up
ip -n hdss7-22 link add name veth_web type veth peer name eth0 netns web
ip -n hdss7-22 link set dev veth_web master docker0 up
ip -n anna link set dev lo up
ip -n anna address add 172.7.21.3/24 dev eth0
ip -n anna link set dev eth0 up
ip -n anna route add default via 172.7.21.1
ip -n web link set dev lo up
ip -n web address add 172.7.22.2/24 dev eth0
ip -n web link set dev eth0 up
ip -n web route add default via 172.7.22.1
mkdir -p /etc/netns/hdss7-21 /etc/netns/hdss7-22 /etc/netns/anna /etc/netns/web
tee /etc/netns/hdss7-21/hosts /etc/netns/hdss7-22/hosts /etc/netns/anna/hosts /etc/netns/web/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.4.7.21	hdss7-21
10.4.7.22	hdss7-22
172.7.21.3	anna
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
FLANNEL_MTU=1500
FLANNEL_IPMASQ=false
END
tee /etc/netns/hdss7-22/flannel/subnet.env >/dev/null <<'END'
FLANNEL_NETWORK=172.7.0.0/16
FLANNEL_SUBNET=172.7.22.1/24
FLANNEL_MTU=1500
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

# Each node has a route to the other one's pods, by way of that node. Nothing is translated.
step 5 'Two nodes, as flannel'\''s host-gw leaves them'

step 6 'The node is answered, its pod is not'
# What the task begins with:
ip -n hdss7-22 route delete 172.7.21.0/24 via 10.4.7.21
# The task: anna, on hdss7-21, waits in vain for web on the other node, 172.7.22.2. Asked from the
# node hdss7-21 itself web answers at once; so the nodes, the cable between them and web are well.
# Let anna reach web, and let web see anna's own address.
# Its solution:
ip -n hdss7-22 route add 172.7.21.0/24 via 10.4.7.21
