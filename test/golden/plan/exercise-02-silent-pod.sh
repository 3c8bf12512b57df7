#!/bin/sh
# A pod that runs, and that nobody reaches
#
# The commands of netlab's lab exercise-02-silent-pod, as root on a machine that you can do without:
#   sh exercise-02-silent-pod.sh             carries out its steps, in order
#   sh exercise-02-silent-pod.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-exercise-02-silent-pod.step
# The machine's settings as they were.
settings=/run/netlab-exercise-02-silent-pod.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 6 ]; then
    ip link set dev veth_web down
    ip link set dev veth_web up
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
    rm -f /etc/netns/anna/hosts /etc/netns/web/hosts /etc/netns/mail/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/anna /etc/netns/web /etc/netns/mail
    ip -n mail route delete default via 10.0.0.1
    ip -n mail link set dev eth0 down
    ip -n mail address delete 10.0.0.13/24 dev eth0
    ip -n mail link set dev lo down
    ip -n web route delete default via 10.0.0.1
    ip -n web link set dev eth0 down
    ip -n web address delete 10.0.0.12/24 dev eth0
    ip -n web link set dev lo down
    ip -n anna route delete default via 10.0.0.1
    ip -n anna link set dev eth0 down
    ip -n anna address delete 10.0.0.11/24 dev eth0
    ip -n anna link set dev lo down
    ip link set dev veth_mail nomaster down
    ip link delete dev veth_mail
    ip link set dev veth_web nomaster down
    ip link delete dev veth_web
    ip link set dev veth_anna nomaster down
    ip link delete dev veth_anna
    ip netns delete mail
    ip netns delete web
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
step 2 '3 pods on br1'
ip link add name br1 type bridge
ip address add 10.0.0.1/24 dev br1
ip link set dev br1 up
ip netns add anna
ip netns add web
ip netns add mail
ip link add name veth_anna type veth peer name eth0 netns anna
ip link set dev veth_anna master br1 up
ip link add name veth_web type veth peer name eth0 netns web
ip link set dev veth_web master br1 up
ip link add name veth_mail type veth peer name eth0 netns mail
ip link set dev veth_mail master br1 up
ip -n anna link set dev lo up
ip -n anna address add 10.0.0.11/24 dev eth0
ip -n anna link set dev eth0 up
ip -n anna route add default via 10.0.0.1
ip -n web link set dev lo up
ip -n web address add 10.0.0.12/24 dev eth0
ip -n web link set dev eth0 up
ip -n web route add default via 10.0.0.1
ip -n mail link set dev lo up
ip -n mail address add 10.0.0.13/24 dev eth0
ip -n mail link set dev eth0 up
ip -n mail route add default via 10.0.0.1
mkdir -p /etc/netns/anna /etc/netns/web /etc/netns/mail
tee /etc/netns/anna/hosts /etc/netns/web/hosts /etc/netns/mail/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.0.0.11	anna
10.0.0.12	web
10.0.0.13	mail
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

# web and mail serve HTTP on 8080, and anna asks. Each pod has a cable: one end is its eth0, the
# other one is plugged into br1.
step 5 'Three pods on a bridge'

step 6 'Nobody reaches web'
# What the task begins with:
ip link set dev veth_web down
# The task: web, 10.0.0.12:8080, answers nobody: neither anna nor the host. Who looks into the pod
# finds nothing: its program runs, and asked in the pod itself it answers. mail, made in the same
# way, is fine. Let web be reached again.
# Its solution:
ip link set dev veth_web up
