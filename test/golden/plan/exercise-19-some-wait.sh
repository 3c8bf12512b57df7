#!/bin/sh
# One visitor in three waits in vain
#
# The commands of netlab's lab exercise-19-some-wait, as root on a machine that you can do without:
#   sh exercise-19-some-wait.sh             carries out its steps, in order
#   sh exercise-19-some-wait.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-exercise-19-some-wait.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 7 ]; then
    ip netns exec balancer iptables -t nat -R PREROUTING 1 -d 60.1.1.1 -p tcp --dport 80 -m statistic --mode random --probability 0.33333333349 -j DNAT --to-destination 192.168.1.11:30080
    ip netns exec balancer iptables -t nat -I PREROUTING 2 -d 60.1.1.1 -p tcp --dport 80 -m statistic --mode random --probability 0.5 -j DNAT --to-destination 192.168.1.13:30080
    ip netns exec balancer iptables -t nat -D PREROUTING -d 60.1.1.1 -p tcp --dport 80 -m statistic --mode random --probability 0.5 -j DNAT --to-destination 192.168.1.13:30080
    ip netns exec balancer iptables -t nat -R PREROUTING 1 -d 60.1.1.1 -p tcp --dport 80 -m statistic --mode random --probability 0.5 -j DNAT --to-destination 192.168.1.11:30080
  fi
  if [ "$last" -ge 6 ]; then
    ip netns exec balancer iptables -t nat -D PREROUTING -d 60.1.1.1 -p tcp --dport 80 -j DNAT --to-destination 192.168.1.12:30080
    ip netns exec balancer iptables -t nat -D PREROUTING -d 60.1.1.1 -p tcp --dport 80 -m statistic --mode random --probability 0.5 -j DNAT --to-destination 192.168.1.11:30080
  fi
  if [ "$last" -ge 5 ]; then
    ip netns exec node-3 iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    ip netns exec node-3 iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    ip netns exec node-3 iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    ip netns exec node-3 iptables -t nat -D KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
    ip netns exec node-3 iptables -t nat -D KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -s 10.244.2.11 -j KUBE-MARK-MASQ
    ip netns exec node-3 iptables -t nat -D KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
    ip netns exec node-3 iptables -t nat -D KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -s 10.244.1.11 -j KUBE-MARK-MASQ
    ip netns exec node-3 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.2.11:8080' -j KUBE-SEP-IDQDQQO4UFHKBJMQ
    ip netns exec node-3 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.1.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-QBMWJ7Q236QVVXD6
    ip netns exec node-3 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    ip netns exec node-3 iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'route LOCAL traffic for default/web external destinations' -m addrtype --src-type LOCAL -j KUBE-SVC-LOLE4ISW44XBNF3G
    ip netns exec node-3 iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'masquerade LOCAL traffic for default/web external destinations' -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
    ip netns exec node-3 iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'pod traffic for default/web external destinations' -s 10.244.0.0/16 -j KUBE-SVC-LOLE4ISW44XBNF3G
    ip netns exec node-3 iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    ip netns exec node-3 iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    ip netns exec node-3 iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    ip netns exec node-3 iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    ip netns exec node-3 iptables -t nat -D KUBE-NODEPORTS -m comment --comment default/web -m tcp -p tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G
    ip netns exec node-3 iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    ip netns exec node-3 iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
    ip netns exec node-3 iptables -t nat -X KUBE-SEP-IDQDQQO4UFHKBJMQ
    ip netns exec node-3 iptables -t nat -X KUBE-SEP-QBMWJ7Q236QVVXD6
    ip netns exec node-3 iptables -t nat -X KUBE-SVC-LOLE4ISW44XBNF3G
    ip netns exec node-3 iptables -t nat -X KUBE-EXT-LOLE4ISW44XBNF3G
    ip netns exec node-3 iptables -t nat -X KUBE-MARK-MASQ
    ip netns exec node-3 iptables -t nat -X KUBE-POSTROUTING
    ip netns exec node-3 iptables -t nat -X KUBE-NODEPORTS
    ip netns exec node-3 iptables -t nat -X KUBE-SERVICES
    ip netns exec node-3 iptables -D OUTPUT -j KUBE-FIREWALL
    ip netns exec node-3 iptables -D INPUT -j KUBE-FIREWALL
    ip netns exec node-3 iptables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    ip netns exec node-3 iptables -D OUTPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    ip netns exec node-3 iptables -D INPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    ip netns exec node-3 iptables -D FORWARD -m comment --comment 'kubernetes forwarding rules' -j KUBE-FORWARD
    ip netns exec node-3 iptables -D OUTPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    ip netns exec node-3 iptables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    ip netns exec node-3 iptables -D INPUT -m comment --comment 'kubernetes health check service ports' -j KUBE-NODEPORTS
    ip netns exec node-3 iptables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
    ip netns exec node-3 iptables -D INPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
    ip netns exec node-3 iptables -D KUBE-FIREWALL -m comment --comment 'block incoming localnet connections' -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
    ip netns exec node-3 iptables -D KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    ip netns exec node-3 iptables -D KUBE-FORWARD -m comment --comment 'kubernetes forwarding rules' -m mark --mark 0x4000/0x4000 -j ACCEPT
    ip netns exec node-3 iptables -D KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
    ip netns exec node-3 iptables -D KUBE-EXTERNAL-SERVICES -m comment --comment 'default/web has no local endpoints' -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 30080 -j DROP
    ip netns exec node-3 iptables -X KUBE-FIREWALL
    ip netns exec node-3 iptables -X KUBE-PROXY-FIREWALL
    ip netns exec node-3 iptables -X KUBE-NODEPORTS
    ip netns exec node-3 iptables -X KUBE-FORWARD
    ip netns exec node-3 iptables -X KUBE-EXTERNAL-SERVICES
    ip netns exec node-3 iptables -X KUBE-SERVICES
    ip netns exec node-3 sysctl -w net.ipv4.conf.all.route_localnet=0
    ip netns exec node-2 iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    ip netns exec node-2 iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    ip netns exec node-2 iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    ip netns exec node-2 iptables -t nat -D KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
    ip netns exec node-2 iptables -t nat -D KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -s 10.244.2.11 -j KUBE-MARK-MASQ
    ip netns exec node-2 iptables -t nat -D KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
    ip netns exec node-2 iptables -t nat -D KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -s 10.244.1.11 -j KUBE-MARK-MASQ
    ip netns exec node-2 iptables -t nat -D KUBE-SVL-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.2.11:8080' -j KUBE-SEP-IDQDQQO4UFHKBJMQ
    ip netns exec node-2 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.2.11:8080' -j KUBE-SEP-IDQDQQO4UFHKBJMQ
    ip netns exec node-2 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.1.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-QBMWJ7Q236QVVXD6
    ip netns exec node-2 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    ip netns exec node-2 iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -j KUBE-SVL-LOLE4ISW44XBNF3G
    ip netns exec node-2 iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'route LOCAL traffic for default/web external destinations' -m addrtype --src-type LOCAL -j KUBE-SVC-LOLE4ISW44XBNF3G
    ip netns exec node-2 iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'masquerade LOCAL traffic for default/web external destinations' -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
    ip netns exec node-2 iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'pod traffic for default/web external destinations' -s 10.244.0.0/16 -j KUBE-SVC-LOLE4ISW44XBNF3G
    ip netns exec node-2 iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    ip netns exec node-2 iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    ip netns exec node-2 iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    ip netns exec node-2 iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    ip netns exec node-2 iptables -t nat -D KUBE-NODEPORTS -m comment --comment default/web -m tcp -p tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G
    ip netns exec node-2 iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    ip netns exec node-2 iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
    ip netns exec node-2 iptables -t nat -X KUBE-SEP-IDQDQQO4UFHKBJMQ
    ip netns exec node-2 iptables -t nat -X KUBE-SEP-QBMWJ7Q236QVVXD6
    ip netns exec node-2 iptables -t nat -X KUBE-SVL-LOLE4ISW44XBNF3G
    ip netns exec node-2 iptables -t nat -X KUBE-SVC-LOLE4ISW44XBNF3G
    ip netns exec node-2 iptables -t nat -X KUBE-EXT-LOLE4ISW44XBNF3G
    ip netns exec node-2 iptables -t nat -X KUBE-MARK-MASQ
    ip netns exec node-2 iptables -t nat -X KUBE-POSTROUTING
    ip netns exec node-2 iptables -t nat -X KUBE-NODEPORTS
    ip netns exec node-2 iptables -t nat -X KUBE-SERVICES
    ip netns exec node-2 iptables -D OUTPUT -j KUBE-FIREWALL
    ip netns exec node-2 iptables -D INPUT -j KUBE-FIREWALL
    ip netns exec node-2 iptables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    ip netns exec node-2 iptables -D OUTPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    ip netns exec node-2 iptables -D INPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    ip netns exec node-2 iptables -D FORWARD -m comment --comment 'kubernetes forwarding rules' -j KUBE-FORWARD
    ip netns exec node-2 iptables -D OUTPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    ip netns exec node-2 iptables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    ip netns exec node-2 iptables -D INPUT -m comment --comment 'kubernetes health check service ports' -j KUBE-NODEPORTS
    ip netns exec node-2 iptables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
    ip netns exec node-2 iptables -D INPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
    ip netns exec node-2 iptables -D KUBE-FIREWALL -m comment --comment 'block incoming localnet connections' -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
    ip netns exec node-2 iptables -D KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    ip netns exec node-2 iptables -D KUBE-FORWARD -m comment --comment 'kubernetes forwarding rules' -m mark --mark 0x4000/0x4000 -j ACCEPT
    ip netns exec node-2 iptables -D KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
    ip netns exec node-2 iptables -X KUBE-FIREWALL
    ip netns exec node-2 iptables -X KUBE-PROXY-FIREWALL
    ip netns exec node-2 iptables -X KUBE-NODEPORTS
    ip netns exec node-2 iptables -X KUBE-FORWARD
    ip netns exec node-2 iptables -X KUBE-EXTERNAL-SERVICES
    ip netns exec node-2 iptables -X KUBE-SERVICES
    ip netns exec node-2 sysctl -w net.ipv4.conf.all.route_localnet=0
    ip netns exec node-1 iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    ip netns exec node-1 iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    ip netns exec node-1 iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    ip netns exec node-1 iptables -t nat -D KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
    ip netns exec node-1 iptables -t nat -D KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -s 10.244.2.11 -j KUBE-MARK-MASQ
    ip netns exec node-1 iptables -t nat -D KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
    ip netns exec node-1 iptables -t nat -D KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -s 10.244.1.11 -j KUBE-MARK-MASQ
    ip netns exec node-1 iptables -t nat -D KUBE-SVL-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.1.11:8080' -j KUBE-SEP-QBMWJ7Q236QVVXD6
    ip netns exec node-1 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.2.11:8080' -j KUBE-SEP-IDQDQQO4UFHKBJMQ
    ip netns exec node-1 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.1.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-QBMWJ7Q236QVVXD6
    ip netns exec node-1 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    ip netns exec node-1 iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -j KUBE-SVL-LOLE4ISW44XBNF3G
    ip netns exec node-1 iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'route LOCAL traffic for default/web external destinations' -m addrtype --src-type LOCAL -j KUBE-SVC-LOLE4ISW44XBNF3G
    ip netns exec node-1 iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'masquerade LOCAL traffic for default/web external destinations' -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
    ip netns exec node-1 iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'pod traffic for default/web external destinations' -s 10.244.0.0/16 -j KUBE-SVC-LOLE4ISW44XBNF3G
    ip netns exec node-1 iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    ip netns exec node-1 iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    ip netns exec node-1 iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    ip netns exec node-1 iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    ip netns exec node-1 iptables -t nat -D KUBE-NODEPORTS -m comment --comment default/web -m tcp -p tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G
    ip netns exec node-1 iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    ip netns exec node-1 iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
    ip netns exec node-1 iptables -t nat -X KUBE-SEP-IDQDQQO4UFHKBJMQ
    ip netns exec node-1 iptables -t nat -X KUBE-SEP-QBMWJ7Q236QVVXD6
    ip netns exec node-1 iptables -t nat -X KUBE-SVL-LOLE4ISW44XBNF3G
    ip netns exec node-1 iptables -t nat -X KUBE-SVC-LOLE4ISW44XBNF3G
    ip netns exec node-1 iptables -t nat -X KUBE-EXT-LOLE4ISW44XBNF3G
    ip netns exec node-1 iptables -t nat -X KUBE-MARK-MASQ
    ip netns exec node-1 iptables -t nat -X KUBE-POSTROUTING
    ip netns exec node-1 iptables -t nat -X KUBE-NODEPORTS
    ip netns exec node-1 iptables -t nat -X KUBE-SERVICES
    ip netns exec node-1 iptables -D OUTPUT -j KUBE-FIREWALL
    ip netns exec node-1 iptables -D INPUT -j KUBE-FIREWALL
    ip netns exec node-1 iptables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    ip netns exec node-1 iptables -D OUTPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    ip netns exec node-1 iptables -D INPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
    ip netns exec node-1 iptables -D FORWARD -m comment --comment 'kubernetes forwarding rules' -j KUBE-FORWARD
    ip netns exec node-1 iptables -D OUTPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    ip netns exec node-1 iptables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    ip netns exec node-1 iptables -D INPUT -m comment --comment 'kubernetes health check service ports' -j KUBE-NODEPORTS
    ip netns exec node-1 iptables -D FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
    ip netns exec node-1 iptables -D INPUT -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
    ip netns exec node-1 iptables -D KUBE-FIREWALL -m comment --comment 'block incoming localnet connections' -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
    ip netns exec node-1 iptables -D KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    ip netns exec node-1 iptables -D KUBE-FORWARD -m comment --comment 'kubernetes forwarding rules' -m mark --mark 0x4000/0x4000 -j ACCEPT
    ip netns exec node-1 iptables -D KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
    ip netns exec node-1 iptables -X KUBE-FIREWALL
    ip netns exec node-1 iptables -X KUBE-PROXY-FIREWALL
    ip netns exec node-1 iptables -X KUBE-NODEPORTS
    ip netns exec node-1 iptables -X KUBE-FORWARD
    ip netns exec node-1 iptables -X KUBE-EXTERNAL-SERVICES
    ip netns exec node-1 iptables -X KUBE-SERVICES
    ip netns exec node-1 sysctl -w net.ipv4.conf.all.route_localnet=0
  fi
  if [ "$last" -ge 4 ]; then
    ip netns pids web-2 | xargs -r kill || :
    ip netns pids web-1 | xargs -r kill || :
  fi
  if [ "$last" -ge 3 ]; then
    ip netns exec node-3 iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    ip netns exec node-3 iptables -D FORWARD --in-interface cni0 --jump ACCEPT
    ip netns exec node-2 iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    ip netns exec node-2 iptables -D FORWARD --in-interface cni0 --jump ACCEPT
    ip netns exec node-1 iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    ip netns exec node-1 iptables -D FORWARD --in-interface cni0 --jump ACCEPT
  fi
  if [ "$last" -ge 2 ]; then
    rm -f /etc/netns/node-3/flannel/subnet.env
    rm -f /etc/netns/node-2/flannel/subnet.env
    rm -f /etc/netns/node-1/flannel/subnet.env
    rmdir -p --ignore-fail-on-non-empty /etc/flannel /etc/netns/node-1/flannel /etc/netns/node-2/flannel /etc/netns/node-3/flannel
    ip -n node-3 route delete 10.244.2.0/24 via 192.168.1.12 dev eth0
    ip -n node-3 route delete 10.244.1.0/24 via 192.168.1.11 dev eth0
    ip -n node-2 route delete 10.244.3.0/24 via 192.168.1.13 dev eth0
    ip -n node-2 route delete 10.244.1.0/24 via 192.168.1.11 dev eth0
    ip -n node-1 route delete 10.244.3.0/24 via 192.168.1.13 dev eth0
    ip -n node-1 route delete 10.244.2.0/24 via 192.168.1.12 dev eth0
    rm -f /run/flannel
  fi
  if [ "$last" -ge 1 ]; then
    ip netns exec balancer sysctl -w net.ipv4.ip_forward=0
    ip netns exec node-3 sysctl -w net.ipv4.ip_forward=0
    ip netns exec node-2 sysctl -w net.ipv4.ip_forward=0
    ip netns exec node-1 sysctl -w net.ipv4.ip_forward=0
    rm -f /etc/netns/node-1/hosts /etc/netns/node-2/hosts /etc/netns/node-3/hosts /etc/netns/web-1/hosts /etc/netns/web-2/hosts /etc/netns/anna/hosts /etc/netns/balancer/hosts /etc/netns/visitor/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/node-1 /etc/netns/node-2 /etc/netns/node-3 /etc/netns/web-1 /etc/netns/web-2 /etc/netns/anna /etc/netns/balancer /etc/netns/visitor
    ip -n visitor route delete default via 60.1.1.1
    ip -n visitor link set dev eth0 down
    ip -n visitor address delete 60.1.1.9/24 dev eth0
    ip -n visitor link set dev lo down
    ip -n balancer link set dev eth1 down
    ip -n balancer address delete 60.1.1.1/24 dev eth1
    ip -n balancer link set dev eth0 down
    ip -n balancer address delete 192.168.1.1/24 dev eth0
    ip -n balancer link set dev lo down
    ip -n anna route delete default via 10.244.3.1
    ip -n anna link set dev eth0 down
    ip -n anna address delete 10.244.3.21/24 dev eth0
    ip -n anna link set dev lo down
    ip -n web-2 route delete default via 10.244.2.1
    ip -n web-2 link set dev eth0 down
    ip -n web-2 address delete 10.244.2.11/24 dev eth0
    ip -n web-2 link set dev lo down
    ip -n web-1 route delete default via 10.244.1.1
    ip -n web-1 link set dev eth0 down
    ip -n web-1 address delete 10.244.1.11/24 dev eth0
    ip -n web-1 link set dev lo down
    ip link set dev visitor_eth0 nomaster down
    ip link delete dev visitor_eth0
    ip link set dev balancer_eth1 nomaster down
    ip link delete dev balancer_eth1
    ip link set dev balancer_eth0 nomaster down
    ip link delete dev balancer_eth0
    ip -n node-3 link set dev veth_anna type bridge_slave hairpin off
    ip -n node-3 link set dev veth_anna nomaster down
    ip -n node-3 link delete dev veth_anna
    ip -n node-2 link set dev veth_web-2 type bridge_slave hairpin off
    ip -n node-2 link set dev veth_web-2 nomaster down
    ip -n node-2 link delete dev veth_web-2
    ip -n node-1 link set dev veth_web-1 type bridge_slave hairpin off
    ip -n node-1 link set dev veth_web-1 nomaster down
    ip -n node-1 link delete dev veth_web-1
    ip netns delete visitor
    ip netns delete balancer
    ip netns delete anna
    ip netns delete web-2
    ip netns delete web-1
    ip -n node-3 link set dev cni0 down
    ip -n node-3 address delete 10.244.3.1/24 dev cni0
    ip -n node-3 link delete dev cni0
    ip -n node-2 link set dev cni0 down
    ip -n node-2 address delete 10.244.2.1/24 dev cni0
    ip -n node-2 link delete dev cni0
    ip -n node-1 link set dev cni0 down
    ip -n node-1 address delete 10.244.1.1/24 dev cni0
    ip -n node-1 link delete dev cni0
    ip -n node-3 route delete default via 192.168.1.1
    ip -n node-3 link set dev eth0 down
    ip -n node-3 address delete 192.168.1.13/24 dev eth0
    ip -n node-3 link set dev lo down
    ip -n node-2 route delete default via 192.168.1.1
    ip -n node-2 link set dev eth0 down
    ip -n node-2 address delete 192.168.1.12/24 dev eth0
    ip -n node-2 link set dev lo down
    ip -n node-1 route delete default via 192.168.1.1
    ip -n node-1 link set dev eth0 down
    ip -n node-1 address delete 192.168.1.11/24 dev eth0
    ip -n node-1 link set dev lo down
    ip link set dev node-3_eth0 nomaster down
    ip link delete dev node-3_eth0
    ip link set dev node-2_eth0 nomaster down
    ip link delete dev node-2_eth0
    ip link set dev node-1_eth0 nomaster down
    ip link delete dev node-1_eth0
    ip netns delete node-3
    ip netns delete node-2
    ip netns delete node-1
    ip link set dev lan down
    ip link delete dev lan
    ip link set dev internet down
    ip link delete dev internet
  fi
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

# A node is a network namespace as well, with routes, rules and settings of its own: a whole
# machine, as far as packets care. A network between nodes is a bridge that serves as a switch; the
# host is only the wires.
# A pod is a network namespace with a veth pair as its cable: one end is eth0 inside, the other is
# plugged into a bridge of its node. The bridge has the address that the pods use as their gateway.
# A machine is a network namespace, too: it is no node of the cluster, and has no pods.
step 1 '3 nodes, 3 pods, 2 machines on internet and lan'
ip link add name internet type bridge
ip link set dev internet up
ip link add name lan type bridge
ip link set dev lan up
ip netns add node-1
ip netns add node-2
ip netns add node-3
ip link add name node-1_eth0 type veth peer name eth0 netns node-1
ip link set dev node-1_eth0 master lan up
ip link add name node-2_eth0 type veth peer name eth0 netns node-2
ip link set dev node-2_eth0 master lan up
ip link add name node-3_eth0 type veth peer name eth0 netns node-3
ip link set dev node-3_eth0 master lan up
ip -n node-1 link set dev lo up
ip -n node-1 address add 192.168.1.11/24 dev eth0
ip -n node-1 link set dev eth0 up
ip -n node-1 route add default via 192.168.1.1
ip -n node-2 link set dev lo up
ip -n node-2 address add 192.168.1.12/24 dev eth0
ip -n node-2 link set dev eth0 up
ip -n node-2 route add default via 192.168.1.1
ip -n node-3 link set dev lo up
ip -n node-3 address add 192.168.1.13/24 dev eth0
ip -n node-3 link set dev eth0 up
ip -n node-3 route add default via 192.168.1.1
ip -n node-1 link add name cni0 type bridge
ip -n node-1 address add 10.244.1.1/24 dev cni0
ip -n node-1 link set dev cni0 up
ip -n node-2 link add name cni0 type bridge
ip -n node-2 address add 10.244.2.1/24 dev cni0
ip -n node-2 link set dev cni0 up
ip -n node-3 link add name cni0 type bridge
ip -n node-3 address add 10.244.3.1/24 dev cni0
ip -n node-3 link set dev cni0 up
ip netns add web-1
ip netns add web-2
ip netns add anna
ip netns add balancer
ip netns add visitor
ip -n node-1 link add name veth_web-1 type veth peer name eth0 netns web-1
ip -n node-1 link set dev veth_web-1 master cni0 up
ip -n node-1 link set dev veth_web-1 type bridge_slave hairpin on
ip -n node-2 link add name veth_web-2 type veth peer name eth0 netns web-2
ip -n node-2 link set dev veth_web-2 master cni0 up
ip -n node-2 link set dev veth_web-2 type bridge_slave hairpin on
ip -n node-3 link add name veth_anna type veth peer name eth0 netns anna
ip -n node-3 link set dev veth_anna master cni0 up
ip -n node-3 link set dev veth_anna type bridge_slave hairpin on
ip link add name balancer_eth0 type veth peer name eth0 netns balancer
ip link set dev balancer_eth0 master lan up
ip link add name balancer_eth1 type veth peer name eth1 netns balancer
ip link set dev balancer_eth1 master internet up
ip link add name visitor_eth0 type veth peer name eth0 netns visitor
ip link set dev visitor_eth0 master internet up
ip -n web-1 link set dev lo up
ip -n web-1 address add 10.244.1.11/24 dev eth0
ip -n web-1 link set dev eth0 up
ip -n web-1 route add default via 10.244.1.1
ip -n web-2 link set dev lo up
ip -n web-2 address add 10.244.2.11/24 dev eth0
ip -n web-2 link set dev eth0 up
ip -n web-2 route add default via 10.244.2.1
ip -n anna link set dev lo up
ip -n anna address add 10.244.3.21/24 dev eth0
ip -n anna link set dev eth0 up
ip -n anna route add default via 10.244.3.1
ip -n balancer link set dev lo up
ip -n balancer address add 192.168.1.1/24 dev eth0
ip -n balancer link set dev eth0 up
ip -n balancer address add 60.1.1.1/24 dev eth1
ip -n balancer link set dev eth1 up
ip -n visitor link set dev lo up
ip -n visitor address add 60.1.1.9/24 dev eth0
ip -n visitor link set dev eth0 up
ip -n visitor route add default via 60.1.1.1
mkdir -p /etc/netns/node-1 /etc/netns/node-2 /etc/netns/node-3 /etc/netns/web-1 /etc/netns/web-2 /etc/netns/anna /etc/netns/balancer /etc/netns/visitor
tee /etc/netns/node-1/hosts /etc/netns/node-2/hosts /etc/netns/node-3/hosts /etc/netns/web-1/hosts /etc/netns/web-2/hosts /etc/netns/anna/hosts /etc/netns/balancer/hosts /etc/netns/visitor/hosts >/dev/null <<'END'
127.0.0.1	localhost
192.168.1.11	node-1
192.168.1.12	node-2
192.168.1.13	node-3
10.244.1.11	web-1
10.244.2.11	web-2
10.244.3.21	anna
192.168.1.1	balancer
60.1.1.9	visitor
10.96.0.10	web web.default web.default.svc web.default.svc.cluster.local
END
ip netns exec node-1 sysctl -w net.ipv4.ip_forward=1
ip netns exec node-2 sysctl -w net.ipv4.ip_forward=1
ip netns exec node-3 sysctl -w net.ipv4.ip_forward=1
ip netns exec balancer sysctl -w net.ipv4.ip_forward=1

# flanneld runs on every node. It leases a part of the network for the pods of its node, writes that
# to /run/flannel/subnet.env, and tells its kernel the way to the pods of every other node.
# With host-gw that way is a route through the other node: nothing is wrapped up, and it needs all
# nodes on one segment.
step 2 'flannel: host-gw'
ln -s /etc/flannel /run/flannel
ip -n node-1 route add 10.244.2.0/24 via 192.168.1.12 dev eth0
ip -n node-1 route add 10.244.3.0/24 via 192.168.1.13 dev eth0
ip -n node-2 route add 10.244.1.0/24 via 192.168.1.11 dev eth0
ip -n node-2 route add 10.244.3.0/24 via 192.168.1.13 dev eth0
ip -n node-3 route add 10.244.1.0/24 via 192.168.1.11 dev eth0
ip -n node-3 route add 10.244.2.0/24 via 192.168.1.12 dev eth0
mkdir -p /etc/flannel /etc/netns/node-1/flannel /etc/netns/node-2/flannel /etc/netns/node-3/flannel
tee /etc/netns/node-1/flannel/subnet.env >/dev/null <<'END'
FLANNEL_NETWORK=10.244.0.0/16
FLANNEL_SUBNET=10.244.1.1/24
FLANNEL_MTU=1500
FLANNEL_IPMASQ=false
END
tee /etc/netns/node-2/flannel/subnet.env >/dev/null <<'END'
FLANNEL_NETWORK=10.244.0.0/16
FLANNEL_SUBNET=10.244.2.1/24
FLANNEL_MTU=1500
FLANNEL_IPMASQ=false
END
tee /etc/netns/node-3/flannel/subnet.env >/dev/null <<'END'
FLANNEL_NETWORK=10.244.0.0/16
FLANNEL_SUBNET=10.244.3.1/24
FLANNEL_MTU=1500
FLANNEL_IPMASQ=false
END

# Where the FORWARD chain is strict, the bridge must be let through in both directions.
step 3 'Let the pods through'
ip netns exec node-1 iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
ip netns exec node-1 iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT
ip netns exec node-2 iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
ip netns exec node-2 iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT
ip netns exec node-3 iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
ip netns exec node-3 iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT

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
ip netns exec node-1 sysctl -w net.ipv4.conf.all.route_localnet=1
ip netns exec node-1 iptables -t filter -N KUBE-SERVICES
ip netns exec node-1 iptables -t filter -N KUBE-EXTERNAL-SERVICES
ip netns exec node-1 iptables -t filter -N KUBE-FORWARD
ip netns exec node-1 iptables -t filter -N KUBE-NODEPORTS
ip netns exec node-1 iptables -t filter -N KUBE-PROXY-FIREWALL
ip netns exec node-1 iptables -t filter -N KUBE-FIREWALL
ip netns exec node-1 iptables -t filter -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
ip netns exec node-1 iptables -t filter -A KUBE-FORWARD -m comment --comment 'kubernetes forwarding rules' -m mark --mark 0x4000/0x4000 -j ACCEPT
ip netns exec node-1 iptables -t filter -A KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
ip netns exec node-1 iptables -t filter -A KUBE-FIREWALL -m comment --comment 'block incoming localnet connections' -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
ip netns exec node-1 iptables -t filter -I INPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
ip netns exec node-1 iptables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
ip netns exec node-1 iptables -t filter -I INPUT 1 -m comment --comment 'kubernetes health check service ports' -j KUBE-NODEPORTS
ip netns exec node-1 iptables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
ip netns exec node-1 iptables -t filter -I OUTPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
ip netns exec node-1 iptables -t filter -I FORWARD 1 -m comment --comment 'kubernetes forwarding rules' -j KUBE-FORWARD
ip netns exec node-1 iptables -t filter -I INPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
ip netns exec node-1 iptables -t filter -I OUTPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
ip netns exec node-1 iptables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
ip netns exec node-1 iptables -t filter -I INPUT 1 -j KUBE-FIREWALL
ip netns exec node-1 iptables -t filter -I OUTPUT 1 -j KUBE-FIREWALL
ip netns exec node-1 iptables -t nat -N KUBE-SERVICES
ip netns exec node-1 iptables -t nat -N KUBE-NODEPORTS
ip netns exec node-1 iptables -t nat -N KUBE-POSTROUTING
ip netns exec node-1 iptables -t nat -N KUBE-MARK-MASQ
ip netns exec node-1 iptables -t nat -N KUBE-EXT-LOLE4ISW44XBNF3G
ip netns exec node-1 iptables -t nat -N KUBE-SVC-LOLE4ISW44XBNF3G
ip netns exec node-1 iptables -t nat -N KUBE-SVL-LOLE4ISW44XBNF3G
ip netns exec node-1 iptables -t nat -N KUBE-SEP-QBMWJ7Q236QVVXD6
ip netns exec node-1 iptables -t nat -N KUBE-SEP-IDQDQQO4UFHKBJMQ
ip netns exec node-1 iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
ip netns exec node-1 iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
ip netns exec node-1 iptables -t nat -A KUBE-NODEPORTS -m comment --comment default/web -m tcp -p tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G
ip netns exec node-1 iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
ip netns exec node-1 iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
ip netns exec node-1 iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
ip netns exec node-1 iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
ip netns exec node-1 iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'pod traffic for default/web external destinations' -s 10.244.0.0/16 -j KUBE-SVC-LOLE4ISW44XBNF3G
ip netns exec node-1 iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'masquerade LOCAL traffic for default/web external destinations' -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
ip netns exec node-1 iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'route LOCAL traffic for default/web external destinations' -m addrtype --src-type LOCAL -j KUBE-SVC-LOLE4ISW44XBNF3G
ip netns exec node-1 iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -j KUBE-SVL-LOLE4ISW44XBNF3G
ip netns exec node-1 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
ip netns exec node-1 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.1.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-QBMWJ7Q236QVVXD6
ip netns exec node-1 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.2.11:8080' -j KUBE-SEP-IDQDQQO4UFHKBJMQ
ip netns exec node-1 iptables -t nat -A KUBE-SVL-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.1.11:8080' -j KUBE-SEP-QBMWJ7Q236QVVXD6
ip netns exec node-1 iptables -t nat -A KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -s 10.244.1.11 -j KUBE-MARK-MASQ
ip netns exec node-1 iptables -t nat -A KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
ip netns exec node-1 iptables -t nat -A KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -s 10.244.2.11 -j KUBE-MARK-MASQ
ip netns exec node-1 iptables -t nat -A KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
ip netns exec node-1 iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
ip netns exec node-1 iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
ip netns exec node-1 iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
ip netns exec node-2 sysctl -w net.ipv4.conf.all.route_localnet=1
ip netns exec node-2 iptables -t filter -N KUBE-SERVICES
ip netns exec node-2 iptables -t filter -N KUBE-EXTERNAL-SERVICES
ip netns exec node-2 iptables -t filter -N KUBE-FORWARD
ip netns exec node-2 iptables -t filter -N KUBE-NODEPORTS
ip netns exec node-2 iptables -t filter -N KUBE-PROXY-FIREWALL
ip netns exec node-2 iptables -t filter -N KUBE-FIREWALL
ip netns exec node-2 iptables -t filter -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
ip netns exec node-2 iptables -t filter -A KUBE-FORWARD -m comment --comment 'kubernetes forwarding rules' -m mark --mark 0x4000/0x4000 -j ACCEPT
ip netns exec node-2 iptables -t filter -A KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
ip netns exec node-2 iptables -t filter -A KUBE-FIREWALL -m comment --comment 'block incoming localnet connections' -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
ip netns exec node-2 iptables -t filter -I INPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
ip netns exec node-2 iptables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
ip netns exec node-2 iptables -t filter -I INPUT 1 -m comment --comment 'kubernetes health check service ports' -j KUBE-NODEPORTS
ip netns exec node-2 iptables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
ip netns exec node-2 iptables -t filter -I OUTPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
ip netns exec node-2 iptables -t filter -I FORWARD 1 -m comment --comment 'kubernetes forwarding rules' -j KUBE-FORWARD
ip netns exec node-2 iptables -t filter -I INPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
ip netns exec node-2 iptables -t filter -I OUTPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
ip netns exec node-2 iptables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
ip netns exec node-2 iptables -t filter -I INPUT 1 -j KUBE-FIREWALL
ip netns exec node-2 iptables -t filter -I OUTPUT 1 -j KUBE-FIREWALL
ip netns exec node-2 iptables -t nat -N KUBE-SERVICES
ip netns exec node-2 iptables -t nat -N KUBE-NODEPORTS
ip netns exec node-2 iptables -t nat -N KUBE-POSTROUTING
ip netns exec node-2 iptables -t nat -N KUBE-MARK-MASQ
ip netns exec node-2 iptables -t nat -N KUBE-EXT-LOLE4ISW44XBNF3G
ip netns exec node-2 iptables -t nat -N KUBE-SVC-LOLE4ISW44XBNF3G
ip netns exec node-2 iptables -t nat -N KUBE-SVL-LOLE4ISW44XBNF3G
ip netns exec node-2 iptables -t nat -N KUBE-SEP-QBMWJ7Q236QVVXD6
ip netns exec node-2 iptables -t nat -N KUBE-SEP-IDQDQQO4UFHKBJMQ
ip netns exec node-2 iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
ip netns exec node-2 iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
ip netns exec node-2 iptables -t nat -A KUBE-NODEPORTS -m comment --comment default/web -m tcp -p tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G
ip netns exec node-2 iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
ip netns exec node-2 iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
ip netns exec node-2 iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
ip netns exec node-2 iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
ip netns exec node-2 iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'pod traffic for default/web external destinations' -s 10.244.0.0/16 -j KUBE-SVC-LOLE4ISW44XBNF3G
ip netns exec node-2 iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'masquerade LOCAL traffic for default/web external destinations' -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
ip netns exec node-2 iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'route LOCAL traffic for default/web external destinations' -m addrtype --src-type LOCAL -j KUBE-SVC-LOLE4ISW44XBNF3G
ip netns exec node-2 iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -j KUBE-SVL-LOLE4ISW44XBNF3G
ip netns exec node-2 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
ip netns exec node-2 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.1.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-QBMWJ7Q236QVVXD6
ip netns exec node-2 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.2.11:8080' -j KUBE-SEP-IDQDQQO4UFHKBJMQ
ip netns exec node-2 iptables -t nat -A KUBE-SVL-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.2.11:8080' -j KUBE-SEP-IDQDQQO4UFHKBJMQ
ip netns exec node-2 iptables -t nat -A KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -s 10.244.1.11 -j KUBE-MARK-MASQ
ip netns exec node-2 iptables -t nat -A KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
ip netns exec node-2 iptables -t nat -A KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -s 10.244.2.11 -j KUBE-MARK-MASQ
ip netns exec node-2 iptables -t nat -A KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
ip netns exec node-2 iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
ip netns exec node-2 iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
ip netns exec node-2 iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
ip netns exec node-3 sysctl -w net.ipv4.conf.all.route_localnet=1
ip netns exec node-3 iptables -t filter -N KUBE-SERVICES
ip netns exec node-3 iptables -t filter -N KUBE-EXTERNAL-SERVICES
ip netns exec node-3 iptables -t filter -N KUBE-FORWARD
ip netns exec node-3 iptables -t filter -N KUBE-NODEPORTS
ip netns exec node-3 iptables -t filter -N KUBE-PROXY-FIREWALL
ip netns exec node-3 iptables -t filter -N KUBE-FIREWALL
ip netns exec node-3 iptables -t filter -A KUBE-EXTERNAL-SERVICES -m comment --comment 'default/web has no local endpoints' -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 30080 -j DROP
ip netns exec node-3 iptables -t filter -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
ip netns exec node-3 iptables -t filter -A KUBE-FORWARD -m comment --comment 'kubernetes forwarding rules' -m mark --mark 0x4000/0x4000 -j ACCEPT
ip netns exec node-3 iptables -t filter -A KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
ip netns exec node-3 iptables -t filter -A KUBE-FIREWALL -m comment --comment 'block incoming localnet connections' -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
ip netns exec node-3 iptables -t filter -I INPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
ip netns exec node-3 iptables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes externally-visible service portals' -j KUBE-EXTERNAL-SERVICES
ip netns exec node-3 iptables -t filter -I INPUT 1 -m comment --comment 'kubernetes health check service ports' -j KUBE-NODEPORTS
ip netns exec node-3 iptables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
ip netns exec node-3 iptables -t filter -I OUTPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
ip netns exec node-3 iptables -t filter -I FORWARD 1 -m comment --comment 'kubernetes forwarding rules' -j KUBE-FORWARD
ip netns exec node-3 iptables -t filter -I INPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
ip netns exec node-3 iptables -t filter -I OUTPUT 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
ip netns exec node-3 iptables -t filter -I FORWARD 1 -m conntrack --ctstate NEW -m comment --comment 'kubernetes load balancer firewall' -j KUBE-PROXY-FIREWALL
ip netns exec node-3 iptables -t filter -I INPUT 1 -j KUBE-FIREWALL
ip netns exec node-3 iptables -t filter -I OUTPUT 1 -j KUBE-FIREWALL
ip netns exec node-3 iptables -t nat -N KUBE-SERVICES
ip netns exec node-3 iptables -t nat -N KUBE-NODEPORTS
ip netns exec node-3 iptables -t nat -N KUBE-POSTROUTING
ip netns exec node-3 iptables -t nat -N KUBE-MARK-MASQ
ip netns exec node-3 iptables -t nat -N KUBE-EXT-LOLE4ISW44XBNF3G
ip netns exec node-3 iptables -t nat -N KUBE-SVC-LOLE4ISW44XBNF3G
ip netns exec node-3 iptables -t nat -N KUBE-SEP-QBMWJ7Q236QVVXD6
ip netns exec node-3 iptables -t nat -N KUBE-SEP-IDQDQQO4UFHKBJMQ
ip netns exec node-3 iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
ip netns exec node-3 iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
ip netns exec node-3 iptables -t nat -A KUBE-NODEPORTS -m comment --comment default/web -m tcp -p tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G
ip netns exec node-3 iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
ip netns exec node-3 iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
ip netns exec node-3 iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
ip netns exec node-3 iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
ip netns exec node-3 iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'pod traffic for default/web external destinations' -s 10.244.0.0/16 -j KUBE-SVC-LOLE4ISW44XBNF3G
ip netns exec node-3 iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'masquerade LOCAL traffic for default/web external destinations' -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
ip netns exec node-3 iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'route LOCAL traffic for default/web external destinations' -m addrtype --src-type LOCAL -j KUBE-SVC-LOLE4ISW44XBNF3G
ip netns exec node-3 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
ip netns exec node-3 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.1.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-QBMWJ7Q236QVVXD6
ip netns exec node-3 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.2.11:8080' -j KUBE-SEP-IDQDQQO4UFHKBJMQ
ip netns exec node-3 iptables -t nat -A KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -s 10.244.1.11 -j KUBE-MARK-MASQ
ip netns exec node-3 iptables -t nat -A KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
ip netns exec node-3 iptables -t nat -A KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -s 10.244.2.11 -j KUBE-MARK-MASQ
ip netns exec node-3 iptables -t nat -A KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
ip netns exec node-3 iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
ip netns exec node-3 iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
ip netns exec node-3 iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING

# Visitors come to 60.1.1.1, and the balancer sends each connection to port 30080 of a node, by two
# DNAT rules. Its policy Local keeps the visitor's address: a node passes what comes from outside to
# pods of its own only, and nothing has to be masqueraded.
step 6 'A load balancer before two nodes'
ip netns exec balancer iptables -t nat -A PREROUTING -d 60.1.1.1 -p tcp --dport 80 -m statistic --mode random --probability 0.5 -j DNAT --to-destination 192.168.1.11:30080
ip netns exec balancer iptables -t nat -A PREROUTING -d 60.1.1.1 -p tcp --dport 80 -j DNAT --to-destination 192.168.1.12:30080

step 7 'With one more node it got worse'
# What the task begins with:
ip netns exec balancer iptables -t nat -R PREROUTING 1 -d 60.1.1.1 -p tcp --dport 80 -m statistic --mode random --probability 0.33333333349 -j DNAT --to-destination 192.168.1.11:30080
ip netns exec balancer iptables -t nat -I PREROUTING 2 -d 60.1.1.1 -p tcp --dport 80 -m statistic --mode random --probability 0.5 -j DNAT --to-destination 192.168.1.13:30080
# The task: The cluster has a third node, and somebody has told the balancer, 60.1.1.1. Since then
# one visitor in three waits in vain. On node-3 nothing is wrong: there the service 10.96.0.10
# answers, and its pod anna is content. The pods have to see the visitors' own addresses. Let every
# visitor be answered, by web-1 and web-2 in equal parts.
# Its solution:
ip netns exec balancer iptables -t nat -D PREROUTING -d 60.1.1.1 -p tcp --dport 80 -m statistic --mode random --probability 0.5 -j DNAT --to-destination 192.168.1.13:30080
ip netns exec balancer iptables -t nat -R PREROUTING 1 -d 60.1.1.1 -p tcp --dport 80 -m statistic --mode random --probability 0.5 -j DNAT --to-destination 192.168.1.11:30080
