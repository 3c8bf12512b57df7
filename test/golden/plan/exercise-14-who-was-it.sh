#!/bin/sh
# Who hides the client's address?
#
# The commands of netlab's lab exercise-14-who-was-it, as root on a machine that you can do without:
#   sh exercise-14-who-was-it.sh             carries out its steps, in order
#   sh exercise-14-who-was-it.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-exercise-14-who-was-it.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 6 ]; then
    ip netns exec hdss7-21 iptables -t nat -D POSTROUTING -s 172.7.21.0/24 ! -d 172.7.0.0/16 ! -o docker0 -j MASQUERADE
    ip netns exec hdss7-21 iptables -t nat -A POSTROUTING -s 172.7.21.0/24 ! -o docker0 -j MASQUERADE
    ip netns exec hdss7-21 iptables -t nat -D POSTROUTING -s 172.7.21.0/24 ! -o docker0 -j MASQUERADE
  fi
  if [ "$last" -ge 4 ]; then
    ip netns pids registry | xargs -r kill || :
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
    rm -f /etc/netns/hdss7-21/hosts /etc/netns/hdss7-22/hosts /etc/netns/anna/hosts /etc/netns/bert/hosts /etc/netns/web/hosts /etc/netns/registry/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/hdss7-21 /etc/netns/hdss7-22 /etc/netns/anna /etc/netns/bert /etc/netns/web /etc/netns/registry
    ip -n registry link set dev eth0 down
    ip -n registry address delete 10.4.7.200/24 dev eth0
    ip -n registry link set dev lo down
    ip -n web route delete default via 172.7.22.1
    ip -n web link set dev eth0 down
    ip -n web address delete 172.7.22.2/24 dev eth0
    ip -n web link set dev lo down
    ip -n bert route delete default via 172.7.21.1
    ip -n bert link set dev eth0 down
    ip -n bert address delete 172.7.21.4/24 dev eth0
    ip -n bert link set dev lo down
    ip -n anna route delete default via 172.7.21.1
    ip -n anna link set dev eth0 down
    ip -n anna address delete 172.7.21.3/24 dev eth0
    ip -n anna link set dev lo down
    ip link set dev registry_eth0 nomaster down
    ip link delete dev registry_eth0
    ip -n hdss7-22 link set dev veth_web nomaster down
    ip -n hdss7-22 link delete dev veth_web
    ip -n hdss7-21 link set dev veth_bert nomaster down
    ip -n hdss7-21 link delete dev veth_bert
    ip -n hdss7-21 link set dev veth_anna nomaster down
    ip -n hdss7-21 link delete dev veth_anna
    ip netns delete registry
    ip netns delete web
    ip netns delete bert
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
# A machine is a network namespace, too: it is no node of the cluster, and has no pods.
step 1 '2 nodes, 3 pods, 1 machine on lan'
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
ip netns add bert
ip netns add web
ip netns add registry
ip -n hdss7-21 link add name veth_anna type veth peer name eth0 netns anna
ip -n hdss7-21 link set dev veth_anna master docker0 up
ip -n hdss7-21 link add name veth_bert type veth peer name eth0 netns bert
ip -n hdss7-21 link set dev veth_bert master docker0 up
ip -n hdss7-22 link add name veth_web type veth peer name eth0 netns web
ip -n hdss7-22 link set dev veth_web master docker0 up
ip link add name registry_eth0 type veth peer name eth0 netns registry
ip link set dev registry_eth0 master lan up
ip -n anna link set dev lo up
ip -n anna address add 172.7.21.3/24 dev eth0
ip -n anna link set dev eth0 up
ip -n anna route add default via 172.7.21.1
ip -n bert link set dev lo up
ip -n bert address add 172.7.21.4/24 dev eth0
ip -n bert link set dev eth0 up
ip -n bert route add default via 172.7.21.1
ip -n web link set dev lo up
ip -n web address add 172.7.22.2/24 dev eth0
ip -n web link set dev eth0 up
ip -n web route add default via 172.7.22.1
ip -n registry link set dev lo up
ip -n registry address add 10.4.7.200/24 dev eth0
ip -n registry link set dev eth0 up
mkdir -p /etc/netns/hdss7-21 /etc/netns/hdss7-22 /etc/netns/anna /etc/netns/bert /etc/netns/web /etc/netns/registry
tee /etc/netns/hdss7-21/hosts /etc/netns/hdss7-22/hosts /etc/netns/anna/hosts /etc/netns/bert/hosts /etc/netns/web/hosts /etc/netns/registry/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.4.7.21	hdss7-21
10.4.7.22	hdss7-22
172.7.21.3	anna
172.7.21.4	bert
172.7.22.2	web
10.4.7.200	registry
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

# Each pod or machine runs its program in its own network namespace, so all of them can listen on
# the same port. netlab's own server answers with the name of the pod or machine, its address, and
# the address that the client seems to have.
step 4 '2 servers'
ip netns exec web "${NETLAB:-netlab}" serve 80 --name web > /dev/null 2>&1 &
ip netns exec registry "${NETLAB:-netlab}" serve 80 --name registry > /dev/null 2>&1 &

# Two nodes with flannel's host-gw. web, on the second, sees anna and bert of the first with their
# own addresses. The registry, outside of the cluster, has no route to pods and answers none.
step 5 'Every pod is seen as who it is'

step 6 'All clients are 10.4.7.21'
# What the task begins with:
ip netns exec hdss7-21 iptables -t nat -A POSTROUTING -s 172.7.21.0/24 ! -o docker0 -j MASQUERADE
# The task: Docker was started on hdss7-21. Since then its pods reach the registry, which is what
# was wanted. But in web's log all of them are 10.4.7.21, and web is to let anna in and bert not.
# Let web see each pod's own address, and let the registry go on to answer them.
# Its solution:
ip netns exec hdss7-21 iptables -t nat -D POSTROUTING -s 172.7.21.0/24 ! -o docker0 -j MASQUERADE
ip netns exec hdss7-21 iptables -t nat -A POSTROUTING -s 172.7.21.0/24 ! -d 172.7.0.0/16 ! -o docker0 -j MASQUERADE
