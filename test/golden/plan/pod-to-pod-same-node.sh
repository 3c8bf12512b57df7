#!/bin/sh
# From pod to pod on one node, frame by frame
#
# The commands of netlab's lab pod-to-pod-same-node, as root on a machine that you can do without:
#   sh pod-to-pod-same-node.sh             carries out its steps, in order
#   sh pod-to-pod-same-node.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-pod-to-pod-same-node.step
# The machine's settings as they were.
settings=/run/netlab-pod-to-pod-same-node.sysctl
[ -e "$settings" ] || sysctl --ignore net.bridge.bridge-nf-call-iptables > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 8 ]; then
    iptables -D FORWARD -i cni0 -o cni0 -j DROP
    ip link set veth_pod-b down
  fi
  if [ "$last" -ge 7 ]; then
    ip link set veth_pod-b up
  fi
  if [ "$last" -ge 3 ]; then
    ip netns pids pod-b | xargs -r kill || :
    ip netns pids pod-a | xargs -r kill || :
  fi
  if [ "$last" -ge 2 ]; then
    iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    iptables -D FORWARD --in-interface cni0 --jump ACCEPT
  fi
  if [ "$last" -ge 1 ]; then
    rm -f /etc/netns/pod-a/hosts /etc/netns/pod-b/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/pod-a /etc/netns/pod-b
    ip -n pod-b route delete default via 10.244.4.1
    ip -n pod-b link set dev eth0 down
    ip -n pod-b address delete 10.244.4.41/24 dev eth0
    ip -n pod-b link set dev lo down
    ip -n pod-a route delete default via 10.244.4.1
    ip -n pod-a link set dev eth0 down
    ip -n pod-a address delete 10.244.4.40/24 dev eth0
    ip -n pod-a link set dev lo down
    ip link set dev veth_pod-b nomaster down
    ip link delete dev veth_pod-b
    ip link set dev veth_pod-a nomaster down
    ip link delete dev veth_pod-a
    ip netns delete pod-b
    ip netns delete pod-a
    ip link set dev cni0 down
    ip address delete 10.244.4.1/24 dev cni0
    ip link delete dev cni0
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
  printf '%s\n' "$1/9 $2"
  echo "$1" > "$reached"
}

# A pod is a network namespace with a veth pair as its cable: one end is eth0 inside, the other is
# plugged into a bridge on the host. The bridge has the address that the pods use as their gateway.
step 1 '2 pods on cni0'
ip link add name cni0 type bridge
ip address add 10.244.4.1/24 dev cni0
ip link set dev cni0 up
ip netns add pod-a
ip netns add pod-b
ip link add name veth_pod-a type veth peer name eth0 netns pod-a
ip link set dev veth_pod-a master cni0 up
ip link add name veth_pod-b type veth peer name eth0 netns pod-b
ip link set dev veth_pod-b master cni0 up
ip -n pod-a link set dev lo up
ip -n pod-a address add 10.244.4.40/24 dev eth0
ip -n pod-a link set dev eth0 up
ip -n pod-a route add default via 10.244.4.1
ip -n pod-b link set dev lo up
ip -n pod-b address add 10.244.4.41/24 dev eth0
ip -n pod-b link set dev eth0 up
ip -n pod-b route add default via 10.244.4.1
mkdir -p /etc/netns/pod-a /etc/netns/pod-b
tee /etc/netns/pod-a/hosts /etc/netns/pod-b/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.244.4.40	pod-a
10.244.4.41	pod-b
END

# Where the FORWARD chain is strict, the bridge must be let through in both directions.
step 2 'Let the pods through'
iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT

# Each pod runs its program in its own network namespace, so all of them can listen on the same
# port. netlab's own server answers with the name of the pod, its address, and the address that the
# client seems to have.
step 3 '2 servers'
ip netns exec pod-a "${NETLAB:-netlab}" serve 8080 --name pod-a > /dev/null 2>&1 &
ip netns exec pod-b "${NETLAB:-netlab}" serve 8080 --name pod-b > /dev/null 2>&1 &

# A pod has one interface, eth0, and it is one end of a veth pair. The name that "ip link" shows
# says which the other end is: eth0@if12 is connected to interface number 12, and since that is not
# in this namespace, one must look for the number in the node's. There it has a name, and says in
# the same way which number it is connected to in the pod. With many pods on a node this is how to
# find out whose cable one is looking at.
step 4 'A cable has two ends'

# pod-b is in the subnet of pod-a's eth0, so no router is needed, and no gateway: the frame goes to
# pod-b itself. For that pod-a must know its hardware address, and asks everybody on the bridge
# (ARP). Before the first packet its table of neighbours has none.
step 5 'Who has 10.244.4.41?'
ip -n pod-a neigh flush dev eth0
# Only pod-b answers to the question of ARP, and the answer stands in pod-a's table of neighbours
# from then on. No router has touched the packet: pod-b sees pod-a as it is.

# The bridge is a switch. It does not know addresses like 10.244.4.41 and does not ask anybody: it
# looks at the sender of each frame, and remembers by which port it came in. That is its forwarding
# table (FDB). A frame for an address in there leaves by that port alone; one for an address that
# nobody has used yet leaves by all of them.
step 6 'Behind which port is that address?'
# The frames of pod-a and pod-b still find each other: the bridge has heard both of them, and has an
# entry for each, with the port.

# With its port down, pod-b is not there for the others. pod-a's table of neighbours is as it was,
# so it goes on sending to the hardware address that it knows. After some seconds the kernel asks
# again, gets no answer, and says that the host is unreachable; until then there is silence.
step 7 'Pull the plug'
ip link set veth_pod-b down

# pod-b is plugged in again. Frames between two ports of a bridge are not routed, so one might think
# that the node's FORWARD chain never sees them. A rule there drops what comes in by cni0 and leaves
# by cni0. And net.bridge.bridge-nf-call-iptables is 1, as every node of a cluster has it, for
# kube-proxy needs that.
step 8 'A firewall that is on nobody'\''s way'
ip link set veth_pod-b up
sysctl -w net.bridge.bridge-nf-call-iptables=1
iptables -I FORWARD -i cni0 -o cni0 -j DROP
# With that setting FORWARD does see what crosses the bridge. So the rule stops these two pods,
# although neither of them has asked the node for anything.

# The rule stays. The setting becomes 0: frames that only cross a bridge are none of iptables'
# business.
step 9 'And where the node is told not to look'
sysctl -w net.bridge.bridge-nf-call-iptables=0
# The same rule is not asked any more: the frame passes through the switch, and that is all. Which
# of the two a node does decides whether a service works between two pods of it, so it is worth
# knowing where to look.
