#!/bin/sh
# A firewall that forwards nothing, and what kube-proxy lets through
#
# The commands of netlab's lab strict-forward, as root on a machine that you can do without:
#   sh strict-forward.sh             carries out its steps, in order
#   sh strict-forward.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-strict-forward.step
# The machine's settings as they were.
settings=/run/netlab-strict-forward.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv4.conf.all.route_localnet > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 7 ]; then
    iptables -t nat -D POSTROUTING --source 10.244.0.0/24 ! --destination 10.244.0.0/24 --jump MASQUERADE
    iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    iptables -D FORWARD --in-interface cni0 --jump ACCEPT
  fi
  if [ "$last" -ge 6 ]; then
    iptables -D KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
  fi
  if [ "$last" -ge 5 ]; then
    iptables -A KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
  fi
  if [ "$last" -ge 3 ]; then
    iptables -P FORWARD ACCEPT
  fi
  if [ "$last" -ge 2 ]; then
    iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D KUBE-SEP-DABQ24VR6K4IYXEB -m comment --comment default/web-local -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-DABQ24VR6K4IYXEB -m comment --comment default/web-local -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVL-W6DWRVOIQKRHXDQP -m comment --comment 'default/web-local -> 10.244.0.11:8080' -j KUBE-SEP-DABQ24VR6K4IYXEB
    iptables -t nat -D KUBE-SVC-W6DWRVOIQKRHXDQP -m comment --comment 'default/web-local -> 10.244.0.11:8080' -j KUBE-SEP-DABQ24VR6K4IYXEB
    iptables -t nat -D KUBE-SVC-W6DWRVOIQKRHXDQP -m comment --comment 'default/web-local cluster IP' -m tcp -p tcp -d 10.96.0.81 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-EXT-W6DWRVOIQKRHXDQP -j KUBE-SVL-W6DWRVOIQKRHXDQP
    iptables -t nat -D KUBE-EXT-W6DWRVOIQKRHXDQP -m comment --comment 'route LOCAL traffic for default/web-local external destinations' -m addrtype --src-type LOCAL -j KUBE-SVC-W6DWRVOIQKRHXDQP
    iptables -t nat -D KUBE-EXT-W6DWRVOIQKRHXDQP -m comment --comment 'masquerade LOCAL traffic for default/web-local external destinations' -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-EXT-W6DWRVOIQKRHXDQP -m comment --comment 'pod traffic for default/web-local external destinations' -s 10.244.0.0/16 -j KUBE-SVC-W6DWRVOIQKRHXDQP
    iptables -t nat -D KUBE-SEP-RN2ZVARU6N2DUKX4 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-RN2ZVARU6N2DUKX4 -m comment --comment default/web -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.0.11:8080' -j KUBE-SEP-RN2ZVARU6N2DUKX4
    iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -j KUBE-SVC-LOLE4ISW44XBNF3G
    iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'masquerade traffic for default/web external destinations' -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    iptables -t nat -D KUBE-NODEPORTS -m comment --comment default/web-local -m tcp -p tcp --dport 30081 -j KUBE-EXT-W6DWRVOIQKRHXDQP
    iptables -t nat -D KUBE-NODEPORTS -m comment --comment default/web -m tcp -p tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web-local cluster IP' -m tcp -p tcp -d 10.96.0.81 --dport 80 -j KUBE-SVC-W6DWRVOIQKRHXDQP
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
    iptables -t nat -X KUBE-SEP-DABQ24VR6K4IYXEB
    iptables -t nat -X KUBE-SVL-W6DWRVOIQKRHXDQP
    iptables -t nat -X KUBE-SVC-W6DWRVOIQKRHXDQP
    iptables -t nat -X KUBE-EXT-W6DWRVOIQKRHXDQP
    iptables -t nat -X KUBE-SEP-RN2ZVARU6N2DUKX4
    iptables -t nat -X KUBE-SVC-LOLE4ISW44XBNF3G
    iptables -t nat -X KUBE-EXT-LOLE4ISW44XBNF3G
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
    rm -f /etc/netns/web/hosts /etc/netns/probe/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/web /etc/netns/probe
    ip route delete default via 192.168.2.50
    ip -n visitor link set dev eth0 down
    ip -n visitor address delete 192.168.2.50/24 dev eth0
    ip -n visitor link set dev lo down
    ip -n probe route delete default via 10.244.0.1
    ip -n probe link set dev eth0 down
    ip -n probe address delete 10.244.0.21/24 dev eth0
    ip -n probe link set dev lo down
    ip -n web route delete default via 10.244.0.1
    ip -n web link set dev eth0 down
    ip -n web address delete 10.244.0.11/24 dev eth0
    ip -n web link set dev lo down
    ip link set dev out_visitor down
    ip address delete 192.168.2.10/24 dev out_visitor
    ip link delete dev out_visitor
    ip link set dev veth_probe type bridge_slave hairpin off
    ip link set dev veth_probe nomaster down
    ip link delete dev veth_probe
    ip link set dev veth_web type bridge_slave hairpin off
    ip link set dev veth_web nomaster down
    ip link delete dev veth_web
    ip netns delete visitor
    ip netns delete probe
    ip netns delete web
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

# One pod serves, another one asks, and so does a visitor from the node's own network. There are two
# services for the same pod: web may send a visitor to any node's pods, web-local
# (externalTrafficPolicy: Local) to this node's own only. Since the pod that web sends to could be
# on another node, the node masquerades what it sends on for it. The policy of FORWARD is ACCEPT, as
# the kernel has it at first.
step 2 'A node that lets everything pass'
ip link add name cni0 type bridge
ip address add 10.244.0.1/24 dev cni0
ip link set dev cni0 up
ip netns add web
ip netns add probe
ip netns add visitor
ip link add name veth_web type veth peer name eth0 netns web
ip link set dev veth_web master cni0 up
ip link set dev veth_web type bridge_slave hairpin on
ip link add name veth_probe type veth peer name eth0 netns probe
ip link set dev veth_probe master cni0 up
ip link set dev veth_probe type bridge_slave hairpin on
ip link add name out_visitor type veth peer name eth0 netns visitor
ip address add 192.168.2.10/24 dev out_visitor
ip link set dev out_visitor up
ip -n web link set dev lo up
ip -n web address add 10.244.0.11/24 dev eth0
ip -n web link set dev eth0 up
ip -n web route add default via 10.244.0.1
ip -n probe link set dev lo up
ip -n probe address add 10.244.0.21/24 dev eth0
ip -n probe link set dev eth0 up
ip -n probe route add default via 10.244.0.1
ip -n visitor link set dev lo up
ip -n visitor address add 192.168.2.50/24 dev eth0
ip -n visitor link set dev eth0 up
ip route add default via 192.168.2.50
mkdir -p /etc/netns/web /etc/netns/probe
tee /etc/netns/web/hosts /etc/netns/probe/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.244.0.21	probe
192.168.2.50	visitor
10.96.0.80	web web.default web.default.svc web.default.svc.cluster.local
10.96.0.81	web-local web-local.default web-local.default.svc web-local.default.svc.cluster.local
END
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
iptables -t nat -N KUBE-EXT-LOLE4ISW44XBNF3G
iptables -t nat -N KUBE-SVC-LOLE4ISW44XBNF3G
iptables -t nat -N KUBE-SEP-RN2ZVARU6N2DUKX4
iptables -t nat -N KUBE-EXT-W6DWRVOIQKRHXDQP
iptables -t nat -N KUBE-SVC-W6DWRVOIQKRHXDQP
iptables -t nat -N KUBE-SVL-W6DWRVOIQKRHXDQP
iptables -t nat -N KUBE-SEP-DABQ24VR6K4IYXEB
iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/web-local cluster IP' -m tcp -p tcp -d 10.96.0.81 --dport 80 -j KUBE-SVC-W6DWRVOIQKRHXDQP
iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
iptables -t nat -A KUBE-NODEPORTS -m comment --comment default/web -m tcp -p tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G
iptables -t nat -A KUBE-NODEPORTS -m comment --comment default/web-local -m tcp -p tcp --dport 30081 -j KUBE-EXT-W6DWRVOIQKRHXDQP
iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'masquerade traffic for default/web external destinations' -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -j KUBE-SVC-LOLE4ISW44XBNF3G
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.80 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.0.11:8080' -j KUBE-SEP-RN2ZVARU6N2DUKX4
iptables -t nat -A KUBE-SEP-RN2ZVARU6N2DUKX4 -m comment --comment default/web -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-RN2ZVARU6N2DUKX4 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-EXT-W6DWRVOIQKRHXDQP -m comment --comment 'pod traffic for default/web-local external destinations' -s 10.244.0.0/16 -j KUBE-SVC-W6DWRVOIQKRHXDQP
iptables -t nat -A KUBE-EXT-W6DWRVOIQKRHXDQP -m comment --comment 'masquerade LOCAL traffic for default/web-local external destinations' -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-EXT-W6DWRVOIQKRHXDQP -m comment --comment 'route LOCAL traffic for default/web-local external destinations' -m addrtype --src-type LOCAL -j KUBE-SVC-W6DWRVOIQKRHXDQP
iptables -t nat -A KUBE-EXT-W6DWRVOIQKRHXDQP -j KUBE-SVL-W6DWRVOIQKRHXDQP
iptables -t nat -A KUBE-SVC-W6DWRVOIQKRHXDQP -m comment --comment 'default/web-local cluster IP' -m tcp -p tcp -d 10.96.0.81 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-W6DWRVOIQKRHXDQP -m comment --comment 'default/web-local -> 10.244.0.11:8080' -j KUBE-SEP-DABQ24VR6K4IYXEB
iptables -t nat -A KUBE-SVL-W6DWRVOIQKRHXDQP -m comment --comment 'default/web-local -> 10.244.0.11:8080' -j KUBE-SEP-DABQ24VR6K4IYXEB
iptables -t nat -A KUBE-SEP-DABQ24VR6K4IYXEB -m comment --comment default/web-local -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-DABQ24VR6K4IYXEB -m comment --comment default/web-local -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
# All ways lead to the pod. By web's node port it sees the node, 10.244.0.1, where the visitor has
# asked; by web-local's the visitor itself.

# Docker sets it when it starts, and so do many firewalls: what no rule of FORWARD allows is thrown
# away. Frames that only cross a bridge are held against FORWARD as well, where
# bridge-nf-call-iptables is 1.
step 3 'The policy DROP'
iptables -P FORWARD DROP
# Now probe reaches web neither by its address nor by the service. Only the node itself is as well
# off as before. What it sends begins at OUTPUT, and what comes back ends at INPUT; FORWARD is for
# what passes through.

# kube-proxy has put a chain of its own at the top of FORWARD, KUBE-FORWARD, with two rules that
# ACCEPT. The first is for packets with the mark 0x4000: those that are going to be masqueraded,
# which kube-proxy itself has sent on their way. What the visitor sends to web is masqueraded; the
# point of web-local is that the visitor's address is kept.
step 4 'What kube-proxy lets through'
# The visitor still gets through to port 30080: its packet for web has the mark, and so has web's
# own when it asks its own service (the hairpin). probe's has not, since a pod's connection to
# another is not masqueraded; and not the visitor's for web-local either. So of two node ports of
# the same pod one works and the other is silent.

# The mark is on the packets of one direction only: web's answers have none. They pass by the second
# rule, which is for packets of connections that the kernel knows (ESTABLISHED), and for errors
# about those (RELATED). Here it is taken away, to see it missing.
step 5 'Without the rule for answers'
iptables -D KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
# The visitor's question reaches web, web answers, and the answer dies in FORWARD: the entry in the
# table of connections stays in the state SYN_RECV.

# A sync of kube-proxy would have written it again. What got lost before is forgotten, so that no
# new connection is taken for one of those.
step 6 'The rule is back'
iptables -A KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
conntrack --flush || true
# Both directions pass again: the question by its mark, the answer because its connection is known.

# kube-proxy looks after services, and not after pods: that pods reach each other is the business of
# whoever made their network. So the CNI plugin has to add what is missing, two rules for what comes
# from its bridge and what goes there. (Others set the policy back to ACCEPT, and with that it is a
# firewall no more.)
step 7 'Whose business it is'
iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT
iptables --table nat --append POSTROUTING --source 10.244.0.0/24 ! --destination 10.244.0.0/24 --jump MASQUERADE
conntrack --flush || true
# Now all is as in the first step, and what has nothing to do with pods is still not forwarded. When
# pods cannot reach each other and node ports can be reached, look at this policy first.
