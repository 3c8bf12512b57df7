#!/bin/sh
# Let only 10.1.1.9 out
#
# The commands of netlab's lab exercise-10-only-one-may, as root on a machine that you can do without:
#   sh exercise-10-only-one-may.sh             carries out its steps, in order
#   sh exercise-10-only-one-may.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-exercise-10-only-one-may.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 4 ]; then
    ip netns exec router iptables -D FORWARD -s 10.1.1.9 -j ACCEPT
    ip netns exec router iptables -D FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
    ip netns exec router iptables -P FORWARD ACCEPT
  fi
  if [ "$last" -ge 3 ]; then
    ip netns exec router iptables -t nat -D POSTROUTING -s 10.1.1.0/24 -o eth1 -j SNAT --to-source 60.1.1.1
  fi
  if [ "$last" -ge 2 ]; then
    ip netns pids shop | xargs -r kill || :
    ip netns pids pc9 | xargs -r kill || :
  fi
  if [ "$last" -ge 1 ]; then
    ip netns exec provider sysctl -w net.ipv4.ip_forward=0
    ip netns exec router sysctl -w net.ipv4.ip_forward=0
    rm -f /etc/netns/pc9/hosts /etc/netns/pc10/hosts /etc/netns/newcomer/hosts /etc/netns/router/hosts /etc/netns/provider/hosts /etc/netns/shop/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/pc9 /etc/netns/pc10 /etc/netns/newcomer /etc/netns/router /etc/netns/provider /etc/netns/shop
    ip -n shop route delete default via 3.3.3.254
    ip -n shop link set dev eth0 down
    ip -n shop address delete 3.3.3.3/24 dev eth0
    ip -n shop link set dev lo down
    ip -n provider route delete 10.1.1.0/24 via 60.1.1.1
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
    ip -n newcomer route delete default via 10.1.1.254
    ip -n newcomer link set dev eth0 down
    ip -n newcomer address delete 10.1.1.77/24 dev eth0
    ip -n newcomer link set dev lo down
    ip -n pc10 route delete default via 10.1.1.254
    ip -n pc10 link set dev eth0 down
    ip -n pc10 address delete 10.1.1.10/24 dev eth0
    ip -n pc10 link set dev lo down
    ip -n pc9 route delete default via 10.1.1.254
    ip -n pc9 link set dev eth0 down
    ip -n pc9 address delete 10.1.1.9/24 dev eth0
    ip -n pc9 link set dev lo down
    ip link set dev shop_eth0 nomaster down
    ip link delete dev shop_eth0
    ip link set dev provider_eth1 nomaster down
    ip link delete dev provider_eth1
    ip link set dev provider_eth0 nomaster down
    ip link delete dev provider_eth0
    ip link set dev router_eth1 nomaster down
    ip link delete dev router_eth1
    ip link set dev router_eth0 nomaster down
    ip link delete dev router_eth0
    ip link set dev newcomer_eth0 nomaster down
    ip link delete dev newcomer_eth0
    ip link set dev pc10_eth0 nomaster down
    ip link delete dev pc10_eth0
    ip link set dev pc9_eth0 nomaster down
    ip link delete dev pc9_eth0
    ip netns delete shop
    ip netns delete provider
    ip netns delete router
    ip netns delete newcomer
    ip netns delete pc10
    ip netns delete pc9
    ip link set dev site down
    ip link delete dev site
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
  printf '%s\n' "$1/4 $2"
  echo "$1" > "$reached"
}

# A machine is a network namespace with a veth pair for each of its interfaces, and with rules,
# routes and settings of its own. A network is a bridge that serves as a switch: it has no address,
# so the host takes no part in what passes there.
step 1 '6 machines on office, uplink and site'
ip link add name office type bridge
ip link set dev office up
ip link add name uplink type bridge
ip link set dev uplink up
ip link add name site type bridge
ip link set dev site up
ip netns add pc9
ip netns add pc10
ip netns add newcomer
ip netns add router
ip netns add provider
ip netns add shop
ip link add name pc9_eth0 type veth peer name eth0 netns pc9
ip link set dev pc9_eth0 master office up
ip link add name pc10_eth0 type veth peer name eth0 netns pc10
ip link set dev pc10_eth0 master office up
ip link add name newcomer_eth0 type veth peer name eth0 netns newcomer
ip link set dev newcomer_eth0 master office up
ip link add name router_eth0 type veth peer name eth0 netns router
ip link set dev router_eth0 master office up
ip link add name router_eth1 type veth peer name eth1 netns router
ip link set dev router_eth1 master uplink up
ip link add name provider_eth0 type veth peer name eth0 netns provider
ip link set dev provider_eth0 master uplink up
ip link add name provider_eth1 type veth peer name eth1 netns provider
ip link set dev provider_eth1 master site up
ip link add name shop_eth0 type veth peer name eth0 netns shop
ip link set dev shop_eth0 master site up
ip -n pc9 link set dev lo up
ip -n pc9 address add 10.1.1.9/24 dev eth0
ip -n pc9 link set dev eth0 up
ip -n pc9 route add default via 10.1.1.254
ip -n pc10 link set dev lo up
ip -n pc10 address add 10.1.1.10/24 dev eth0
ip -n pc10 link set dev eth0 up
ip -n pc10 route add default via 10.1.1.254
ip -n newcomer link set dev lo up
ip -n newcomer address add 10.1.1.77/24 dev eth0
ip -n newcomer link set dev eth0 up
ip -n newcomer route add default via 10.1.1.254
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
ip -n provider route add 10.1.1.0/24 via 60.1.1.1
ip -n shop link set dev lo up
ip -n shop address add 3.3.3.3/24 dev eth0
ip -n shop link set dev eth0 up
ip -n shop route add default via 3.3.3.254
mkdir -p /etc/netns/pc9 /etc/netns/pc10 /etc/netns/newcomer /etc/netns/router /etc/netns/provider /etc/netns/shop
tee /etc/netns/pc9/hosts /etc/netns/pc10/hosts /etc/netns/newcomer/hosts /etc/netns/router/hosts /etc/netns/provider/hosts /etc/netns/shop/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.1.1.9	pc9
10.1.1.10	pc10
10.1.1.77	newcomer
10.1.1.254	router
60.1.1.254	provider
3.3.3.3	shop
END
ip netns exec router sysctl -w net.ipv4.ip_forward=1
ip netns exec provider sysctl -w net.ipv4.ip_forward=1

# Each machine runs its program in its own network namespace, so all of them can listen on the same
# port. netlab's own server answers with the name of the machine, its address, and the address that
# the client seems to have.
step 2 '2 servers'
ip netns exec pc9 "${NETLAB:-netlab}" serve 8080 --name pc9 > /dev/null 2>&1 &
ip netns exec shop "${NETLAB:-netlab}" serve 80 --name shop > /dev/null 2>&1 &

# The router forwards, and writes its own address over those of the office. All PCs reach the shop.
# But nothing keeps others out: the provider has a route to the office, and reaches pc9.
step 3 'Everybody goes out, and everybody comes in'
ip netns exec router iptables -t nat -A POSTROUTING -s 10.1.1.0/24 -o eth1 -j SNAT --to-source 60.1.1.1

step 4 'Only 10.1.1.9'
# The task: The boss wants order. Of all the office only pc9, 10.1.1.9, may go out; pc10 may not,
# nor may the newcomer, nor whoever comes tomorrow. And nobody out there may begin a connection to
# the office. Between PCs nothing changes, and the router itself still reaches the shop.
# Its solution:
ip netns exec router iptables -P FORWARD DROP
ip netns exec router iptables -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
ip netns exec router iptables -A FORWARD -s 10.1.1.9 -j ACCEPT
