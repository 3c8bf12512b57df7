#!/bin/sh
# Which tables and chains a packet meets, told by the kernel
#
# The commands of netlab's lab iptables-tables-and-chains, as root on a machine that you can do without:
#   sh iptables-tables-and-chains.sh             carries out its steps, in order
#   sh iptables-tables-and-chains.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-iptables-tables-and-chains.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 9 ]; then
    ip netns exec router iptables -t mangle -A FORWARD -p tcp --dport 80 -j DROP
  fi
  if [ "$last" -ge 8 ]; then
    ip netns exec router iptables -t mangle -D FORWARD -p tcp --dport 80 -j DROP
  fi
  if [ "$last" -ge 4 ]; then
    ip netns exec router iptables -t raw -D OUTPUT -p tcp --dport 80 -j TRACE
    ip netns exec router iptables -t raw -D PREROUTING -p tcp --dport 80 -j TRACE
  fi
  if [ "$last" -ge 3 ]; then
    ip netns exec router iptables -t nat -D POSTROUTING -o eth1 -j MASQUERADE
    ip netns exec router iptables -D OUTPUT -m comment --comment looks
    ip netns exec router iptables -D FORWARD -m comment --comment looks
    ip netns exec router iptables -D INPUT -m comment --comment looks
    ip netns exec router iptables -t nat -D POSTROUTING -m comment --comment looks
    ip netns exec router iptables -t nat -D OUTPUT -m comment --comment looks
    ip netns exec router iptables -t nat -D INPUT -m comment --comment looks
    ip netns exec router iptables -t nat -D PREROUTING -m comment --comment looks
    ip netns exec router iptables -t mangle -D POSTROUTING -m comment --comment looks
    ip netns exec router iptables -t mangle -D OUTPUT -m comment --comment looks
    ip netns exec router iptables -t mangle -D FORWARD -m comment --comment looks
    ip netns exec router iptables -t mangle -D INPUT -m comment --comment looks
    ip netns exec router iptables -t mangle -D PREROUTING -m comment --comment looks
    ip netns exec router iptables -t raw -D OUTPUT -m comment --comment looks
    ip netns exec router iptables -t raw -D PREROUTING -m comment --comment looks
  fi
  if [ "$last" -ge 2 ]; then
    ip netns pids web | xargs -r kill || :
    ip netns pids router | xargs -r kill || :
    rm -f /run/way.awk
    rm -f /run/way
  fi
  if [ "$last" -ge 1 ]; then
    ip netns exec router sysctl -w net.ipv4.ip_forward=0
    rm -f /etc/netns/pc9/hosts /etc/netns/router/hosts /etc/netns/web/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/pc9 /etc/netns/router /etc/netns/web
    ip -n web route delete default via 60.1.1.1
    ip -n web link set dev eth0 down
    ip -n web address delete 60.1.1.50/24 dev eth0
    ip -n web link set dev lo down
    ip -n router link set dev eth1 down
    ip -n router address delete 60.1.1.1/24 dev eth1
    ip -n router link set dev eth0 down
    ip -n router address delete 10.1.1.254/24 dev eth0
    ip -n router link set dev lo down
    ip -n pc9 route delete default via 10.1.1.254
    ip -n pc9 link set dev eth0 down
    ip -n pc9 address delete 10.1.1.9/24 dev eth0
    ip -n pc9 link set dev lo down
    ip link set dev web_eth0 nomaster down
    ip link delete dev web_eth0
    ip link set dev router_eth1 nomaster down
    ip link delete dev router_eth1
    ip link set dev router_eth0 nomaster down
    ip link delete dev router_eth0
    ip link set dev pc9_eth0 nomaster down
    ip link delete dev pc9_eth0
    ip netns delete web
    ip netns delete router
    ip netns delete pc9
    ip link set dev internet down
    ip link delete dev internet
    ip link set dev office down
    ip link delete dev office
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

# A machine is a network namespace with a veth pair for each of its interfaces, and with rules,
# routes and settings of its own. A network is a bridge that serves as a switch: it has no address,
# so the host takes no part in what passes there.
step 1 '3 machines on office and internet'
ip link add name office type bridge
ip link set dev office up
ip link add name internet type bridge
ip link set dev internet up
ip netns add pc9
ip netns add router
ip netns add web
ip link add name pc9_eth0 type veth peer name eth0 netns pc9
ip link set dev pc9_eth0 master office up
ip link add name router_eth0 type veth peer name eth0 netns router
ip link set dev router_eth0 master office up
ip link add name router_eth1 type veth peer name eth1 netns router
ip link set dev router_eth1 master internet up
ip link add name web_eth0 type veth peer name eth0 netns web
ip link set dev web_eth0 master internet up
ip -n pc9 link set dev lo up
ip -n pc9 address add 10.1.1.9/24 dev eth0
ip -n pc9 link set dev eth0 up
ip -n pc9 route add default via 10.1.1.254
ip -n router link set dev lo up
ip -n router address add 10.1.1.254/24 dev eth0
ip -n router link set dev eth0 up
ip -n router address add 60.1.1.1/24 dev eth1
ip -n router link set dev eth1 up
ip -n web link set dev lo up
ip -n web address add 60.1.1.50/24 dev eth0
ip -n web link set dev eth0 up
ip -n web route add default via 60.1.1.1
mkdir -p /etc/netns/pc9 /etc/netns/router /etc/netns/web
tee /etc/netns/pc9/hosts /etc/netns/router/hosts /etc/netns/web/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.1.1.9	pc9
10.1.1.254	router
60.1.1.50	web
END
ip netns exec router sysctl -w net.ipv4.ip_forward=1

# Each machine runs its program in its own network namespace, so all of them can listen on the same
# port. netlab's own server answers with the name of the machine, its address, and the address that
# the client seems to have.
step 2 '2 servers'
tee /run/way >/dev/null <<'END'
from=$1 to=$2 traced=$(mktemp)
source=$(ip -n "$from" -o route get "$to" | sed 's/.* src \([0-9.]*\).*/\1/')
ip netns exec router timeout 60 xtables-monitor --trace > "$traced" 2>&1 &
monitor=$!
tries=0
until way=$(awk -v source="$source" -v to="$to" -f /run/way.awk "$traced")
do
  tries=$((tries + 1))
  [ "$tries" -le 50 ] || { echo "not traced to its end: $way"; break; }
  ip netns exec "$from" curl --silent --max-time 1 --output /dev/null "$to" || true
done
kill "$monitor"
rm "$traced"
echo "$way"
END
tee /run/way.awk >/dev/null <<'END'
/^PACKET/ {
  if (id == "" && / SYN $/ && index($0, " SRC=" source " DST=" to " ") && match($0, / ID=[0-9]+ /))
    id = substr($0, RSTART, RLENGTH)
  ours[$3] = id != "" && index($0, id) > 0
}
/^ TRACE/ && ours[$3] {
  split($4, where, ":")
  place = where[1] ":" where[2]
  if (place != last) way = way (way == "" ? "" : " ") place
  last = place
  if (place ~ /^nat:(INPUT|POSTROUTING)$/ || /:DROP/) complete = 1
}
END { print way; exit !complete }
END
ip netns exec router "${NETLAB:-netlab}" serve 80 --name router > /dev/null 2>&1 &
ip netns exec web "${NETLAB:-netlab}" serve 80 --name web > /dev/null 2>&1 &

# There are four tables, each for one purpose: raw, before connections are tracked; mangle, to
# change packets; nat, to change addresses; filter, to let them pass or not. And there are five
# places where the kernel asks them, its hooks, which the chains are called after. Not every table
# has a chain at every hook. Here each chain gets a rule that matches everything and does nothing,
# so that it exists and can be seen. One does something, MASQUERADE: as long as nobody has a use for
# it, the kernel does not track connections, and then the nat table is never asked.
step 3 'A rule in every chain, which does nothing'
ip netns exec router iptables -t raw -A PREROUTING -m comment --comment looks
ip netns exec router iptables -t raw -A OUTPUT -m comment --comment looks
ip netns exec router iptables -t mangle -A PREROUTING -m comment --comment looks
ip netns exec router iptables -t mangle -A INPUT -m comment --comment looks
ip netns exec router iptables -t mangle -A FORWARD -m comment --comment looks
ip netns exec router iptables -t mangle -A OUTPUT -m comment --comment looks
ip netns exec router iptables -t mangle -A POSTROUTING -m comment --comment looks
ip netns exec router iptables -t nat -A PREROUTING -m comment --comment looks
ip netns exec router iptables -t nat -A INPUT -m comment --comment looks
ip netns exec router iptables -t nat -A OUTPUT -m comment --comment looks
ip netns exec router iptables -t nat -A POSTROUTING -m comment --comment looks
ip netns exec router iptables -t filter -A INPUT -m comment --comment looks
ip netns exec router iptables -t filter -A FORWARD -m comment --comment looks
ip netns exec router iptables -t filter -A OUTPUT -m comment --comment looks
ip netns exec router iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE

# The target TRACE marks a packet, and from then on the kernel tells of each rule that it meets,
# with table and chain. It stands in the raw table, which is asked before all others: in PREROUTING
# for what comes in by a cable, in OUTPUT for what the machine itself sends. xtables-monitor --trace
# prints what is told. /run/way, which you can read, starts it, asks once, and leaves only the
# places, in order, of the very first packet.
step 4 'Tell of packets for port 80'
ip netns exec router iptables -t raw -I PREROUTING -p tcp --dport 80 -j TRACE
ip netns exec router iptables -t raw -I OUTPUT -p tcp --dport 80 -j TRACE

# A packet of pc9 for the web server passes the router. PREROUTING is before the decision where it
# goes, which is why DNAT is done there: the route is chosen for the new destination. Then comes
# FORWARD, where the filter table has its say, and last POSTROUTING, when it is known by which cable
# it leaves; there is the place for SNAT. INPUT and OUTPUT are not met at all. A firewall that only
# looks at INPUT lets everything pass that is for somebody else.
step 5 'Through the machine'

# The same packet, but for the router's own address. Up to the decision all is as before. Then INPUT
# takes the place of FORWARD, and POSTROUTING is not met, since nothing leaves. Even the nat table
# has an INPUT, for the rare wish to change a sender on the way in; it comes after the filter.
step 6 'To the machine itself'

# What a program on the router sends begins at OUTPUT. It has a route by then, and if nat's OUTPUT
# gives it another destination, it gets another one. PREROUTING is not met: whoever writes a DNAT
# rule there alone, and tries it on the machine itself, wonders why it does nothing. That is why
# kube-proxy jumps to KUBE-SERVICES from both.
step 7 'From the machine itself'

# Tables are asked one after the other, and DROP is the last word. Here a rule of mangle's FORWARD
# drops what goes to the server.
step 8 'A packet that is dropped meets no more'
ip netns exec router iptables -t mangle -A FORWARD -p tcp --dport 80 -j DROP
# Dropped in mangle's FORWARD, the packet never comes to the filter table, and its counters say
# nothing of it. When a packet is lost and no filter rule has counted it, look at the tables that
# come before.

# Count: the rules of mangle have seen every packet, those of nat one for each connection (one, or
# two if the machine was so busy that the question was asked again). Whatever nat decides for the
# first packet is remembered, and holds for all that follow and for the answers. So a change of nat
# rules does not touch connections that are open, and the counters of KUBE-SEP-… count connections
# and not packets.
step 9 'nat is asked for the first packet only'
ip netns exec router iptables -t mangle -D FORWARD -p tcp --dport 80 -j DROP
ip netns exec router iptables -t mangle -Z
ip netns exec router iptables -t nat -Z
