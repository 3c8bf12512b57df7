#!/bin/sh
# A hundred services, and a list that is read from the top
#
# The commands of netlab's lab many-services, as root on a machine that you can do without:
#   sh many-services.sh             carries out its steps, in order
#   sh many-services.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-many-services.step
# The machine's settings as they were.
settings=/run/netlab-many-services.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv4.conf.all.route_localnet > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 7 ]; then
    sh /run/counters in
  fi
  if [ "$last" -ge 5 ]; then
    sh /run/counters out
  fi
  if [ "$last" -ge 3 ]; then
    iptables -t nat -D KUBE-SEP-YQR4ASV6ZKH5M343 -m comment --comment default/nginx-2 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-YQR4ASV6ZKH5M343 -m comment --comment default/nginx-2 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-WAKZLAXAKVQVG3CM -m comment --comment 'default/nginx-2 -> 10.244.0.11:8080' -j KUBE-SEP-YQR4ASV6ZKH5M343
    iptables -t nat -D KUBE-SVC-WAKZLAXAKVQVG3CM -m comment --comment 'default/nginx-2 cluster IP' -m tcp -p tcp -d 10.96.100.2 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-B52ELP5FU3YXTIMQ -m comment --comment default/nginx-1 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
    iptables -t nat -D KUBE-SEP-B52ELP5FU3YXTIMQ -m comment --comment default/nginx-1 -s 10.244.0.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-YQ6ODUTRZU2RK47A -m comment --comment 'default/nginx-1 -> 10.244.0.11:8080' -j KUBE-SEP-B52ELP5FU3YXTIMQ
    iptables -t nat -D KUBE-SVC-YQ6ODUTRZU2RK47A -m comment --comment 'default/nginx-1 cluster IP' -m tcp -p tcp -d 10.96.100.1 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-2 cluster IP' -m tcp -p tcp -d 10.96.100.2 --dport 80 -j KUBE-SVC-WAKZLAXAKVQVG3CM
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-1 cluster IP' -m tcp -p tcp -d 10.96.100.1 --dport 80 -j KUBE-SVC-YQ6ODUTRZU2RK47A
    iptables -t nat -X KUBE-SEP-YQR4ASV6ZKH5M343
    iptables -t nat -X KUBE-SVC-WAKZLAXAKVQVG3CM
    iptables -t nat -X KUBE-SEP-B52ELP5FU3YXTIMQ
    iptables -t nat -X KUBE-SVC-YQ6ODUTRZU2RK47A
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
    rm -f /run/counters
    iptables -t nat -D POSTROUTING --source 10.244.0.0/24 ! --destination 10.244.0.0/24 --jump MASQUERADE
    iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    iptables -D FORWARD --in-interface cni0 --jump ACCEPT
    rm -f /etc/netns/nginx/hosts /etc/netns/probe/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/nginx /etc/netns/probe
    ip route delete default via 192.0.2.10
    ip -n router route delete default via 192.0.2.1
    ip -n router link set dev eth0 down
    ip -n router address delete 192.0.2.10/24 dev eth0
    ip -n router link set dev lo down
    ip -n probe route delete default via 10.244.0.1
    ip -n probe link set dev eth0 down
    ip -n probe address delete 10.244.0.21/24 dev eth0
    ip -n probe link set dev lo down
    ip -n nginx route delete default via 10.244.0.1
    ip -n nginx link set dev eth0 down
    ip -n nginx address delete 10.244.0.11/24 dev eth0
    ip -n nginx link set dev lo down
    ip link set dev out_router down
    ip address delete 192.0.2.1/24 dev out_router
    ip link delete dev out_router
    ip link set dev veth_probe type bridge_slave hairpin off
    ip link set dev veth_probe nomaster down
    ip link delete dev veth_probe
    ip link set dev veth_nginx type bridge_slave hairpin off
    ip link set dev veth_nginx nomaster down
    ip link delete dev veth_nginx
    ip netns delete router
    ip netns delete probe
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

# One service with one endpoint costs five rules: one in KUBE-SERVICES, two in its KUBE-SVC-… chain
# and two in its KUBE-SEP-… chain. KUBE-SERVICES now has that one and the rule for node ports, which
# is always the last.
step 2 'One service'
ip link add name cni0 type bridge
ip address add 10.244.0.1/24 dev cni0
ip link set dev cni0 up
ip netns add nginx
ip netns add probe
ip netns add router
ip link add name veth_nginx type veth peer name eth0 netns nginx
ip link set dev veth_nginx master cni0 up
ip link set dev veth_nginx type bridge_slave hairpin on
ip link add name veth_probe type veth peer name eth0 netns probe
ip link set dev veth_probe master cni0 up
ip link set dev veth_probe type bridge_slave hairpin on
ip link add name out_router type veth peer name eth0 netns router
ip address add 192.0.2.1/24 dev out_router
ip link set dev out_router up
ip -n nginx link set dev lo up
ip -n nginx address add 10.244.0.11/24 dev eth0
ip -n nginx link set dev eth0 up
ip -n nginx route add default via 10.244.0.1
ip -n probe link set dev lo up
ip -n probe address add 10.244.0.21/24 dev eth0
ip -n probe link set dev eth0 up
ip -n probe route add default via 10.244.0.1
ip -n router link set dev lo up
ip -n router address add 192.0.2.10/24 dev eth0
ip -n router link set dev eth0 up
ip -n router route add default via 192.0.2.1
ip route add default via 192.0.2.10
mkdir -p /etc/netns/nginx /etc/netns/probe
tee /etc/netns/nginx/hosts /etc/netns/probe/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.244.0.21	probe
192.0.2.10	router
10.96.62.137	nginx nginx.default nginx.default.svc nginx.default.svc.cluster.local
10.96.100.1	nginx-1 nginx-1.default nginx-1.default.svc nginx-1.default.svc.cluster.local
10.96.100.2	nginx-2 nginx-2.default nginx-2.default.svc nginx-2.default.svc.cluster.local
END
iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT
iptables --table nat --append POSTROUTING --source 10.244.0.0/24 ! --destination 10.244.0.0/24 --jump MASQUERADE
tee /run/counters >/dev/null <<'END'
counters() { iptables -t nat -nvxL KUBE-SERVICES | grep reads-on; }
restore() { { echo '*nat'; cat; echo COMMIT; } | iptables-restore --noflush; }
case $1 in
in)
  seq "$(iptables -t nat -S KUBE-SERVICES | grep -c ^-A)" -1 1 |
    sed 's/.*/-I KUBE-SERVICES & -m comment --comment reads-on/' | restore ;;
out)
  counters | sed 's/.*/-D KUBE-SERVICES -m comment --comment reads-on/' | restore ;;
ask)
  iptables -t nat -Z KUBE-SERVICES
  ip netns exec probe curl --silent --max-time 5 --output /dev/null "$2" || true
  counters | awk -v to="$2" '
    $1 > 0 { read++ }
    $1 > most { most = $1 }
    END { print to ": packets compared: " most + 0 ", rules that they were compared with: " read + 0 " of " NR }' ;;
esac
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

# nginx-1 to nginx-100 select the very same pod. No program was started for them and no packet has
# passed yet; they are nothing but addresses. Each brings its own five rules all the same, since a
# chain belongs to a service port and not to a pod. The nat table has grown by 500 rules.
step 3 'And a hundred more'
iptables -t nat -N KUBE-SVC-YQ6ODUTRZU2RK47A
iptables -t nat -N KUBE-SEP-B52ELP5FU3YXTIMQ
iptables -t nat -N KUBE-SVC-WAKZLAXAKVQVG3CM
iptables -t nat -N KUBE-SEP-YQR4ASV6ZKH5M343
iptables -t nat -I KUBE-SERVICES 2 -m comment --comment 'default/nginx-1 cluster IP' -m tcp -p tcp -d 10.96.100.1 --dport 80 -j KUBE-SVC-YQ6ODUTRZU2RK47A
iptables -t nat -I KUBE-SERVICES 14 -m comment --comment 'default/nginx-2 cluster IP' -m tcp -p tcp -d 10.96.100.2 --dport 80 -j KUBE-SVC-WAKZLAXAKVQVG3CM
iptables -t nat -A KUBE-SVC-YQ6ODUTRZU2RK47A -m comment --comment 'default/nginx-1 cluster IP' -m tcp -p tcp -d 10.96.100.1 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-YQ6ODUTRZU2RK47A -m comment --comment 'default/nginx-1 -> 10.244.0.11:8080' -j KUBE-SEP-B52ELP5FU3YXTIMQ
iptables -t nat -A KUBE-SEP-B52ELP5FU3YXTIMQ -m comment --comment default/nginx-1 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-B52ELP5FU3YXTIMQ -m comment --comment default/nginx-1 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080
iptables -t nat -A KUBE-SVC-WAKZLAXAKVQVG3CM -m comment --comment 'default/nginx-2 cluster IP' -m tcp -p tcp -d 10.96.100.2 --dport 80 ! -s 10.244.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-WAKZLAXAKVQVG3CM -m comment --comment 'default/nginx-2 -> 10.244.0.11:8080' -j KUBE-SEP-YQR4ASV6ZKH5M343
iptables -t nat -A KUBE-SEP-YQR4ASV6ZKH5M343 -m comment --comment default/nginx-2 -s 10.244.0.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-YQR4ASV6ZKH5M343 -m comment --comment default/nginx-2 -m tcp -p tcp -j DNAT --to-destination 10.244.0.11:8080

# iptables knows no look-up. It reads KUBE-SERVICES from the top and compares each rule's address
# with the packet's, until one fits. netlab writes services in the order of their names, so that
# order is a different one with each sync.) What is for no service at all, a download from the
# internet, say, is compared with every rule. It happens once for a connection, not for each packet,
# because connection tracking remembers the outcome. With a hundred services nobody can measure it;
# with twenty thousand, a new connection was seen to take 0.46 ms instead of 0.15.
step 4 'The last of the list'

# That can be counted. A rule's own counter grows when it matches, and so says nothing of
# comparisons in vain. But a rule that asks for nothing and has no target matches whatever comes by,
# and lets it read on. One of these is put in front of each of the 102 rules: each that has counted
# stands for one comparison. The script for it is /run/counters; "s" opens a shell in which you can
# read it.
step 5 'A counter in front of each rule'
sh /run/counters in

# router, which is no service at all and refuses. Each time the counters are set to 0 before. What
# is for no service is compared with every rule, the one for node ports included, which is the last.
# And only one packet is, the first of the connection, though several more pass.
step 6 'From one comparison to a hundred and two'
sh /run/counters ask 10.96.62.137
sh /run/counters ask 10.96.100.99
sh /run/counters ask 192.0.2.10

# The list is as kube-proxy would have it again.
step 7 'The counters go'
sh /run/counters out

# The list is also written as a whole. The classic iptables fetches the table, changes it and puts
# it back, even for one rule, and that takes the longer the more rules there are. kube-proxy hands
# all its changes to one iptables-restore, and since Kubernetes 1.27 leaves out the chains of
# services that have not changed, but KUBE-SERVICES is in it each time. That, and not the reading,
# is what large clusters felt first. The successors replace the list by a hash table: IPVS, eBPF,
# and kube-proxy's own nftables mode, where all of KUBE-SERVICES is one map.
step 8 'Changing one is writing many'
