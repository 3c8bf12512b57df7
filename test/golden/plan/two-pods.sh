#!/bin/sh
# Two pods on a bridge
#
# The commands of netlab's lab two-pods, as root on a machine that you can do without:
#   sh two-pods.sh             carries out its steps, in order
#   sh two-pods.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-two-pods.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 3 ]; then
    ip netns pids b | xargs -r kill || :
    ip netns pids a | xargs -r kill || :
  fi
  if [ "$last" -ge 2 ]; then
    iptables -t nat -D POSTROUTING --source 10.0.0.0/24 ! --destination 10.0.0.0/24 --jump MASQUERADE
    iptables -D FORWARD --out-interface br1 --jump ACCEPT
    iptables -D FORWARD --in-interface br1 --jump ACCEPT
  fi
  if [ "$last" -ge 1 ]; then
    rm -f /etc/netns/a/hosts /etc/netns/b/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/a /etc/netns/b
    ip -n b route delete default via 10.0.0.1
    ip -n b link set dev eth0 down
    ip -n b address delete 10.0.0.21/24 dev eth0
    ip -n b link set dev lo down
    ip -n a route delete default via 10.0.0.1
    ip -n a link set dev eth0 down
    ip -n a address delete 10.0.0.11/24 dev eth0
    ip -n a link set dev lo down
    ip link set dev veth_b nomaster down
    ip link delete dev veth_b
    ip link set dev veth_a nomaster down
    ip link delete dev veth_a
    ip netns delete b
    ip netns delete a
    ip link set dev br1 down
    ip address delete 10.0.0.1/24 dev br1
    ip link delete dev br1
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

# A pod is a network namespace with a veth pair as its cable: one end is eth0 inside, the other is
# plugged into a bridge on the host. The bridge has the address that the pods use as their gateway.
step 1 '2 pods on br1'
ip link add name br1 type bridge
ip address add 10.0.0.1/24 dev br1
ip link set dev br1 up
ip netns add a
ip netns add b
ip link add name veth_a type veth peer name eth0 netns a
ip link set dev veth_a master br1 up
ip link add name veth_b type veth peer name eth0 netns b
ip link set dev veth_b master br1 up
ip -n a link set dev lo up
ip -n a address add 10.0.0.11/24 dev eth0
ip -n a link set dev eth0 up
ip -n a route add default via 10.0.0.1
ip -n b link set dev lo up
ip -n b address add 10.0.0.21/24 dev eth0
ip -n b link set dev eth0 up
ip -n b route add default via 10.0.0.1
mkdir -p /etc/netns/a /etc/netns/b
tee /etc/netns/a/hosts /etc/netns/b/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.0.0.11	a
10.0.0.21	b
END

# Where the FORWARD chain is strict, the bridge must be let through in both directions. And a packet
# that leaves for the world with a pod's address would get no answer, since nobody out there knows
# the way back: MASQUERADE puts the host's address in its place.
step 2 'Let the pods through'
iptables --table filter --append FORWARD --in-interface br1 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface br1 --jump ACCEPT
iptables --table nat --append POSTROUTING --source 10.0.0.0/24 ! --destination 10.0.0.0/24 --jump MASQUERADE

# Each pod runs its program in its own network namespace, so all of them can listen on the same
# port. netlab's own server answers with the name of the pod, its address, and the address that the
# client seems to have.
step 3 '2 servers'
ip netns exec a "${NETLAB:-netlab}" serve 8080 --name a > /dev/null 2>&1 &
ip netns exec b "${NETLAB:-netlab}" serve 8080 --name b > /dev/null 2>&1 &

step 4 'Pod a reaches pod b'
