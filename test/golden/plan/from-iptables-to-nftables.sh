#!/bin/sh
# kube-proxy changes its mode, and no connection is lost
#
# The commands of netlab's lab from-iptables-to-nftables, as root on a machine that you can do without:
#   sh from-iptables-to-nftables.sh             carries out its steps, in order
#   sh from-iptables-to-nftables.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-from-iptables-to-nftables.step
# The machine's settings as they were.
settings=/run/netlab-from-iptables-to-nftables.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv4.conf.all.route_localnet > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 5 ]; then
    iptables -t nat -N KUBE-SEP-OZ7EKTNODCMB5AA5
    iptables -t nat -N KUBE-SEP-Y76YWJY6FCGPQRV3
    iptables -t nat -N KUBE-SVC-LOLE4ISW44XBNF3G
    iptables -t nat -N KUBE-MARK-MASQ
    iptables -t nat -N KUBE-POSTROUTING
    iptables -t nat -N KUBE-NODEPORTS
    iptables -t nat -N KUBE-SERVICES
    iptables -t nat -A KUBE-SEP-OZ7EKTNODCMB5AA5 -m comment --comment default/web -s 10.0.0.12 -j KUBE-MARK-MASQ
    iptables -t nat -A KUBE-SEP-OZ7EKTNODCMB5AA5 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.0.0.12:8080
    iptables -t nat -A KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -s 10.0.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -A KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.0.0.11:8080
    iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-Y76YWJY6FCGPQRV3
    iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.12:8080' -j KUBE-SEP-OZ7EKTNODCMB5AA5
    iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
    iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    iptables -t nat -A OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -A PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    iptables -N KUBE-FIREWALL
    iptables -N KUBE-PROXY-FIREWALL
    iptables -N KUBE-NODEPORTS
    iptables -N KUBE-FORWARD
    iptables -N KUBE-EXTERNAL-SERVICES
    iptables -N KUBE-SERVICES
    iptables -A KUBE-FIREWALL -m comment --comment 'block incoming localnet connections' -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
    iptables -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
    iptables -A KUBE-FORWARD -m comment --comment 'kubernetes forwarding rules' -m mark --mark 0x4000/0x4000 -j ACCEPT
    iptables -A KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    iptables -A INPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
    iptables -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
    iptables -I INPUT 1 -m comment --comment 'kubernetes health check service ports' -j KUBE-NODEPORTS
    iptables -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -A OUTPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -I FORWARD 1 -m comment --comment 'kubernetes forwarding rules' -j KUBE-FORWARD
    iptables -I INPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    iptables -I OUTPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    iptables -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    iptables -I INPUT 1 -j KUBE-FIREWALL
    iptables -I OUTPUT 1 -j KUBE-FIREWALL
    nft delete table ip kube-proxy
  fi
  if [ "$last" -ge 3 ]; then
    iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D KUBE-SEP-OZ7EKTNODCMB5AA5 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.0.0.12:8080
    iptables -t nat -D KUBE-SEP-OZ7EKTNODCMB5AA5 -m comment --comment default/web -s 10.0.0.12 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.0.0.11:8080
    iptables -t nat -D KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -s 10.0.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.12:8080' -j KUBE-SEP-OZ7EKTNODCMB5AA5
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-Y76YWJY6FCGPQRV3
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
    iptables -t nat -X KUBE-SEP-OZ7EKTNODCMB5AA5
    iptables -t nat -X KUBE-SEP-Y76YWJY6FCGPQRV3
    iptables -t nat -X KUBE-SVC-LOLE4ISW44XBNF3G
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
    ip netns pids fetcher | xargs -r kill || :
    ip netns pids asker | xargs -r kill || :
    ip netns pids web-2 | xargs -r kill || :
    ip netns pids web-1 | xargs -r kill || :
    rm -f /etc/netns/web-1/hosts /etc/netns/web-2/hosts /etc/netns/asker/hosts /etc/netns/fetcher/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/web-1 /etc/netns/web-2 /etc/netns/asker /etc/netns/fetcher
    ip route delete default via 192.0.2.10
    ip -n client route delete default via 192.0.2.1
    ip -n client link set dev eth0 down
    ip -n client address delete 192.0.2.10/24 dev eth0
    ip -n client link set dev lo down
    ip -n fetcher route delete default via 10.0.0.1
    ip -n fetcher link set dev eth0 down
    ip -n fetcher address delete 10.0.0.51/24 dev eth0
    ip -n fetcher link set dev lo down
    ip -n asker route delete default via 10.0.0.1
    ip -n asker link set dev eth0 down
    ip -n asker address delete 10.0.0.50/24 dev eth0
    ip -n asker link set dev lo down
    ip -n web-2 route delete default via 10.0.0.1
    ip -n web-2 link set dev eth0 down
    ip -n web-2 address delete 10.0.0.12/24 dev eth0
    ip -n web-2 link set dev lo down
    ip -n web-1 route delete default via 10.0.0.1
    ip -n web-1 link set dev eth0 down
    ip -n web-1 address delete 10.0.0.11/24 dev eth0
    ip -n web-1 link set dev lo down
    ip link set dev out_client down
    ip address delete 192.0.2.1/24 dev out_client
    ip link delete dev out_client
    ip link set dev veth_fetcher type bridge_slave hairpin off
    ip link set dev veth_fetcher nomaster down
    ip link delete dev veth_fetcher
    ip link set dev veth_asker type bridge_slave hairpin off
    ip link set dev veth_asker nomaster down
    ip link delete dev veth_asker
    ip link set dev veth_web-2 type bridge_slave hairpin off
    ip link set dev veth_web-2 nomaster down
    ip link delete dev veth_web-2
    ip link set dev veth_web-1 type bridge_slave hairpin off
    ip link set dev veth_web-1 nomaster down
    ip link delete dev veth_web-1
    ip netns delete client
    ip netns delete fetcher
    ip netns delete asker
    ip netns delete web-2
    ip netns delete web-1
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
  printf '%s\n' "$1/7 $2"
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

# Many clusters have kube-proxy in iptables mode and are to have it in nftables mode, while people
# work. Here is such a service. The pod asker makes a new connection every few milliseconds and
# writes down how it ended: 0 is what curl says when all went well.
step 3 'A service in iptables mode, and somebody who asks all the time'
ip link add name br1 type bridge
ip address add 10.0.0.1/24 dev br1
ip link set dev br1 up
ip netns add web-1
ip netns add web-2
ip netns add asker
ip netns add fetcher
ip netns add client
ip link add name veth_web-1 type veth peer name eth0 netns web-1
ip link set dev veth_web-1 master br1 up
ip link set dev veth_web-1 type bridge_slave hairpin on
ip link add name veth_web-2 type veth peer name eth0 netns web-2
ip link set dev veth_web-2 master br1 up
ip link set dev veth_web-2 type bridge_slave hairpin on
ip link add name veth_asker type veth peer name eth0 netns asker
ip link set dev veth_asker master br1 up
ip link set dev veth_asker type bridge_slave hairpin on
ip link add name veth_fetcher type veth peer name eth0 netns fetcher
ip link set dev veth_fetcher master br1 up
ip link set dev veth_fetcher type bridge_slave hairpin on
ip link add name out_client type veth peer name eth0 netns client
ip address add 192.0.2.1/24 dev out_client
ip link set dev out_client up
ip -n web-1 link set dev lo up
ip -n web-1 address add 10.0.0.11/24 dev eth0
ip -n web-1 link set dev eth0 up
ip -n web-1 route add default via 10.0.0.1
ip -n web-2 link set dev lo up
ip -n web-2 address add 10.0.0.12/24 dev eth0
ip -n web-2 link set dev eth0 up
ip -n web-2 route add default via 10.0.0.1
ip -n asker link set dev lo up
ip -n asker address add 10.0.0.50/24 dev eth0
ip -n asker link set dev eth0 up
ip -n asker route add default via 10.0.0.1
ip -n fetcher link set dev lo up
ip -n fetcher address add 10.0.0.51/24 dev eth0
ip -n fetcher link set dev eth0 up
ip -n fetcher route add default via 10.0.0.1
ip -n client link set dev lo up
ip -n client address add 192.0.2.10/24 dev eth0
ip -n client link set dev eth0 up
ip -n client route add default via 192.0.2.1
ip route add default via 192.0.2.10
mkdir -p /etc/netns/web-1 /etc/netns/web-2 /etc/netns/asker /etc/netns/fetcher
tee /etc/netns/web-1/hosts /etc/netns/web-2/hosts /etc/netns/asker/hosts /etc/netns/fetcher/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.0.0.11	web-1
10.0.0.12	web-2
10.0.0.50	asker
10.0.0.51	fetcher
192.0.2.10	client
10.96.0.10	web web.default web.default.svc web.default.svc.cluster.local
END
ip netns exec web-1 "${NETLAB:-netlab}" serve 8080 --name web-1 > /dev/null 2>&1 &
ip netns exec web-2 "${NETLAB:-netlab}" serve 8080 --name web-2 > /dev/null 2>&1 &
ip netns exec asker sh -c 'until [ -e /tmp/ask ]; do sleep 0.1; done; while [ -e /tmp/ask ]; do curl --silent --output /dev/null --max-time 5 --write-out '\''%{exitcode}\n'\'' 10.96.0.10:80 >> /tmp/ended; sleep 0.02; done; echo done >> /tmp/ended; exec sleep infinity' > /dev/null 2>&1 &
ip netns exec fetcher sh -c 'until [ -e /tmp/fetch ]; do sleep 0.1; done; curl --silent --output /dev/null --limit-rate 128k --write-out '\''%{exitcode} %{size_download}\n'\'' '\''10.96.0.10:80/?bytes=1048576'\'' > /tmp/fetched; exec sleep infinity' > /dev/null 2>&1 &
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
iptables -t nat -N KUBE-SVC-LOLE4ISW44XBNF3G
iptables -t nat -N KUBE-SEP-Y76YWJY6FCGPQRV3
iptables -t nat -N KUBE-SEP-OZ7EKTNODCMB5AA5
iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-Y76YWJY6FCGPQRV3
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.12:8080' -j KUBE-SEP-OZ7EKTNODCMB5AA5
iptables -t nat -A KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -s 10.0.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.0.0.11:8080
iptables -t nat -A KUBE-SEP-OZ7EKTNODCMB5AA5 -m comment --comment default/web -s 10.0.0.12 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-OZ7EKTNODCMB5AA5 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.0.0.12:8080
iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
touch /tmp/ask

# The pod fetcher gets a mebibyte over one connection, slowly. Rules are asked for the first packet
# of a connection only; for all others the table of connections knows where they go. That table is
# the kernel's, and belongs to no mode.
step 4 'A connection that stays'
touch /tmp/fetch

# On a cluster one changes mode in kube-proxy's ConfigMap and lets its DaemonSet start each node's
# kube-proxy anew. As it starts, that one takes the rules of iptables mode away, and it makes its
# own once it has heard of all services: for some seconds nobody translates, and new connections get
# lost, on one node after the other. So one empties a node first, or does by hand what this step
# does, in the other order. The new table is made beside the old rules. Whichever comes first
# translates a new connection, and the other one then leaves it alone. Only after that do the old
# rules go.
step 5 'nftables mode'\''s table comes, then iptables mode'\''s rules go'
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
nft add chain ip kube-proxy endpoint-74W6JSEF-default/web/tcp/__10.0.0.11/8080
nft add rule ip kube-proxy endpoint-74W6JSEF-default/web/tcp/__10.0.0.11/8080 ip saddr 10.0.0.11 jump mark-for-masquerade
nft add rule ip kube-proxy endpoint-74W6JSEF-default/web/tcp/__10.0.0.11/8080 meta l4proto tcp dnat to 10.0.0.11:8080
nft add chain ip kube-proxy endpoint-SEQO5POY-default/web/tcp/__10.0.0.12/8080
nft add rule ip kube-proxy endpoint-SEQO5POY-default/web/tcp/__10.0.0.12/8080 ip saddr 10.0.0.12 jump mark-for-masquerade
nft add rule ip kube-proxy endpoint-SEQO5POY-default/web/tcp/__10.0.0.12/8080 meta l4proto tcp dnat to 10.0.0.12:8080
nft add chain ip kube-proxy service-PFISGYVC-default/web/tcp/
nft 'add rule ip kube-proxy service-PFISGYVC-default/web/tcp/ ip daddr 10.96.0.10 ip saddr != 10.0.0.0/24 jump mark-for-masquerade'
nft 'add rule ip kube-proxy service-PFISGYVC-default/web/tcp/ numgen random mod 2 vmap { 0 : goto endpoint-74W6JSEF-default/web/tcp/__10.0.0.11/8080 , 1 : goto endpoint-SEQO5POY-default/web/tcp/__10.0.0.12/8080 }'
nft 'add element ip kube-proxy cluster-ips { 10.96.0.10 }'
nft 'add element ip kube-proxy service-ips { 10.96.0.10 . tcp . 80 : goto service-PFISGYVC-default/web/tcp/ }'
iptables -t filter -D OUTPUT -j KUBE-FIREWALL
iptables -t filter -D INPUT -j KUBE-FIREWALL
iptables -t filter -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
iptables -t filter -D OUTPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
iptables -t filter -D INPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
iptables -t filter -D FORWARD -m comment --comment 'kubernetes forwarding rules' -j KUBE-FORWARD
iptables -t filter -D OUTPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t filter -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t filter -D INPUT -m comment --comment 'kubernetes health check service ports' -j KUBE-NODEPORTS
iptables -t filter -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
iptables -t filter -D INPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
iptables -t filter -F KUBE-SERVICES
iptables -t filter -F KUBE-EXTERNAL-SERVICES
iptables -t filter -F KUBE-FORWARD
iptables -t filter -F KUBE-NODEPORTS
iptables -t filter -F KUBE-PROXY-FIREWALL
iptables -t filter -F KUBE-FIREWALL
iptables -t filter -X KUBE-SERVICES
iptables -t filter -X KUBE-EXTERNAL-SERVICES
iptables -t filter -X KUBE-FORWARD
iptables -t filter -X KUBE-NODEPORTS
iptables -t filter -X KUBE-PROXY-FIREWALL
iptables -t filter -X KUBE-FIREWALL
iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -F KUBE-SERVICES
iptables -t nat -F KUBE-NODEPORTS
iptables -t nat -F KUBE-POSTROUTING
iptables -t nat -F KUBE-MARK-MASQ
iptables -t nat -F KUBE-SVC-LOLE4ISW44XBNF3G
iptables -t nat -F KUBE-SEP-Y76YWJY6FCGPQRV3
iptables -t nat -F KUBE-SEP-OZ7EKTNODCMB5AA5
iptables -t nat -X KUBE-SERVICES
iptables -t nat -X KUBE-NODEPORTS
iptables -t nat -X KUBE-POSTROUTING
iptables -t nat -X KUBE-MARK-MASQ
iptables -t nat -X KUBE-SVC-LOLE4ISW44XBNF3G
iptables -t nat -X KUBE-SEP-Y76YWJY6FCGPQRV3
iptables -t nat -X KUBE-SEP-OZ7EKTNODCMB5AA5

# The asker is told to stop. Each of its requests ended with 0, those in the middle of the change,
# too; and the fetcher has its whole mebibyte, over the connection that the old rules have made.
step 6 'Nothing was lost'
rm /tmp/ask

# The rules are gone, but not all that kube-proxy ever did. route_localnet, which let node ports
# answer on 127.0.0.1, is still on, and nobody needs it any more. Where kube-proxy is to leave a
# node for good, for Cilium to do its work, say, kube-proxy --cleanup takes the rules of all modes
# away and makes nothing new: run as a Pod with the host's network, it ends when that is done. A new
# start alone does not always do so: between iptables and IPVS mode it leaves what the other one has
# made. Until it is gone two of them translate side by side, each with endpoints of its own: the old
# ones go stale.
step 7 'What stays behind'
sysctl -w net.ipv4.conf.all.route_localnet=0
