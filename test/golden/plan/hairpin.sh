#!/bin/sh
# A pod that reaches itself through its own service
#
# The commands of netlab's lab hairpin, as root on a machine that you can do without:
#   sh hairpin.sh             carries out its steps, in order
#   sh hairpin.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-hairpin.step
# The machine's settings as they were.
settings=/run/netlab-hairpin.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv4.conf.all.route_localnet > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 7 ]; then
    bridge link set dev veth_web hairpin off
  fi
  if [ "$last" -ge 6 ]; then
    bridge link set dev veth_web hairpin on
  fi
  if [ "$last" -ge 5 ]; then
    iptables -t nat -D KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -s 10.0.0.11 -j KUBE-MARK-MASQ
  fi
  if [ "$last" -ge 4 ]; then
    iptables -t nat -I KUBE-SEP-Y76YWJY6FCGPQRV3 1 -m comment --comment default/web -s 10.0.0.11 -j KUBE-MARK-MASQ
  fi
  if [ "$last" -ge 3 ]; then
    bridge link set dev veth_web hairpin off
  fi
  if [ "$last" -ge 2 ]; then
    iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.0.0.11:8080
    iptables -t nat -D KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -s 10.0.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.11:8080' -j KUBE-SEP-Y76YWJY6FCGPQRV3
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 8080 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 8080 -j KUBE-SVC-LOLE4ISW44XBNF3G
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
    ip netns pids web | xargs -r kill || :
    iptables -t nat -D POSTROUTING --source 10.0.0.0/24 ! --destination 10.0.0.0/24 --jump MASQUERADE
    iptables -D FORWARD --out-interface br1 --jump ACCEPT
    iptables -D FORWARD --in-interface br1 --jump ACCEPT
    rm -f /etc/netns/web/hosts /etc/netns/other/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/web /etc/netns/other
    ip route delete default via 192.0.2.10
    ip -n client route delete default via 192.0.2.1
    ip -n client link set dev eth0 down
    ip -n client address delete 192.0.2.10/24 dev eth0
    ip -n client link set dev lo down
    ip -n other route delete default via 10.0.0.1
    ip -n other link set dev eth0 down
    ip -n other address delete 10.0.0.21/24 dev eth0
    ip -n other link set dev lo down
    ip -n web route delete default via 10.0.0.1
    ip -n web link set dev eth0 down
    ip -n web address delete 10.0.0.11/24 dev eth0
    ip -n web link set dev lo down
    ip link set dev out_client down
    ip address delete 192.0.2.1/24 dev out_client
    ip link delete dev out_client
    ip link set dev veth_other nomaster down
    ip link delete dev veth_other
    ip link set dev veth_web nomaster down
    ip link delete dev veth_web
    ip netns delete client
    ip netns delete other
    ip netns delete web
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

# Programs often call a service that they are part of: a member of a database cluster looks for its
# peers, a web server fetches one of its own pages. With several endpoints chance decides whether
# the answer comes from another pod or from oneself; here there is only one, so that it is always
# oneself. The packet leaves web by its cable, has its destination changed to 10.0.0.11, and would
# have to go back into the same cable. A bridge does not send a frame out of the port where it came
# in: for a switch that would be a loop.
step 2 'A pod, its service, and a question to itself'
ip link add name br1 type bridge
ip address add 10.0.0.1/24 dev br1
ip link set dev br1 up
ip netns add web
ip netns add other
ip netns add client
ip link add name veth_web type veth peer name eth0 netns web
ip link set dev veth_web master br1 up
ip link add name veth_other type veth peer name eth0 netns other
ip link set dev veth_other master br1 up
ip link add name out_client type veth peer name eth0 netns client
ip address add 192.0.2.1/24 dev out_client
ip link set dev out_client up
ip -n web link set dev lo up
ip -n web address add 10.0.0.11/24 dev eth0
ip -n web link set dev eth0 up
ip -n web route add default via 10.0.0.1
ip -n other link set dev lo up
ip -n other address add 10.0.0.21/24 dev eth0
ip -n other link set dev eth0 up
ip -n other route add default via 10.0.0.1
ip -n client link set dev lo up
ip -n client address add 192.0.2.10/24 dev eth0
ip -n client link set dev eth0 up
ip -n client route add default via 192.0.2.1
ip route add default via 192.0.2.10
mkdir -p /etc/netns/web /etc/netns/other
tee /etc/netns/web/hosts /etc/netns/other/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.0.0.21	other
192.0.2.10	client
10.96.0.80	web web.default web.default.svc web.default.svc.cluster.local
END
iptables --table filter --append FORWARD --in-interface br1 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface br1 --jump ACCEPT
iptables --table nat --append POSTROUTING --source 10.0.0.0/24 ! --destination 10.0.0.0/24 --jump MASQUERADE
ip netns exec web "${NETLAB:-netlab}" serve 8080 --name web > /dev/null 2>&1 &
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
iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 8080 -j KUBE-SVC-LOLE4ISW44XBNF3G
iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 8080 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.0.0.11:8080' -j KUBE-SEP-Y76YWJY6FCGPQRV3
iptables -t nat -A KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -s 10.0.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-Y76YWJY6FCGPQRV3 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.0.0.11:8080
iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
# Everybody reaches web through 10.96.0.80, only web does not. The bridge drops what would have to
# turn round, and tells nobody, so web waits.

# The kernel knows the case, and has a flag for each port of a bridge: hairpin. With it the frame
# may leave where it entered. Container runtimes set it when they plug in a pod (the CNI bridge
# plugin calls it hairpinMode). What else the packet meets on its way are kube-proxy's rules, one of
# which is there for a pod that asks itself.
step 3 'The hairpin flag lets the frame turn round'
bridge link set dev veth_web hairpin on
# Now web gets an answer, from itself. It sees the request come from 10.0.0.1, though: that is the
# second half of the trick, and the next step takes it away.

# The first rule of each KUBE-SEP-… chain asks whether the sender is the very pod that is about to
# get the packet, and if so marks it; KUBE-POSTROUTING then puts the node's address in the sender's
# place. Here that rule is deleted: web gets its packet from 10.0.0.11, which is itself.
step 4 'Without the mark, the flag is not enough'
iptables -t nat -D KUBE-SEP-Y76YWJY6FCGPQRV3 1
# The kernel of web holds such a packet to be a forgery and throws it away (a "martian source"). And
# if it did not, web would answer itself without passing the node, from 10.0.0.11 and not from the
# 10.96.0.80 that was asked. Other clients notice nothing of the missing rule.

# kube-proxy always writes the rule, and would have written it again with its next sync of all
# rules.
step 5 'The rule is put back'
iptables -t nat -I KUBE-SEP-Y76YWJY6FCGPQRV3 1 -m comment --comment default/web -s 10.0.0.11 -j KUBE-MARK-MASQ
# Both halves are in place: the flag, so that the frame may turn round, and the mark, so that the
# packet has another sender when it comes home. The rule is kube-proxy's; the flag is the business
# of whoever plugs in the cable, and when only hairpin connections hang in a cluster, that is where
# to look first.

# What if frames that only cross the bridge are kept away from iptables? The request of web to the
# cluster IP does not merely cross the bridge: it is addressed to the gateway, comes up to the node,
# is routed, and goes back down like a packet of any stranger. The answer of web to other is another
# matter: the two are neighbours on the bridge.
step 6 'The other way round, the bridge does not ask iptables'
sysctl -w net.bridge.bridge-nf-call-iptables=0
bridge link set dev veth_web hairpin off
# web reaches itself: no frame turns round inside the bridge, and no flag is needed. But now other
# fails: the answer of web to it crosses the bridge without being translated back, and other gets a
# packet from 10.0.0.11 when it waits for one from 10.96.0.80. Hence bridge-nf-call-iptables=1 and
# the flag, together.

# The switch and the flag are set again.
step 7 'As a node should be'
sysctl -w net.bridge.bridge-nf-call-iptables=1
bridge link set dev veth_web hairpin on
# web is reached from everywhere, itself included: that takes both.
