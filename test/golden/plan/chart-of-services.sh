#!/bin/sh
# What two thousand services cost a new connection
#
# The commands of netlab's lab chart-of-services, as root on a machine that you can do without:
#   sh chart-of-services.sh             carries out its steps, in order
#   sh chart-of-services.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-chart-of-services.step
# The machine's settings as they were.
settings=/run/netlab-chart-of-services.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv4.conf.all.route_localnet > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 6 ]; then
    iptables -t nat -N MORE-SERVICES
    iptables -t nat -A KUBE-SERVICES -j MORE-SERVICES
    sh /run/more list 2000
  fi
  if [ "$last" -ge 5 ]; then
    nft flush map ip more service-ips
    nft delete table ip more
  fi
  if [ "$last" -ge 3 ]; then
    iptables -t nat -F MORE-SERVICES
    iptables -t nat -D KUBE-SERVICES -j MORE-SERVICES
    iptables -t nat -X MORE-SERVICES
  fi
  if [ "$last" -ge 2 ]; then
    iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D KUBE-SEP-JSNNWXVAPJGC35VG -m comment --comment default/nginx -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-JSNNWXVAPJGC35VG -m comment --comment default/nginx -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-2CMXP7HKUVJN7L6M -m comment --comment 'default/nginx -> 10.244.0.11:8080' -j KUBE-SEP-JSNNWXVAPJGC35VG
    iptables -t nat -D KUBE-SVC-2CMXP7HKUVJN7L6M -m comment --comment 'default/nginx cluster IP' -m tcp -p tcp -d 10.96.62.137 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx cluster IP' -m tcp -p tcp -d 10.96.62.137 --dport 80 -j KUBE-SVC-2CMXP7HKUVJN7L6M
    iptables -t nat -X KUBE-SEP-JSNNWXVAPJGC35VG
    iptables -t nat -X KUBE-SVC-2CMXP7HKUVJN7L6M
    iptables -t nat -X KUBE-MARK-MASQ
    iptables -t nat -X KUBE-POSTROUTING
    iptables -t nat -X KUBE-NODEPORTS
    iptables -t nat -X KUBE-SERVICES
    iptables -D OUTPUT -j KUBE-FIREWALL
    iptables -D INPUT -j KUBE-FIREWALL
    iptables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    iptables -D OUTPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    iptables -D INPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    iptables -D FORWARD -m comment --comment 'kubernetes forwarding rules' -j KUBE-FORWARD
    iptables -D OUTPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -D INPUT -m comment --comment 'kubernetes health check service ports' -j KUBE-NODEPORTS
    iptables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
    iptables -D INPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
    iptables -D KUBE-FIREWALL -m comment --comment 'block incoming localnet connections' -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
    iptables -D KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    iptables -D KUBE-FORWARD -m comment --comment 'kubernetes forwarding rules' -m mark --mark 0x4000/0x4000 -j ACCEPT
    iptables -D KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
    iptables -X KUBE-FIREWALL
    iptables -X KUBE-PROXY-FIREWALL
    iptables -X KUBE-NODEPORTS
    iptables -X KUBE-FORWARD
    iptables -X KUBE-EXTERNAL-SERVICES
    iptables -X KUBE-SERVICES
    ip netns pids nginx | xargs -r kill || :
    rm -f /run/more.nft
    rm -f /run/more
    rm -f /run/ask
    iptables -t nat -D POSTROUTING --source 10.244.0.0/24 ! --destination 10.244.0.0/24 --jump MASQUERADE
    iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    iptables -D FORWARD --in-interface cni0 --jump ACCEPT
    rm -f /etc/netns/nginx/hosts /etc/netns/bench/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/nginx /etc/netns/bench
    ip route delete default via 192.0.2.10
    ip -n router route delete default via 192.0.2.1
    ip -n router link set dev eth0 down
    ip -n router address delete 192.0.2.10/24 dev eth0
    ip -n router link set dev lo down
    ip -n bench route delete default via 10.244.0.1
    ip -n bench link set dev eth0 down
    ip -n bench address delete 10.244.0.21/24 dev eth0
    ip -n bench link set dev lo down
    ip -n nginx route delete default via 10.244.0.1
    ip -n nginx link set dev eth0 down
    ip -n nginx address delete 10.244.0.11/24 dev eth0
    ip -n nginx link set dev lo down
    ip link set dev out_router down
    ip address delete 192.0.2.1/24 dev out_router
    ip link delete dev out_router
    ip link set dev veth_bench type bridge_slave hairpin off
    ip link set dev veth_bench nomaster down
    ip link delete dev veth_bench
    ip link set dev veth_nginx type bridge_slave hairpin off
    ip link set dev veth_nginx nomaster down
    ip link delete dev veth_nginx
    ip netns delete router
    ip netns delete bench
    ip netns delete nginx
    ip link set dev cni0 down
    ip address delete 10.244.0.1/24 dev cni0
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
  printf '%s\n' "$1/8 $2"
  echo "$1" > "$reached"
}

# A Linux machine drops every packet that is not for itself until net.ipv4.ip_forward is 1. A
# Kubernetes node must pass packets on, between its pods and the world, so this comes before
# anything else. net.bridge.bridge-nf-call-iptables lets iptables see what only crosses a bridge,
# too: services need it.
step 1 Forwarding
sysctl -w net.ipv4.ip_forward=1
sysctl -w net.bridge.bridge-nf-call-iptables=1

# ab asks one time after the other, and each time it makes a new connection: nothing else shows what
# finding a service costs, since of a connection only the first packet is looked up. Remember its
# last two lines, the mean and the median. They are of your machine at this moment. Run it again,
# and see how far they move while nothing has changed; a difference smaller than that means nothing.
step 2 'One service, asked a thousand times'
ip link add name cni0 type bridge
ip address add 10.244.0.1/24 dev cni0
ip link set dev cni0 up
ip netns add nginx
ip netns add bench
ip netns add router
ip link add name veth_nginx type veth peer name eth0 netns nginx
ip link set dev veth_nginx master cni0 up
ip link set dev veth_nginx type bridge_slave hairpin on
ip link add name veth_bench type veth peer name eth0 netns bench
ip link set dev veth_bench master cni0 up
ip link set dev veth_bench type bridge_slave hairpin on
ip link add name out_router type veth peer name eth0 netns router
ip address add 192.0.2.1/24 dev out_router
ip link set dev out_router up
ip -n nginx link set dev lo up
ip -n nginx address add 10.244.0.11/24 dev eth0
ip -n nginx link set dev eth0 up
ip -n nginx route add default via 10.244.0.1
ip -n bench link set dev lo up
ip -n bench address add 10.244.0.21/24 dev eth0
ip -n bench link set dev eth0 up
ip -n bench route add default via 10.244.0.1
ip -n router link set dev lo up
ip -n router address add 192.0.2.10/24 dev eth0
ip -n router link set dev eth0 up
ip -n router route add default via 192.0.2.1
ip route add default via 192.0.2.10
mkdir -p /etc/netns/nginx /etc/netns/bench
tee /etc/netns/nginx/hosts /etc/netns/bench/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.244.0.21	bench
192.0.2.10	router
10.96.62.137	nginx nginx.default nginx.default.svc nginx.default.svc.cluster.local
END
iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT
iptables --table nat --append POSTROUTING --source 10.244.0.0/24 ! --destination 10.244.0.0/24 --jump MASQUERADE
tee /run/ask >/dev/null <<'END'
# nginx may still be starting.
for try in $(seq 25); do ab -q -n 1000 -c 1 -e /tmp/ab.csv "http://$1/" > /tmp/ab.txt 2>&1 && break; sleep 0.2; done
grep -E '^(Complete|Failed|Time per request.*\(mean\))' /tmp/ab.txt
awk -F, '$1 == 50 { print "Half of them served in:", $2, "[ms]" }' /tmp/ab.csv
END
tee /run/more >/dev/null <<'END'
addresses() { seq "$2" "$3" | awk -v net="$1" '{ printf "%s.%d.%d\n", net, $1 / 256, $1 % 256 }'; }
for first in $(seq 1 250 "$2"); do
  last=$((first + 249)); [ "$last" -le "$2" ] || last=$2
  case $1 in
  list)
    echo '*nat'
    addresses 10.97 "$first" "$last" |
      sed 's/.*/-A MORE-SERVICES -d & -p tcp -m tcp --dport 80 -j KUBE-SVC-2CMXP7HKUVJN7L6M/'
    echo COMMIT ;;
  map)
    elements=$(addresses 10.98 "$first" "$last" | sed 's/$/ . tcp . 80 : goto nginx,/')
    nft add element ip more service-ips "{ $elements }" ;;
  esac
done > /run/more.out
[ "$1" = map ] || iptables-restore --noflush < /run/more.out
END
tee /run/more.nft >/dev/null <<'END'
table ip more {
  map service-ips { type ipv4_addr . inet_proto . inet_service : verdict; }
  chain nginx { meta l4proto tcp dnat to 10.244.0.11:8080; }
  chain prerouting {
    type nat hook prerouting priority dstnat;
    ip daddr . meta l4proto . th dport vmap @service-ips
  }
}
END
ip netns exec nginx "${NETLAB:-netlab}" serve 8080 --name nginx > /dev/null 2>&1 &
sysctl -w net.ipv4.conf.all.route_localnet=1
iptables -t filter -N KUBE-SERVICES
iptables -t filter -N KUBE-EXTERNAL-SERVICES
iptables -t filter -N KUBE-FORWARD
iptables -t filter -N KUBE-NODEPORTS
iptables -t filter -N KUBE-PROXY-FIREWALL
iptables -t filter -N KUBE-FIREWALL
iptables -t filter -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
iptables -t filter -A KUBE-FORWARD -m comment --comment 'kubernetes forwarding rules' -m mark --mark 0x4000/0x4000 -j ACCEPT
iptables -t filter -A KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -t filter -A KUBE-FIREWALL -m comment --comment 'block incoming localnet connections' -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
iptables -t filter -I INPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
iptables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
iptables -t filter -I INPUT 1 -m comment --comment 'kubernetes health check service ports' -j KUBE-NODEPORTS
iptables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t filter -I OUTPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t filter -I FORWARD 1 -m comment --comment 'kubernetes forwarding rules' -j KUBE-FORWARD
iptables -t filter -I INPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
iptables -t filter -I OUTPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
iptables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
iptables -t filter -I INPUT 1 -j KUBE-FIREWALL
iptables -t filter -I OUTPUT 1 -j KUBE-FIREWALL
iptables -t nat -N KUBE-SERVICES
iptables -t nat -N KUBE-NODEPORTS
iptables -t nat -N KUBE-POSTROUTING
iptables -t nat -N KUBE-MARK-MASQ
iptables -t nat -N KUBE-SVC-2CMXP7HKUVJN7L6M
iptables -t nat -N KUBE-SEP-JSNNWXVAPJGC35VG
iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/nginx cluster IP' -m tcp -p tcp -d 10.96.62.137 --dport 80 -j KUBE-SVC-2CMXP7HKUVJN7L6M
iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
iptables -t nat -A KUBE-SVC-2CMXP7HKUVJN7L6M -m comment --comment 'default/nginx cluster IP' -m tcp -p tcp -d 10.96.62.137 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-2CMXP7HKUVJN7L6M -m comment --comment 'default/nginx -> 10.244.0.11:8080' -j KUBE-SEP-JSNNWXVAPJGC35VG
iptables -t nat -A KUBE-SEP-JSNNWXVAPJGC35VG -m comment --comment default/nginx -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-JSNNWXVAPJGC35VG -m comment --comment default/nginx -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
ip netns exec bench sh /run/ask 10.96.62.137

# A cluster for many tenants gets there. Nobody needs to run a program for them: a service is an
# address, and here all two thousand lead to the one pod that we have. kube-proxy would give each
# five rules. What is looked up is one of them, so that is all that is made here, in a chain of its
# own behind KUBE-SERVICES: MORE-SERVICES, with the addresses from 10.97.0.1 to 10.97.7.208.
step 3 'Two thousand more, in a list'
iptables -t nat -N MORE-SERVICES
iptables -t nat -A KUBE-SERVICES -j MORE-SERVICES
sh /run/more list 2000

# The same pod, the same thousand requests, twice. What differs is how many rules the first packet
# is held against: a few for 10.97.0.1, two thousand more for 10.97.7.208. Compare the medians. The
# list has cost some microseconds, and a request takes hundreds: whether that matters depends on
# what your requests do. It is not only this service that pays: whatever is for no service at all
# reads the list to its end.
step 4 'The first of the list, and the last'
ip netns exec bench sh /run/ask 10.97.0.1
ip netns exec bench sh /run/ask 10.97.7.208

# A list is not the only way to keep addresses. nftables has maps: from an address, a protocol and a
# port to what is to be done, found by a hash, as you find a word in a book by its index.
# kube-proxy's nftables mode keeps all services in one such map, service-ips. The table "more" does
# the same: look at its chain "prerouting". There is one rule, and there will be one rule. What
# grows is the map, with the addresses from 10.98.0.1 to 10.98.7.208.
step 5 'Two thousand in a map'
nft -f /run/more.nft
sh /run/more map 2000

# The packets for the map have read the list in vain before they got to it. So the list is taken
# away, and what is measured next is the map alone.
step 6 'The list goes'
iptables -t nat -F MORE-SERVICES
iptables -t nat -D KUBE-SERVICES -j MORE-SERVICES
iptables -t nat -X MORE-SERVICES

# There is no first and no last in a map. The two runs differ by no more than the very first step
# did from itself. eBPF goes one step further, and that is what the article is about: there is no
# rule at all, since a small program changes the address when a socket asks for the connection,
# before there is a packet. It finds the service in a map as well, so what is true of this map is
# true of that one.
step 7 'The first of the map, and the last'
ip netns exec bench sh /run/ask 10.98.0.1
ip netns exec bench sh /run/ask 10.98.7.208

# Two runs of ab prove little. "netlab chart latency", typed outside of this lab, measures properly:
# every mode of kube-proxy that your machine has, from one service to five thousand with the rules
# that kube-proxy really writes, in turn, twenty times over. It draws the chart, says within which
# bounds each number is to be trusted, and what of the article's claim came true. It shows a second
# thing as well, the price of loading: a map's elements are quickly found, and slowly made.
step 8 'The whole chart'
