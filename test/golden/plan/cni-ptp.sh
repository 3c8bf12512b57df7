#!/bin/sh
# Two pods without a bridge, by the ptp plugin
#
# The commands of netlab's lab cni-ptp, as root on a machine that you can do without:
#   sh cni-ptp.sh             carries out its steps, in order
#   sh cni-ptp.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-cni-ptp.step
# The machine's settings as they were.
settings=/run/netlab-cni-ptp.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 8 ]; then
    env CNI_COMMAND=DEL CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/ptp <<END
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "ptp",
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [[{"subnet": "10.244.4.0/24"}]],
    "routes": [{"dst": "0.0.0.0/0"}]
  },
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0 || echo null)
}
END
    rm -f /var/lib/cni/results/pods-pod-b-eth0
  fi
  if [ "$last" -ge 7 ]; then
    env CNI_COMMAND=ADD CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b;IP=10.244.4.41' CNI_PATH=/usr/lib/cni /usr/lib/cni/ptp <<'END' | tee /var/lib/cni/results/pods-pod-b-eth0
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "ptp",
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [[{"subnet": "10.244.4.0/24"}]],
    "routes": [{"dst": "0.0.0.0/0"}]
  }
}
END
  fi
  if [ "$last" -ge 6 ]; then
    iptables -D FORWARD --destination 10.244.4.0/24 --jump ACCEPT
    iptables -D FORWARD --source 10.244.4.0/24 --jump ACCEPT
  fi
  if [ "$last" -ge 5 ]; then
    iptables -P FORWARD ACCEPT
  fi
  if [ "$last" -ge 4 ]; then
    ip netns pids pod-b | xargs -r kill || :
    ip netns pids pod-a | xargs -r kill || :
  fi
  if [ "$last" -ge 2 ]; then
    env CNI_COMMAND=DEL CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/ptp <<END
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "ptp",
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [[{"subnet": "10.244.4.0/24"}]],
    "routes": [{"dst": "0.0.0.0/0"}]
  },
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0 || echo null)
}
END
    rm -f /var/lib/cni/results/pods-pod-b-eth0
    env CNI_COMMAND=DEL CNI_CONTAINERID=pod-a CNI_NETNS=/run/netns/pod-a CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-a' CNI_PATH=/usr/lib/cni /usr/lib/cni/ptp <<END
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "ptp",
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [[{"subnet": "10.244.4.0/24"}]],
    "routes": [{"dst": "0.0.0.0/0"}]
  },
  "prevResult": $(cat /var/lib/cni/results/pods-pod-a-eth0 || echo null)
}
END
    rm -f /var/lib/cni/results/pods-pod-a-eth0
    rm -f /var/lib/cni/networks/pods/last_reserved_ip.0 /var/lib/cni/networks/pods/lock
    rmdir --ignore-fail-on-non-empty /var/lib/cni/networks/pods
    rm -f /etc/cni/net.d/cni-ptp.conflist
    rmdir -p --ignore-fail-on-non-empty /var/lib/cni/results /etc/cni/net.d
    rm -f /etc/netns/pod-a/hosts /etc/netns/pod-b/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/pod-a /etc/netns/pod-b
    ip route delete default via 192.0.2.10
    ip -n client route delete default via 192.0.2.1
    ip -n client link set dev eth0 down
    ip -n client address delete 192.0.2.10/24 dev eth0
    ip -n client link set dev lo down
    ip -n pod-b link set dev lo down
    ip -n pod-a link set dev lo down
    ip link set dev out_client down
    ip address delete 192.0.2.1/24 dev out_client
    ip link delete dev out_client
    ip netns delete client
    ip netns delete pod-b
    ip netns delete pod-a
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
  printf '%s\n' "$1/8 $2"
  echo "$1" > "$reached"
}

# A Linux machine drops every packet that is not for itself until net.ipv4.ip_forward is 1. A
# Kubernetes node must pass packets on, between its pods and the world, so this comes before
# anything else.
step 1 Forwarding
sysctl -w net.ipv4.ip_forward=1

# The pods are those of the lab cni-bridge, and the runtime says the same things in the same order.
# Only the conflist names another plugin: ptp, for point to point. It makes a veth pair for each
# pod, and no bridge. Both pods ask for an address, which travels in CNI_ARGS as IP=…; host-local
# gives it if it is in the range and free. The answers name a veth of the node instead of a bridge.
step 2 'The same call, another plugin'
ip netns add pod-a
ip netns add pod-b
ip netns add client
ip link add name out_client type veth peer name eth0 netns client
ip address add 192.0.2.1/24 dev out_client
ip link set dev out_client up
ip -n pod-a link set dev lo up
ip -n pod-b link set dev lo up
ip -n client link set dev lo up
ip -n client address add 192.0.2.10/24 dev eth0
ip -n client link set dev eth0 up
ip -n client route add default via 192.0.2.1
ip route add default via 192.0.2.10
mkdir -p /etc/netns/pod-a /etc/netns/pod-b
tee /etc/netns/pod-a/hosts /etc/netns/pod-b/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.244.4.40	pod-a
10.244.4.41	pod-b
192.0.2.10	client
END
mkdir -p /var/lib/cni/results /etc/cni/net.d
tee /etc/cni/net.d/cni-ptp.conflist >/dev/null <<'END'
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "plugins": [
    {
      "type": "ptp",
      "ipMasq": true,
      "ipam": {
        "type": "host-local",
        "ranges": [[{"subnet": "10.244.4.0/24"}]],
        "routes": [{"dst": "0.0.0.0/0"}]
      }
    }
  ]
}
END
env CNI_COMMAND=VERSION /usr/lib/cni/ptp <<'END'
{"cniVersion": "1.0.0"}
END
env CNI_COMMAND=ADD CNI_CONTAINERID=pod-a CNI_NETNS=/run/netns/pod-a CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-a;IP=10.244.4.40' CNI_PATH=/usr/lib/cni /usr/lib/cni/ptp <<'END' > /var/lib/cni/results/pods-pod-a-eth0 || { cat /var/lib/cni/results/pods-pod-a-eth0; exit 1; }
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "ptp",
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [[{"subnet": "10.244.4.0/24"}]],
    "routes": [{"dst": "0.0.0.0/0"}]
  }
}
END
env CNI_COMMAND=ADD CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b;IP=10.244.4.41' CNI_PATH=/usr/lib/cni /usr/lib/cni/ptp <<'END' > /var/lib/cni/results/pods-pod-b-eth0 || { cat /var/lib/cni/results/pods-pod-b-eth0; exit 1; }
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "ptp",
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [[{"subnet": "10.244.4.0/24"}]],
    "routes": [{"dst": "0.0.0.0/0"}]
  }
}
END

# pod-a's address is in 10.244.4.0/24, as pod-b's is. With a bridge that would mean: same segment,
# ask everybody for the hardware address. Here ptp has put other routes into the pod. Only the
# gateway is on the link, and even the pod's own subnet lies behind it. The gateway, 10.244.4.1, is
# the node's end of the cable, and it has that same address on every one of these cables. The node
# in turn has a route for each pod, a /32, which says by which cable it is reached.
step 3 'Who is at the other end of the cable?'

# So a packet from pod to pod is routed by the node, always. ipMasq in the conflist puts the node's
# address into what leaves the pods' subnet, and into nothing else. CHECK is asked as well.
step 4 'The node is a router'
ip netns exec pod-a "${NETLAB:-netlab}" serve 8080 --name pod-a > /dev/null 2>&1 &
ip netns exec pod-b "${NETLAB:-netlab}" serve 8080 --name pod-b > /dev/null 2>&1 &
env CNI_COMMAND=CHECK CNI_CONTAINERID=pod-a CNI_NETNS=/run/netns/pod-a CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-a' CNI_PATH=/usr/lib/cni /usr/lib/cni/ptp <<END
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "ptp",
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [[{"subnet": "10.244.4.0/24"}]],
    "routes": [{"dst": "0.0.0.0/0"}]
  },
  "prevResult": $(cat /var/lib/cni/results/pods-pod-a-eth0)
}
END
env CNI_COMMAND=CHECK CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/ptp <<END
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "ptp",
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [[{"subnet": "10.244.4.0/24"}]],
    "routes": [{"dst": "0.0.0.0/0"}]
  },
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0)
}
END
# The pods see each other as they are: what goes from one to the other does not leave the subnet.
# CHECK finds everything where ADD has put it.

# With a bridge it depends on net.bridge.bridge-nf-call-iptables whether the node's FORWARD chain
# sees what goes from pod to pod. Where the node routes there is no such question. The policy of
# FORWARD becomes DROP.
step 5 'And so its firewall counts'
iptables --policy FORWARD DROP
# A strict policy stops the pods at once: each of their packets is forwarded, and no rule allows it.

# A rule by address lets them through. It cannot be one by interface, as it would be for a bridge:
# each pod has a cable of its own, and its name is made up by the plugin, anew each time.
step 6 'Let the pods through'
iptables --append FORWARD --source 10.244.4.0/24 --jump ACCEPT
iptables --append FORWARD --destination 10.244.4.0/24 --jump ACCEPT
# Both directions pass, since both addresses are in the pods' subnet; and a rule that lets pass
# writes nothing over.

# DEL takes the cable away, and with it the kernel takes the node's route to the pod. The lease
# goes, too. For pod-a nothing has changed: it still sends to the gateway.
step 7 'DEL, and who is told'
env CNI_COMMAND=DEL CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/ptp <<END
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "ptp",
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [[{"subnet": "10.244.4.0/24"}]],
    "routes": [{"dst": "0.0.0.0/0"}]
  },
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0 || echo null)
}
END
rm -f /var/lib/cni/results/pods-pod-b-eth0
# The node no longer knows 10.244.4.41. It has a default route, so it sends the packet out into the
# world, where nobody knows it either.

# pod-b asks for its address and gets it.
step 8 'The same address again'
env CNI_COMMAND=ADD CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b;IP=10.244.4.41' CNI_PATH=/usr/lib/cni /usr/lib/cni/ptp <<'END' > /var/lib/cni/results/pods-pod-b-eth0 || { cat /var/lib/cni/results/pods-pod-b-eth0; exit 1; }
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "ptp",
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [[{"subnet": "10.244.4.0/24"}]],
    "routes": [{"dst": "0.0.0.0/0"}]
  }
}
END
# pod-b is reached at once. No neighbour can remember anything wrong: on its cable each pod knows
# nobody but the gateway.
