#!/bin/sh
# A client that stays with its pod
#
# The commands of netlab's lab session-affinity, as root on a machine that you can do without:
#   sh session-affinity.sh             carries out its steps, in order
#   sh session-affinity.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-session-affinity.step
# The machine's settings as they were.
settings=/run/netlab-session-affinity.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv4.conf.all.route_localnet > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 6 ]; then
    iptables -t nat -N KUBE-SEP-IFJ4UI6X35TYPPPX
    iptables -t nat -A KUBE-SEP-IFJ4UI6X35TYPPPX -m comment --comment default/sticky -s 10.0.0.13 -j KUBE-MARK-MASQ
    iptables -t nat -A KUBE-SEP-IFJ4UI6X35TYPPPX -m comment --comment default/sticky -m recent --name KUBE-SEP-IFJ4UI6X35TYPPPX --set -m tcp -p tcp -j DNAT --to-destination 10.0.0.13:8080
    iptables -t nat -A KUBE-SVC-BJWR5DPVIKTHVKZU -m comment --comment 'default/sticky -> 10.0.0.13:8080' -j KUBE-SEP-IFJ4UI6X35TYPPPX
    iptables -t nat -I KUBE-SVC-BJWR5DPVIKTHVKZU 6 -m comment --comment 'default/sticky -> 10.0.0.12:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-LWGO5JF5X5NAVCTZ
    iptables -t nat -R KUBE-SVC-BJWR5DPVIKTHVKZU 5 -m comment --comment 'default/sticky -> 10.0.0.11:8080' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-PCK5J2VENZFCPIVN
    iptables -t nat -R KUBE-SVC-BJWR5DPVIKTHVKZU 4 -m comment --comment 'default/sticky -> 10.0.0.13:8080' -m recent --name KUBE-SEP-IFJ4UI6X35TYPPPX --rcheck --seconds 10800 --reap -j KUBE-SEP-IFJ4UI6X35TYPPPX
  fi
  if [ "$last" -ge 3 ]; then
    iptables -t nat -D KUBE-SEP-IFJ4UI6X35TYPPPX -m comment --comment default/sticky -m recent --name KUBE-SEP-IFJ4UI6X35TYPPPX --set -m tcp -p tcp -j DNAT --to-destination 10.0.0.13:8080
    iptables -t nat -D KUBE-SEP-IFJ4UI6X35TYPPPX -m comment --comment default/sticky -s 10.0.0.13 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-LWGO5JF5X5NAVCTZ -m comment --comment default/sticky -m recent --name KUBE-SEP-LWGO5JF5X5NAVCTZ --set -m tcp -p tcp -j DNAT --to-destination 10.0.0.12:8080
    iptables -t nat -D KUBE-SEP-LWGO5JF5X5NAVCTZ -m comment --comment default/sticky -s 10.0.0.12 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-PCK5J2VENZFCPIVN -m comment --comment default/sticky -m recent --name KUBE-SEP-PCK5J2VENZFCPIVN --set -m tcp -p tcp -j DNAT --to-destination 10.0.0.11:8080
    iptables -t nat -D KUBE-SEP-PCK5J2VENZFCPIVN -m comment --comment default/sticky -s 10.0.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-BJWR5DPVIKTHVKZU -m comment --comment 'default/sticky -> 10.0.0.13:8080' -j KUBE-SEP-IFJ4UI6X35TYPPPX
    iptables -t nat -D KUBE-SVC-BJWR5DPVIKTHVKZU -m comment --comment 'default/sticky -> 10.0.0.12:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-LWGO5JF5X5NAVCTZ
    iptables -t nat -D KUBE-SVC-BJWR5DPVIKTHVKZU -m comment --comment 'default/sticky -> 10.0.0.11:8080' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-PCK5J2VENZFCPIVN
    iptables -t nat -D KUBE-SVC-BJWR5DPVIKTHVKZU -m comment --comment 'default/sticky -> 10.0.0.13:8080' -m recent --name KUBE-SEP-IFJ4UI6X35TYPPPX --rcheck --seconds 10800 --reap -j KUBE-SEP-IFJ4UI6X35TYPPPX
    iptables -t nat -D KUBE-SVC-BJWR5DPVIKTHVKZU -m comment --comment 'default/sticky -> 10.0.0.12:8080' -m recent --name KUBE-SEP-LWGO5JF5X5NAVCTZ --rcheck --seconds 10800 --reap -j KUBE-SEP-LWGO5JF5X5NAVCTZ
    iptables -t nat -D KUBE-SVC-BJWR5DPVIKTHVKZU -m comment --comment 'default/sticky -> 10.0.0.11:8080' -m recent --name KUBE-SEP-PCK5J2VENZFCPIVN --rcheck --seconds 10800 --reap -j KUBE-SEP-PCK5J2VENZFCPIVN
    iptables -t nat -D KUBE-SVC-BJWR5DPVIKTHVKZU -m comment --comment 'default/sticky cluster IP' -m tcp -p tcp -d 10.96.0.81 --dport 80 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-EXT-BJWR5DPVIKTHVKZU -j KUBE-SVC-BJWR5DPVIKTHVKZU
    iptables -t nat -D KUBE-EXT-BJWR5DPVIKTHVKZU -m comment --comment 'masquerade traffic for default/sticky external destinations' -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-NODEPORTS -m comment --comment default/sticky -m tcp -p tcp --dport 30081 -j KUBE-EXT-BJWR5DPVIKTHVKZU
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/sticky cluster IP' -m tcp -p tcp -d 10.96.0.81 --dport 80 -j KUBE-SVC-BJWR5DPVIKTHVKZU
    iptables -t nat -X KUBE-SEP-IFJ4UI6X35TYPPPX
    iptables -t nat -X KUBE-SEP-LWGO5JF5X5NAVCTZ
    iptables -t nat -X KUBE-SEP-PCK5J2VENZFCPIVN
    iptables -t nat -X KUBE-SVC-BJWR5DPVIKTHVKZU
    iptables -t nat -X KUBE-EXT-BJWR5DPVIKTHVKZU
  fi
  if [ "$last" -ge 2 ]; then
    iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D KUBE-SEP-NTM6A2H5PO6V75NA -m comment --comment default/any -m tcp -p tcp -j DNAT --to-destination 10.0.0.13:8080
    iptables -t nat -D KUBE-SEP-NTM6A2H5PO6V75NA -m comment --comment default/any -s 10.0.0.13 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-QD4A4RN3PDTTWLRU -m comment --comment default/any -m tcp -p tcp -j DNAT --to-destination 10.0.0.12:8080
    iptables -t nat -D KUBE-SEP-QD4A4RN3PDTTWLRU -m comment --comment default/any -s 10.0.0.12 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-U3S7QO345UMPFTMX -m comment --comment default/any -m tcp -p tcp -j DNAT --to-destination 10.0.0.11:8080
    iptables -t nat -D KUBE-SEP-U3S7QO345UMPFTMX -m comment --comment default/any -s 10.0.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-764LKAMSIAIOFBUR -m comment --comment 'default/any -> 10.0.0.13:8080' -j KUBE-SEP-NTM6A2H5PO6V75NA
    iptables -t nat -D KUBE-SVC-764LKAMSIAIOFBUR -m comment --comment 'default/any -> 10.0.0.12:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-QD4A4RN3PDTTWLRU
    iptables -t nat -D KUBE-SVC-764LKAMSIAIOFBUR -m comment --comment 'default/any -> 10.0.0.11:8080' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-U3S7QO345UMPFTMX
    iptables -t nat -D KUBE-SVC-764LKAMSIAIOFBUR -m comment --comment 'default/any cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 80 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/any cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 80 -j KUBE-SVC-764LKAMSIAIOFBUR
    iptables -t nat -X KUBE-SEP-NTM6A2H5PO6V75NA
    iptables -t nat -X KUBE-SEP-QD4A4RN3PDTTWLRU
    iptables -t nat -X KUBE-SEP-U3S7QO345UMPFTMX
    iptables -t nat -X KUBE-SVC-764LKAMSIAIOFBUR
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
    ip netns pids web-3 | xargs -r kill || :
    ip netns pids web-2 | xargs -r kill || :
    ip netns pids web-1 | xargs -r kill || :
    iptables -t nat -D POSTROUTING --source 10.0.0.0/24 ! --destination 10.0.0.0/24 --jump MASQUERADE
    iptables -D FORWARD --out-interface br1 --jump ACCEPT
    iptables -D FORWARD --in-interface br1 --jump ACCEPT
    rm -f /etc/netns/web-1/hosts /etc/netns/web-2/hosts /etc/netns/web-3/hosts /etc/netns/anna/hosts /etc/netns/bert/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/web-1 /etc/netns/web-2 /etc/netns/web-3 /etc/netns/anna /etc/netns/bert
    ip route delete default via 192.0.2.10
    ip -n dora route delete default via 198.51.100.1
    ip -n dora link set dev eth0 down
    ip -n dora address delete 198.51.100.10/24 dev eth0
    ip -n dora link set dev lo down
    ip -n carla route delete default via 192.0.2.1
    ip -n carla link set dev eth0 down
    ip -n carla address delete 192.0.2.10/24 dev eth0
    ip -n carla link set dev lo down
    ip -n bert route delete default via 10.0.0.1
    ip -n bert link set dev eth0 down
    ip -n bert address delete 10.0.0.32/24 dev eth0
    ip -n bert link set dev lo down
    ip -n anna route delete default via 10.0.0.1
    ip -n anna link set dev eth0 down
    ip -n anna address delete 10.0.0.31/24 dev eth0
    ip -n anna link set dev lo down
    ip -n web-3 route delete default via 10.0.0.1
    ip -n web-3 link set dev eth0 down
    ip -n web-3 address delete 10.0.0.13/24 dev eth0
    ip -n web-3 link set dev lo down
    ip -n web-2 route delete default via 10.0.0.1
    ip -n web-2 link set dev eth0 down
    ip -n web-2 address delete 10.0.0.12/24 dev eth0
    ip -n web-2 link set dev lo down
    ip -n web-1 route delete default via 10.0.0.1
    ip -n web-1 link set dev eth0 down
    ip -n web-1 address delete 10.0.0.11/24 dev eth0
    ip -n web-1 link set dev lo down
    ip link set dev out_dora down
    ip address delete 198.51.100.1/24 dev out_dora
    ip link delete dev out_dora
    ip link set dev out_carla down
    ip address delete 192.0.2.1/24 dev out_carla
    ip link delete dev out_carla
    ip link set dev veth_bert type bridge_slave hairpin off
    ip link set dev veth_bert nomaster down
    ip link delete dev veth_bert
    ip link set dev veth_anna type bridge_slave hairpin off
    ip link set dev veth_anna nomaster down
    ip link delete dev veth_anna
    ip link set dev veth_web-3 type bridge_slave hairpin off
    ip link set dev veth_web-3 nomaster down
    ip link delete dev veth_web-3
    ip link set dev veth_web-2 type bridge_slave hairpin off
    ip link set dev veth_web-2 nomaster down
    ip link delete dev veth_web-2
    ip link set dev veth_web-1 type bridge_slave hairpin off
    ip link set dev veth_web-1 nomaster down
    ip link delete dev veth_web-1
    ip netns delete dora
    ip netns delete carla
    ip netns delete bert
    ip netns delete anna
    ip netns delete web-3
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
  printf '%s\n' "$1/6 $2"
  echo "$1" > "$reached"
}

# A Linux machine drops every packet that is not for itself until net.ipv4.ip_forward is 1. A
# Kubernetes node must pass packets on, between its pods and the world, so this comes before
# anything else. net.bridge.bridge-nf-call-iptables lets iptables see what only crosses a bridge,
# too: services need it.
step 1 Forwarding
sysctl -w net.ipv4.ip_forward=1
sysctl -w net.bridge.bridge-nf-call-iptables=1

# By default every connection is a new throw of the dice, whoever makes it. anna asks fourteen
# times, and then many times.
step 2 'Dice for each connection'
ip link add name br1 type bridge
ip address add 10.0.0.1/24 dev br1
ip link set dev br1 up
ip netns add web-1
ip netns add web-2
ip netns add web-3
ip netns add anna
ip netns add bert
ip netns add carla
ip netns add dora
ip link add name veth_web-1 type veth peer name eth0 netns web-1
ip link set dev veth_web-1 master br1 up
ip link set dev veth_web-1 type bridge_slave hairpin on
ip link add name veth_web-2 type veth peer name eth0 netns web-2
ip link set dev veth_web-2 master br1 up
ip link set dev veth_web-2 type bridge_slave hairpin on
ip link add name veth_web-3 type veth peer name eth0 netns web-3
ip link set dev veth_web-3 master br1 up
ip link set dev veth_web-3 type bridge_slave hairpin on
ip link add name veth_anna type veth peer name eth0 netns anna
ip link set dev veth_anna master br1 up
ip link set dev veth_anna type bridge_slave hairpin on
ip link add name veth_bert type veth peer name eth0 netns bert
ip link set dev veth_bert master br1 up
ip link set dev veth_bert type bridge_slave hairpin on
ip link add name out_carla type veth peer name eth0 netns carla
ip address add 192.0.2.1/24 dev out_carla
ip link set dev out_carla up
ip link add name out_dora type veth peer name eth0 netns dora
ip address add 198.51.100.1/24 dev out_dora
ip link set dev out_dora up
ip -n web-1 link set dev lo up
ip -n web-1 address add 10.0.0.11/24 dev eth0
ip -n web-1 link set dev eth0 up
ip -n web-1 route add default via 10.0.0.1
ip -n web-2 link set dev lo up
ip -n web-2 address add 10.0.0.12/24 dev eth0
ip -n web-2 link set dev eth0 up
ip -n web-2 route add default via 10.0.0.1
ip -n web-3 link set dev lo up
ip -n web-3 address add 10.0.0.13/24 dev eth0
ip -n web-3 link set dev eth0 up
ip -n web-3 route add default via 10.0.0.1
ip -n anna link set dev lo up
ip -n anna address add 10.0.0.31/24 dev eth0
ip -n anna link set dev eth0 up
ip -n anna route add default via 10.0.0.1
ip -n bert link set dev lo up
ip -n bert address add 10.0.0.32/24 dev eth0
ip -n bert link set dev eth0 up
ip -n bert route add default via 10.0.0.1
ip -n carla link set dev lo up
ip -n carla address add 192.0.2.10/24 dev eth0
ip -n carla link set dev eth0 up
ip -n carla route add default via 192.0.2.1
ip -n dora link set dev lo up
ip -n dora address add 198.51.100.10/24 dev eth0
ip -n dora link set dev eth0 up
ip -n dora route add default via 198.51.100.1
ip route add default via 192.0.2.10
mkdir -p /etc/netns/web-1 /etc/netns/web-2 /etc/netns/web-3 /etc/netns/anna /etc/netns/bert
tee /etc/netns/web-1/hosts /etc/netns/web-2/hosts /etc/netns/web-3/hosts /etc/netns/anna/hosts /etc/netns/bert/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.0.0.11	web-1
10.0.0.12	web-2
10.0.0.13	web-3
10.0.0.31	anna
10.0.0.32	bert
192.0.2.10	carla
198.51.100.10	dora
10.96.0.80	any any.default any.default.svc any.default.svc.cluster.local
10.96.0.81	sticky sticky.default sticky.default.svc sticky.default.svc.cluster.local
END
iptables --table filter --append FORWARD --in-interface br1 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface br1 --jump ACCEPT
iptables --table nat --append POSTROUTING --source 10.0.0.0/24 ! --destination 10.0.0.0/24 --jump MASQUERADE
ip netns exec web-1 "${NETLAB:-netlab}" serve 8080 --name web-1 > /dev/null 2>&1 &
ip netns exec web-2 "${NETLAB:-netlab}" serve 8080 --name web-2 > /dev/null 2>&1 &
ip netns exec web-3 "${NETLAB:-netlab}" serve 8080 --name web-3 > /dev/null 2>&1 &
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
iptables -t nat -N KUBE-SVC-764LKAMSIAIOFBUR
iptables -t nat -N KUBE-SEP-U3S7QO345UMPFTMX
iptables -t nat -N KUBE-SEP-QD4A4RN3PDTTWLRU
iptables -t nat -N KUBE-SEP-NTM6A2H5PO6V75NA
iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/any cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 80 -j KUBE-SVC-764LKAMSIAIOFBUR
iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
iptables -t nat -A KUBE-SVC-764LKAMSIAIOFBUR -m comment --comment 'default/any cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 80 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-764LKAMSIAIOFBUR -m comment --comment 'default/any -> 10.0.0.11:8080' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-U3S7QO345UMPFTMX
iptables -t nat -A KUBE-SVC-764LKAMSIAIOFBUR -m comment --comment 'default/any -> 10.0.0.12:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-QD4A4RN3PDTTWLRU
iptables -t nat -A KUBE-SVC-764LKAMSIAIOFBUR -m comment --comment 'default/any -> 10.0.0.13:8080' -j KUBE-SEP-NTM6A2H5PO6V75NA
iptables -t nat -A KUBE-SEP-U3S7QO345UMPFTMX -m comment --comment default/any -s 10.0.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-U3S7QO345UMPFTMX -m comment --comment default/any -m tcp -p tcp -j DNAT --to-destination 10.0.0.11:8080
iptables -t nat -A KUBE-SEP-QD4A4RN3PDTTWLRU -m comment --comment default/any -s 10.0.0.12 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-QD4A4RN3PDTTWLRU -m comment --comment default/any -m tcp -p tcp -j DNAT --to-destination 10.0.0.12:8080
iptables -t nat -A KUBE-SEP-NTM6A2H5PO6V75NA -m comment --comment default/any -s 10.0.0.13 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-NTM6A2H5PO6V75NA -m comment --comment default/any -m tcp -p tcp -j DNAT --to-destination 10.0.0.13:8080
iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
# anna meets more than one pod in fourteen requests; that she meets the same one each time would
# happen once in 1.6 million tries. That is fine for pods that keep nothing to themselves. But a
# shopping cart in one pod's memory is lost as soon as the next request goes elsewhere.

# The same pods behind a second service, which says sessionAffinity: ClientIP. Now each client has
# its pod, and keeps it. Who is a client? An IP address, nothing else: no cookie, no port. All users
# behind one company's NAT are one client and land in one pod, and a telephone that changes networks
# is another one.
step 3 'sessionAffinity ClientIP'
iptables -t nat -N KUBE-EXT-BJWR5DPVIKTHVKZU
iptables -t nat -N KUBE-SVC-BJWR5DPVIKTHVKZU
iptables -t nat -N KUBE-SEP-PCK5J2VENZFCPIVN
iptables -t nat -N KUBE-SEP-LWGO5JF5X5NAVCTZ
iptables -t nat -N KUBE-SEP-IFJ4UI6X35TYPPPX
iptables -t nat -I KUBE-SERVICES 2 -m comment --comment 'default/sticky cluster IP' -m tcp -p tcp -d 10.96.0.81 --dport 80 -j KUBE-SVC-BJWR5DPVIKTHVKZU
iptables -t nat -A KUBE-NODEPORTS -m comment --comment default/sticky -m tcp -p tcp --dport 30081 -j KUBE-EXT-BJWR5DPVIKTHVKZU
iptables -t nat -A KUBE-EXT-BJWR5DPVIKTHVKZU -m comment --comment 'masquerade traffic for default/sticky external destinations' -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-EXT-BJWR5DPVIKTHVKZU -j KUBE-SVC-BJWR5DPVIKTHVKZU
iptables -t nat -A KUBE-SVC-BJWR5DPVIKTHVKZU -m comment --comment 'default/sticky cluster IP' -m tcp -p tcp -d 10.96.0.81 --dport 80 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-BJWR5DPVIKTHVKZU -m comment --comment 'default/sticky -> 10.0.0.11:8080' -m recent --name KUBE-SEP-PCK5J2VENZFCPIVN --rcheck --seconds 10800 --reap -j KUBE-SEP-PCK5J2VENZFCPIVN
iptables -t nat -A KUBE-SVC-BJWR5DPVIKTHVKZU -m comment --comment 'default/sticky -> 10.0.0.12:8080' -m recent --name KUBE-SEP-LWGO5JF5X5NAVCTZ --rcheck --seconds 10800 --reap -j KUBE-SEP-LWGO5JF5X5NAVCTZ
iptables -t nat -A KUBE-SVC-BJWR5DPVIKTHVKZU -m comment --comment 'default/sticky -> 10.0.0.13:8080' -m recent --name KUBE-SEP-IFJ4UI6X35TYPPPX --rcheck --seconds 10800 --reap -j KUBE-SEP-IFJ4UI6X35TYPPPX
iptables -t nat -A KUBE-SVC-BJWR5DPVIKTHVKZU -m comment --comment 'default/sticky -> 10.0.0.11:8080' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-PCK5J2VENZFCPIVN
iptables -t nat -A KUBE-SVC-BJWR5DPVIKTHVKZU -m comment --comment 'default/sticky -> 10.0.0.12:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-LWGO5JF5X5NAVCTZ
iptables -t nat -A KUBE-SVC-BJWR5DPVIKTHVKZU -m comment --comment 'default/sticky -> 10.0.0.13:8080' -j KUBE-SEP-IFJ4UI6X35TYPPPX
iptables -t nat -A KUBE-SEP-PCK5J2VENZFCPIVN -m comment --comment default/sticky -s 10.0.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-PCK5J2VENZFCPIVN -m comment --comment default/sticky -m recent --name KUBE-SEP-PCK5J2VENZFCPIVN --set -m tcp -p tcp -j DNAT --to-destination 10.0.0.11:8080
iptables -t nat -A KUBE-SEP-LWGO5JF5X5NAVCTZ -m comment --comment default/sticky -s 10.0.0.12 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-LWGO5JF5X5NAVCTZ -m comment --comment default/sticky -m recent --name KUBE-SEP-LWGO5JF5X5NAVCTZ --set -m tcp -p tcp -j DNAT --to-destination 10.0.0.12:8080
iptables -t nat -A KUBE-SEP-IFJ4UI6X35TYPPPX -m comment --comment default/sticky -s 10.0.0.13 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-IFJ4UI6X35TYPPPX -m comment --comment default/sticky -m recent --name KUBE-SEP-IFJ4UI6X35TYPPPX --set -m tcp -p tcp -j DNAT --to-destination 10.0.0.13:8080

# The match "recent" keeps a list of addresses for each endpoint, named like its chain. In
# KUBE-SEP-… the rule that rewrites the destination also notes the sender (--set). In KUBE-SVC-…
# three new rules come before the dice: was this sender noted for this endpoint in the last 10800
# seconds (--rcheck --seconds 10800)? Then go there again. Only who is on no list throws dice. The
# lists are in /proc/net/xt_recent, with the time of each visit. A list holds 100 addresses unless
# the kernel module was told otherwise. In a service with many clients the oldest fall off, and
# change pods: affinity is a help, not a promise.
step 4 'How iptables remembers'

# carla and dora use the node port. Their addresses are replaced on the way, so that the pod sees
# the node, but the list is looked up before that, when the packet still has its own sender. That
# they came by another door than the pods makes no difference either: the door leads to the same
# chain, and the list is the endpoint's.
step 5 'From outside, too'

# web-3 leaves the endpoints, and its chain with it. Whoever was on its list throws dice again and
# is noted elsewhere, without having been asked. All others stay where they were. So what is in the
# memory of one pod can always be lost; affinity makes it rare.
step 6 'When the pod goes, its clients move'
iptables -t nat -R KUBE-SVC-BJWR5DPVIKTHVKZU 4 -m comment --comment 'default/sticky -> 10.0.0.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-PCK5J2VENZFCPIVN
iptables -t nat -R KUBE-SVC-BJWR5DPVIKTHVKZU 5 -m comment --comment 'default/sticky -> 10.0.0.12:8080' -j KUBE-SEP-LWGO5JF5X5NAVCTZ
iptables -t nat -D KUBE-SVC-BJWR5DPVIKTHVKZU 6
iptables -t nat -D KUBE-SVC-BJWR5DPVIKTHVKZU 6
iptables -t nat -F KUBE-SEP-IFJ4UI6X35TYPPPX
iptables -t nat -X KUBE-SEP-IFJ4UI6X35TYPPPX
