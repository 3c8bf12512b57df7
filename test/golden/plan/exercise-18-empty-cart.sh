#!/bin/sh
# The shopping cart is empty every now and then
#
# The commands of netlab's lab exercise-18-empty-cart, as root on a machine that you can do without:
#   sh exercise-18-empty-cart.sh             carries out its steps, in order
#   sh exercise-18-empty-cart.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-exercise-18-empty-cart.step
# The machine's settings as they were.
settings=/run/netlab-exercise-18-empty-cart.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv4.conf.all.route_localnet > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 7 ]; then
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-OZ7EKTNODCMB5AA5 -j KUBE-SEP-OZ7EKTNODCMB5AA5
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-Y76YWJY6FCGPQRV3 -j KUBE-SEP-Y76YWJY6FCGPQRV3
    iptables -t nat -I KUBE-SVC-LOLE4ISW44XBNF3G 2 -m comment --comment 'default/web -> 10.0.0.12:8080' -m recent --name KUBE-SEP-OZ7EKTNODCMB5AA5 --rcheck --seconds 10800 --reap -j KUBE-SEP-OZ7EKTNODCMB5AA5
    iptables -t nat -I KUBE-SVC-LOLE4ISW44XBNF3G 2 -m comment --comment 'default/web -> 10.0.0.11:8080' -m recent --name KUBE-SEP-Y76YWJY6FCGPQRV3 --rcheck --seconds 10800 --reap -j KUBE-SEP-Y76YWJY6FCGPQRV3
  fi
  if [ "$last" -ge 5 ]; then
    iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D KUBE-SEP-OZ7EKTNODCMB5AA5 -m comment --comment default/web -m recent --name KUBE-SEP-OZ7EKTNODCMB5AA5 --set -m tcp -p tcp -j DNAT --to-destination 10.0.0.12:8080
    iptables -t nat -D KUBE-SEP-OZ7EKTNODCMB5AA5 -m comment --comment default/web -s 10.0.0.12 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -m recent --name KUBE-SEP-Y76YWJY6FCGPQRV3 --set -m tcp -p tcp -j DNAT --to-destination 10.0.0.11:8080
    iptables -t nat -D KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -s 10.0.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.12:8080' -j KUBE-SEP-OZ7EKTNODCMB5AA5
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-Y76YWJY6FCGPQRV3
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.12:8080' -m recent --name KUBE-SEP-OZ7EKTNODCMB5AA5 --rcheck --seconds 10800 --reap -j KUBE-SEP-OZ7EKTNODCMB5AA5
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.11:8080' -m recent --name KUBE-SEP-Y76YWJY6FCGPQRV3 --rcheck --seconds 10800 --reap -j KUBE-SEP-Y76YWJY6FCGPQRV3
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.100.0.1 --dport 80 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.100.0.1 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
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
  fi
  if [ "$last" -ge 4 ]; then
    ip netns pids web-2 | xargs -r kill || :
    ip netns pids web-1 | xargs -r kill || :
  fi
  if [ "$last" -ge 3 ]; then
    iptables -t nat -D POSTROUTING --source 10.0.0.0/24 ! --destination 10.0.0.0/24 --jump MASQUERADE
    iptables -D FORWARD --out-interface br1 --jump ACCEPT
    iptables -D FORWARD --in-interface br1 --jump ACCEPT
  fi
  if [ "$last" -ge 2 ]; then
    rm -f /etc/netns/web-1/hosts /etc/netns/web-2/hosts /etc/netns/anna/hosts /etc/netns/bert/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/web-1 /etc/netns/web-2 /etc/netns/anna /etc/netns/bert
    ip route delete default via 192.0.2.10
    ip -n client route delete default via 192.0.2.1
    ip -n client link set dev eth0 down
    ip -n client address delete 192.0.2.10/24 dev eth0
    ip -n client link set dev lo down
    ip -n bert route delete default via 10.0.0.1
    ip -n bert link set dev eth0 down
    ip -n bert address delete 10.0.0.22/24 dev eth0
    ip -n bert link set dev lo down
    ip -n anna route delete default via 10.0.0.1
    ip -n anna link set dev eth0 down
    ip -n anna address delete 10.0.0.21/24 dev eth0
    ip -n anna link set dev lo down
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
    ip link set dev veth_bert type bridge_slave hairpin off
    ip link set dev veth_bert nomaster down
    ip link delete dev veth_bert
    ip link set dev veth_anna type bridge_slave hairpin off
    ip link set dev veth_anna nomaster down
    ip link delete dev veth_anna
    ip link set dev veth_web-2 type bridge_slave hairpin off
    ip link set dev veth_web-2 nomaster down
    ip link delete dev veth_web-2
    ip link set dev veth_web-1 type bridge_slave hairpin off
    ip link set dev veth_web-1 nomaster down
    ip link delete dev veth_web-1
    ip netns delete client
    ip netns delete bert
    ip netns delete anna
    ip netns delete web-2
    ip netns delete web-1
    ip link set dev br1 down
    ip address delete 10.0.0.1/24 dev br1
    ip link delete dev br1
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

# A pod is a network namespace with a veth pair as its cable: one end is eth0 inside, the other is
# plugged into a bridge on the host. The bridge has the address that the pods use as their gateway.
step 2 '4 pods on br1'
ip link add name br1 type bridge
ip address add 10.0.0.1/24 dev br1
ip link set dev br1 up
ip netns add web-1
ip netns add web-2
ip netns add anna
ip netns add bert
ip netns add client
ip link add name veth_web-1 type veth peer name eth0 netns web-1
ip link set dev veth_web-1 master br1 up
ip link set dev veth_web-1 type bridge_slave hairpin on
ip link add name veth_web-2 type veth peer name eth0 netns web-2
ip link set dev veth_web-2 master br1 up
ip link set dev veth_web-2 type bridge_slave hairpin on
ip link add name veth_anna type veth peer name eth0 netns anna
ip link set dev veth_anna master br1 up
ip link set dev veth_anna type bridge_slave hairpin on
ip link add name veth_bert type veth peer name eth0 netns bert
ip link set dev veth_bert master br1 up
ip link set dev veth_bert type bridge_slave hairpin on
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
ip -n anna link set dev lo up
ip -n anna address add 10.0.0.21/24 dev eth0
ip -n anna link set dev eth0 up
ip -n anna route add default via 10.0.0.1
ip -n bert link set dev lo up
ip -n bert address add 10.0.0.22/24 dev eth0
ip -n bert link set dev eth0 up
ip -n bert route add default via 10.0.0.1
ip -n client link set dev lo up
ip -n client address add 192.0.2.10/24 dev eth0
ip -n client link set dev eth0 up
ip -n client route add default via 192.0.2.1
ip route add default via 192.0.2.10
mkdir -p /etc/netns/web-1 /etc/netns/web-2 /etc/netns/anna /etc/netns/bert
tee /etc/netns/web-1/hosts /etc/netns/web-2/hosts /etc/netns/anna/hosts /etc/netns/bert/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.0.0.11	web-1
10.0.0.12	web-2
10.0.0.21	anna
10.0.0.22	bert
192.0.2.10	client
10.100.0.1	web web.default web.default.svc web.default.svc.cluster.local
END

# Where the FORWARD chain is strict, the bridge must be let through in both directions. And a packet
# that leaves for the world with a pod's address would get no answer, since nobody out there knows
# the way back: MASQUERADE puts the host's address in its place.
step 3 'Let the pods through'
iptables --table filter --append FORWARD --in-interface br1 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface br1 --jump ACCEPT
iptables --table nat --append POSTROUTING --source 10.0.0.0/24 ! --destination 10.0.0.0/24 --jump MASQUERADE

# Each pod runs its program in its own network namespace, so all of them can listen on the same
# port. netlab's own server answers with the name of the pod, its address, and the address that the
# client seems to have.
step 4 '2 servers'
ip netns exec web-1 "${NETLAB:-netlab}" serve 8080 --name web-1 > /dev/null 2>&1 &
ip netns exec web-2 "${NETLAB:-netlab}" serve 8080 --name web-2 > /dev/null 2>&1 &

# A cluster IP belongs to no interface. kube-proxy turns each Service into chains of the nat table:
# KUBE-SERVICES knows the address, KUBE-SVC-… chooses an endpoint by chance, KUBE-SEP-… rewrites the
# destination to the pod.
step 5 'kube-proxy'\''s rules for web'
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
iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.100.0.1 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.100.0.1 --dport 80 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.11:8080' -m recent --name KUBE-SEP-Y76YWJY6FCGPQRV3 --rcheck --seconds 10800 --reap -j KUBE-SEP-Y76YWJY6FCGPQRV3
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.12:8080' -m recent --name KUBE-SEP-OZ7EKTNODCMB5AA5 --rcheck --seconds 10800 --reap -j KUBE-SEP-OZ7EKTNODCMB5AA5
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-Y76YWJY6FCGPQRV3
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.12:8080' -j KUBE-SEP-OZ7EKTNODCMB5AA5
iptables -t nat -A KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -s 10.0.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -m recent --name KUBE-SEP-Y76YWJY6FCGPQRV3 --set -m tcp -p tcp -j DNAT --to-destination 10.0.0.11:8080
iptables -t nat -A KUBE-SEP-OZ7EKTNODCMB5AA5 -m comment --comment default/web -s 10.0.0.12 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-OZ7EKTNODCMB5AA5 -m comment --comment default/web -m recent --name KUBE-SEP-OZ7EKTNODCMB5AA5 --set -m tcp -p tcp -j DNAT --to-destination 10.0.0.12:8080
iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING

# Each web pod keeps its clients' carts in its own memory, so the service says sessionAffinity:
# ClientIP. Whoever has been sent to a pod is sent there again, for three hours.
step 6 'A client stays with its pod'

step 7 'anna'\''s cart'
# What the task begins with:
iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G 2
iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G 2
# The task: anna puts something into her cart, and with the next click it is gone; some clicks later
# it is there again. bert says the same. The service is 10.100.0.1:80. Both pods behind it are well
# and shall go on to be used. kube-proxy is off, somebody has been at the rules, and you have to
# mend them. Let anna and bert stay with their pods.
# Its solution:
iptables -t nat -I KUBE-SVC-LOLE4ISW44XBNF3G 2 -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-Y76YWJY6FCGPQRV3 -j KUBE-SEP-Y76YWJY6FCGPQRV3
iptables -t nat -I KUBE-SVC-LOLE4ISW44XBNF3G 3 -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-OZ7EKTNODCMB5AA5 -j KUBE-SEP-OZ7EKTNODCMB5AA5
