#!/bin/sh
# An office behind one address, and who may go out
#
# The commands of netlab's lab nat-router, as root on a machine that you can do without:
#   sh nat-router.sh             carries out its steps, in order
#   sh nat-router.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-nat-router.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 10 ]; then
    ip -n provider route delete 10.1.1.0/24 via 60.1.1.1
  fi
  if [ "$last" -ge 9 ]; then
    ip netns exec router iptables -D FORWARD -d 3.3.3.3 -j ACCEPT
    ip netns exec router iptables -A FORWARD -s 10.1.1.9 -j ACCEPT
  fi
  if [ "$last" -ge 8 ]; then
    ip netns exec router iptables -D FORWARD -m state --state ESTABLISHED,RELATED -j ACCEPT
  fi
  if [ "$last" -ge 7 ]; then
    ip netns exec router iptables -D FORWARD -s 10.1.1.9 -j ACCEPT
  fi
  if [ "$last" -ge 6 ]; then
    ip netns exec router iptables -P FORWARD ACCEPT
  fi
  if [ "$last" -ge 5 ]; then
    ip netns exec router iptables -t nat -D POSTROUTING -s 10.1.1.0/24 -j SNAT --to-source 60.1.1.1
  fi
  if [ "$last" -ge 4 ]; then
    ip netns exec router sysctl -w net.ipv4.ip_forward=0
  fi
  if [ "$last" -ge 2 ]; then
    ip netns pids news | xargs -r kill || :
    ip netns pids shop | xargs -r kill || :
    ip netns pids pc9 | xargs -r kill || :
  fi
  if [ "$last" -ge 1 ]; then
    ip netns exec provider sysctl -w net.ipv4.ip_forward=0
    rm -f /etc/netns/pc9/hosts /etc/netns/pc10/hosts /etc/netns/router/hosts /etc/netns/provider/hosts /etc/netns/shop/hosts /etc/netns/news/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/pc9 /etc/netns/pc10 /etc/netns/router /etc/netns/provider /etc/netns/shop /etc/netns/news
    ip -n news route delete default via 4.4.4.254
    ip -n news link set dev eth0 down
    ip -n news address delete 4.4.4.4/24 dev eth0
    ip -n news link set dev lo down
    ip -n shop route delete default via 3.3.3.254
    ip -n shop link set dev eth0 down
    ip -n shop address delete 3.3.3.3/24 dev eth0
    ip -n shop link set dev lo down
    ip -n provider link set dev eth2 down
    ip -n provider address delete 4.4.4.254/24 dev eth2
    ip -n provider link set dev eth1 down
    ip -n provider address delete 3.3.3.254/24 dev eth1
    ip -n provider link set dev eth0 down
    ip -n provider address delete 60.1.1.254/24 dev eth0
    ip -n provider link set dev lo down
    ip -n router route delete default via 60.1.1.254
    ip -n router link set dev eth1 down
    ip -n router address delete 60.1.1.1/24 dev eth1
    ip -n router link set dev eth0 down
    ip -n router address delete 10.1.1.254/24 dev eth0
    ip -n router link set dev lo down
    ip -n pc10 route delete default via 10.1.1.254
    ip -n pc10 link set dev eth0 down
    ip -n pc10 address delete 10.1.1.10/24 dev eth0
    ip -n pc10 link set dev lo down
    ip -n pc9 route delete default via 10.1.1.254
    ip -n pc9 link set dev eth0 down
    ip -n pc9 address delete 10.1.1.9/24 dev eth0
    ip -n pc9 link set dev lo down
    ip link set dev news_eth0 nomaster down
    ip link delete dev news_eth0
    ip link set dev shop_eth0 nomaster down
    ip link delete dev shop_eth0
    ip link set dev provider_eth2 nomaster down
    ip link delete dev provider_eth2
    ip link set dev provider_eth1 nomaster down
    ip link delete dev provider_eth1
    ip link set dev provider_eth0 nomaster down
    ip link delete dev provider_eth0
    ip link set dev router_eth1 nomaster down
    ip link delete dev router_eth1
    ip link set dev router_eth0 nomaster down
    ip link delete dev router_eth0
    ip link set dev pc10_eth0 nomaster down
    ip link delete dev pc10_eth0
    ip link set dev pc9_eth0 nomaster down
    ip link delete dev pc9_eth0
    ip netns delete news
    ip netns delete shop
    ip netns delete provider
    ip netns delete router
    ip netns delete pc10
    ip netns delete pc9
    ip link set dev site-4 down
    ip link delete dev site-4
    ip link set dev site-3 down
    ip link delete dev site-3
    ip link set dev uplink down
    ip link delete dev uplink
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
  printf '%s\n' "$1/10 $2"
  echo "$1" > "$reached"
}

# A machine is a network namespace with a veth pair for each of its interfaces, and with rules,
# routes and settings of its own. A network is a bridge that serves as a switch: it has no address,
# so the host takes no part in what passes there.
step 1 '6 machines on office, uplink, site-3 and site-4'
ip link add name office type bridge
ip link set dev office up
ip link add name uplink type bridge
ip link set dev uplink up
ip link add name site-3 type bridge
ip link set dev site-3 up
ip link add name site-4 type bridge
ip link set dev site-4 up
ip netns add pc9
ip netns add pc10
ip netns add router
ip netns add provider
ip netns add shop
ip netns add news
ip link add name pc9_eth0 type veth peer name eth0 netns pc9
ip link set dev pc9_eth0 master office up
ip link add name pc10_eth0 type veth peer name eth0 netns pc10
ip link set dev pc10_eth0 master office up
ip link add name router_eth0 type veth peer name eth0 netns router
ip link set dev router_eth0 master office up
ip link add name router_eth1 type veth peer name eth1 netns router
ip link set dev router_eth1 master uplink up
ip link add name provider_eth0 type veth peer name eth0 netns provider
ip link set dev provider_eth0 master uplink up
ip link add name provider_eth1 type veth peer name eth1 netns provider
ip link set dev provider_eth1 master site-3 up
ip link add name provider_eth2 type veth peer name eth2 netns provider
ip link set dev provider_eth2 master site-4 up
ip link add name shop_eth0 type veth peer name eth0 netns shop
ip link set dev shop_eth0 master site-3 up
ip link add name news_eth0 type veth peer name eth0 netns news
ip link set dev news_eth0 master site-4 up
ip -n pc9 link set dev lo up
ip -n pc9 address add 10.1.1.9/24 dev eth0
ip -n pc9 link set dev eth0 up
ip -n pc9 route add default via 10.1.1.254
ip -n pc10 link set dev lo up
ip -n pc10 address add 10.1.1.10/24 dev eth0
ip -n pc10 link set dev eth0 up
ip -n pc10 route add default via 10.1.1.254
ip -n router link set dev lo up
ip -n router address add 10.1.1.254/24 dev eth0
ip -n router link set dev eth0 up
ip -n router address add 60.1.1.1/24 dev eth1
ip -n router link set dev eth1 up
ip -n router route add default via 60.1.1.254
ip -n provider link set dev lo up
ip -n provider address add 60.1.1.254/24 dev eth0
ip -n provider link set dev eth0 up
ip -n provider address add 3.3.3.254/24 dev eth1
ip -n provider link set dev eth1 up
ip -n provider address add 4.4.4.254/24 dev eth2
ip -n provider link set dev eth2 up
ip -n shop link set dev lo up
ip -n shop address add 3.3.3.3/24 dev eth0
ip -n shop link set dev eth0 up
ip -n shop route add default via 3.3.3.254
ip -n news link set dev lo up
ip -n news address add 4.4.4.4/24 dev eth0
ip -n news link set dev eth0 up
ip -n news route add default via 4.4.4.254
mkdir -p /etc/netns/pc9 /etc/netns/pc10 /etc/netns/router /etc/netns/provider /etc/netns/shop /etc/netns/news
tee /etc/netns/pc9/hosts /etc/netns/pc10/hosts /etc/netns/router/hosts /etc/netns/provider/hosts /etc/netns/shop/hosts /etc/netns/news/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.1.1.9	pc9
10.1.1.10	pc10
10.1.1.254	router
60.1.1.254	provider
3.3.3.3	shop
4.4.4.4	news
END
ip netns exec provider sysctl -w net.ipv4.ip_forward=1

# Each machine runs its program in its own network namespace, so all of them can listen on the same
# port. netlab's own server answers with the name of the machine, its address, and the address that
# the client seems to have.
step 2 '3 servers'
ip netns exec pc9 "${NETLAB:-netlab}" serve 8080 --name pc9 > /dev/null 2>&1 &
ip netns exec shop "${NETLAB:-netlab}" serve 80 --name shop > /dev/null 2>&1 &
ip netns exec news "${NETLAB:-netlab}" serve 80 --name news > /dev/null 2>&1 &

# Two PCs of an office, 10.1.1.9 and 10.1.1.10, a router with a foot in each world, and two servers
# far away. The PCs send all that is not for the office to 10.1.1.254. The router has a way to the
# servers; but it is a Linux machine like any other, and nobody has told it yet that it is a router:
# net.ipv4.ip_forward is 0.
step 3 'An office and its gateway'
# The packet arrives at 10.1.1.254, and that is the end of it: Linux takes what is addressed to
# itself and throws the rest away, unless it is told that it is a router. It tells nobody, and the
# PC waits until it loses patience. Within the office nobody needs a router: pc10 reaches pc9.

# Now the router forwards. The packet of pc9 goes to the provider and from there to the shop, as
# from 10.1.1.9. But that address means something in this office only; thousands of other offices
# have a 10.1.1.9 as well, and no router of the internet has a route for it.
step 4 'The way out is open'
ip netns exec router sysctl -w net.ipv4.ip_forward=1
# The shop answers 10.1.1.9, and the answer gets as far as the provider and no further. pc9 hears
# nothing of it, and waits. Nothing is wrong on the way out: one sees it on the way back alone.

# POSTROUTING is the last chain that a packet meets before it leaves. There SNAT writes another
# address over the sender's own, here one that the internet does know, and remembers the connection:
# from whom it was, to whom it went, and under which port. The rule itself is asked for the first
# packet of a connection only.
step 5 'One address for all of them'
ip netns exec router iptables -t nat -A POSTROUTING -s 10.1.1.0/24 -j SNAT --to-source 60.1.1.1
# The answer comes to 60.1.1.1, is found in the table of connections, and goes on to the PC. To the
# servers the whole office is one client.

# FORWARD is where a router decides what may pass from one side to the other. So far its policy was
# ACCEPT: whatever no rule speaks of may pass. A firewall is the other way round. With the policy
# DROP nothing passes that no rule allows. The SNAT rule is as it was.
step 6 'A firewall that forbids'
ip netns exec router iptables -P FORWARD DROP
# Nobody goes out any more, since FORWARD has no rule that allows anything. SNAT does not help: a
# packet that is dropped in FORWARD never comes as far as POSTROUTING. And DROP tells nobody, so the
# PCs wait.

# The first rule of the firewall: what comes from 10.1.1.9 may pass. Each packet that goes through
# FORWARD is judged for itself, by what the rules say of it, and by the policy where they say
# nothing.
step 7 '10.1.1.9 may go out'
ip netns exec router iptables -A FORWARD -s 10.1.1.9 -j ACCEPT
# pc9 is let out, and still nothing comes back. Look at the table of connections: the entry is
# there, and its state is SYN_RECV, so the server has answered and the answer has reached the
# router. It died in FORWARD, where it was judged for itself: its sender is 3.3.3.3, no rule allows
# that, and the policy is DROP.

# The table of connections knows which packets are answers. ESTABLISHED is what belongs to a
# connection that has seen both directions, RELATED what was caused by one, an ICMP error for
# example. One rule lets all of them pass, whoever they are from: somebody inside must have asked
# first. It stands at the top, since nearly every packet is one of these, and each is then judged by
# the first rule that it meets.
step 8 'Answers may come back'
ip netns exec router iptables -I FORWARD -m state --state ESTABLISHED,RELATED -j ACCEPT
# pc9 is served at last. Its first packet is let out by the rule for 10.1.1.9, and all others of the
# connection, of either direction, are ESTABLISHED. The first packet of pc10 belongs to no
# connection and is from somebody else, so it is dropped as before.

# The other kind of permission asks where a packet goes and not where it is from. A rule of this
# kind takes the place of the one for 10.1.1.9. Answers come back as before.
step 9 'Only to 3.3.3.3'
ip netns exec router iptables -D FORWARD -s 10.1.1.9 -j ACCEPT
ip netns exec router iptables -A FORWARD -d 3.3.3.3 -j ACCEPT
# Now everybody in the office reaches the shop, and nobody the news, pc9 included: what let it go
# there is gone.

# It is often said that NAT protects an office. It does not: it only makes it hard to name somebody
# inside. The provider is the router's neighbour, and one route is all that it needs to send packets
# to 10.1.1.9. Here it gets that route. The last check asks from the router itself.
step 10 'The provider knows a way in'
ip -n provider route add 10.1.1.0/24 via 60.1.1.1
# Nobody comes in; but what stops the provider is the policy of FORWARD. Nobody inside has asked, so
# this is a new connection, and no rule allows it. (The last check shows what is easily forgotten.
# Packets of the router's own do not meet FORWARD, but POSTROUTING they do; and the SNAT rule speaks
# of senders in 10.1.1.0/24, which the router is, too. "-o eth1" in the rule would spare it.)
