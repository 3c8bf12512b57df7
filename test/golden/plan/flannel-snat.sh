#!/bin/sh
# Who hides the pod's address, and how it is brought back
#
# The commands of netlab's lab flannel-snat, as root on a machine that you can do without:
#   sh flannel-snat.sh             carries out its steps, in order
#   sh flannel-snat.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-flannel-snat.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 9 ]; then
    ip netns exec hdss7-21 iptables -t nat -A POSTROUTING -s 172.7.21.0/24 ! -o docker0 -j MASQUERADE
  fi
  if [ "$last" -ge 8 ]; then
    ip netns exec hdss7-21 iptables -t nat -D POSTROUTING -s 172.7.21.0/24 ! -o docker0 -j MASQUERADE
  fi
  if [ "$last" -ge 7 ]; then
    ip netns exec hdss7-21 rm -f /etc/sysconfig/iptables
    ip netns exec hdss7-21 rmdir -p --ignore-fail-on-non-empty /etc/sysconfig
    ip netns exec hdss7-21 iptables -t nat -D POSTROUTING -s 172.7.21.0/24 ! -d 172.7.0.0/16 ! -o docker0 -j MASQUERADE
    ip netns exec hdss7-21 iptables -t nat -A POSTROUTING -s 172.7.21.0/24 ! -o docker0 -j MASQUERADE
  fi
  if [ "$last" -ge 6 ]; then
    ip netns exec hdss7-21 iptables -t nat -D POSTROUTING -s 172.7.21.0/24 ! -o docker0 -j MASQUERADE
  fi
  if [ "$last" -ge 4 ]; then
    ip netns pids registry | xargs -r kill || :
    ip netns pids nginx-22 | xargs -r kill || :
    rm -f /etc/nginx-22.conf
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
    rm -f /etc/netns/hdss7-21/hosts /etc/netns/hdss7-22/hosts /etc/netns/busybox-21/hosts /etc/netns/nginx-22/hosts /etc/netns/registry/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/hdss7-21 /etc/netns/hdss7-22 /etc/netns/busybox-21 /etc/netns/nginx-22 /etc/netns/registry
    ip -n registry link set dev eth0 down
    ip -n registry address delete 10.4.7.200/24 dev eth0
    ip -n registry link set dev lo down
    ip -n nginx-22 route delete default via 172.7.22.1
    ip -n nginx-22 link set dev eth0 down
    ip -n nginx-22 address delete 172.7.22.2/24 dev eth0
    ip -n nginx-22 link set dev lo down
    ip -n busybox-21 route delete default via 172.7.21.1
    ip -n busybox-21 link set dev eth0 down
    ip -n busybox-21 address delete 172.7.21.3/24 dev eth0
    ip -n busybox-21 link set dev lo down
    ip link set dev registry_eth0 nomaster down
    ip link delete dev registry_eth0
    ip -n hdss7-22 link set dev veth_nginx-22 nomaster down
    ip -n hdss7-22 link delete dev veth_nginx-22
    ip -n hdss7-21 link set dev veth_busybox-21 nomaster down
    ip -n hdss7-21 link delete dev veth_busybox-21
    ip netns delete registry
    ip netns delete nginx-22
    ip netns delete busybox-21
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
  printf '%s\n' "$1/9 $2"
  echo "$1" > "$reached"
}

# A node is a network namespace as well, with routes, rules and settings of its own: a whole
# machine, as far as packets care. A network between nodes is a bridge that serves as a switch; the
# host is only the wires.
# A pod is a network namespace with a veth pair as its cable: one end is eth0 inside, the other is
# plugged into a bridge of its node. The bridge has the address that the pods use as their gateway.
# A machine is a network namespace, too: it is no node of the cluster, and has no pods.
step 1 '2 nodes, 2 pods, 1 machine on lan'
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
ip netns add busybox-21
ip netns add nginx-22
ip netns add registry
ip -n hdss7-21 link add name veth_busybox-21 type veth peer name eth0 netns busybox-21
ip -n hdss7-21 link set dev veth_busybox-21 master docker0 up
ip -n hdss7-22 link add name veth_nginx-22 type veth peer name eth0 netns nginx-22
ip -n hdss7-22 link set dev veth_nginx-22 master docker0 up
ip link add name registry_eth0 type veth peer name eth0 netns registry
ip link set dev registry_eth0 master lan up
ip -n busybox-21 link set dev lo up
ip -n busybox-21 address add 172.7.21.3/24 dev eth0
ip -n busybox-21 link set dev eth0 up
ip -n busybox-21 route add default via 172.7.21.1
ip -n nginx-22 link set dev lo up
ip -n nginx-22 address add 172.7.22.2/24 dev eth0
ip -n nginx-22 link set dev eth0 up
ip -n nginx-22 route add default via 172.7.22.1
ip -n registry link set dev lo up
ip -n registry address add 10.4.7.200/24 dev eth0
ip -n registry link set dev eth0 up
mkdir -p /etc/netns/hdss7-21 /etc/netns/hdss7-22 /etc/netns/busybox-21 /etc/netns/nginx-22 /etc/netns/registry
tee /etc/netns/hdss7-21/hosts /etc/netns/hdss7-22/hosts /etc/netns/busybox-21/hosts /etc/netns/nginx-22/hosts /etc/netns/registry/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.4.7.21	hdss7-21
10.4.7.22	hdss7-22
172.7.21.3	busybox-21
172.7.22.2	nginx-22
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
tee /etc/nginx-22.conf >/dev/null <<'END'
daemon off;
user root;
pid /tmp/nginx-22.pid;
error_log stderr;
events {}
http {
  access_log /tmp/nginx-22.log;
  client_body_temp_path /tmp/nginx-22.body;
  proxy_temp_path /tmp/nginx-22.proxy;
  fastcgi_temp_path /tmp/nginx-22.fastcgi;
  uwsgi_temp_path /tmp/nginx-22.uwsgi;
  scgi_temp_path /tmp/nginx-22.scgi;
  server {
    listen 80;
    return 200 "nginx-22\n";
  }
}
END
ip netns exec nginx-22 nginx -c /etc/nginx-22.conf > /dev/null 2>&1 &
ip netns exec registry "${NETLAB:-netlab}" serve 80 --name registry > /dev/null 2>&1 &

# The nodes have routes to each other's pods and nothing rewrites a packet, so nginx should see each
# client as it is. The registry is a machine of the nodes' own network, and knows nothing of pods.
step 5 'As flannel leaves it'
# The log of nginx says who has asked: the node is 10.4.7.21, the pod is 172.7.21.3. But the pod
# does not reach the registry. The way there is fine; the registry has no route to 172.7.21.3, and
# its answer goes nowhere.

# Docker thinks of one machine only. Its containers have addresses that nobody else knows, so
# whatever leaves the machine must carry the machine's own. That is this rule: from a container, and
# not out by docker0, is masqueraded. A packet to a pod of the other node leaves by eth0 as well.
step 6 'Docker'\''s rule'
ip netns exec hdss7-21 iptables -t nat -A POSTROUTING -s 172.7.21.0/24 ! -o docker0 -j MASQUERADE
# The registry answers now, since it has seen the node. Yet nginx sees the node, too, where the pod
# asked. Every client on that node looks the same, in logs and to whatever allows or forbids by
# address.

# 172.7.0.0/16 is all that flannel has leased to anybody. What goes there stays in the cluster,
# where everybody knows the way back, so the rule gets one more condition. The rules are then saved,
# for the next start of the machine.
step 7 'Spare what stays in the cluster'
ip netns exec hdss7-21 iptables -t nat -D POSTROUTING -s 172.7.21.0/24 ! -o docker0 -j MASQUERADE
ip netns exec hdss7-21 iptables -t nat -I POSTROUTING -s 172.7.21.0/24 ! -d 172.7.0.0/16 ! -o docker0 -j MASQUERADE
ip netns exec hdss7-21 mkdir -p /etc/sysconfig
ip netns exec hdss7-21 iptables-save -f /etc/sysconfig/iptables
# The pod is itself again for nginx; towards the registry, which is not in 172.7.0.0/16, it is still
# the node.

# Docker looks for its rule when it starts, does not find it as it knows it, and adds it. Now both
# are there, the new one below. A packet that a rule passes over comes to the next one.
step 8 'Docker restarts'
ip netns exec hdss7-21 iptables -t nat -A POSTROUTING -s 172.7.21.0/24 ! -o docker0 -j MASQUERADE
# The first rule passes a packet to another pod over, as it should; the second one takes it, and
# nginx writes the node into its log. So the fault is back, though requests are answered as ever,
# and since somebody restarted Docker for another reason entirely, nobody thinks of it.

# iptables-restore replaces the tables by those of the file, in one go. Docker's rule is gone, the
# mended one is there, and nginx sees the pod. It is worth knowing what this does to rules that
# others have made since the file was written: they are gone as well. On a node where kube-proxy
# runs, deleting the one rule is the better way.
step 9 'Set right from what was saved'
ip netns exec hdss7-21 iptables-restore /etc/sysconfig/iptables
