#!/bin/sh
# Be kube-proxy, with iptables alone
#
# The commands of netlab's lab exercise-15-be-kube-proxy, as root on a machine that you can do without:
#   sh exercise-15-be-kube-proxy.sh             carries out its steps, in order
#   sh exercise-15-be-kube-proxy.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-exercise-15-be-kube-proxy.step
# The machine's settings as they were.
settings=/run/netlab-exercise-15-be-kube-proxy.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 6 ]; then
    iptables -t nat -D OUTPUT -j WEB
    iptables -t nat -D PREROUTING -j WEB
    iptables -t nat -D WEB -d 10.100.100.100 -p tcp --dport 8080 -j DNAT --to-destination 10.0.0.12:8080
    iptables -t nat -D WEB -d 10.100.100.100 -p tcp --dport 8080 -m statistic --mode random --probability 0.5 -j DNAT --to-destination 10.0.0.11:8080
    iptables -t nat -X WEB
  fi
  if [ "$last" -ge 4 ]; then
    ip netns pids web-2 | xargs -r kill || :
    ip netns pids web-1 | xargs -r kill || :
  fi
  if [ "$last" -ge 3 ]; then
    iptables -t nat -D POSTROUTING --source 10.0.0.0/24 ! --destination 10.0.0.0/24 --jump MASQUERADE
    iptables -D FORWARD --out-interface br1 --jump ACCEPT
    iptables -D FORWARD --in-interface br1 --jump ACCEPT
  fi
  if [ "$last" -ge 2 ]; then
    rm -f /etc/netns/web-1/hosts /etc/netns/web-2/hosts /etc/netns/anna/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/web-1 /etc/netns/web-2 /etc/netns/anna
    ip route delete default via 192.0.2.10
    ip -n client route delete default via 192.0.2.1
    ip -n client link set dev eth0 down
    ip -n client address delete 192.0.2.10/24 dev eth0
    ip -n client link set dev lo down
    ip -n anna route delete default via 10.0.0.1
    ip -n anna link set dev eth0 down
    ip -n anna address delete 10.0.0.21/24 dev eth0
    ip -n anna link set dev lo down
    ip -n web-2 route delete default via 10.0.0.1
    ip -n web-2 link set dev eth0 down
    ip -n web-2 address delete 10.0.0.12/24 dev eth0
    ip -n web-2 link set dev lo down
    ip -n web-1 route delete default via 10.0.0.1
    ip -n web-1 link set dev eth0 down
    ip -n web-1 address delete 10.0.0.11/24 dev eth0
    ip -n web-1 link set dev lo down
    ip link set dev out_client down
    ip address delete 192.0.2.1/24 dev out_client
    ip link delete dev out_client
    ip link set dev veth_anna type bridge_slave hairpin off
    ip link set dev veth_anna nomaster down
    ip link delete dev veth_anna
    ip link set dev veth_web-2 type bridge_slave hairpin off
    ip link set dev veth_web-2 nomaster down
    ip link delete dev veth_web-2
    ip link set dev veth_web-1 type bridge_slave hairpin off
    ip link set dev veth_web-1 nomaster down
    ip link delete dev veth_web-1
    ip netns delete client
    ip netns delete anna
    ip netns delete web-2
    ip netns delete web-1
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
ip netns add web-1
ip netns add web-2
ip netns add anna
ip netns add client
ip link add name veth_web-1 type veth peer name eth0 netns web-1
ip link set dev veth_web-1 master br1 up
ip link set dev veth_web-1 type bridge_slave hairpin on
ip link add name veth_web-2 type veth peer name eth0 netns web-2
ip link set dev veth_web-2 master br1 up
ip link set dev veth_web-2 type bridge_slave hairpin on
ip link add name veth_anna type veth peer name eth0 netns anna
ip link set dev veth_anna master br1 up
ip link set dev veth_anna type bridge_slave hairpin on
ip link add name out_client type veth peer name eth0 netns client
ip address add 192.0.2.1/24 dev out_client
ip link set dev out_client up
ip -n web-1 link set dev lo up
ip -n web-1 address add 10.0.0.11/24 dev eth0
ip -n web-1 link set dev eth0 up
ip -n web-1 route add default via 10.0.0.1
ip -n web-2 link set dev lo up
ip -n web-2 address add 10.0.0.12/24 dev eth0
ip -n web-2 link set dev eth0 up
ip -n web-2 route add default via 10.0.0.1
ip -n anna link set dev lo up
ip -n anna address add 10.0.0.21/24 dev eth0
ip -n anna link set dev eth0 up
ip -n anna route add default via 10.0.0.1
ip -n client link set dev lo up
ip -n client address add 192.0.2.10/24 dev eth0
ip -n client link set dev eth0 up
ip -n client route add default via 192.0.2.1
ip route add default via 192.0.2.10
mkdir -p /etc/netns/web-1 /etc/netns/web-2 /etc/netns/anna
tee /etc/netns/web-1/hosts /etc/netns/web-2/hosts /etc/netns/anna/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.0.0.11	web-1
10.0.0.12	web-2
10.0.0.21	anna
192.0.2.10	client
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
ip netns exec web-1 "${NETLAB:-netlab}" serve 8080 --name web-1 > /dev/null 2>&1 &
ip netns exec web-2 "${NETLAB:-netlab}" serve 8080 --name web-2 > /dev/null 2>&1 &

# web-1 and web-2 answer on 8080, at 10.0.0.11 and 10.0.0.12. Forwarding is on, bridged frames meet
# iptables, the bridge's ports have hairpin, and the host has a way out: all that a service needs is
# there, but for the service.
step 5 'Two pods that serve the same'

step 6 'Make 10.100.100.100:8080'
# The task: There is no kube-proxy here, and a new service is wanted: whoever asks
# 10.100.100.100:8080, in anna, on the host or from the client, is to be answered by web-1 or web-2,
# each for half of the connections.
# Its solution:
iptables -t nat -N WEB
iptables -t nat -A WEB -d 10.100.100.100 -p tcp --dport 8080 -m statistic --mode random --probability 0.5 -j DNAT --to-destination 10.0.0.11:8080
iptables -t nat -A WEB -d 10.100.100.100 -p tcp --dport 8080 -j DNAT --to-destination 10.0.0.12:8080
iptables -t nat -A PREROUTING -j WEB
iptables -t nat -A OUTPUT -j WEB
