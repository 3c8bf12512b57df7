#!/bin/sh
# A node without kube-proxy, where everything seems to go on
#
# The commands of netlab's lab kube-proxy-dies, as root on a machine that you can do without:
#   sh kube-proxy-dies.sh             carries out its steps, in order
#   sh kube-proxy-dies.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-kube-proxy-dies.step
# The machine's settings as they were.
settings=/run/netlab-kube-proxy-dies.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv4.conf.all.route_localnet > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 10 ]; then
    ip link set dev veth_nginx-2 down
    iptables -t nat -D KUBE-SEP-O5TCEFFLDVUGEDM6 -m comment --comment default/nginx:5678-80 -m tcp -p tcp -j DNAT --to-destination 10.244.167.176:80
    iptables -t nat -D KUBE-SEP-O5TCEFFLDVUGEDM6 -m comment --comment default/nginx:5678-80 -s 10.244.167.176 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-VXA2I2E2TLP6KZO2 -m comment --comment 'default/nginx:5678-80 -> 10.244.167.176:80' -j KUBE-SEP-O5TCEFFLDVUGEDM6
    iptables -t nat -R KUBE-SVC-VXA2I2E2TLP6KZO2 3 -m comment --comment 'default/nginx:5678-80 -> 10.244.167.175:80' -j KUBE-SEP-FOB4UESWZC5I5NN4
    iptables -t nat -R KUBE-SVC-VXA2I2E2TLP6KZO2 2 -m comment --comment 'default/nginx:5678-80 -> 10.244.167.174:80' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-LMALPGZ2QDC7Y4OW
    iptables -t nat -D KUBE-SEP-NTRTPA6FD7ZCR7AG -m comment --comment default/newcomer -m tcp -p tcp -j DNAT --to-destination 10.244.167.176:80
    iptables -t nat -D KUBE-SEP-NTRTPA6FD7ZCR7AG -m comment --comment default/newcomer -s 10.244.167.176 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-MCPG5L3ATPEITPBY -m comment --comment default/newcomer -m tcp -p tcp -j DNAT --to-destination 10.244.167.175:80
    iptables -t nat -D KUBE-SEP-MCPG5L3ATPEITPBY -m comment --comment default/newcomer -s 10.244.167.175 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-2QFLNUVA7E3B4WNW -m comment --comment default/newcomer -m tcp -p tcp -j DNAT --to-destination 10.244.167.174:80
    iptables -t nat -D KUBE-SEP-2QFLNUVA7E3B4WNW -m comment --comment default/newcomer -s 10.244.167.174 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-OQ5N2U6YGMTXO7A3 -m comment --comment 'default/newcomer -> 10.244.167.176:80' -j KUBE-SEP-NTRTPA6FD7ZCR7AG
    iptables -t nat -D KUBE-SVC-OQ5N2U6YGMTXO7A3 -m comment --comment 'default/newcomer -> 10.244.167.175:80' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-MCPG5L3ATPEITPBY
    iptables -t nat -D KUBE-SVC-OQ5N2U6YGMTXO7A3 -m comment --comment 'default/newcomer -> 10.244.167.174:80' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-2QFLNUVA7E3B4WNW
    iptables -t nat -D KUBE-SVC-OQ5N2U6YGMTXO7A3 -m comment --comment 'default/newcomer cluster IP' -m tcp -p tcp -d 10.96.62.200 --dport 5678 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/newcomer cluster IP' -m tcp -p tcp -d 10.96.62.200 --dport 5678 -j KUBE-SVC-OQ5N2U6YGMTXO7A3
    iptables -t nat -X KUBE-SEP-O5TCEFFLDVUGEDM6
    iptables -t nat -X KUBE-SEP-NTRTPA6FD7ZCR7AG
    iptables -t nat -X KUBE-SEP-MCPG5L3ATPEITPBY
    iptables -t nat -X KUBE-SEP-2QFLNUVA7E3B4WNW
    iptables -t nat -X KUBE-SVC-OQ5N2U6YGMTXO7A3
  fi
  if [ "$last" -ge 8 ]; then
    ip link set dev veth_nginx-2 up
  fi
  if [ "$last" -ge 5 ]; then
    iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D KUBE-SEP-FOB4UESWZC5I5NN4 -m comment --comment default/nginx:5678-80 -m tcp -p tcp -j DNAT --to-destination 10.244.167.175:80
    iptables -t nat -D KUBE-SEP-FOB4UESWZC5I5NN4 -m comment --comment default/nginx:5678-80 -s 10.244.167.175 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-LMALPGZ2QDC7Y4OW -m comment --comment default/nginx:5678-80 -m tcp -p tcp -j DNAT --to-destination 10.244.167.174:80
    iptables -t nat -D KUBE-SEP-LMALPGZ2QDC7Y4OW -m comment --comment default/nginx:5678-80 -s 10.244.167.174 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-VXA2I2E2TLP6KZO2 -m comment --comment 'default/nginx:5678-80 -> 10.244.167.175:80' -j KUBE-SEP-FOB4UESWZC5I5NN4
    iptables -t nat -D KUBE-SVC-VXA2I2E2TLP6KZO2 -m comment --comment 'default/nginx:5678-80 -> 10.244.167.174:80' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-LMALPGZ2QDC7Y4OW
    iptables -t nat -D KUBE-SVC-VXA2I2E2TLP6KZO2 -m comment --comment 'default/nginx:5678-80 cluster IP' -m tcp -p tcp -d 10.96.62.137 --dport 5678 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx:5678-80 cluster IP' -m tcp -p tcp -d 10.96.62.137 --dport 5678 -j KUBE-SVC-VXA2I2E2TLP6KZO2
    iptables -t nat -X KUBE-SEP-FOB4UESWZC5I5NN4
    iptables -t nat -X KUBE-SEP-LMALPGZ2QDC7Y4OW
    iptables -t nat -X KUBE-SVC-VXA2I2E2TLP6KZO2
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
    ip netns pids nginx-3 | xargs -r kill || :
    ip netns pids nginx-2 | xargs -r kill || :
    ip netns pids nginx-1 | xargs -r kill || :
  fi
  if [ "$last" -ge 3 ]; then
    iptables -t nat -D POSTROUTING --source 10.244.167.128/26 ! --destination 10.244.167.128/26 --jump MASQUERADE
    iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    iptables -D FORWARD --in-interface cni0 --jump ACCEPT
  fi
  if [ "$last" -ge 2 ]; then
    rm -f /etc/netns/nginx-1/hosts /etc/netns/nginx-2/hosts /etc/netns/nginx-3/hosts /etc/netns/client/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/nginx-1 /etc/netns/nginx-2 /etc/netns/nginx-3 /etc/netns/client
    ip route delete default via 192.168.2.50
    ip -n visitor route delete default via 192.168.2.1
    ip -n visitor link set dev eth0 down
    ip -n visitor address delete 192.168.2.50/24 dev eth0
    ip -n visitor link set dev lo down
    ip -n client route delete default via 10.244.167.129
    ip -n client link set dev eth0 down
    ip -n client address delete 10.244.167.180/26 dev eth0
    ip -n client link set dev lo down
    ip -n nginx-3 route delete default via 10.244.167.129
    ip -n nginx-3 link set dev eth0 down
    ip -n nginx-3 address delete 10.244.167.176/26 dev eth0
    ip -n nginx-3 link set dev lo down
    ip -n nginx-2 route delete default via 10.244.167.129
    ip -n nginx-2 link set dev eth0 down
    ip -n nginx-2 address delete 10.244.167.175/26 dev eth0
    ip -n nginx-2 link set dev lo down
    ip -n nginx-1 route delete default via 10.244.167.129
    ip -n nginx-1 link set dev eth0 down
    ip -n nginx-1 address delete 10.244.167.174/26 dev eth0
    ip -n nginx-1 link set dev lo down
    ip link set dev out_visitor down
    ip address delete 192.168.2.1/24 dev out_visitor
    ip link delete dev out_visitor
    ip link set dev veth_client type bridge_slave hairpin off
    ip link set dev veth_client nomaster down
    ip link delete dev veth_client
    ip link set dev veth_nginx-3 type bridge_slave hairpin off
    ip link set dev veth_nginx-3 nomaster down
    ip link delete dev veth_nginx-3
    ip link set dev veth_nginx-2 type bridge_slave hairpin off
    ip link set dev veth_nginx-2 nomaster down
    ip link delete dev veth_nginx-2
    ip link set dev veth_nginx-1 type bridge_slave hairpin off
    ip link set dev veth_nginx-1 nomaster down
    ip link delete dev veth_nginx-1
    ip netns delete visitor
    ip netns delete client
    ip netns delete nginx-3
    ip netns delete nginx-2
    ip netns delete nginx-1
    ip link set dev cni0 down
    ip address delete 10.244.167.129/26 dev cni0
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

# A pod is a network namespace with a veth pair as its cable: one end is eth0 inside, the other is
# plugged into a bridge on the host. The bridge has the address that the pods use as their gateway.
step 2 '4 pods on cni0'
ip link add name cni0 type bridge
ip address add 10.244.167.129/26 dev cni0
ip link set dev cni0 up
ip netns add nginx-1
ip netns add nginx-2
ip netns add nginx-3
ip netns add client
ip netns add visitor
ip link add name veth_nginx-1 type veth peer name eth0 netns nginx-1
ip link set dev veth_nginx-1 master cni0 up
ip link set dev veth_nginx-1 type bridge_slave hairpin on
ip link add name veth_nginx-2 type veth peer name eth0 netns nginx-2
ip link set dev veth_nginx-2 master cni0 up
ip link set dev veth_nginx-2 type bridge_slave hairpin on
ip link add name veth_nginx-3 type veth peer name eth0 netns nginx-3
ip link set dev veth_nginx-3 master cni0 up
ip link set dev veth_nginx-3 type bridge_slave hairpin on
ip link add name veth_client type veth peer name eth0 netns client
ip link set dev veth_client master cni0 up
ip link set dev veth_client type bridge_slave hairpin on
ip link add name out_visitor type veth peer name eth0 netns visitor
ip address add 192.168.2.1/24 dev out_visitor
ip link set dev out_visitor up
ip -n nginx-1 link set dev lo up
ip -n nginx-1 address add 10.244.167.174/26 dev eth0
ip -n nginx-1 link set dev eth0 up
ip -n nginx-1 route add default via 10.244.167.129
ip -n nginx-2 link set dev lo up
ip -n nginx-2 address add 10.244.167.175/26 dev eth0
ip -n nginx-2 link set dev eth0 up
ip -n nginx-2 route add default via 10.244.167.129
ip -n nginx-3 link set dev lo up
ip -n nginx-3 address add 10.244.167.176/26 dev eth0
ip -n nginx-3 link set dev eth0 up
ip -n nginx-3 route add default via 10.244.167.129
ip -n client link set dev lo up
ip -n client address add 10.244.167.180/26 dev eth0
ip -n client link set dev eth0 up
ip -n client route add default via 10.244.167.129
ip -n visitor link set dev lo up
ip -n visitor address add 192.168.2.50/24 dev eth0
ip -n visitor link set dev eth0 up
ip -n visitor route add default via 192.168.2.1
ip route add default via 192.168.2.50
mkdir -p /etc/netns/nginx-1 /etc/netns/nginx-2 /etc/netns/nginx-3 /etc/netns/client
tee /etc/netns/nginx-1/hosts /etc/netns/nginx-2/hosts /etc/netns/nginx-3/hosts /etc/netns/client/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.244.167.174	nginx-1
10.244.167.175	nginx-2
10.244.167.176	nginx-3
10.244.167.180	client
192.168.2.50	visitor
10.96.62.137	nginx nginx.default nginx.default.svc nginx.default.svc.cluster.local
10.96.62.200	newcomer newcomer.default newcomer.default.svc newcomer.default.svc.cluster.local
END

# Where the FORWARD chain is strict, the bridge must be let through in both directions. And a packet
# that leaves for the world with a pod's address would get no answer, since nobody out there knows
# the way back: MASQUERADE puts the host's address in its place.
step 3 'Let the pods through'
iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT
iptables --table nat --append POSTROUTING --source 10.244.167.128/26 ! --destination 10.244.167.128/26 --jump MASQUERADE

# Each pod runs its program in its own network namespace, so all of them can listen on the same
# port. netlab's own server answers with the name of the pod, its address, and the address that the
# client seems to have.
step 4 '3 servers'
ip netns exec nginx-1 "${NETLAB:-netlab}" serve 80 --name nginx-1 > /dev/null 2>&1 &
ip netns exec nginx-2 "${NETLAB:-netlab}" serve 80 --name nginx-2 > /dev/null 2>&1 &
ip netns exec nginx-3 "${NETLAB:-netlab}" serve 80 --name nginx-3 > /dev/null 2>&1 &

# Two pods are behind 10.96.62.137, and kube-proxy has written the rules: one half of the
# connections for each. It has done so once. Since then no packet has passed kube-proxy; the kernel
# reads the rules by itself.
step 5 'A node in good order'
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
iptables -t nat -N KUBE-SVC-VXA2I2E2TLP6KZO2
iptables -t nat -N KUBE-SEP-LMALPGZ2QDC7Y4OW
iptables -t nat -N KUBE-SEP-FOB4UESWZC5I5NN4
iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/nginx:5678-80 cluster IP' -m tcp -p tcp -d 10.96.62.137 --dport 5678 -j KUBE-SVC-VXA2I2E2TLP6KZO2
iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
iptables -t nat -A KUBE-SVC-VXA2I2E2TLP6KZO2 -m comment --comment 'default/nginx:5678-80 cluster IP' -m tcp -p tcp -d 10.96.62.137 --dport 5678 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-VXA2I2E2TLP6KZO2 -m comment --comment 'default/nginx:5678-80 -> 10.244.167.174:80' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-LMALPGZ2QDC7Y4OW
iptables -t nat -A KUBE-SVC-VXA2I2E2TLP6KZO2 -m comment --comment 'default/nginx:5678-80 -> 10.244.167.175:80' -j KUBE-SEP-FOB4UESWZC5I5NN4
iptables -t nat -A KUBE-SEP-LMALPGZ2QDC7Y4OW -m comment --comment default/nginx:5678-80 -s 10.244.167.174 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-LMALPGZ2QDC7Y4OW -m comment --comment default/nginx:5678-80 -m tcp -p tcp -j DNAT --to-destination 10.244.167.174:80
iptables -t nat -A KUBE-SEP-FOB4UESWZC5I5NN4 -m comment --comment default/nginx:5678-80 -s 10.244.167.175 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-FOB4UESWZC5I5NN4 -m comment --comment default/nginx:5678-80 -m tcp -p tcp -j DNAT --to-destination 10.244.167.175:80
iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING

# In a lab there is no process to be killed: netlab writes the rules when a step is about it, and
# none of the next ones is. On a real node you would delete kube-proxy's pod. What follows is the
# same in both cases, namely nothing. A rule belongs to the kernel and not to whoever wrote it. All
# of them are still there, and every connection finds its pod.
step 6 'kube-proxy dies, and nobody notices'

# The Deployment is scaled to three. nginx-3 runs, it answers, and the endpoint controller has put
# it on the service's list. Nobody on this node turns that list into a rule. So two pods carry the
# load of three here, while other nodes, whose kube-proxy lives, use all of them. Whoever looks at
# the list of endpoints sees nothing wrong.
step 7 'A third pod, and it gets nothing'

# Now the other direction. nginx-2 is lost (here its cable is pulled), and is taken off the list.
# The rules say one half for nginx-2, as before, and one half of the connections gets lost. It is
# the worst kind of failure: half of the time all is well.
step 8 'A pod is gone, and is still sent to'
ip link set dev veth_nginx-2 down

# A service that is created now has a cluster IP like any other, and DNS answers with it at once. On
# this node no rule knows the address, so it is what it would be on any machine: an address that
# nobody has. The packet goes out by the default route and is never heard of again.
step 9 'A new service that is not there'

# A new kube-proxy asks for all services and endpoints and writes everything that has changed in one
# go. nginx-2 is back as well. What it cannot mend is the past: connections that were lost are
# remembered for two minutes, each under its port, and a new one from the same port would be taken
# for it. conntrack --flush forgets them. That everything went on for so long is why a node is
# watched by kube-proxy's health check and not by whether its services answer.
step 10 'kube-proxy comes back'
iptables -t nat -N KUBE-SVC-OQ5N2U6YGMTXO7A3
iptables -t nat -N KUBE-SEP-2QFLNUVA7E3B4WNW
iptables -t nat -N KUBE-SEP-MCPG5L3ATPEITPBY
iptables -t nat -N KUBE-SEP-NTRTPA6FD7ZCR7AG
iptables -t nat -N KUBE-SEP-O5TCEFFLDVUGEDM6
iptables -t nat -I KUBE-SERVICES 1 -m comment --comment 'default/newcomer cluster IP' -m tcp -p tcp -d 10.96.62.200 --dport 5678 -j KUBE-SVC-OQ5N2U6YGMTXO7A3
iptables -t nat -A KUBE-SVC-OQ5N2U6YGMTXO7A3 -m comment --comment 'default/newcomer cluster IP' -m tcp -p tcp -d 10.96.62.200 --dport 5678 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-OQ5N2U6YGMTXO7A3 -m comment --comment 'default/newcomer -> 10.244.167.174:80' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-2QFLNUVA7E3B4WNW
iptables -t nat -A KUBE-SVC-OQ5N2U6YGMTXO7A3 -m comment --comment 'default/newcomer -> 10.244.167.175:80' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-MCPG5L3ATPEITPBY
iptables -t nat -A KUBE-SVC-OQ5N2U6YGMTXO7A3 -m comment --comment 'default/newcomer -> 10.244.167.176:80' -j KUBE-SEP-NTRTPA6FD7ZCR7AG
iptables -t nat -A KUBE-SEP-2QFLNUVA7E3B4WNW -m comment --comment default/newcomer -s 10.244.167.174 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-2QFLNUVA7E3B4WNW -m comment --comment default/newcomer -m tcp -p tcp -j DNAT --to-destination 10.244.167.174:80
iptables -t nat -A KUBE-SEP-MCPG5L3ATPEITPBY -m comment --comment default/newcomer -s 10.244.167.175 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-MCPG5L3ATPEITPBY -m comment --comment default/newcomer -m tcp -p tcp -j DNAT --to-destination 10.244.167.175:80
iptables -t nat -A KUBE-SEP-NTRTPA6FD7ZCR7AG -m comment --comment default/newcomer -s 10.244.167.176 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-NTRTPA6FD7ZCR7AG -m comment --comment default/newcomer -m tcp -p tcp -j DNAT --to-destination 10.244.167.176:80
iptables -t nat -R KUBE-SVC-VXA2I2E2TLP6KZO2 2 -m comment --comment 'default/nginx:5678-80 -> 10.244.167.174:80' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-LMALPGZ2QDC7Y4OW
iptables -t nat -R KUBE-SVC-VXA2I2E2TLP6KZO2 3 -m comment --comment 'default/nginx:5678-80 -> 10.244.167.175:80' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-FOB4UESWZC5I5NN4
iptables -t nat -A KUBE-SVC-VXA2I2E2TLP6KZO2 -m comment --comment 'default/nginx:5678-80 -> 10.244.167.176:80' -j KUBE-SEP-O5TCEFFLDVUGEDM6
iptables -t nat -A KUBE-SEP-O5TCEFFLDVUGEDM6 -m comment --comment default/nginx:5678-80 -s 10.244.167.176 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-O5TCEFFLDVUGEDM6 -m comment --comment default/nginx:5678-80 -m tcp -p tcp -j DNAT --to-destination 10.244.167.176:80
ip link set dev veth_nginx-2 up
conntrack --flush || true
