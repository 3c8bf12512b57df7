#!/bin/sh
# One service, three nodes, and what each of them knows
#
# The commands of netlab's lab service-across-nodes, as root on a machine that you can do without:
#   sh service-across-nodes.sh             carries out its steps, in order
#   sh service-across-nodes.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-service-across-nodes.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 3 ]; then
    ip netns exec node-1 true
    ip netns exec node-3 true
  fi
  if [ "$last" -ge 2 ]; then
    ip netns exec node-3 iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    ip netns exec node-3 iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    ip netns exec node-3 iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    ip netns exec node-3 iptables -t nat -D KUBE-SEP-TZ3QJZMBPBKSA2KP -m comment --comment default/web-kept -m tcp -p tcp -j DNAT --to-destination 10.244.2.12:8080
    ip netns exec node-3 iptables -t nat -D KUBE-SEP-TZ3QJZMBPBKSA2KP -m comment --comment default/web-kept -s 10.244.2.12 -j KUBE-MARK-MASQ
    ip netns exec node-3 iptables -t nat -D KUBE-SEP-IBOFJP3XDE34LJDE -m comment --comment default/web-kept -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
    ip netns exec node-3 iptables -t nat -D KUBE-SEP-IBOFJP3XDE34LJDE -m comment --comment default/web-kept -s 10.244.2.11 -j KUBE-MARK-MASQ
    ip netns exec node-3 iptables -t nat -D KUBE-SEP-4ZSFDTRKTODTTSJY -m comment --comment default/web-kept -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
    ip netns exec node-3 iptables -t nat -D KUBE-SEP-4ZSFDTRKTODTTSJY -m comment --comment default/web-kept -s 10.244.1.11 -j KUBE-MARK-MASQ
    ip netns exec node-3 iptables -t nat -D KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.2.12:8080' -j KUBE-SEP-TZ3QJZMBPBKSA2KP
    ip netns exec node-3 iptables -t nat -D KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.2.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-IBOFJP3XDE34LJDE
    ip netns exec node-3 iptables -t nat -D KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.1.11:8080' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-4ZSFDTRKTODTTSJY
    ip netns exec node-3 iptables -t nat -D KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept cluster IP' -m tcp -p tcp -d 10.96.0.12 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    ip netns exec node-3 iptables -t nat -D KUBE-EXT-C643ZP5WK7UKD2IC -m comment --comment 'route LOCAL traffic for default/web-kept external destinations' -m addrtype --src-type LOCAL -j KUBE-SVC-C643ZP5WK7UKD2IC
    ip netns exec node-3 iptables -t nat -D KUBE-EXT-C643ZP5WK7UKD2IC -m comment --comment 'masquerade LOCAL traffic for default/web-kept external destinations' -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
    ip netns exec node-3 iptables -t nat -D KUBE-EXT-C643ZP5WK7UKD2IC -m comment --comment 'pod traffic for default/web-kept external destinations' -s 10.244.0.0/16 -j KUBE-SVC-C643ZP5WK7UKD2IC
    ip netns exec node-3 iptables -t nat -D KUBE-SEP-Q3DMFNEMESXUC7IT -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.2.12:8080
    ip netns exec node-3 iptables -t nat -D KUBE-SEP-Q3DMFNEMESXUC7IT -m comment --comment default/web -s 10.244.2.12 -j KUBE-MARK-MASQ
    ip netns exec node-3 iptables -t nat -D KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
    ip netns exec node-3 iptables -t nat -D KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -s 10.244.2.11 -j KUBE-MARK-MASQ
    ip netns exec node-3 iptables -t nat -D KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
    ip netns exec node-3 iptables -t nat -D KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -s 10.244.1.11 -j KUBE-MARK-MASQ
    ip netns exec node-3 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.2.12:8080' -j KUBE-SEP-Q3DMFNEMESXUC7IT
    ip netns exec node-3 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.2.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-IDQDQQO4UFHKBJMQ
    ip netns exec node-3 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.1.11:8080' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-QBMWJ7Q236QVVXD6
    ip netns exec node-3 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    ip netns exec node-3 iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -j KUBE-SVC-LOLE4ISW44XBNF3G
    ip netns exec node-3 iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'masquerade traffic for default/web external destinations' -j KUBE-MARK-MASQ
    ip netns exec node-3 iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    ip netns exec node-3 iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    ip netns exec node-3 iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    ip netns exec node-3 iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    ip netns exec node-3 iptables -t nat -D KUBE-NODEPORTS -m comment --comment default/web-kept -m tcp -p tcp --dport 30081 -j KUBE-EXT-C643ZP5WK7UKD2IC
    ip netns exec node-3 iptables -t nat -D KUBE-NODEPORTS -m comment --comment default/web -m tcp -p tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G
    ip netns exec node-3 iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    ip netns exec node-3 iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web-kept cluster IP' -m tcp -p tcp -d 10.96.0.12 --dport 80 -j KUBE-SVC-C643ZP5WK7UKD2IC
    ip netns exec node-3 iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
    ip netns exec node-3 iptables -t nat -X KUBE-SEP-TZ3QJZMBPBKSA2KP
    ip netns exec node-3 iptables -t nat -X KUBE-SEP-IBOFJP3XDE34LJDE
    ip netns exec node-3 iptables -t nat -X KUBE-SEP-4ZSFDTRKTODTTSJY
    ip netns exec node-3 iptables -t nat -X KUBE-SVC-C643ZP5WK7UKD2IC
    ip netns exec node-3 iptables -t nat -X KUBE-EXT-C643ZP5WK7UKD2IC
    ip netns exec node-3 iptables -t nat -X KUBE-SEP-Q3DMFNEMESXUC7IT
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
    ip netns exec node-3 iptables -D KUBE-EXTERNAL-SERVICES -m comment --comment 'default/web-kept has no local endpoints' -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 30081 -j DROP
    ip netns exec node-3 iptables -D KUBE-SERVICES -m comment --comment 'default/web-near has no local endpoints' -m tcp -p tcp -d 10.96.0.11 --dport 80 -j DROP
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
    ip netns exec node-2 iptables -t nat -D KUBE-SEP-TG4ANEFZV6WWL4PE -m comment --comment default/web-near -m tcp -p tcp -j DNAT --to-destination 10.244.2.12:8080
    ip netns exec node-2 iptables -t nat -D KUBE-SEP-TG4ANEFZV6WWL4PE -m comment --comment default/web-near -s 10.244.2.12 -j KUBE-MARK-MASQ
    ip netns exec node-2 iptables -t nat -D KUBE-SEP-3PPV5P65HIABCP5K -m comment --comment default/web-near -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
    ip netns exec node-2 iptables -t nat -D KUBE-SEP-3PPV5P65HIABCP5K -m comment --comment default/web-near -s 10.244.2.11 -j KUBE-MARK-MASQ
    ip netns exec node-2 iptables -t nat -D KUBE-SVL-LN43KZICHKM44RI6 -m comment --comment 'default/web-near -> 10.244.2.12:8080' -j KUBE-SEP-TG4ANEFZV6WWL4PE
    ip netns exec node-2 iptables -t nat -D KUBE-SVL-LN43KZICHKM44RI6 -m comment --comment 'default/web-near -> 10.244.2.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-3PPV5P65HIABCP5K
    ip netns exec node-2 iptables -t nat -D KUBE-SVL-LN43KZICHKM44RI6 -m comment --comment 'default/web-near cluster IP' -m tcp -p tcp -d 10.96.0.11 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    ip netns exec node-2 iptables -t nat -D KUBE-SEP-TZ3QJZMBPBKSA2KP -m comment --comment default/web-kept -m tcp -p tcp -j DNAT --to-destination 10.244.2.12:8080
    ip netns exec node-2 iptables -t nat -D KUBE-SEP-TZ3QJZMBPBKSA2KP -m comment --comment default/web-kept -s 10.244.2.12 -j KUBE-MARK-MASQ
    ip netns exec node-2 iptables -t nat -D KUBE-SEP-IBOFJP3XDE34LJDE -m comment --comment default/web-kept -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
    ip netns exec node-2 iptables -t nat -D KUBE-SEP-IBOFJP3XDE34LJDE -m comment --comment default/web-kept -s 10.244.2.11 -j KUBE-MARK-MASQ
    ip netns exec node-2 iptables -t nat -D KUBE-SEP-4ZSFDTRKTODTTSJY -m comment --comment default/web-kept -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
    ip netns exec node-2 iptables -t nat -D KUBE-SEP-4ZSFDTRKTODTTSJY -m comment --comment default/web-kept -s 10.244.1.11 -j KUBE-MARK-MASQ
    ip netns exec node-2 iptables -t nat -D KUBE-SVL-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.2.12:8080' -j KUBE-SEP-TZ3QJZMBPBKSA2KP
    ip netns exec node-2 iptables -t nat -D KUBE-SVL-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.2.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-IBOFJP3XDE34LJDE
    ip netns exec node-2 iptables -t nat -D KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.2.12:8080' -j KUBE-SEP-TZ3QJZMBPBKSA2KP
    ip netns exec node-2 iptables -t nat -D KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.2.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-IBOFJP3XDE34LJDE
    ip netns exec node-2 iptables -t nat -D KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.1.11:8080' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-4ZSFDTRKTODTTSJY
    ip netns exec node-2 iptables -t nat -D KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept cluster IP' -m tcp -p tcp -d 10.96.0.12 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    ip netns exec node-2 iptables -t nat -D KUBE-EXT-C643ZP5WK7UKD2IC -j KUBE-SVL-C643ZP5WK7UKD2IC
    ip netns exec node-2 iptables -t nat -D KUBE-EXT-C643ZP5WK7UKD2IC -m comment --comment 'route LOCAL traffic for default/web-kept external destinations' -m addrtype --src-type LOCAL -j KUBE-SVC-C643ZP5WK7UKD2IC
    ip netns exec node-2 iptables -t nat -D KUBE-EXT-C643ZP5WK7UKD2IC -m comment --comment 'masquerade LOCAL traffic for default/web-kept external destinations' -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
    ip netns exec node-2 iptables -t nat -D KUBE-EXT-C643ZP5WK7UKD2IC -m comment --comment 'pod traffic for default/web-kept external destinations' -s 10.244.0.0/16 -j KUBE-SVC-C643ZP5WK7UKD2IC
    ip netns exec node-2 iptables -t nat -D KUBE-SEP-Q3DMFNEMESXUC7IT -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.2.12:8080
    ip netns exec node-2 iptables -t nat -D KUBE-SEP-Q3DMFNEMESXUC7IT -m comment --comment default/web -s 10.244.2.12 -j KUBE-MARK-MASQ
    ip netns exec node-2 iptables -t nat -D KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
    ip netns exec node-2 iptables -t nat -D KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -s 10.244.2.11 -j KUBE-MARK-MASQ
    ip netns exec node-2 iptables -t nat -D KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
    ip netns exec node-2 iptables -t nat -D KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -s 10.244.1.11 -j KUBE-MARK-MASQ
    ip netns exec node-2 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.2.12:8080' -j KUBE-SEP-Q3DMFNEMESXUC7IT
    ip netns exec node-2 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.2.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-IDQDQQO4UFHKBJMQ
    ip netns exec node-2 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.1.11:8080' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-QBMWJ7Q236QVVXD6
    ip netns exec node-2 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    ip netns exec node-2 iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -j KUBE-SVC-LOLE4ISW44XBNF3G
    ip netns exec node-2 iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'masquerade traffic for default/web external destinations' -j KUBE-MARK-MASQ
    ip netns exec node-2 iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    ip netns exec node-2 iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    ip netns exec node-2 iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    ip netns exec node-2 iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    ip netns exec node-2 iptables -t nat -D KUBE-NODEPORTS -m comment --comment default/web-kept -m tcp -p tcp --dport 30081 -j KUBE-EXT-C643ZP5WK7UKD2IC
    ip netns exec node-2 iptables -t nat -D KUBE-NODEPORTS -m comment --comment default/web -m tcp -p tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G
    ip netns exec node-2 iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    ip netns exec node-2 iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web-near cluster IP' -m tcp -p tcp -d 10.96.0.11 --dport 80 -j KUBE-SVL-LN43KZICHKM44RI6
    ip netns exec node-2 iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web-kept cluster IP' -m tcp -p tcp -d 10.96.0.12 --dport 80 -j KUBE-SVC-C643ZP5WK7UKD2IC
    ip netns exec node-2 iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
    ip netns exec node-2 iptables -t nat -X KUBE-SEP-TG4ANEFZV6WWL4PE
    ip netns exec node-2 iptables -t nat -X KUBE-SEP-3PPV5P65HIABCP5K
    ip netns exec node-2 iptables -t nat -X KUBE-SVL-LN43KZICHKM44RI6
    ip netns exec node-2 iptables -t nat -X KUBE-SEP-TZ3QJZMBPBKSA2KP
    ip netns exec node-2 iptables -t nat -X KUBE-SEP-IBOFJP3XDE34LJDE
    ip netns exec node-2 iptables -t nat -X KUBE-SEP-4ZSFDTRKTODTTSJY
    ip netns exec node-2 iptables -t nat -X KUBE-SVL-C643ZP5WK7UKD2IC
    ip netns exec node-2 iptables -t nat -X KUBE-SVC-C643ZP5WK7UKD2IC
    ip netns exec node-2 iptables -t nat -X KUBE-EXT-C643ZP5WK7UKD2IC
    ip netns exec node-2 iptables -t nat -X KUBE-SEP-Q3DMFNEMESXUC7IT
    ip netns exec node-2 iptables -t nat -X KUBE-SEP-IDQDQQO4UFHKBJMQ
    ip netns exec node-2 iptables -t nat -X KUBE-SEP-QBMWJ7Q236QVVXD6
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
    ip netns exec node-1 iptables -t nat -D KUBE-SEP-TK4XGKOIQPCYDSI4 -m comment --comment default/web-near -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
    ip netns exec node-1 iptables -t nat -D KUBE-SEP-TK4XGKOIQPCYDSI4 -m comment --comment default/web-near -s 10.244.1.11 -j KUBE-MARK-MASQ
    ip netns exec node-1 iptables -t nat -D KUBE-SVL-LN43KZICHKM44RI6 -m comment --comment 'default/web-near -> 10.244.1.11:8080' -j KUBE-SEP-TK4XGKOIQPCYDSI4
    ip netns exec node-1 iptables -t nat -D KUBE-SVL-LN43KZICHKM44RI6 -m comment --comment 'default/web-near cluster IP' -m tcp -p tcp -d 10.96.0.11 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    ip netns exec node-1 iptables -t nat -D KUBE-SEP-TZ3QJZMBPBKSA2KP -m comment --comment default/web-kept -m tcp -p tcp -j DNAT --to-destination 10.244.2.12:8080
    ip netns exec node-1 iptables -t nat -D KUBE-SEP-TZ3QJZMBPBKSA2KP -m comment --comment default/web-kept -s 10.244.2.12 -j KUBE-MARK-MASQ
    ip netns exec node-1 iptables -t nat -D KUBE-SEP-IBOFJP3XDE34LJDE -m comment --comment default/web-kept -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
    ip netns exec node-1 iptables -t nat -D KUBE-SEP-IBOFJP3XDE34LJDE -m comment --comment default/web-kept -s 10.244.2.11 -j KUBE-MARK-MASQ
    ip netns exec node-1 iptables -t nat -D KUBE-SEP-4ZSFDTRKTODTTSJY -m comment --comment default/web-kept -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
    ip netns exec node-1 iptables -t nat -D KUBE-SEP-4ZSFDTRKTODTTSJY -m comment --comment default/web-kept -s 10.244.1.11 -j KUBE-MARK-MASQ
    ip netns exec node-1 iptables -t nat -D KUBE-SVL-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.1.11:8080' -j KUBE-SEP-4ZSFDTRKTODTTSJY
    ip netns exec node-1 iptables -t nat -D KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.2.12:8080' -j KUBE-SEP-TZ3QJZMBPBKSA2KP
    ip netns exec node-1 iptables -t nat -D KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.2.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-IBOFJP3XDE34LJDE
    ip netns exec node-1 iptables -t nat -D KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.1.11:8080' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-4ZSFDTRKTODTTSJY
    ip netns exec node-1 iptables -t nat -D KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept cluster IP' -m tcp -p tcp -d 10.96.0.12 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    ip netns exec node-1 iptables -t nat -D KUBE-EXT-C643ZP5WK7UKD2IC -j KUBE-SVL-C643ZP5WK7UKD2IC
    ip netns exec node-1 iptables -t nat -D KUBE-EXT-C643ZP5WK7UKD2IC -m comment --comment 'route LOCAL traffic for default/web-kept external destinations' -m addrtype --src-type LOCAL -j KUBE-SVC-C643ZP5WK7UKD2IC
    ip netns exec node-1 iptables -t nat -D KUBE-EXT-C643ZP5WK7UKD2IC -m comment --comment 'masquerade LOCAL traffic for default/web-kept external destinations' -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
    ip netns exec node-1 iptables -t nat -D KUBE-EXT-C643ZP5WK7UKD2IC -m comment --comment 'pod traffic for default/web-kept external destinations' -s 10.244.0.0/16 -j KUBE-SVC-C643ZP5WK7UKD2IC
    ip netns exec node-1 iptables -t nat -D KUBE-SEP-Q3DMFNEMESXUC7IT -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.2.12:8080
    ip netns exec node-1 iptables -t nat -D KUBE-SEP-Q3DMFNEMESXUC7IT -m comment --comment default/web -s 10.244.2.12 -j KUBE-MARK-MASQ
    ip netns exec node-1 iptables -t nat -D KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
    ip netns exec node-1 iptables -t nat -D KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -s 10.244.2.11 -j KUBE-MARK-MASQ
    ip netns exec node-1 iptables -t nat -D KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
    ip netns exec node-1 iptables -t nat -D KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -s 10.244.1.11 -j KUBE-MARK-MASQ
    ip netns exec node-1 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.2.12:8080' -j KUBE-SEP-Q3DMFNEMESXUC7IT
    ip netns exec node-1 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.2.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-IDQDQQO4UFHKBJMQ
    ip netns exec node-1 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.1.11:8080' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-QBMWJ7Q236QVVXD6
    ip netns exec node-1 iptables -t nat -D KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    ip netns exec node-1 iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -j KUBE-SVC-LOLE4ISW44XBNF3G
    ip netns exec node-1 iptables -t nat -D KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'masquerade traffic for default/web external destinations' -j KUBE-MARK-MASQ
    ip netns exec node-1 iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    ip netns exec node-1 iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    ip netns exec node-1 iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    ip netns exec node-1 iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    ip netns exec node-1 iptables -t nat -D KUBE-NODEPORTS -m comment --comment default/web-kept -m tcp -p tcp --dport 30081 -j KUBE-EXT-C643ZP5WK7UKD2IC
    ip netns exec node-1 iptables -t nat -D KUBE-NODEPORTS -m comment --comment default/web -m tcp -p tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G
    ip netns exec node-1 iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    ip netns exec node-1 iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web-near cluster IP' -m tcp -p tcp -d 10.96.0.11 --dport 80 -j KUBE-SVL-LN43KZICHKM44RI6
    ip netns exec node-1 iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web-kept cluster IP' -m tcp -p tcp -d 10.96.0.12 --dport 80 -j KUBE-SVC-C643ZP5WK7UKD2IC
    ip netns exec node-1 iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
    ip netns exec node-1 iptables -t nat -X KUBE-SEP-TK4XGKOIQPCYDSI4
    ip netns exec node-1 iptables -t nat -X KUBE-SVL-LN43KZICHKM44RI6
    ip netns exec node-1 iptables -t nat -X KUBE-SEP-TZ3QJZMBPBKSA2KP
    ip netns exec node-1 iptables -t nat -X KUBE-SEP-IBOFJP3XDE34LJDE
    ip netns exec node-1 iptables -t nat -X KUBE-SEP-4ZSFDTRKTODTTSJY
    ip netns exec node-1 iptables -t nat -X KUBE-SVL-C643ZP5WK7UKD2IC
    ip netns exec node-1 iptables -t nat -X KUBE-SVC-C643ZP5WK7UKD2IC
    ip netns exec node-1 iptables -t nat -X KUBE-EXT-C643ZP5WK7UKD2IC
    ip netns exec node-1 iptables -t nat -X KUBE-SEP-Q3DMFNEMESXUC7IT
    ip netns exec node-1 iptables -t nat -X KUBE-SEP-IDQDQQO4UFHKBJMQ
    ip netns exec node-1 iptables -t nat -X KUBE-SEP-QBMWJ7Q236QVVXD6
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
  if [ "$last" -ge 1 ]; then
    ip netns pids web-3 | xargs -r kill || :
    ip netns pids web-2 | xargs -r kill || :
    ip netns pids web-1 | xargs -r kill || :
    ip netns exec node-3 iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    ip netns exec node-3 iptables -D FORWARD --in-interface cni0 --jump ACCEPT
    ip netns exec node-2 iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    ip netns exec node-2 iptables -D FORWARD --in-interface cni0 --jump ACCEPT
    ip netns exec node-1 iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    ip netns exec node-1 iptables -D FORWARD --in-interface cni0 --jump ACCEPT
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
    ip netns exec node-3 sysctl -w net.ipv4.ip_forward=0
    ip netns exec node-2 sysctl -w net.ipv4.ip_forward=0
    ip netns exec node-1 sysctl -w net.ipv4.ip_forward=0
    rm -f /etc/netns/node-1/hosts /etc/netns/node-2/hosts /etc/netns/node-3/hosts /etc/netns/web-1/hosts /etc/netns/client-1/hosts /etc/netns/web-2/hosts /etc/netns/web-3/hosts /etc/netns/client-3/hosts /etc/netns/outside/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/node-1 /etc/netns/node-2 /etc/netns/node-3 /etc/netns/web-1 /etc/netns/client-1 /etc/netns/web-2 /etc/netns/web-3 /etc/netns/client-3 /etc/netns/outside
    ip -n outside link set dev eth0 down
    ip -n outside address delete 192.168.1.1/24 dev eth0
    ip -n outside link set dev lo down
    ip -n client-3 route delete default via 10.244.3.1
    ip -n client-3 link set dev eth0 down
    ip -n client-3 address delete 10.244.3.21/24 dev eth0
    ip -n client-3 link set dev lo down
    ip -n web-3 route delete default via 10.244.2.1
    ip -n web-3 link set dev eth0 down
    ip -n web-3 address delete 10.244.2.12/24 dev eth0
    ip -n web-3 link set dev lo down
    ip -n web-2 route delete default via 10.244.2.1
    ip -n web-2 link set dev eth0 down
    ip -n web-2 address delete 10.244.2.11/24 dev eth0
    ip -n web-2 link set dev lo down
    ip -n client-1 route delete default via 10.244.1.1
    ip -n client-1 link set dev eth0 down
    ip -n client-1 address delete 10.244.1.21/24 dev eth0
    ip -n client-1 link set dev lo down
    ip -n web-1 route delete default via 10.244.1.1
    ip -n web-1 link set dev eth0 down
    ip -n web-1 address delete 10.244.1.11/24 dev eth0
    ip -n web-1 link set dev lo down
    ip link set dev outside_eth0 nomaster down
    ip link delete dev outside_eth0
    ip -n node-3 link set dev veth_client-3 type bridge_slave hairpin off
    ip -n node-3 link set dev veth_client-3 nomaster down
    ip -n node-3 link delete dev veth_client-3
    ip -n node-2 link set dev veth_web-3 type bridge_slave hairpin off
    ip -n node-2 link set dev veth_web-3 nomaster down
    ip -n node-2 link delete dev veth_web-3
    ip -n node-2 link set dev veth_web-2 type bridge_slave hairpin off
    ip -n node-2 link set dev veth_web-2 nomaster down
    ip -n node-2 link delete dev veth_web-2
    ip -n node-1 link set dev veth_client-1 type bridge_slave hairpin off
    ip -n node-1 link set dev veth_client-1 nomaster down
    ip -n node-1 link delete dev veth_client-1
    ip -n node-1 link set dev veth_web-1 type bridge_slave hairpin off
    ip -n node-1 link set dev veth_web-1 nomaster down
    ip -n node-1 link delete dev veth_web-1
    ip netns delete outside
    ip netns delete client-3
    ip netns delete web-3
    ip netns delete web-2
    ip netns delete client-1
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
  fi
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

# Three nodes. web-1 is on the first one, web-2 and web-3 are on the second, and the third has a
# client only. flannel's routes are there, and nothing on the way rewrites a packet.
step 1 'Pods that reach each other, and no service yet'
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
ip netns add client-1
ip netns add web-2
ip netns add web-3
ip netns add client-3
ip netns add outside
ip -n node-1 link add name veth_web-1 type veth peer name eth0 netns web-1
ip -n node-1 link set dev veth_web-1 master cni0 up
ip -n node-1 link set dev veth_web-1 type bridge_slave hairpin on
ip -n node-1 link add name veth_client-1 type veth peer name eth0 netns client-1
ip -n node-1 link set dev veth_client-1 master cni0 up
ip -n node-1 link set dev veth_client-1 type bridge_slave hairpin on
ip -n node-2 link add name veth_web-2 type veth peer name eth0 netns web-2
ip -n node-2 link set dev veth_web-2 master cni0 up
ip -n node-2 link set dev veth_web-2 type bridge_slave hairpin on
ip -n node-2 link add name veth_web-3 type veth peer name eth0 netns web-3
ip -n node-2 link set dev veth_web-3 master cni0 up
ip -n node-2 link set dev veth_web-3 type bridge_slave hairpin on
ip -n node-3 link add name veth_client-3 type veth peer name eth0 netns client-3
ip -n node-3 link set dev veth_client-3 master cni0 up
ip -n node-3 link set dev veth_client-3 type bridge_slave hairpin on
ip link add name outside_eth0 type veth peer name eth0 netns outside
ip link set dev outside_eth0 master lan up
ip -n web-1 link set dev lo up
ip -n web-1 address add 10.244.1.11/24 dev eth0
ip -n web-1 link set dev eth0 up
ip -n web-1 route add default via 10.244.1.1
ip -n client-1 link set dev lo up
ip -n client-1 address add 10.244.1.21/24 dev eth0
ip -n client-1 link set dev eth0 up
ip -n client-1 route add default via 10.244.1.1
ip -n web-2 link set dev lo up
ip -n web-2 address add 10.244.2.11/24 dev eth0
ip -n web-2 link set dev eth0 up
ip -n web-2 route add default via 10.244.2.1
ip -n web-3 link set dev lo up
ip -n web-3 address add 10.244.2.12/24 dev eth0
ip -n web-3 link set dev eth0 up
ip -n web-3 route add default via 10.244.2.1
ip -n client-3 link set dev lo up
ip -n client-3 address add 10.244.3.21/24 dev eth0
ip -n client-3 link set dev eth0 up
ip -n client-3 route add default via 10.244.3.1
ip -n outside link set dev lo up
ip -n outside address add 192.168.1.1/24 dev eth0
ip -n outside link set dev eth0 up
mkdir -p /etc/netns/node-1 /etc/netns/node-2 /etc/netns/node-3 /etc/netns/web-1 /etc/netns/client-1 /etc/netns/web-2 /etc/netns/web-3 /etc/netns/client-3 /etc/netns/outside
tee /etc/netns/node-1/hosts /etc/netns/node-2/hosts /etc/netns/node-3/hosts /etc/netns/web-1/hosts /etc/netns/client-1/hosts /etc/netns/web-2/hosts /etc/netns/web-3/hosts /etc/netns/client-3/hosts /etc/netns/outside/hosts >/dev/null <<'END'
127.0.0.1	localhost
192.168.1.11	node-1
192.168.1.12	node-2
192.168.1.13	node-3
10.244.1.11	web-1
10.244.1.21	client-1
10.244.2.11	web-2
10.244.2.12	web-3
10.244.3.21	client-3
192.168.1.1	outside
10.96.0.10	web web.default web.default.svc web.default.svc.cluster.local
10.96.0.11	web-near web-near.default web-near.default.svc web-near.default.svc.cluster.local
10.96.0.12	web-kept web-kept.default web-kept.default.svc web-kept.default.svc.cluster.local
END
ip netns exec node-1 sysctl -w net.ipv4.ip_forward=1
ip netns exec node-2 sysctl -w net.ipv4.ip_forward=1
ip netns exec node-3 sysctl -w net.ipv4.ip_forward=1
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
ip netns exec node-1 iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
ip netns exec node-1 iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT
ip netns exec node-2 iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
ip netns exec node-2 iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT
ip netns exec node-3 iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
ip netns exec node-3 iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT
ip netns exec web-1 "${NETLAB:-netlab}" serve 8080 --name web-1 > /dev/null 2>&1 &
ip netns exec web-2 "${NETLAB:-netlab}" serve 8080 --name web-2 > /dev/null 2>&1 &
ip netns exec web-3 "${NETLAB:-netlab}" serve 8080 --name web-3 > /dev/null 2>&1 &
# Every pod reaches every other one, and is seen with its own address. Three pods that serve the
# same are of little use to somebody who would have to know which of them lives today; and
# 10.96.0.10, which is to stand for all of them, is nobody's yet.

# kube-proxy runs on each node and writes the same chains there, also where none of the service's
# pods live. It is always the client's own node that chooses: the packet is translated before it
# leaves, and what goes over the network is a packet from one pod to another.
step 2 'kube-proxy on every node'
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
ip netns exec node-1 iptables -t nat -N KUBE-SEP-QBMWJ7Q236QVVXD6
ip netns exec node-1 iptables -t nat -N KUBE-SEP-IDQDQQO4UFHKBJMQ
ip netns exec node-1 iptables -t nat -N KUBE-SEP-Q3DMFNEMESXUC7IT
ip netns exec node-1 iptables -t nat -N KUBE-EXT-C643ZP5WK7UKD2IC
ip netns exec node-1 iptables -t nat -N KUBE-SVC-C643ZP5WK7UKD2IC
ip netns exec node-1 iptables -t nat -N KUBE-SVL-C643ZP5WK7UKD2IC
ip netns exec node-1 iptables -t nat -N KUBE-SEP-4ZSFDTRKTODTTSJY
ip netns exec node-1 iptables -t nat -N KUBE-SEP-IBOFJP3XDE34LJDE
ip netns exec node-1 iptables -t nat -N KUBE-SEP-TZ3QJZMBPBKSA2KP
ip netns exec node-1 iptables -t nat -N KUBE-SVL-LN43KZICHKM44RI6
ip netns exec node-1 iptables -t nat -N KUBE-SEP-TK4XGKOIQPCYDSI4
ip netns exec node-1 iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
ip netns exec node-1 iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/web-kept cluster IP' -m tcp -p tcp -d 10.96.0.12 --dport 80 -j KUBE-SVC-C643ZP5WK7UKD2IC
ip netns exec node-1 iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/web-near cluster IP' -m tcp -p tcp -d 10.96.0.11 --dport 80 -j KUBE-SVL-LN43KZICHKM44RI6
ip netns exec node-1 iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
ip netns exec node-1 iptables -t nat -A KUBE-NODEPORTS -m comment --comment default/web -m tcp -p tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G
ip netns exec node-1 iptables -t nat -A KUBE-NODEPORTS -m comment --comment default/web-kept -m tcp -p tcp --dport 30081 -j KUBE-EXT-C643ZP5WK7UKD2IC
ip netns exec node-1 iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
ip netns exec node-1 iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
ip netns exec node-1 iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
ip netns exec node-1 iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
ip netns exec node-1 iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'masquerade traffic for default/web external destinations' -j KUBE-MARK-MASQ
ip netns exec node-1 iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -j KUBE-SVC-LOLE4ISW44XBNF3G
ip netns exec node-1 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
ip netns exec node-1 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.1.11:8080' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-QBMWJ7Q236QVVXD6
ip netns exec node-1 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.2.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-IDQDQQO4UFHKBJMQ
ip netns exec node-1 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.2.12:8080' -j KUBE-SEP-Q3DMFNEMESXUC7IT
ip netns exec node-1 iptables -t nat -A KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -s 10.244.1.11 -j KUBE-MARK-MASQ
ip netns exec node-1 iptables -t nat -A KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
ip netns exec node-1 iptables -t nat -A KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -s 10.244.2.11 -j KUBE-MARK-MASQ
ip netns exec node-1 iptables -t nat -A KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
ip netns exec node-1 iptables -t nat -A KUBE-SEP-Q3DMFNEMESXUC7IT -m comment --comment default/web -s 10.244.2.12 -j KUBE-MARK-MASQ
ip netns exec node-1 iptables -t nat -A KUBE-SEP-Q3DMFNEMESXUC7IT -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.2.12:8080
ip netns exec node-1 iptables -t nat -A KUBE-EXT-C643ZP5WK7UKD2IC -m comment --comment 'pod traffic for default/web-kept external destinations' -s 10.244.0.0/16 -j KUBE-SVC-C643ZP5WK7UKD2IC
ip netns exec node-1 iptables -t nat -A KUBE-EXT-C643ZP5WK7UKD2IC -m comment --comment 'masquerade LOCAL traffic for default/web-kept external destinations' -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
ip netns exec node-1 iptables -t nat -A KUBE-EXT-C643ZP5WK7UKD2IC -m comment --comment 'route LOCAL traffic for default/web-kept external destinations' -m addrtype --src-type LOCAL -j KUBE-SVC-C643ZP5WK7UKD2IC
ip netns exec node-1 iptables -t nat -A KUBE-EXT-C643ZP5WK7UKD2IC -j KUBE-SVL-C643ZP5WK7UKD2IC
ip netns exec node-1 iptables -t nat -A KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept cluster IP' -m tcp -p tcp -d 10.96.0.12 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
ip netns exec node-1 iptables -t nat -A KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.1.11:8080' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-4ZSFDTRKTODTTSJY
ip netns exec node-1 iptables -t nat -A KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.2.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-IBOFJP3XDE34LJDE
ip netns exec node-1 iptables -t nat -A KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.2.12:8080' -j KUBE-SEP-TZ3QJZMBPBKSA2KP
ip netns exec node-1 iptables -t nat -A KUBE-SVL-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.1.11:8080' -j KUBE-SEP-4ZSFDTRKTODTTSJY
ip netns exec node-1 iptables -t nat -A KUBE-SEP-4ZSFDTRKTODTTSJY -m comment --comment default/web-kept -s 10.244.1.11 -j KUBE-MARK-MASQ
ip netns exec node-1 iptables -t nat -A KUBE-SEP-4ZSFDTRKTODTTSJY -m comment --comment default/web-kept -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
ip netns exec node-1 iptables -t nat -A KUBE-SEP-IBOFJP3XDE34LJDE -m comment --comment default/web-kept -s 10.244.2.11 -j KUBE-MARK-MASQ
ip netns exec node-1 iptables -t nat -A KUBE-SEP-IBOFJP3XDE34LJDE -m comment --comment default/web-kept -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
ip netns exec node-1 iptables -t nat -A KUBE-SEP-TZ3QJZMBPBKSA2KP -m comment --comment default/web-kept -s 10.244.2.12 -j KUBE-MARK-MASQ
ip netns exec node-1 iptables -t nat -A KUBE-SEP-TZ3QJZMBPBKSA2KP -m comment --comment default/web-kept -m tcp -p tcp -j DNAT --to-destination 10.244.2.12:8080
ip netns exec node-1 iptables -t nat -A KUBE-SVL-LN43KZICHKM44RI6 -m comment --comment 'default/web-near cluster IP' -m tcp -p tcp -d 10.96.0.11 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
ip netns exec node-1 iptables -t nat -A KUBE-SVL-LN43KZICHKM44RI6 -m comment --comment 'default/web-near -> 10.244.1.11:8080' -j KUBE-SEP-TK4XGKOIQPCYDSI4
ip netns exec node-1 iptables -t nat -A KUBE-SEP-TK4XGKOIQPCYDSI4 -m comment --comment default/web-near -s 10.244.1.11 -j KUBE-MARK-MASQ
ip netns exec node-1 iptables -t nat -A KUBE-SEP-TK4XGKOIQPCYDSI4 -m comment --comment default/web-near -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
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
ip netns exec node-2 iptables -t nat -N KUBE-SEP-QBMWJ7Q236QVVXD6
ip netns exec node-2 iptables -t nat -N KUBE-SEP-IDQDQQO4UFHKBJMQ
ip netns exec node-2 iptables -t nat -N KUBE-SEP-Q3DMFNEMESXUC7IT
ip netns exec node-2 iptables -t nat -N KUBE-EXT-C643ZP5WK7UKD2IC
ip netns exec node-2 iptables -t nat -N KUBE-SVC-C643ZP5WK7UKD2IC
ip netns exec node-2 iptables -t nat -N KUBE-SVL-C643ZP5WK7UKD2IC
ip netns exec node-2 iptables -t nat -N KUBE-SEP-4ZSFDTRKTODTTSJY
ip netns exec node-2 iptables -t nat -N KUBE-SEP-IBOFJP3XDE34LJDE
ip netns exec node-2 iptables -t nat -N KUBE-SEP-TZ3QJZMBPBKSA2KP
ip netns exec node-2 iptables -t nat -N KUBE-SVL-LN43KZICHKM44RI6
ip netns exec node-2 iptables -t nat -N KUBE-SEP-3PPV5P65HIABCP5K
ip netns exec node-2 iptables -t nat -N KUBE-SEP-TG4ANEFZV6WWL4PE
ip netns exec node-2 iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
ip netns exec node-2 iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/web-kept cluster IP' -m tcp -p tcp -d 10.96.0.12 --dport 80 -j KUBE-SVC-C643ZP5WK7UKD2IC
ip netns exec node-2 iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/web-near cluster IP' -m tcp -p tcp -d 10.96.0.11 --dport 80 -j KUBE-SVL-LN43KZICHKM44RI6
ip netns exec node-2 iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
ip netns exec node-2 iptables -t nat -A KUBE-NODEPORTS -m comment --comment default/web -m tcp -p tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G
ip netns exec node-2 iptables -t nat -A KUBE-NODEPORTS -m comment --comment default/web-kept -m tcp -p tcp --dport 30081 -j KUBE-EXT-C643ZP5WK7UKD2IC
ip netns exec node-2 iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
ip netns exec node-2 iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
ip netns exec node-2 iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
ip netns exec node-2 iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
ip netns exec node-2 iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'masquerade traffic for default/web external destinations' -j KUBE-MARK-MASQ
ip netns exec node-2 iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -j KUBE-SVC-LOLE4ISW44XBNF3G
ip netns exec node-2 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
ip netns exec node-2 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.1.11:8080' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-QBMWJ7Q236QVVXD6
ip netns exec node-2 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.2.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-IDQDQQO4UFHKBJMQ
ip netns exec node-2 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.2.12:8080' -j KUBE-SEP-Q3DMFNEMESXUC7IT
ip netns exec node-2 iptables -t nat -A KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -s 10.244.1.11 -j KUBE-MARK-MASQ
ip netns exec node-2 iptables -t nat -A KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
ip netns exec node-2 iptables -t nat -A KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -s 10.244.2.11 -j KUBE-MARK-MASQ
ip netns exec node-2 iptables -t nat -A KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
ip netns exec node-2 iptables -t nat -A KUBE-SEP-Q3DMFNEMESXUC7IT -m comment --comment default/web -s 10.244.2.12 -j KUBE-MARK-MASQ
ip netns exec node-2 iptables -t nat -A KUBE-SEP-Q3DMFNEMESXUC7IT -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.2.12:8080
ip netns exec node-2 iptables -t nat -A KUBE-EXT-C643ZP5WK7UKD2IC -m comment --comment 'pod traffic for default/web-kept external destinations' -s 10.244.0.0/16 -j KUBE-SVC-C643ZP5WK7UKD2IC
ip netns exec node-2 iptables -t nat -A KUBE-EXT-C643ZP5WK7UKD2IC -m comment --comment 'masquerade LOCAL traffic for default/web-kept external destinations' -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
ip netns exec node-2 iptables -t nat -A KUBE-EXT-C643ZP5WK7UKD2IC -m comment --comment 'route LOCAL traffic for default/web-kept external destinations' -m addrtype --src-type LOCAL -j KUBE-SVC-C643ZP5WK7UKD2IC
ip netns exec node-2 iptables -t nat -A KUBE-EXT-C643ZP5WK7UKD2IC -j KUBE-SVL-C643ZP5WK7UKD2IC
ip netns exec node-2 iptables -t nat -A KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept cluster IP' -m tcp -p tcp -d 10.96.0.12 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
ip netns exec node-2 iptables -t nat -A KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.1.11:8080' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-4ZSFDTRKTODTTSJY
ip netns exec node-2 iptables -t nat -A KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.2.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-IBOFJP3XDE34LJDE
ip netns exec node-2 iptables -t nat -A KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.2.12:8080' -j KUBE-SEP-TZ3QJZMBPBKSA2KP
ip netns exec node-2 iptables -t nat -A KUBE-SVL-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.2.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-IBOFJP3XDE34LJDE
ip netns exec node-2 iptables -t nat -A KUBE-SVL-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.2.12:8080' -j KUBE-SEP-TZ3QJZMBPBKSA2KP
ip netns exec node-2 iptables -t nat -A KUBE-SEP-4ZSFDTRKTODTTSJY -m comment --comment default/web-kept -s 10.244.1.11 -j KUBE-MARK-MASQ
ip netns exec node-2 iptables -t nat -A KUBE-SEP-4ZSFDTRKTODTTSJY -m comment --comment default/web-kept -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
ip netns exec node-2 iptables -t nat -A KUBE-SEP-IBOFJP3XDE34LJDE -m comment --comment default/web-kept -s 10.244.2.11 -j KUBE-MARK-MASQ
ip netns exec node-2 iptables -t nat -A KUBE-SEP-IBOFJP3XDE34LJDE -m comment --comment default/web-kept -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
ip netns exec node-2 iptables -t nat -A KUBE-SEP-TZ3QJZMBPBKSA2KP -m comment --comment default/web-kept -s 10.244.2.12 -j KUBE-MARK-MASQ
ip netns exec node-2 iptables -t nat -A KUBE-SEP-TZ3QJZMBPBKSA2KP -m comment --comment default/web-kept -m tcp -p tcp -j DNAT --to-destination 10.244.2.12:8080
ip netns exec node-2 iptables -t nat -A KUBE-SVL-LN43KZICHKM44RI6 -m comment --comment 'default/web-near cluster IP' -m tcp -p tcp -d 10.96.0.11 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
ip netns exec node-2 iptables -t nat -A KUBE-SVL-LN43KZICHKM44RI6 -m comment --comment 'default/web-near -> 10.244.2.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-3PPV5P65HIABCP5K
ip netns exec node-2 iptables -t nat -A KUBE-SVL-LN43KZICHKM44RI6 -m comment --comment 'default/web-near -> 10.244.2.12:8080' -j KUBE-SEP-TG4ANEFZV6WWL4PE
ip netns exec node-2 iptables -t nat -A KUBE-SEP-3PPV5P65HIABCP5K -m comment --comment default/web-near -s 10.244.2.11 -j KUBE-MARK-MASQ
ip netns exec node-2 iptables -t nat -A KUBE-SEP-3PPV5P65HIABCP5K -m comment --comment default/web-near -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
ip netns exec node-2 iptables -t nat -A KUBE-SEP-TG4ANEFZV6WWL4PE -m comment --comment default/web-near -s 10.244.2.12 -j KUBE-MARK-MASQ
ip netns exec node-2 iptables -t nat -A KUBE-SEP-TG4ANEFZV6WWL4PE -m comment --comment default/web-near -m tcp -p tcp -j DNAT --to-destination 10.244.2.12:8080
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
ip netns exec node-3 iptables -t filter -A KUBE-SERVICES -m comment --comment 'default/web-near has no local endpoints' -m tcp -p tcp -d 10.96.0.11 --dport 80 -j DROP
ip netns exec node-3 iptables -t filter -A KUBE-EXTERNAL-SERVICES -m comment --comment 'default/web-kept has no local endpoints' -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 30081 -j DROP
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
ip netns exec node-3 iptables -t nat -N KUBE-SEP-Q3DMFNEMESXUC7IT
ip netns exec node-3 iptables -t nat -N KUBE-EXT-C643ZP5WK7UKD2IC
ip netns exec node-3 iptables -t nat -N KUBE-SVC-C643ZP5WK7UKD2IC
ip netns exec node-3 iptables -t nat -N KUBE-SEP-4ZSFDTRKTODTTSJY
ip netns exec node-3 iptables -t nat -N KUBE-SEP-IBOFJP3XDE34LJDE
ip netns exec node-3 iptables -t nat -N KUBE-SEP-TZ3QJZMBPBKSA2KP
ip netns exec node-3 iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
ip netns exec node-3 iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/web-kept cluster IP' -m tcp -p tcp -d 10.96.0.12 --dport 80 -j KUBE-SVC-C643ZP5WK7UKD2IC
ip netns exec node-3 iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
ip netns exec node-3 iptables -t nat -A KUBE-NODEPORTS -m comment --comment default/web -m tcp -p tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G
ip netns exec node-3 iptables -t nat -A KUBE-NODEPORTS -m comment --comment default/web-kept -m tcp -p tcp --dport 30081 -j KUBE-EXT-C643ZP5WK7UKD2IC
ip netns exec node-3 iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
ip netns exec node-3 iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
ip netns exec node-3 iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
ip netns exec node-3 iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
ip netns exec node-3 iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -m comment --comment 'masquerade traffic for default/web external destinations' -j KUBE-MARK-MASQ
ip netns exec node-3 iptables -t nat -A KUBE-EXT-LOLE4ISW44XBNF3G -j KUBE-SVC-LOLE4ISW44XBNF3G
ip netns exec node-3 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web cluster IP' -m tcp -p tcp -d 10.96.0.10 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
ip netns exec node-3 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.1.11:8080' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-QBMWJ7Q236QVVXD6
ip netns exec node-3 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.2.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-IDQDQQO4UFHKBJMQ
ip netns exec node-3 iptables -t nat -A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment 'default/web -> 10.244.2.12:8080' -j KUBE-SEP-Q3DMFNEMESXUC7IT
ip netns exec node-3 iptables -t nat -A KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -s 10.244.1.11 -j KUBE-MARK-MASQ
ip netns exec node-3 iptables -t nat -A KUBE-SEP-QBMWJ7Q236QVVXD6 -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
ip netns exec node-3 iptables -t nat -A KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -s 10.244.2.11 -j KUBE-MARK-MASQ
ip netns exec node-3 iptables -t nat -A KUBE-SEP-IDQDQQO4UFHKBJMQ -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
ip netns exec node-3 iptables -t nat -A KUBE-SEP-Q3DMFNEMESXUC7IT -m comment --comment default/web -s 10.244.2.12 -j KUBE-MARK-MASQ
ip netns exec node-3 iptables -t nat -A KUBE-SEP-Q3DMFNEMESXUC7IT -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.2.12:8080
ip netns exec node-3 iptables -t nat -A KUBE-EXT-C643ZP5WK7UKD2IC -m comment --comment 'pod traffic for default/web-kept external destinations' -s 10.244.0.0/16 -j KUBE-SVC-C643ZP5WK7UKD2IC
ip netns exec node-3 iptables -t nat -A KUBE-EXT-C643ZP5WK7UKD2IC -m comment --comment 'masquerade LOCAL traffic for default/web-kept external destinations' -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
ip netns exec node-3 iptables -t nat -A KUBE-EXT-C643ZP5WK7UKD2IC -m comment --comment 'route LOCAL traffic for default/web-kept external destinations' -m addrtype --src-type LOCAL -j KUBE-SVC-C643ZP5WK7UKD2IC
ip netns exec node-3 iptables -t nat -A KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept cluster IP' -m tcp -p tcp -d 10.96.0.12 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
ip netns exec node-3 iptables -t nat -A KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.1.11:8080' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-4ZSFDTRKTODTTSJY
ip netns exec node-3 iptables -t nat -A KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.2.11:8080' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-IBOFJP3XDE34LJDE
ip netns exec node-3 iptables -t nat -A KUBE-SVC-C643ZP5WK7UKD2IC -m comment --comment 'default/web-kept -> 10.244.2.12:8080' -j KUBE-SEP-TZ3QJZMBPBKSA2KP
ip netns exec node-3 iptables -t nat -A KUBE-SEP-4ZSFDTRKTODTTSJY -m comment --comment default/web-kept -s 10.244.1.11 -j KUBE-MARK-MASQ
ip netns exec node-3 iptables -t nat -A KUBE-SEP-4ZSFDTRKTODTTSJY -m comment --comment default/web-kept -m tcp -p tcp -j DNAT --to-destination 10.244.1.11:8080
ip netns exec node-3 iptables -t nat -A KUBE-SEP-IBOFJP3XDE34LJDE -m comment --comment default/web-kept -s 10.244.2.11 -j KUBE-MARK-MASQ
ip netns exec node-3 iptables -t nat -A KUBE-SEP-IBOFJP3XDE34LJDE -m comment --comment default/web-kept -m tcp -p tcp -j DNAT --to-destination 10.244.2.11:8080
ip netns exec node-3 iptables -t nat -A KUBE-SEP-TZ3QJZMBPBKSA2KP -m comment --comment default/web-kept -s 10.244.2.12 -j KUBE-MARK-MASQ
ip netns exec node-3 iptables -t nat -A KUBE-SEP-TZ3QJZMBPBKSA2KP -m comment --comment default/web-kept -m tcp -p tcp -j DNAT --to-destination 10.244.2.12:8080
ip netns exec node-3 iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
ip netns exec node-3 iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
ip netns exec node-3 iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
# A node that has no pod of the service serves its clients like any other, a third to each pod, and
# no machine in the middle has to know about services.

# The answer of web-1 comes from 10.244.1.11, and client-3 has asked 10.96.0.10. Somebody has to put
# the service's address back, and can do so only if it remembers the question. Two tables of
# connections are looked at afterwards: that of node 3, and that of node 1.
step 3 'The way back is the same way'
ip netns exec node-3 conntrack -F || true
ip netns exec node-1 conntrack -F || true
# Node 3, which has translated the question, remembers it and puts the service's address back. The
# other node's table has the connection as well, but there it is an ordinary one, from pod to pod:
# nothing in it speaks of a service. That is how to find the node that has translated something.

# web-near has "internalTrafficPolicy: Local": each node makes its chain of its own pods only. One
# lives on the first node, two on the second, none on the third.
step 4 'Only pods of my own node'
# client-1 meets web-1 each time, the only pod of its node. On the third node the packet is dropped
# without a word, although three pods would be ready elsewhere. Use it where every node has such a
# pod, one of a DaemonSet say.

# A NodePort is open on every node, also on the third, which passes the connection on to a pod of
# another one. The pod's answer must come back to that node, since only it can put the address back.
step 5 'A port of each node, and whom the pod sees'
# So the node writes its own address over the client's, and the pod sees 192.168.1.13 where
# 192.168.1.1 has asked.

# web-kept has "externalTrafficPolicy: Local". A node passes a connection from outside to its own
# pods only; then nobody is in between, and nothing has to be written over.
step 6 'The client'\''s address, for a price'
# The pod sees 192.168.1.1. The price is paid on node 3, which drops what comes from outside. A load
# balancer asks each node's health check for that reason. Node 3 itself is no stranger: its own
# packets may still go anywhere.
