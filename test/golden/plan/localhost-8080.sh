#!/bin/sh
# What listens on 127.0.0.1, reached from outside
#
# The commands of netlab's lab localhost-8080, as root on a machine that you can do without:
#   sh localhost-8080.sh             carries out its steps, in order
#   sh localhost-8080.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-localhost-8080.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 7 ]; then
    ip netns exec master iptables -D INPUT -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
  fi
  if [ "$last" -ge 6 ]; then
    ip -n stranger route delete 127.0.0.1/32 via 10.4.7.11 src 10.4.7.66
    ip netns exec stranger sysctl -w net.ipv4.conf.all.route_localnet=0
    ip -n stranger address add 127.0.0.1/8 dev lo
  fi
  if [ "$last" -ge 5 ]; then
    ip netns exec master sysctl -w net.ipv4.conf.all.route_localnet=0
  fi
  if [ "$last" -ge 4 ]; then
    ip netns exec master iptables -t nat -D PREROUTING -p tcp --dport 80 -j DNAT --to-destination 127.0.0.1:8080
  fi
  if [ "$last" -ge 2 ]; then
    ip netns pids master | xargs -r kill || :
  fi
  if [ "$last" -ge 1 ]; then
    rm -f /etc/netns/master/hosts /etc/netns/admin/hosts /etc/netns/stranger/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/master /etc/netns/admin /etc/netns/stranger
    ip -n stranger link set dev eth0 down
    ip -n stranger address delete 10.4.7.66/24 dev eth0
    ip -n stranger link set dev lo down
    ip -n admin link set dev eth0 down
    ip -n admin address delete 10.4.7.200/24 dev eth0
    ip -n admin link set dev lo down
    ip -n master link set dev eth0 down
    ip -n master address delete 10.4.7.11/24 dev eth0
    ip -n master link set dev lo down
    ip link set dev stranger_eth0 nomaster down
    ip link delete dev stranger_eth0
    ip link set dev admin_eth0 nomaster down
    ip link delete dev admin_eth0
    ip link set dev master_eth0 nomaster down
    ip link delete dev master_eth0
    ip netns delete stranger
    ip netns delete admin
    ip netns delete master
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
  printf '%s\n' "$1/7 $2"
  echo "$1" > "$reached"
}

# A machine is a network namespace with a veth pair for each of its interfaces, and with rules,
# routes and settings of its own. A network is a bridge that serves as a switch: it has no address,
# so the host takes no part in what passes there.
step 1 '3 machines on lan'
ip link add name lan type bridge
ip link set dev lan up
ip netns add master
ip netns add admin
ip netns add stranger
ip link add name master_eth0 type veth peer name eth0 netns master
ip link set dev master_eth0 master lan up
ip link add name admin_eth0 type veth peer name eth0 netns admin
ip link set dev admin_eth0 master lan up
ip link add name stranger_eth0 type veth peer name eth0 netns stranger
ip link set dev stranger_eth0 master lan up
ip -n master link set dev lo up
ip -n master address add 10.4.7.11/24 dev eth0
ip -n master link set dev eth0 up
ip -n admin link set dev lo up
ip -n admin address add 10.4.7.200/24 dev eth0
ip -n admin link set dev eth0 up
ip -n stranger link set dev lo up
ip -n stranger address add 10.4.7.66/24 dev eth0
ip -n stranger link set dev eth0 up
mkdir -p /etc/netns/master /etc/netns/admin /etc/netns/stranger
tee /etc/netns/master/hosts /etc/netns/admin/hosts /etc/netns/stranger/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.4.7.11	master
10.4.7.200	admin
10.4.7.66	stranger
END

# Each machine runs its program in its own network namespace, so all of them can listen on the same
# port. netlab's own server answers with the name of the machine, its address, and the address that
# the client seems to have.
step 2 '1 server'
ip netns exec master "${NETLAB:-netlab}" serve 8080 --name master --address 127.0.0.1 > /dev/null 2>&1 &

# The server is bound to 127.0.0.1, and not to 10.4.7.11. For whoever works on the machine that is
# as good as any other address. Old API servers had such a port, without encryption or passwords.
step 3 'A port for this machine alone'
# For everybody else nobody listens on port 8080: the kernel of master answers with a reset. That
# was all that guarded the port of those API servers.

# A rule sends what comes in for port 80 to 127.0.0.1 port 8080. But an address that begins with 127
# must never be seen on a wire, and the kernel has an eye on that.
step 4 'DNAT to localhost, and the kernel says no'
ip netns exec master iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 127.0.0.1:8080
# Nobody answers: not even with a reset. The kernel throws a packet from a network card away that is
# for 127.0.0.1, whoever wrote that into it. It calls it a martian.

# route_localnet tells the kernel to treat 127.0.0.0/8 like any other network. kube-proxy sets the
# same switch, so that a node port works on localhost.
step 5 'The switch that allows it'
ip netns exec master sysctl -w net.ipv4.conf.all.route_localnet=1
ip netns exec master conntrack --flush || true
# Now the packet is delivered, the server sees the admin's address, and its answer is translated
# back to 10.4.7.11 on its way out. Port 8080 itself is as shut as before: no rule leads there.

# The switch is not for port 80 alone. What if a neighbour dares to send a packet for 127.0.0.1 over
# the cable? It takes some will: the stranger's own kernel would keep such a packet for itself. So
# the stranger gives its own 127.0.0.1 up, sets the same switch, and routes that address over
# master.
step 6 'What is dangerous about it'
ip -n stranger address delete 127.0.0.1/8 dev lo
ip netns exec stranger sysctl -w net.ipv4.conf.all.route_localnet=1
ip -n stranger route add 127.0.0.1/32 via 10.4.7.11 src 10.4.7.66
# The packet is delivered: to port 8080, and so it would be to all else that believes itself alone
# on this machine. On a Kubernetes node this was CVE-2020-8558.

# What is for 127.0.0.0/8 and is not from there may come in only if it was sent there by a rule of
# this machine. The table of connections knows that: such a connection has the state DNAT. This is
# the rule that stands in KUBE-FIREWALL on each node.
step 7 'The hole closed, the door left open'
ip netns exec master iptables -A INPUT -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
ip netns exec master conntrack --flush || true
# The admin came by the rule and is let in, the stranger wrote the address itself and is not. It is
# not told so: the target is DROP.
