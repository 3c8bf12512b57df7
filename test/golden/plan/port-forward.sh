#!/bin/sh
# A web server inside, a port outside, and two ways to bring the answer back
#
# The commands of netlab's lab port-forward, as root on a machine that you can do without:
#   sh port-forward.sh             carries out its steps, in order
#   sh port-forward.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-port-forward.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 10 ]; then
    ip netns exec router iptables -t nat -D POSTROUTING -s 10.1.1.0/24 -d 10.1.1.1 -p tcp --dport 80 -j SNAT --to-source 10.1.1.254
  fi
  if [ "$last" -ge 9 ]; then
    ip netns exec router iptables -D FORWARD -s 10.1.1.0/24 -j ACCEPT
  fi
  if [ "$last" -ge 8 ]; then
    ip -n web route delete default via 10.1.1.254
    ip netns exec router iptables -t nat -A POSTROUTING -d 10.1.1.1 -p tcp --dport 80 -j SNAT --to-source 10.1.1.254
  fi
  if [ "$last" -ge 7 ]; then
    ip netns exec router iptables -t nat -D POSTROUTING -d 10.1.1.1 -p tcp --dport 80 -j SNAT --to-source 10.1.1.254
  fi
  if [ "$last" -ge 6 ]; then
    ip netns exec router iptables -D FORWARD -d 10.1.1.1 -p tcp --dport 80 -j ACCEPT
  fi
  if [ "$last" -ge 5 ]; then
    ip netns exec router iptables -t nat -D PREROUTING -d 60.1.1.1 -p tcp --dport 80 -j DNAT --to-destination 10.1.1.1:80
  fi
  if [ "$last" -ge 4 ]; then
    ip netns exec router iptables -D FORWARD -m state --state ESTABLISHED,RELATED -j ACCEPT
    ip netns exec router iptables -P FORWARD ACCEPT
  fi
  if [ "$last" -ge 2 ]; then
    ip netns pids web | xargs -r kill || :
  fi
  if [ "$last" -ge 1 ]; then
    ip netns exec router sysctl -w net.ipv4.ip_forward=0
    rm -f /etc/netns/web/hosts /etc/netns/pc9/hosts /etc/netns/router/hosts /etc/netns/visitor/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/web /etc/netns/pc9 /etc/netns/router /etc/netns/visitor
    ip -n visitor link set dev eth0 down
    ip -n visitor address delete 60.1.1.50/24 dev eth0
    ip -n visitor link set dev lo down
    ip -n router link set dev eth1 down
    ip -n router address delete 60.1.1.1/24 dev eth1
    ip -n router link set dev eth0 down
    ip -n router address delete 10.1.1.254/24 dev eth0
    ip -n router link set dev lo down
    ip -n pc9 route delete default via 10.1.1.254
    ip -n pc9 link set dev eth0 down
    ip -n pc9 address delete 10.1.1.9/24 dev eth0
    ip -n pc9 link set dev lo down
    ip -n web link set dev eth0 down
    ip -n web address delete 10.1.1.1/24 dev eth0
    ip -n web link set dev lo down
    ip link set dev visitor_eth0 nomaster down
    ip link delete dev visitor_eth0
    ip link set dev router_eth1 nomaster down
    ip link delete dev router_eth1
    ip link set dev router_eth0 nomaster down
    ip link delete dev router_eth0
    ip link set dev pc9_eth0 nomaster down
    ip link delete dev pc9_eth0
    ip link set dev web_eth0 nomaster down
    ip link delete dev web_eth0
    ip netns delete visitor
    ip netns delete router
    ip netns delete pc9
    ip netns delete web
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
  printf '%s\n' "$1/10 $2"
  echo "$1" > "$reached"
}

# A machine is a network namespace with a veth pair for each of its interfaces, and with rules,
# routes and settings of its own. A network is a bridge that serves as a switch: it has no address,
# so the host takes no part in what passes there.
step 1 '4 machines on office and internet'
ip link add name office type bridge
ip link set dev office up
ip link add name internet type bridge
ip link set dev internet up
ip netns add web
ip netns add pc9
ip netns add router
ip netns add visitor
ip link add name web_eth0 type veth peer name eth0 netns web
ip link set dev web_eth0 master office up
ip link add name pc9_eth0 type veth peer name eth0 netns pc9
ip link set dev pc9_eth0 master office up
ip link add name router_eth0 type veth peer name eth0 netns router
ip link set dev router_eth0 master office up
ip link add name router_eth1 type veth peer name eth1 netns router
ip link set dev router_eth1 master internet up
ip link add name visitor_eth0 type veth peer name eth0 netns visitor
ip link set dev visitor_eth0 master internet up
ip -n web link set dev lo up
ip -n web address add 10.1.1.1/24 dev eth0
ip -n web link set dev eth0 up
ip -n pc9 link set dev lo up
ip -n pc9 address add 10.1.1.9/24 dev eth0
ip -n pc9 link set dev eth0 up
ip -n pc9 route add default via 10.1.1.254
ip -n router link set dev lo up
ip -n router address add 10.1.1.254/24 dev eth0
ip -n router link set dev eth0 up
ip -n router address add 60.1.1.1/24 dev eth1
ip -n router link set dev eth1 up
ip -n visitor link set dev lo up
ip -n visitor address add 60.1.1.50/24 dev eth0
ip -n visitor link set dev eth0 up
mkdir -p /etc/netns/web /etc/netns/pc9 /etc/netns/router /etc/netns/visitor
tee /etc/netns/web/hosts /etc/netns/pc9/hosts /etc/netns/router/hosts /etc/netns/visitor/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.1.1.1	web
10.1.1.9	pc9
10.1.1.254	router
60.1.1.50	visitor
END
ip netns exec router sysctl -w net.ipv4.ip_forward=1

# Each machine runs its program in its own network namespace, so all of them can listen on the same
# port. netlab's own server answers with the name of the machine, its address, and the address that
# the client seems to have.
step 2 '1 server'
ip netns exec web "${NETLAB:-netlab}" serve 80 --name web > /dev/null 2>&1 &

# The web server has an address of the office. What the visitor on the internet knows is 60.1.1.1,
# the router's outer address. It has a route for its own network, which is the router's, too, and no
# other; and on the router nobody listens on port 80.
step 3 'A server that only the office reaches'
# For a visitor there is no way to write on a packet where it should go: 10.1.1.1 leads nowhere out
# there. The router it does reach; but nobody listens there, and it says so at once, with a reset.

# First the door is shut, as it should be on a router: FORWARD drops what no rule allows, and
# answers to what somebody has asked are allowed. Whom does that concern? A packet for the router's
# own address meets INPUT and not FORWARD.
step 4 'A firewall that lets nothing new in'
ip netns exec router iptables -P FORWARD DROP
ip netns exec router iptables -A FORWARD -m state --state ESTABLISHED,RELATED -j ACCEPT
# Nothing has changed for the visitor: the reset of before comes from the router itself, and it
# still does.

# PREROUTING is the first chain that a packet meets, before the kernel has asked itself where it
# goes. There DNAT replaces 60.1.1.1 with 10.1.1.1. When it is then routed, it is no longer a packet
# for the router: it is one to be forwarded.
step 5 'A new destination'
ip netns exec router iptables -t nat -A PREROUTING -d 60.1.1.1 -p tcp --dport 80 -j DNAT --to-destination 10.1.1.1:80
# So it comes into FORWARD and is dropped there. From refused to a timeout: that is progress.

# FORWARD sees the packet after DNAT, so the rule speaks of 10.1.1.1 and not of 60.1.1.1. The server
# gets a question from 60.1.1.50. It knows its own network and no gateway.
step 6 'It may pass, and the answer is lost'
ip netns exec router iptables -A FORWARD -d 10.1.1.1 -p tcp --dport 80 -j ACCEPT
# The packet arrives: the router's table of connections has an entry for it, and it says UNREPLIED.
# The server has no route to 60.1.1.50, so it has nowhere to send an answer.

# The router can also write its own inner address over the visitor's. Then the server answers a
# neighbour, and needs no route at all. The router translates twice on the way in and twice on the
# way back.
step 7 'The first way: the router asks in its own name'
ip netns exec router iptables -t nat -A POSTROUTING -d 10.1.1.1 -p tcp --dport 80 -j SNAT --to-source 10.1.1.254
ip netns exec router conntrack --flush || true
# The visitor is answered. The price is in the server's log: whoever comes, it reads 10.1.1.254, and
# an allow list or a count of visitors is worth nothing. A node port of Kubernetes does just this,
# for the same reason and at the same price.

# The other way is to tell the server how it gets out. With a default route over the router, the
# answer to 60.1.1.50 passes where the question came in, and the router puts 60.1.1.1 back as its
# sender. The SNAT rule can go.
step 8 'The second way: the server knows its gateway'
ip netns exec router iptables -t nat -D POSTROUTING -d 10.1.1.1 -p tcp --dport 80 -j SNAT --to-source 10.1.1.254
ip -n web route add default via 10.1.1.254
ip netns exec router conntrack --flush || true
# The server sees who asks. Its gateway must be this router: by any other way out the visitor would
# get an answer from 10.1.1.1, an address that it never asked.

# pc9 asks 60.1.1.1, too, since that is what the name of the site resolves to. DNAT sends the packet
# back into the office, with 10.1.1.9 still on it as the sender.
step 9 'A colleague who uses the outer address'
ip netns exec router iptables -A FORWARD -s 10.1.1.0/24 -j ACCEPT
# The server sees a neighbour and answers it directly, past the router, as 10.1.1.1. pc9 has asked
# 60.1.1.1 and takes this for a mistake: it resets the connection that it does not know, and goes on
# waiting for the one that it does.

# For the office alone a SNAT rule comes back: what is from the office and goes to the server leaves
# the router under its own inner address.
step 10 'The first way, for those inside'
ip netns exec router iptables -t nat -A POSTROUTING -s 10.1.1.0/24 -d 10.1.1.1 -p tcp --dport 80 -j SNAT --to-source 10.1.1.254
ip netns exec router conntrack --flush || true
# SNAT is the answer after all: the server must believe that the router asks, or it will not answer
# there. A pod that reaches itself or its neighbour through a cluster IP has the same trouble, and
# kube-proxy the same cure.
