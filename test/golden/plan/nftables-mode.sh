#!/bin/sh
# The same service in kube-proxy's nftables mode
#
# The commands of netlab's lab nftables-mode, as root on a machine that you can do without:
#   sh nftables-mode.sh             carries out its steps, in order
#   sh nftables-mode.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-nftables-mode.step
# The machine's settings as they were.
settings=/run/netlab-nftables-mode.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 4 ]; then
    nft delete table ip kube-proxy
  fi
  if [ "$last" -ge 3 ]; then
    ip netns pids netns_021 | xargs -r kill || :
    ip netns pids netns_011 | xargs -r kill || :
    rm -f /etc/netns/netns_011/hosts /etc/netns/netns_021/hosts /etc/netns/probe/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/netns_011 /etc/netns/netns_021 /etc/netns/probe
    ip route delete default via 192.0.2.10
    ip -n client route delete default via 192.0.2.1
    ip -n client link set dev eth0 down
    ip -n client address delete 192.0.2.10/24 dev eth0
    ip -n client link set dev lo down
    ip -n probe route delete default via 10.0.0.1
    ip -n probe link set dev eth0 down
    ip -n probe address delete 10.0.0.99/24 dev eth0
    ip -n probe link set dev lo down
    ip -n netns_021 route delete default via 10.0.0.1
    ip -n netns_021 link set dev eth0 down
    ip -n netns_021 address delete 10.0.0.21/24 dev eth0
    ip -n netns_021 link set dev lo down
    ip -n netns_011 route delete default via 10.0.0.1
    ip -n netns_011 link set dev eth0 down
    ip -n netns_011 address delete 10.0.0.11/24 dev eth0
    ip -n netns_011 link set dev lo down
    ip link set dev out_client down
    ip address delete 192.0.2.1/24 dev out_client
    ip link delete dev out_client
    ip link set dev veth_probe type bridge_slave hairpin off
    ip link set dev veth_probe nomaster down
    ip link delete dev veth_probe
    ip link set dev veth_021 type bridge_slave hairpin off
    ip link set dev veth_021 nomaster down
    ip link delete dev veth_021
    ip link set dev veth_011 type bridge_slave hairpin off
    ip link set dev veth_011 nomaster down
    ip link delete dev veth_011
    ip netns delete client
    ip netns delete probe
    ip netns delete netns_021
    ip netns delete netns_011
    ip link set dev br1 down
    ip address delete 10.0.0.1/24 dev br1
    ip link delete dev br1
  fi
  if [ "$last" -ge 2 ]; then
    iptables -t nat -D POSTROUTING --source 10.0.0.0/24 ! --destination 10.0.0.0/24 --jump MASQUERADE
    iptables -D FORWARD --out-interface br1 --jump ACCEPT
    iptables -D FORWARD --in-interface br1 --jump ACCEPT
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
# anything else. net.bridge.bridge-nf-call-iptables lets iptables see what only crosses a bridge,
# too: services need it.
step 1 Forwarding
sysctl -w net.ipv4.ip_forward=1
sysctl -w net.bridge.bridge-nf-call-iptables=1

# Where the FORWARD chain is strict, the bridge must be let through in both directions. And a packet
# that leaves for the world with a pod's address would get no answer, since nobody out there knows
# the way back: MASQUERADE puts the host's address in its place.
step 2 'Let the pods through'
iptables --table filter --append FORWARD --in-interface br1 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface br1 --jump ACCEPT
iptables --table nat --append POSTROUTING --source 10.0.0.0/24 ! --destination 10.0.0.0/24 --jump MASQUERADE

# The machines are those of the lab clusterip: two pods that serve on port 8080, and a client on a
# wire of its own beyond the node; a third pod only asks. There is no service yet, and nobody has
# 10.100.100.100.
step 3 'Two pods on a bridge, without a service yet'
ip link add name br1 type bridge
ip address add 10.0.0.1/24 dev br1
ip link set dev br1 up
ip netns add netns_011
ip netns add netns_021
ip netns add probe
ip netns add client
ip link add name veth_011 type veth peer name eth0 netns netns_011
ip link set dev veth_011 master br1 up
ip link set dev veth_011 type bridge_slave hairpin on
ip link add name veth_021 type veth peer name eth0 netns netns_021
ip link set dev veth_021 master br1 up
ip link set dev veth_021 type bridge_slave hairpin on
ip link add name veth_probe type veth peer name eth0 netns probe
ip link set dev veth_probe master br1 up
ip link set dev veth_probe type bridge_slave hairpin on
ip link add name out_client type veth peer name eth0 netns client
ip address add 192.0.2.1/24 dev out_client
ip link set dev out_client up
ip -n netns_011 link set dev lo up
ip -n netns_011 address add 10.0.0.11/24 dev eth0
ip -n netns_011 link set dev eth0 up
ip -n netns_011 route add default via 10.0.0.1
ip -n netns_021 link set dev lo up
ip -n netns_021 address add 10.0.0.21/24 dev eth0
ip -n netns_021 link set dev eth0 up
ip -n netns_021 route add default via 10.0.0.1
ip -n probe link set dev lo up
ip -n probe address add 10.0.0.99/24 dev eth0
ip -n probe link set dev eth0 up
ip -n probe route add default via 10.0.0.1
ip -n client link set dev lo up
ip -n client address add 192.0.2.10/24 dev eth0
ip -n client link set dev eth0 up
ip -n client route add default via 192.0.2.1
ip route add default via 192.0.2.10
mkdir -p /etc/netns/netns_011 /etc/netns/netns_021 /etc/netns/probe
tee /etc/netns/netns_011/hosts /etc/netns/netns_021/hosts /etc/netns/probe/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.0.0.11	netns_011
10.0.0.21	netns_021
10.0.0.99	probe
192.0.2.10	client
10.100.100.100	http-server http-server.default http-server.default.svc http-server.default.svc.cluster.local
END
ip netns exec netns_011 "${NETLAB:-netlab}" serve 8080 --name netns_011 > /dev/null 2>&1 &
ip netns exec netns_021 "${NETLAB:-netlab}" serve 8080 --name netns_021 > /dev/null 2>&1 &
# A packet for an address that nobody has follows the default route, here to the client, which
# throws it away.

# In nftables mode kube-proxy has a table of its own, ip kube-proxy, and looks at nobody else's. Its
# chains hang on the kernel's hooks themselves, beside those of iptables. What differs from service
# to service does not stand in chains: it is in maps. A map has for each address, protocol and port
# a verdict, and the kernel finds it in one look, however many services there are. Our service has
# no endpoints yet.
step 4 'One table, and a service without endpoints'
nft 'add table ip kube-proxy { comment "rules for kube-proxy" ; }'
nft 'add set ip kube-proxy cluster-ips { type ipv4_addr ; comment "Active ClusterIPs" ; }'
nft 'add set ip kube-proxy nodeport-ips { type ipv4_addr ; comment "IPs that accept NodePort traffic" ; }'
nft 'add map ip kube-proxy firewall-ips { type ipv4_addr . inet_proto . inet_service : verdict ; comment "destinations that are subject to LoadBalancerSourceRanges" ; }'
nft 'add map ip kube-proxy no-endpoint-nodeports { type inet_proto . inet_service : verdict ; comment "vmap to drop or reject packets to service nodeports with no endpoints" ; }'
nft 'add map ip kube-proxy no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict ; comment "vmap to drop or reject packets to services with no endpoints" ; }'
nft 'add map ip kube-proxy service-ips { type ipv4_addr . inet_proto . inet_service : verdict ; comment "ClusterIP, ExternalIP and LoadBalancer IP traffic" ; }'
nft 'add map ip kube-proxy service-nodeports { type inet_proto . inet_service : verdict ; comment "NodePort traffic" ; }'
nft 'add chain ip kube-proxy filter-prerouting-pre-dnat { type filter hook prerouting priority -110 ; }'
nft 'add chain ip kube-proxy filter-output-pre-dnat { type filter hook output priority -110 ; }'
nft add chain ip kube-proxy firewall-check
nft 'add chain ip kube-proxy nat-prerouting { type nat hook prerouting priority -100 ; }'
nft 'add chain ip kube-proxy nat-output { type nat hook output priority -100 ; }'
nft add chain ip kube-proxy services
nft 'add chain ip kube-proxy filter-input { type filter hook input priority 0 ; }'
nft 'add chain ip kube-proxy filter-forward { type filter hook forward priority 0 ; }'
nft 'add chain ip kube-proxy filter-output { type filter hook output priority 0 ; }'
nft add chain ip kube-proxy nodeport-endpoints-check
nft add chain ip kube-proxy service-endpoints-check
nft 'add chain ip kube-proxy reject-chain { comment "helper for @no-endpoint-services / @no-endpoint-nodeports" ; }'
nft add chain ip kube-proxy cluster-ips-check
nft add chain ip kube-proxy mark-for-masquerade
nft 'add chain ip kube-proxy nat-postrouting { type nat hook postrouting priority 100 ; }'
nft add chain ip kube-proxy masquerading
nft add rule ip kube-proxy filter-prerouting-pre-dnat ct state new jump firewall-check
nft add rule ip kube-proxy filter-output-pre-dnat ct state new jump firewall-check
nft add rule ip kube-proxy firewall-check ip daddr . meta l4proto . th dport vmap @firewall-ips
nft add rule ip kube-proxy nat-prerouting jump services
nft add rule ip kube-proxy nat-output jump services
nft add rule ip kube-proxy services ip daddr . meta l4proto . th dport vmap @service-ips
nft add rule ip kube-proxy services ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
nft add rule ip kube-proxy filter-input ct state new jump nodeport-endpoints-check
nft add rule ip kube-proxy filter-input ct state new jump service-endpoints-check
nft add rule ip kube-proxy filter-forward ct state new jump service-endpoints-check
nft add rule ip kube-proxy filter-forward ct state new jump cluster-ips-check
nft add rule ip kube-proxy filter-output ct state new jump service-endpoints-check
nft add rule ip kube-proxy filter-output ct state new jump cluster-ips-check
nft add rule ip kube-proxy nodeport-endpoints-check ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports
nft add rule ip kube-proxy service-endpoints-check ip daddr . meta l4proto . th dport vmap @no-endpoint-services
nft add rule ip kube-proxy reject-chain reject
nft 'add rule ip kube-proxy cluster-ips-check ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"'
nft add rule ip kube-proxy mark-for-masquerade mark set mark or 0x4000
nft add rule ip kube-proxy nat-postrouting jump masquerading
nft add rule ip kube-proxy masquerading mark and 0x4000 == 0 return
nft add rule ip kube-proxy masquerading mark set mark xor 0x4000
nft add rule ip kube-proxy masquerading masquerade fully-random
nft 'add element ip kube-proxy nodeport-ips { 192.0.2.1 }'
nft 'add element ip kube-proxy cluster-ips { 10.100.100.100 }'
nft 'add element ip kube-proxy no-endpoint-services { 10.100.100.100 . tcp . 8080 comment "default/http-server" : goto reject-chain }'
nft 'add element ip kube-proxy no-endpoint-nodeports { tcp . 30080 comment "default/http-server" : goto reject-chain }'
# A service without endpoints is in a map of its own, no-endpoint-services, under 10.100.100.100 .
# tcp . 8080. Its verdict is to refuse, and whoever asks hears so at once.

# Now the address is in the map service-ips, and its verdict is "go to the service's chain". A
# chain's name says what it is about: the hash at its start only tells names apart that are cut
# because they are long. The service's chain throws a number from 0 to 0 and looks it up in a small
# map of endpoints; the endpoint's chain translates (dnat). The service leaves the map of those that
# are refused in the same transaction: no packet finds it in neither of the two, or in both.
step 5 'One endpoint'
nft add chain ip kube-proxy endpoint-GR22QQPF-default/http-server/tcp/__10.0.0.11/8080
nft add rule ip kube-proxy endpoint-GR22QQPF-default/http-server/tcp/__10.0.0.11/8080 ip saddr 10.0.0.11 jump mark-for-masquerade
nft add rule ip kube-proxy endpoint-GR22QQPF-default/http-server/tcp/__10.0.0.11/8080 meta l4proto tcp dnat to 10.0.0.11:8080
nft add chain ip kube-proxy service-KETJSVJ2-default/http-server/tcp/
nft 'add rule ip kube-proxy service-KETJSVJ2-default/http-server/tcp/ ip daddr 10.100.100.100 ip saddr != 10.0.0.0/24 jump mark-for-masquerade'
nft 'add rule ip kube-proxy service-KETJSVJ2-default/http-server/tcp/ numgen random mod 1 vmap { 0 : goto endpoint-GR22QQPF-default/http-server/tcp/__10.0.0.11/8080 }'
nft add chain ip kube-proxy external-KETJSVJ2-default/http-server/tcp/
nft add rule ip kube-proxy external-KETJSVJ2-default/http-server/tcp/ jump mark-for-masquerade
nft add rule ip kube-proxy external-KETJSVJ2-default/http-server/tcp/ goto service-KETJSVJ2-default/http-server/tcp/
nft 'add element ip kube-proxy service-ips { 10.100.100.100 . tcp . 8080 : goto service-KETJSVJ2-default/http-server/tcp/ }'
nft 'add element ip kube-proxy service-nodeports { tcp . 30080 : goto external-KETJSVJ2-default/http-server/tcp/ }'
nft 'delete element ip kube-proxy no-endpoint-nodeports { tcp . 30080 }'
nft 'delete element ip kube-proxy no-endpoint-services { 10.100.100.100 . tcp . 8080 }'

# iptables mode asks one endpoint after the other: half go to the first, all of the rest to the
# second. Here one random number decides, and a map from number to endpoint: numgen random mod 2.
# With a hundred endpoints it is still one throw and one look. This service's chains are written
# anew; of a thousand other services nothing is.
step 6 'Two endpoints, one throw'
nft flush chain ip kube-proxy endpoint-GR22QQPF-default/http-server/tcp/__10.0.0.11/8080
nft add rule ip kube-proxy endpoint-GR22QQPF-default/http-server/tcp/__10.0.0.11/8080 ip saddr 10.0.0.11 jump mark-for-masquerade
nft add rule ip kube-proxy endpoint-GR22QQPF-default/http-server/tcp/__10.0.0.11/8080 meta l4proto tcp dnat to 10.0.0.11:8080
nft add chain ip kube-proxy endpoint-CHFV7REL-default/http-server/tcp/__10.0.0.21/8080
nft add rule ip kube-proxy endpoint-CHFV7REL-default/http-server/tcp/__10.0.0.21/8080 ip saddr 10.0.0.21 jump mark-for-masquerade
nft add rule ip kube-proxy endpoint-CHFV7REL-default/http-server/tcp/__10.0.0.21/8080 meta l4proto tcp dnat to 10.0.0.21:8080
nft flush chain ip kube-proxy service-KETJSVJ2-default/http-server/tcp/
nft 'add rule ip kube-proxy service-KETJSVJ2-default/http-server/tcp/ ip daddr 10.100.100.100 ip saddr != 10.0.0.0/24 jump mark-for-masquerade'
nft 'add rule ip kube-proxy service-KETJSVJ2-default/http-server/tcp/ numgen random mod 2 vmap { 0 : goto endpoint-GR22QQPF-default/http-server/tcp/__10.0.0.11/8080 , 1 : goto endpoint-CHFV7REL-default/http-server/tcp/__10.0.0.21/8080 }'
nft flush chain ip kube-proxy external-KETJSVJ2-default/http-server/tcp/
nft add rule ip kube-proxy external-KETJSVJ2-default/http-server/tcp/ jump mark-for-masquerade
nft add rule ip kube-proxy external-KETJSVJ2-default/http-server/tcp/ goto service-KETJSVJ2-default/http-server/tcp/

# Who asks 10.100.100.100 for port 9090 gets no answer in iptables mode: no rule speaks of that
# port, so the packet goes where the routes lead. No map of nftables mode speaks of it either; but
# there is a set, cluster-ips, with the addresses of all services.
step 7 'A port that the service has not'
# What is for an address of cluster-ips and was not translated by any map is refused, so that
# whoever mistypes a port hears it at once.

# In iptables mode a node port answers on each address that the node has, and on 127.0.0.1. Here a
# set, nodeport-ips, says on which: kube-proxy puts the node's IP there, and no other address unless
# it is told to.
step 8 'Where node ports answer'
# The client finds the port on 192.0.2.1, the node's IP; on 10.0.0.1, the bridge's address, nobody
# listens. 127.0.0.1 never works, so the kernel needs no route_localnet, a setting that lets packets
# from other machines reach what listens on loopback addresses only.

# Somebody deletes the service's element from the map service-ips. All chains are still there, and
# the pods are well.
step 9 'An element is missing'
nft delete element ip kube-proxy service-ips '{ 10.100.100.100 . tcp . 8080 }'
# A map that lacks an element looks like nothing at all. Nobody translates the address any more, and
# the set cluster-ips refuses it: "connection refused" for a service whose pods are well. (netlab
# verify would name the element, and netlab sync put it back, as kube-proxy's next full sync does.)

# One command puts it back: the key, and as its verdict the name of the service's chain. This is how
# the lab stays: the service of the lab clusterip, in the other mode.
step 10 'The element is put back'
nft add element ip kube-proxy service-ips '{ 10.100.100.100 . tcp . 8080 : goto service-KETJSVJ2-default/http-server/tcp/ }'
