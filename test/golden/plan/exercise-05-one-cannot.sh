#!/bin/sh
# One pod cannot reach another, all others can
#
# The commands of netlab's lab exercise-05-one-cannot, as root on a machine that you can do without:
#   sh exercise-05-one-cannot.sh             carries out its steps, in order
#   sh exercise-05-one-cannot.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-exercise-05-one-cannot.step
# The machine's settings as they were.
settings=/run/netlab-exercise-05-one-cannot.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 6 ]; then
    ip -n anna neighbour replace 10.0.0.13 lladdr 02:00:00:00:00:99 dev eth0 nud permanent
    ip -n anna neighbour del 10.0.0.13 dev eth0
  fi
  if [ "$last" -ge 4 ]; then
    ip netns pids mail | xargs -r kill || :
    ip netns pids web | xargs -r kill || :
  fi
  if [ "$last" -ge 3 ]; then
    iptables -t nat -D POSTROUTING --source 10.0.0.0/24 ! --destination 10.0.0.0/24 --jump MASQUERADE
    iptables -D FORWARD --out-interface br1 --jump ACCEPT
    iptables -D FORWARD --in-interface br1 --jump ACCEPT
  fi
  if [ "$last" -ge 2 ]; then
    rm -f /etc/netns/anna/hosts /etc/netns/bert/hosts /etc/netns/web/hosts /etc/netns/mail/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/anna /etc/netns/bert /etc/netns/web /etc/netns/mail
    ip -n mail route delete default via 10.0.0.1
    ip -n mail link set dev eth0 down
    ip -n mail address delete 10.0.0.14/24 dev eth0
    ip -n mail link set dev lo down
    ip -n web route delete default via 10.0.0.1
    ip -n web link set dev eth0 down
    ip -n web address delete 10.0.0.13/24 dev eth0
    ip -n web link set dev lo down
    ip -n bert route delete default via 10.0.0.1
    ip -n bert link set dev eth0 down
    ip -n bert address delete 10.0.0.12/24 dev eth0
    ip -n bert link set dev lo down
    ip -n anna route delete default via 10.0.0.1
    ip -n anna link set dev eth0 down
    ip -n anna address delete 10.0.0.11/24 dev eth0
    ip -n anna link set dev lo down
    ip link set dev veth_mail nomaster down
    ip link delete dev veth_mail
    ip link set dev veth_web nomaster down
    ip link delete dev veth_web
    ip link set dev veth_bert nomaster down
    ip link delete dev veth_bert
    ip link set dev veth_anna nomaster down
    ip link delete dev veth_anna
    ip netns delete mail
    ip netns delete web
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
step 2 '4 pods on br1'
ip link add name br1 type bridge
ip address add 10.0.0.1/24 dev br1
ip link set dev br1 up
ip netns add anna
ip netns add bert
ip netns add web
ip netns add mail
ip link add name veth_anna type veth peer name eth0 netns anna
ip link set dev veth_anna master br1 up
ip link add name veth_bert type veth peer name eth0 netns bert
ip link set dev veth_bert master br1 up
ip link add name veth_web type veth peer name eth0 netns web
ip link set dev veth_web master br1 up
ip link add name veth_mail type veth peer name eth0 netns mail
ip link set dev veth_mail master br1 up
ip -n anna link set dev lo up
ip -n anna address add 10.0.0.11/24 dev eth0
ip -n anna link set dev eth0 up
ip -n anna route add default via 10.0.0.1
ip -n bert link set dev lo up
ip -n bert address add 10.0.0.12/24 dev eth0
ip -n bert link set dev eth0 up
ip -n bert route add default via 10.0.0.1
ip -n web link set dev lo up
ip -n web address add 10.0.0.13/24 dev eth0
ip -n web link set dev eth0 up
ip -n web route add default via 10.0.0.1
ip -n mail link set dev lo up
ip -n mail address add 10.0.0.14/24 dev eth0
ip -n mail link set dev eth0 up
ip -n mail route add default via 10.0.0.1
mkdir -p /etc/netns/anna /etc/netns/bert /etc/netns/web /etc/netns/mail
tee /etc/netns/anna/hosts /etc/netns/bert/hosts /etc/netns/web/hosts /etc/netns/mail/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.0.0.11	anna
10.0.0.12	bert
10.0.0.13	web
10.0.0.14	mail
END

# Where the FORWARD chain is strict, the bridge must be let through in both directions. And a packet
# that leaves for the world with a pod's address would get no answer, since nobody out there knows
# the way back: MASQUERADE puts the host's address in its place.
step 3 'Let the pods through'
iptables --table filter --append FORWARD --in-interface br1 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface br1 --jump ACCEPT
iptables --table nat --append POSTROUTING --source 10.0.0.0/24 ! --destination 10.0.0.0/24 --jump MASQUERADE

# Each pod runs its program in its own network namespace, so all of them can listen on the same
# port. netlab's own server answers with the name of the pod, its address, and the address that the
# client seems to have.
step 4 '2 servers'
ip netns exec web "${NETLAB:-netlab}" serve 8080 --name web > /dev/null 2>&1 &
ip netns exec mail "${NETLAB:-netlab}" serve 8080 --name mail > /dev/null 2>&1 &

# anna and bert ask, web and mail answer. All four are on one bridge, so their packets need no
# router and no rule.
step 5 'Four pods on a bridge'

step 6 'anna, and web alone'
# What the task begins with:
ip -n anna neighbour replace 10.0.0.13 lladdr 02:00:00:00:00:99 dev eth0 nud permanent
# The task: web had to be moved to new hardware, and kept its address, 10.0.0.13. Since then anna
# reaches it no longer. bert does, the host does, and anna reaches mail. Whatever it is, it concerns
# these two only. Let anna reach web.
# Its solution:
ip -n anna neighbour del 10.0.0.13 dev eth0
