#!/bin/sh
# What CNI plugins do for a pod, call by call
#
# The commands of netlab's lab cni-bridge, as root on a machine that you can do without:
#   sh cni-bridge.sh             carries out its steps, in order
#   sh cni-bridge.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-cni-bridge.step
# The machine's settings as they were.
settings=/run/netlab-cni-bridge.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 10 ]; then
    env CNI_COMMAND=DEL CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/portmap <<END
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "portmap",
  "snat": true,
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0 || echo null)
}
END
    env CNI_COMMAND=DEL CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/bridge <<END
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "bridge",
  "bridge": "cni0",
  "isGateway": true,
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [
      [
        {
          "subnet": "10.244.4.0/24",
          "rangeStart": "10.244.4.40",
          "rangeEnd": "10.244.4.42"
        }
      ]
    ],
    "routes": [{"dst": "0.0.0.0/0"}]
  },
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0 || echo null)
}
END
    rm -f /var/lib/cni/results/pods-pod-b-eth0 /var/lib/cni/results/pods-pod-b-eth0.1
    env CNI_COMMAND=ADD CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/bridge <<'END' | tee /var/lib/cni/results/pods-pod-b-eth0.1
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "bridge",
  "bridge": "cni0",
  "isGateway": true,
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [
      [
        {
          "subnet": "10.244.4.0/24",
          "rangeStart": "10.244.4.40",
          "rangeEnd": "10.244.4.42"
        }
      ]
    ],
    "routes": [{"dst": "0.0.0.0/0"}]
  }
}
END
    env CNI_COMMAND=ADD CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/portmap <<END | tee /var/lib/cni/results/pods-pod-b-eth0
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "portmap",
  "snat": true,
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0.1)
}
END
  fi
  if [ "$last" -ge 9 ]; then
    env CNI_COMMAND=DEL CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/portmap <<END
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "portmap",
  "snat": true,
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0 || echo null)
}
END
    env CNI_COMMAND=DEL CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/bridge <<END
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "bridge",
  "bridge": "cni0",
  "isGateway": true,
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [
      [
        {
          "subnet": "10.244.4.0/24",
          "rangeStart": "10.244.4.40",
          "rangeEnd": "10.244.4.42"
        }
      ]
    ],
    "routes": [{"dst": "0.0.0.0/0"}]
  },
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0 || echo null)
}
END
    rm -f /var/lib/cni/results/pods-pod-b-eth0 /var/lib/cni/results/pods-pod-b-eth0.1
  fi
  if [ "$last" -ge 8 ]; then
    env CNI_COMMAND=ADD CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/bridge <<'END' | tee /var/lib/cni/results/pods-pod-b-eth0.1
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "bridge",
  "bridge": "cni0",
  "isGateway": true,
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [
      [
        {
          "subnet": "10.244.4.0/24",
          "rangeStart": "10.244.4.40",
          "rangeEnd": "10.244.4.42"
        }
      ]
    ],
    "routes": [{"dst": "0.0.0.0/0"}]
  }
}
END
    env CNI_COMMAND=ADD CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/portmap <<END | tee /var/lib/cni/results/pods-pod-b-eth0
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "portmap",
  "snat": true,
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0.1)
}
END
  fi
  if [ "$last" -ge 6 ]; then
    ip -n pod-b route replace default via 10.244.4.1
  fi
  if [ "$last" -ge 4 ]; then
    ip netns pids pod-b | xargs -r kill || :
    ip netns pids pod-a | xargs -r kill || :
  fi
  if [ "$last" -ge 3 ]; then
    env CNI_COMMAND=DEL CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/portmap <<END
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "portmap",
  "snat": true,
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0 || echo null)
}
END
    env CNI_COMMAND=DEL CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/bridge <<END
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "bridge",
  "bridge": "cni0",
  "isGateway": true,
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [
      [
        {
          "subnet": "10.244.4.0/24",
          "rangeStart": "10.244.4.40",
          "rangeEnd": "10.244.4.42"
        }
      ]
    ],
    "routes": [{"dst": "0.0.0.0/0"}]
  },
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0 || echo null)
}
END
    rm -f /var/lib/cni/results/pods-pod-b-eth0 /var/lib/cni/results/pods-pod-b-eth0.1
    env CNI_COMMAND=DEL CNI_CONTAINERID=pod-a CNI_NETNS=/run/netns/pod-a CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-a' CNI_PATH=/usr/lib/cni /usr/lib/cni/portmap <<END
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "portmap",
  "snat": true,
  "runtimeConfig": {
    "portMappings": [{"hostPort": 80, "containerPort": 8080, "protocol": "tcp"}]
  },
  "prevResult": $(cat /var/lib/cni/results/pods-pod-a-eth0 || echo null)
}
END
    env CNI_COMMAND=DEL CNI_CONTAINERID=pod-a CNI_NETNS=/run/netns/pod-a CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-a' CNI_PATH=/usr/lib/cni /usr/lib/cni/bridge <<END
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "bridge",
  "bridge": "cni0",
  "isGateway": true,
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [
      [
        {
          "subnet": "10.244.4.0/24",
          "rangeStart": "10.244.4.40",
          "rangeEnd": "10.244.4.42"
        }
      ]
    ],
    "routes": [{"dst": "0.0.0.0/0"}]
  },
  "prevResult": $(cat /var/lib/cni/results/pods-pod-a-eth0 || echo null)
}
END
    rm -f /var/lib/cni/results/pods-pod-a-eth0 /var/lib/cni/results/pods-pod-a-eth0.1
    iptables --table nat --delete PREROUTING -m addrtype --dst-type LOCAL --jump CNI-HOSTPORT-DNAT
    iptables --table nat --delete OUTPUT -m addrtype --dst-type LOCAL --jump CNI-HOSTPORT-DNAT
    iptables --table nat --delete POSTROUTING -m comment --comment 'CNI portfwd requiring masquerade' --jump CNI-HOSTPORT-MASQ
    iptables --table nat --flush CNI-HOSTPORT-DNAT
    iptables --table nat --delete-chain CNI-HOSTPORT-DNAT
    iptables --table nat --flush CNI-HOSTPORT-SETMARK
    iptables --table nat --delete-chain CNI-HOSTPORT-SETMARK
    iptables --table nat --flush CNI-HOSTPORT-MASQ
    iptables --table nat --delete-chain CNI-HOSTPORT-MASQ
    ip link delete dev cni0
    rm -f /var/lib/cni/networks/pods/last_reserved_ip.0 /var/lib/cni/networks/pods/lock
    rmdir --ignore-fail-on-non-empty /var/lib/cni/networks/pods
    rm -f /etc/cni/net.d/cni-bridge.conflist
    rmdir -p --ignore-fail-on-non-empty /var/lib/cni/results /etc/cni/net.d
  fi
  if [ "$last" -ge 2 ]; then
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
  printf '%s\n' "$1/10 $2"
  echo "$1" > "$reached"
}

# A Linux machine drops every packet that is not for itself until net.ipv4.ip_forward is 1. A
# Kubernetes node must pass packets on, between its pods and the world, so this comes before
# anything else.
step 1 Forwarding
sysctl -w net.ipv4.ip_forward=1

# When a pod comes to a node, the container runtime makes a network namespace for it. That is all
# that it does for the network itself. In there is a loopback interface and nothing more: no eth0,
# no address, no route. On the node there is no bridge either. Whatever is missing others must
# bring, and CNI is the agreement on how they are asked for it.
step 2 'A namespace, and nothing in it'
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

# The conflist in /etc/cni/net.d says which plugins are called, in which order. A plugin is a
# program, here one of /usr/lib/cni. The runtime says in the environment what it wants: CNI_COMMAND,
# for which pod (CNI_CONTAINERID), in which namespace (CNI_NETNS), how the interface is to be called
# (CNI_IFNAME). On stdin it gives the plugin's part of the conflist. With VERSION it asks first
# which versions of CNI a plugin speaks. With ADD "bridge" makes the bridge if there is none yet,
# and a veth pair; it calls another plugin in turn, host-local, which chooses an address and writes
# it down in /var/lib/cni/networks. The answer in JSON lists all that was made. The runtime hands it
# to the next plugin as prevResult, and keeps the last one: for CHECK, and for DEL some day.
step 3 'VERSION, then ADD'
mkdir -p /var/lib/cni/results /etc/cni/net.d
tee /etc/cni/net.d/cni-bridge.conflist >/dev/null <<'END'
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "plugins": [
    {
      "type": "bridge",
      "bridge": "cni0",
      "isGateway": true,
      "ipMasq": true,
      "ipam": {
        "type": "host-local",
        "ranges": [[{"subnet": "10.244.4.0/24", "rangeStart": "10.244.4.40", "rangeEnd": "10.244.4.42"}]],
        "routes": [{"dst": "0.0.0.0/0"}]
      }
    },
    {
      "type": "portmap",
      "snat": true,
      "capabilities": {"portMappings": true}
    }
  ]
}
END
env CNI_COMMAND=VERSION /usr/lib/cni/bridge <<'END'
{"cniVersion": "1.0.0"}
END
env CNI_COMMAND=VERSION /usr/lib/cni/portmap <<'END'
{"cniVersion": "1.0.0"}
END
env CNI_COMMAND=ADD CNI_CONTAINERID=pod-a CNI_NETNS=/run/netns/pod-a CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-a' CNI_PATH=/usr/lib/cni /usr/lib/cni/bridge <<'END' > /var/lib/cni/results/pods-pod-a-eth0.1 || { cat /var/lib/cni/results/pods-pod-a-eth0.1; exit 1; }
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "bridge",
  "bridge": "cni0",
  "isGateway": true,
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [
      [
        {
          "subnet": "10.244.4.0/24",
          "rangeStart": "10.244.4.40",
          "rangeEnd": "10.244.4.42"
        }
      ]
    ],
    "routes": [{"dst": "0.0.0.0/0"}]
  }
}
END
env CNI_COMMAND=ADD CNI_CONTAINERID=pod-a CNI_NETNS=/run/netns/pod-a CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-a' CNI_PATH=/usr/lib/cni /usr/lib/cni/portmap <<END > /var/lib/cni/results/pods-pod-a-eth0 || { cat /var/lib/cni/results/pods-pod-a-eth0; exit 1; }
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "portmap",
  "snat": true,
  "runtimeConfig": {
    "portMappings": [{"hostPort": 80, "containerPort": 8080, "protocol": "tcp"}]
  },
  "prevResult": $(cat /var/lib/cni/results/pods-pod-a-eth0.1)
}
END
env CNI_COMMAND=ADD CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/bridge <<'END' > /var/lib/cni/results/pods-pod-b-eth0.1 || { cat /var/lib/cni/results/pods-pod-b-eth0.1; exit 1; }
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "bridge",
  "bridge": "cni0",
  "isGateway": true,
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [
      [
        {
          "subnet": "10.244.4.0/24",
          "rangeStart": "10.244.4.40",
          "rangeEnd": "10.244.4.42"
        }
      ]
    ],
    "routes": [{"dst": "0.0.0.0/0"}]
  }
}
END
env CNI_COMMAND=ADD CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/portmap <<END > /var/lib/cni/results/pods-pod-b-eth0 || { cat /var/lib/cni/results/pods-pod-b-eth0; exit 1; }
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "portmap",
  "snat": true,
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0.1)
}
END

# Nothing in this is peculiar to CNI: a veth pair, a bridge, an address and a default route, as in
# the lab pod-to-pod-same-node, where each was typed. CHECK asks the plugins whether all is still
# there as ADD left it. It changes nothing, and where all is well it says nothing at all.
step 4 'The same network as one made by hand'
ip netns exec pod-a "${NETLAB:-netlab}" serve 8080 --name pod-a > /dev/null 2>&1 &
ip netns exec pod-b "${NETLAB:-netlab}" serve 8080 --name pod-b > /dev/null 2>&1 &
env CNI_COMMAND=CHECK CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/bridge <<END
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "bridge",
  "bridge": "cni0",
  "isGateway": true,
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [
      [
        {
          "subnet": "10.244.4.0/24",
          "rangeStart": "10.244.4.40",
          "rangeEnd": "10.244.4.42"
        }
      ]
    ],
    "routes": [{"dst": "0.0.0.0/0"}]
  },
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0)
}
END
env CNI_COMMAND=CHECK CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/portmap <<END
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "portmap",
  "snat": true,
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0)
}
END

# pod-a has a hostPort. The bridge plugin knows nothing of ports, but the second one in the conflist
# does: portmap says that it understands portMappings (its capabilities), so the runtime has told it
# of them in runtimeConfig, and from prevResult it took the address. It made a DNAT rule in a chain
# of its own. So the node's port 80 leads to port 8080 of the pod, for others as well as for the
# node itself. A request over loopback is masqueraded, or the pod would answer to 127.0.0.1, itself.
step 5 'A port of the node'

# Somebody deletes the default route in pod-b. The pod runs on, the cable is plugged in, and pod-a,
# which is on the same segment, still gets its answers. The client outside does not: its packets
# come in, but pod-b no longer knows the way back.
step 6 'Something is taken away'
ip -n pod-b route delete default via 10.244.4.1

# Now CHECK has something to say. The plugin compares what is in the namespace with prevResult,
# which lists what ADD made, and ends with an error object: a code, and a message for people. It
# does not mend anything. That is left to whoever runs the pod, and the way is to take the pod off
# the network and to put it there again.
step 7 'CHECK tells'
env CNI_COMMAND=CHECK CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/bridge <<END || true
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "bridge",
  "bridge": "cni0",
  "isGateway": true,
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [
      [
        {
          "subnet": "10.244.4.0/24",
          "rangeStart": "10.244.4.40",
          "rangeEnd": "10.244.4.42"
        }
      ]
    ],
    "routes": [{"dst": "0.0.0.0/0"}]
  },
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0)
}
END

# DEL goes through the plugins from the last one to the first, each with the result that the runtime
# has kept. The veth pair goes, its rules go, and so does the lease: the file that was named like
# the address. What stays is the bridge, for other pods, and the memory of host-local,
# last_reserved_ip.0: which address was given last.
step 8 DEL
env CNI_COMMAND=DEL CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/portmap <<END
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "portmap",
  "snat": true,
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0 || echo null)
}
END
env CNI_COMMAND=DEL CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/bridge <<END
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "bridge",
  "bridge": "cni0",
  "isGateway": true,
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [
      [
        {
          "subnet": "10.244.4.0/24",
          "rangeStart": "10.244.4.40",
          "rangeEnd": "10.244.4.42"
        }
      ]
    ],
    "routes": [{"dst": "0.0.0.0/0"}]
  },
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0 || echo null)
}
END
rm -f /var/lib/cni/results/pods-pod-b-eth0 /var/lib/cni/results/pods-pod-b-eth0.1

# 10.244.4.41 is free, and yet the pod gets 10.244.4.42. host-local goes on from the last address
# that it gave, and comes back to a free one only when the range has come to its end. That is on
# purpose. Others still remember the old address: in their tables of neighbours, in open
# connections, in DNS. The longer nobody has it, the fewer packets reach the wrong pod. The server
# in the pod has noticed nothing, since it listens on all addresses that there are.
step 9 'Another ADD, another address'
env CNI_COMMAND=ADD CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/bridge <<'END' > /var/lib/cni/results/pods-pod-b-eth0.1 || { cat /var/lib/cni/results/pods-pod-b-eth0.1; exit 1; }
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "bridge",
  "bridge": "cni0",
  "isGateway": true,
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [
      [
        {
          "subnet": "10.244.4.0/24",
          "rangeStart": "10.244.4.40",
          "rangeEnd": "10.244.4.42"
        }
      ]
    ],
    "routes": [{"dst": "0.0.0.0/0"}]
  }
}
END
env CNI_COMMAND=ADD CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/portmap <<END > /var/lib/cni/results/pods-pod-b-eth0 || { cat /var/lib/cni/results/pods-pod-b-eth0; exit 1; }
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "portmap",
  "snat": true,
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0.1)
}
END

# This conflist gives away three addresses only, 10.244.4.40 to 10.244.4.42. After the last one
# host-local begins with the first again; that is pod-a's, so pod-b gets 10.244.4.41 once more. Here
# is what the caution was about: the address is the old one, and the hardware address behind it is
# another. A neighbour that has not forgotten the old one would send to a card that is not there any
# more, so all are made to forget. When the lab is taken down, DEL runs for both pods, and no lease
# is left.
step 10 'At the end of the range'
env CNI_COMMAND=DEL CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/portmap <<END
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "portmap",
  "snat": true,
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0 || echo null)
}
END
env CNI_COMMAND=DEL CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/bridge <<END
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "bridge",
  "bridge": "cni0",
  "isGateway": true,
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [
      [
        {
          "subnet": "10.244.4.0/24",
          "rangeStart": "10.244.4.40",
          "rangeEnd": "10.244.4.42"
        }
      ]
    ],
    "routes": [{"dst": "0.0.0.0/0"}]
  },
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0 || echo null)
}
END
rm -f /var/lib/cni/results/pods-pod-b-eth0 /var/lib/cni/results/pods-pod-b-eth0.1
env CNI_COMMAND=ADD CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/bridge <<'END' > /var/lib/cni/results/pods-pod-b-eth0.1 || { cat /var/lib/cni/results/pods-pod-b-eth0.1; exit 1; }
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "bridge",
  "bridge": "cni0",
  "isGateway": true,
  "ipMasq": true,
  "ipam": {
    "type": "host-local",
    "ranges": [
      [
        {
          "subnet": "10.244.4.0/24",
          "rangeStart": "10.244.4.40",
          "rangeEnd": "10.244.4.42"
        }
      ]
    ],
    "routes": [{"dst": "0.0.0.0/0"}]
  }
}
END
env CNI_COMMAND=ADD CNI_CONTAINERID=pod-b CNI_NETNS=/run/netns/pod-b CNI_IFNAME=eth0 'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-b' CNI_PATH=/usr/lib/cni /usr/lib/cni/portmap <<END > /var/lib/cni/results/pods-pod-b-eth0 || { cat /var/lib/cni/results/pods-pod-b-eth0; exit 1; }
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "type": "portmap",
  "snat": true,
  "prevResult": $(cat /var/lib/cni/results/pods-pod-b-eth0.1)
}
END
ip neigh flush dev cni0
ip -n pod-a neigh flush dev eth0
