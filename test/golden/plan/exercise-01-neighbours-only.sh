#!/bin/sh
# The pod next door answers, but not to the client
#
# The commands of netlab's lab exercise-01-neighbours-only, as root on a machine that you can do without:
#   sh exercise-01-neighbours-only.sh             carries out its steps, in order
#   sh exercise-01-neighbours-only.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-exercise-01-neighbours-only.step
# The machine's settings as they were.
settings=/run/netlab-exercise-01-neighbours-only.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 6 ]; then
    ip -n anna route delete default via 10.0.0.1
    ip -n anna route add default via 10.0.0.1
  fi
  if [ "$last" -ge 4 ]; then
    ip netns pids bert | xargs -r kill || :
    ip netns pids anna | xargs -r kill || :
  fi
  if [ "$last" -ge 3 ]; then
    iptables -D FORWARD --out-interface br1 --jump ACCEPT
    iptables -D FORWARD --in-interface br1 --jump ACCEPT
  fi
  if [ "$last" -ge 2 ]; then
    rm -f /etc/netns/anna/hosts /etc/netns/bert/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/anna /etc/netns/bert
    ip route delete default via 192.0.2.10
    ip -n client route delete default via 192.0.2.1
    ip -n client link set dev eth0 down
    ip -n client address delete 192.0.2.10/24 dev eth0
    ip -n client link set dev lo down
    ip -n bert route delete default via 10.0.0.1
    ip -n bert link set dev eth0 down
    ip -n bert address delete 10.0.0.12/24 dev eth0
    ip -n bert link set dev lo down
    ip -n anna route delete default via 10.0.0.1
    ip -n anna link set dev eth0 down
    ip -n anna address delete 10.0.0.11/24 dev eth0
    ip -n anna link set dev lo down
    ip link set dev out_client down
    ip address delete 192.0.2.1/24 dev out_client
    ip link delete dev out_client
    ip link set dev veth_bert nomaster down
    ip link delete dev veth_bert
    ip link set dev veth_anna nomaster down
    ip link delete dev veth_anna
    ip netns delete client
    ip netns delete bert
    ip netns delete anna
    ip link set dev br1 down
    ip address delete 10.0.0.1/24 dev br1
    ip link delete dev br1
  fi
  sysctl --quiet --ignore --load="$settings"
  rm "$settings"
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

# A Linux machine drops every packet that is not for itself until net.ipv4.ip_forward is 1. A
# Kubernetes node must pass packets on, between its pods and the world, so this comes before
# anything else. net.bridge.bridge-nf-call-iptables lets iptables see what only crosses a bridge,
# too: services need it.
step 1 Forwarding
sysctl -w net.ipv4.ip_forward=1
sysctl -w net.bridge.bridge-nf-call-iptables=1

# A pod is a network namespace with a veth pair as its cable: one end is eth0 inside, the other is
# plugged into a bridge on the host. The bridge has the address that the pods use as their gateway.
step 2 '2 pods on br1'
ip link add name br1 type bridge
ip address add 10.0.0.1/24 dev br1
ip link set dev br1 up
ip netns add anna
ip netns add bert
ip netns add client
ip link add name veth_anna type veth peer name eth0 netns anna
ip link set dev veth_anna master br1 up
ip link add name veth_bert type veth peer name eth0 netns bert
ip link set dev veth_bert master br1 up
ip link add name out_client type veth peer name eth0 netns client
ip address add 192.0.2.1/24 dev out_client
ip link set dev out_client up
ip -n anna link set dev lo up
ip -n anna address add 10.0.0.11/24 dev eth0
ip -n anna link set dev eth0 up
ip -n anna route add default via 10.0.0.1
ip -n bert link set dev lo up
ip -n bert address add 10.0.0.12/24 dev eth0
ip -n bert link set dev eth0 up
ip -n bert route add default via 10.0.0.1
ip -n client link set dev lo up
ip -n client address add 192.0.2.10/24 dev eth0
ip -n client link set dev eth0 up
ip -n client route add default via 192.0.2.1
ip route add default via 192.0.2.10
mkdir -p /etc/netns/anna /etc/netns/bert
tee /etc/netns/anna/hosts /etc/netns/bert/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.0.0.11	anna
10.0.0.12	bert
192.0.2.10	client
END

# Where the FORWARD chain is strict, the bridge must be let through in both directions.
step 3 'Let the pods through'
iptables --table filter --append FORWARD --in-interface br1 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface br1 --jump ACCEPT

# Each pod runs its program in its own network namespace, so all of them can listen on the same
# port. netlab's own server answers with the name of the pod, its address, and the address that the
# client seems to have.
step 4 '2 servers'
ip netns exec anna "${NETLAB:-netlab}" serve 8080 --name anna > /dev/null 2>&1 &
ip netns exec bert "${NETLAB:-netlab}" serve 8080 --name bert > /dev/null 2>&1 &

# anna and bert are pods on one bridge, and each serves HTTP on 8080. The client is a machine beyond
# the host. Nothing is translated here: a pod sees the address of whoever asks.
step 5 'Two pods, and a client outside'

step 6 'anna is lost to the client'
# What the task begins with:
ip -n anna route delete default
# The task: Since this morning the client waits in vain for anna, 10.0.0.11:8080. bert next door
# gets its answers from anna as ever, and the client gets its own from bert. Let the client reach
# anna again, and let anna see who it is that asks.
# Its solution:
ip -n anna route add default via 10.0.0.1
