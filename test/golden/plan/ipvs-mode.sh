#!/bin/sh
# The same service in kube-proxy's IPVS mode
#
# The commands of netlab's lab ipvs-mode, as root on a machine that you can do without:
#   sh ipvs-mode.sh             carries out its steps, in order
#   sh ipvs-mode.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-ipvs-mode.step
# The machine's settings as they were.
settings=/run/netlab-ipvs-mode.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv4.vs.conntrack net.ipv4.vs.expire_nodest_conn net.ipv4.vs.expire_quiescent_template > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 11 ]; then
    ip address delete 10.100.100.100/32 dev kube-ipvs0
  fi
  if [ "$last" -ge 10 ]; then
    ip address add 10.100.100.100/32 dev kube-ipvs0
  fi
  if [ "$last" -ge 6 ]; then
    ipvsadm -d -t 10.0.0.1:30080 -r 10.0.0.21:8080
    ipvsadm -d -t 192.0.2.1:30080 -r 10.0.0.21:8080
    ipvsadm -d -t 10.100.100.100:8080 -r 10.0.0.21:8080
    ipset del KUBE-LOOP-BACK 10.0.0.21,tcp:8080,10.0.0.21
  fi
  if [ "$last" -ge 5 ]; then
    ipvsadm -d -t 10.0.0.1:30080 -r 10.0.0.11:8080
    ipvsadm -d -t 192.0.2.1:30080 -r 10.0.0.11:8080
    ipvsadm -d -t 10.100.100.100:8080 -r 10.0.0.11:8080
    iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose' -m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE
    ipset del KUBE-LOOP-BACK 10.0.0.11,tcp:8080,10.0.0.11
  fi
  if [ "$last" -ge 4 ]; then
    ip address delete 10.100.100.100/32 dev kube-ipvs0
    ipvsadm -D -t 10.0.0.1:30080
    ipvsadm -D -t 192.0.2.1:30080
    ipvsadm -D -t 10.100.100.100:8080
    iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    iptables -t nat -D KUBE-LOAD-BALANCER -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-NODE-PORT -p tcp -m comment --comment 'Kubernetes nodeport TCP port for masquerade purpose' -m set --match-set KUBE-NODE-PORT-TCP dst -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    iptables -t nat -D KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT
    iptables -t nat -D KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'Kubernetes service cluster ip + port for masquerade purpose' -m set --match-set KUBE-CLUSTER-IP dst,dst ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SERVICES -s 127.0.0.0/8 -j RETURN
    iptables -t nat -X KUBE-MARK-MASQ
    iptables -t nat -X KUBE-LOAD-BALANCER
    iptables -t nat -X KUBE-NODE-PORT
    iptables -t nat -X KUBE-POSTROUTING
    iptables -t nat -X KUBE-SERVICES
    iptables -D OUTPUT -m comment --comment 'kubernetes ipvs access filter' -j KUBE-IPVS-OUT-FILTER
    iptables -D INPUT -m comment --comment 'kubernetes ipvs access filter' -j KUBE-IPVS-FILTER
    iptables -D FORWARD -m comment --comment 'kube-proxy firewall rules' -j KUBE-PROXY-FIREWALL
    iptables -D INPUT -m comment --comment 'kube-proxy firewall rules' -j KUBE-PROXY-FIREWALL
    iptables -D INPUT -m comment --comment 'kubernetes health check rules' -j KUBE-NODE-PORT
    iptables -D FORWARD -m comment --comment 'kubernetes forwarding rules' -j KUBE-FORWARD
    iptables -D KUBE-IPVS-FILTER -m conntrack --ctstate NEW -m set --match-set KUBE-IPVS-IPS dst -j REJECT
    iptables -D KUBE-IPVS-FILTER -m set --match-set KUBE-HEALTH-CHECK-NODE-PORT dst -j RETURN
    iptables -D KUBE-IPVS-FILTER -m set --match-set KUBE-EXTERNAL-IP-LOCAL dst,dst -j RETURN
    iptables -D KUBE-IPVS-FILTER -m set --match-set KUBE-EXTERNAL-IP dst,dst -j RETURN
    iptables -D KUBE-IPVS-FILTER -m set --match-set KUBE-CLUSTER-IP dst,dst -j RETURN
    iptables -D KUBE-IPVS-FILTER -m set --match-set KUBE-LOAD-BALANCER dst,dst -j RETURN
    iptables -D KUBE-SOURCE-RANGES-FIREWALL -j DROP
    iptables -D KUBE-NODE-PORT -m comment --comment 'Kubernetes health check node port' -m set --match-set KUBE-HEALTH-CHECK-NODE-PORT dst -j ACCEPT
    iptables -D KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    iptables -D KUBE-FORWARD -m comment --comment 'kubernetes forwarding rules' -m mark --mark 0x4000/0x4000 -j ACCEPT
    iptables -X KUBE-IPVS-OUT-FILTER
    iptables -X KUBE-IPVS-FILTER
    iptables -X KUBE-SOURCE-RANGES-FIREWALL
    iptables -X KUBE-PROXY-FIREWALL
    iptables -X KUBE-NODE-PORT
    iptables -X KUBE-FORWARD
    ipset del KUBE-IPVS-IPS 10.100.100.100
    ipset del KUBE-NODE-PORT-TCP 30080
    ipset del KUBE-CLUSTER-IP 10.100.100.100,tcp:8080
    ipset destroy KUBE-IPVS-IPS
    ipset destroy KUBE-HEALTH-CHECK-NODE-PORT
    ipset destroy KUBE-NODE-PORT-LOCAL-SCTP-HASH
    ipset destroy KUBE-NODE-PORT-SCTP-HASH
    ipset destroy KUBE-NODE-PORT-LOCAL-UDP
    ipset destroy KUBE-NODE-PORT-UDP
    ipset destroy KUBE-NODE-PORT-LOCAL-TCP
    ipset destroy KUBE-NODE-PORT-TCP
    ipset destroy KUBE-LOAD-BALANCER-SOURCE-CIDR
    ipset destroy KUBE-LOAD-BALANCER-SOURCE-IP
    ipset destroy KUBE-LOAD-BALANCER-LOCAL
    ipset destroy KUBE-LOAD-BALANCER-FW
    ipset destroy KUBE-LOAD-BALANCER
    ipset destroy KUBE-EXTERNAL-IP-LOCAL
    ipset destroy KUBE-EXTERNAL-IP
    ipset destroy KUBE-CLUSTER-IP
    ipset destroy KUBE-LOOP-BACK
    ip link delete dev kube-ipvs0
  fi
  if [ "$last" -ge 3 ]; then
    ip netns pids netns_021 | xargs -r kill || :
    ip netns pids netns_011 | xargs -r kill || :
    rm -f /etc/netns/netns_011/hosts /etc/netns/netns_021/hosts /etc/netns/probe/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/netns_011 /etc/netns/netns_021 /etc/netns/probe
    ip route delete default via 192.0.2.10
    ip -n client route delete default via 192.0.2.1
    ip -n client link set dev eth0 down
    ip -n client address delete 192.0.2.10/24 dev eth0
    ip -n client link set dev lo down
    ip -n probe route delete default via 10.0.0.1
    ip -n probe link set dev eth0 down
    ip -n probe address delete 10.0.0.99/24 dev eth0
    ip -n probe link set dev lo down
    ip -n netns_021 route delete default via 10.0.0.1
    ip -n netns_021 link set dev eth0 down
    ip -n netns_021 address delete 10.0.0.21/24 dev eth0
    ip -n netns_021 link set dev lo down
    ip -n netns_011 route delete default via 10.0.0.1
    ip -n netns_011 link set dev eth0 down
    ip -n netns_011 address delete 10.0.0.11/24 dev eth0
    ip -n netns_011 link set dev lo down
    ip link set dev out_client down
    ip address delete 192.0.2.1/24 dev out_client
    ip link delete dev out_client
    ip link set dev veth_probe type bridge_slave hairpin off
    ip link set dev veth_probe nomaster down
    ip link delete dev veth_probe
    ip link set dev veth_021 type bridge_slave hairpin off
    ip link set dev veth_021 nomaster down
    ip link delete dev veth_021
    ip link set dev veth_011 type bridge_slave hairpin off
    ip link set dev veth_011 nomaster down
    ip link delete dev veth_011
    ip netns delete client
    ip netns delete probe
    ip netns delete netns_021
    ip netns delete netns_011
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
  printf '%s\n' "$1/11 $2"
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

# The machines are those of the lab clusterip: two pods that serve on port 8080, and a client on a
# wire of its own beyond the node; a third pod only asks. IPVS is a load balancer that lives in the
# kernel, older than Kubernetes. It has no virtual server yet, and nobody has 10.100.100.100.
step 3 'Two pods on a bridge, without a service yet'
ip link add name br1 type bridge
ip address add 10.0.0.1/24 dev br1
ip link set dev br1 up
ip netns add netns_011
ip netns add netns_021
ip netns add probe
ip netns add client
ip link add name veth_011 type veth peer name eth0 netns netns_011
ip link set dev veth_011 master br1 up
ip link set dev veth_011 type bridge_slave hairpin on
ip link add name veth_021 type veth peer name eth0 netns netns_021
ip link set dev veth_021 master br1 up
ip link set dev veth_021 type bridge_slave hairpin on
ip link add name veth_probe type veth peer name eth0 netns probe
ip link set dev veth_probe master br1 up
ip link set dev veth_probe type bridge_slave hairpin on
ip link add name out_client type veth peer name eth0 netns client
ip address add 192.0.2.1/24 dev out_client
ip link set dev out_client up
ip -n netns_011 link set dev lo up
ip -n netns_011 address add 10.0.0.11/24 dev eth0
ip -n netns_011 link set dev eth0 up
ip -n netns_011 route add default via 10.0.0.1
ip -n netns_021 link set dev lo up
ip -n netns_021 address add 10.0.0.21/24 dev eth0
ip -n netns_021 link set dev eth0 up
ip -n netns_021 route add default via 10.0.0.1
ip -n probe link set dev lo up
ip -n probe address add 10.0.0.99/24 dev eth0
ip -n probe link set dev eth0 up
ip -n probe route add default via 10.0.0.1
ip -n client link set dev lo up
ip -n client address add 192.0.2.10/24 dev eth0
ip -n client link set dev eth0 up
ip -n client route add default via 192.0.2.1
ip route add default via 192.0.2.10
mkdir -p /etc/netns/netns_011 /etc/netns/netns_021 /etc/netns/probe
tee /etc/netns/netns_011/hosts /etc/netns/netns_021/hosts /etc/netns/probe/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.0.0.11	netns_011
10.0.0.21	netns_021
10.0.0.99	probe
192.0.2.10	client
10.100.100.100	http-server http-server.default http-server.default.svc http-server.default.svc.cluster.local
END
ip netns exec netns_011 "${NETLAB:-netlab}" serve 8080 --name netns_011 > /dev/null 2>&1 &
ip netns exec netns_021 "${NETLAB:-netlab}" serve 8080 --name netns_021 > /dev/null 2>&1 &
# A packet for an address that nobody has follows the default route, here to the client, which
# throws it away.

# kube-proxy makes a virtual server of each address and port of the service: of the cluster IP, and
# of the node port on each of the node's own addresses. The letters rr are its scheduler, round
# robin. IPVS looks only at packets that are for the node itself, and so the node gets the cluster
# IP: as 10.100.100.100/32 on the device kube-ipvs0, which stays down, is wired to nothing and
# answers no ARP. Our service has no endpoints yet, and so the virtual server has no real servers.
step 4 'A virtual server without real servers'
sysctl -w net.ipv4.vs.conntrack=1
sysctl -w net.ipv4.vs.expire_nodest_conn=1
sysctl -w net.ipv4.vs.expire_quiescent_template=1
sysctl -w net.ipv4.ip_forward=1
ip link add kube-ipvs0 type dummy
ipset create KUBE-LOOP-BACK hash:ip,port,ip family inet hashsize 1024 maxelem 65536
ipset create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536
ipset create KUBE-EXTERNAL-IP hash:ip,port family inet hashsize 1024 maxelem 65536
ipset create KUBE-EXTERNAL-IP-LOCAL hash:ip,port family inet hashsize 1024 maxelem 65536
ipset create KUBE-LOAD-BALANCER hash:ip,port family inet hashsize 1024 maxelem 65536
ipset create KUBE-LOAD-BALANCER-FW hash:ip,port family inet hashsize 1024 maxelem 65536
ipset create KUBE-LOAD-BALANCER-LOCAL hash:ip,port family inet hashsize 1024 maxelem 65536
ipset create KUBE-LOAD-BALANCER-SOURCE-IP hash:ip,port,ip family inet hashsize 1024 maxelem 65536
ipset create KUBE-LOAD-BALANCER-SOURCE-CIDR hash:ip,port,net family inet hashsize 1024 maxelem 65536
ipset create KUBE-NODE-PORT-TCP bitmap:port range 0-65535
ipset create KUBE-NODE-PORT-LOCAL-TCP bitmap:port range 0-65535
ipset create KUBE-NODE-PORT-UDP bitmap:port range 0-65535
ipset create KUBE-NODE-PORT-LOCAL-UDP bitmap:port range 0-65535
ipset create KUBE-NODE-PORT-SCTP-HASH hash:ip,port family inet hashsize 1024 maxelem 65536
ipset create KUBE-NODE-PORT-LOCAL-SCTP-HASH hash:ip,port family inet hashsize 1024 maxelem 65536
ipset create KUBE-HEALTH-CHECK-NODE-PORT bitmap:port range 0-65535
ipset create KUBE-IPVS-IPS hash:ip family inet hashsize 1024 maxelem 65536
ipset add KUBE-CLUSTER-IP 10.100.100.100,tcp:8080
ipset add KUBE-NODE-PORT-TCP 30080
ipset add KUBE-IPVS-IPS 10.100.100.100
iptables -t filter -N KUBE-FORWARD
iptables -t filter -N KUBE-NODE-PORT
iptables -t filter -N KUBE-PROXY-FIREWALL
iptables -t filter -N KUBE-SOURCE-RANGES-FIREWALL
iptables -t filter -N KUBE-IPVS-FILTER
iptables -t filter -N KUBE-IPVS-OUT-FILTER
iptables -t filter -A KUBE-FORWARD -m comment --comment 'kubernetes forwarding rules' -m mark --mark 0x4000/0x4000 -j ACCEPT
iptables -t filter -A KUBE-FORWARD -m comment --comment 'kubernetes forwarding conntrack rule' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -t filter -A KUBE-NODE-PORT -m comment --comment 'Kubernetes health check node port' -m set --match-set KUBE-HEALTH-CHECK-NODE-PORT dst -j ACCEPT
iptables -t filter -A KUBE-SOURCE-RANGES-FIREWALL -j DROP
iptables -t filter -A KUBE-IPVS-FILTER -m set --match-set KUBE-LOAD-BALANCER dst,dst -j RETURN
iptables -t filter -A KUBE-IPVS-FILTER -m set --match-set KUBE-CLUSTER-IP dst,dst -j RETURN
iptables -t filter -A KUBE-IPVS-FILTER -m set --match-set KUBE-EXTERNAL-IP dst,dst -j RETURN
iptables -t filter -A KUBE-IPVS-FILTER -m set --match-set KUBE-EXTERNAL-IP-LOCAL dst,dst -j RETURN
iptables -t filter -A KUBE-IPVS-FILTER -m set --match-set KUBE-HEALTH-CHECK-NODE-PORT dst -j RETURN
iptables -t filter -A KUBE-IPVS-FILTER -m conntrack --ctstate NEW -m set --match-set KUBE-IPVS-IPS dst -j REJECT
iptables -t filter -I FORWARD 1 -m comment --comment 'kubernetes forwarding rules' -j KUBE-FORWARD
iptables -t filter -I INPUT 1 -m comment --comment 'kubernetes health check rules' -j KUBE-NODE-PORT
iptables -t filter -I INPUT 1 -m comment --comment 'kube-proxy firewall rules' -j KUBE-PROXY-FIREWALL
iptables -t filter -I FORWARD 1 -m comment --comment 'kube-proxy firewall rules' -j KUBE-PROXY-FIREWALL
iptables -t filter -I INPUT 1 -m comment --comment 'kubernetes ipvs access filter' -j KUBE-IPVS-FILTER
iptables -t filter -I OUTPUT 1 -m comment --comment 'kubernetes ipvs access filter' -j KUBE-IPVS-OUT-FILTER
iptables -t nat -N KUBE-SERVICES
iptables -t nat -N KUBE-POSTROUTING
iptables -t nat -N KUBE-NODE-PORT
iptables -t nat -N KUBE-LOAD-BALANCER
iptables -t nat -N KUBE-MARK-MASQ
iptables -t nat -A KUBE-SERVICES -s 127.0.0.0/8 -j RETURN
iptables -t nat -A KUBE-SERVICES -m comment --comment 'Kubernetes service cluster ip + port for masquerade purpose' -m set --match-set KUBE-CLUSTER-IP dst,dst ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT
iptables -t nat -A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT
iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
iptables -t nat -A KUBE-NODE-PORT -p tcp -m comment --comment 'Kubernetes nodeport TCP port for masquerade purpose' -m set --match-set KUBE-NODE-PORT-TCP dst -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-LOAD-BALANCER -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
ipvsadm -A -t 10.100.100.100:8080 -s rr
ipvsadm -A -t 192.0.2.1:30080 -s rr
ipvsadm -A -t 10.0.0.1:30080 -s rr
ip address add 10.100.100.100/32 dev kube-ipvs0
# The node has the address, so the packet is for it and comes to the virtual server, and one that
# has nobody to send it to refuses. There is no rule for that, as there is in the other modes.

# An endpoint is a real server. Masq means that IPVS translates the destination to it, and the
# answer back, as DNAT does; the other ways that IPVS knows, tunnels and direct routing, kube-proxy
# does not use. No rule of iptables speaks of the service.
step 5 'One endpoint'
ipset add KUBE-LOOP-BACK 10.0.0.11,tcp:8080,10.0.0.11
iptables -t nat -I KUBE-POSTROUTING 1 -m comment --comment 'Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose' -m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE
ipvsadm -a -t 10.100.100.100:8080 -r 10.0.0.11:8080 -m -w 1
ipvsadm -a -t 192.0.2.1:30080 -r 10.0.0.11:8080 -m -w 1
ipvsadm -a -t 10.0.0.1:30080 -r 10.0.0.11:8080 -m -w 1

# iptables throws dice for each connection, so that of four connections all four may go to one pod.
# Round robin takes the real servers in turn. proxy's ipvs.scheduler chooses another way: lc, the
# one with the fewest connections; sh, always the same one for a client's address; mh, by address
# and port.
step 6 'Two endpoints in turn'
ipset add KUBE-LOOP-BACK 10.0.0.21,tcp:8080,10.0.0.21
ipvsadm -a -t 10.100.100.100:8080 -r 10.0.0.21:8080 -m -w 1
ipvsadm -a -t 192.0.2.1:30080 -r 10.0.0.21:8080 -m -w 1
ipvsadm -a -t 10.0.0.1:30080 -r 10.0.0.21:8080 -m -w 1
# Of twenty requests each pod has had ten, neither nine nor eleven: nobody throws dice here.

# IPVS translates the destination only. Who must be masqueraded is still a matter of iptables, but
# with as many rules for ten thousand services as for one: a rule asks a set (ipset), and what
# differs from service to service are its entries. KUBE-CLUSTER-IP has our address and port: what
# goes there and does not come from a pod is masqueraded. KUBE-LOOP-BACK has each pod of this node
# as destination and source at once: a pod that reaches itself by its service would get a packet
# from its own address.
step 7 'Sets instead of rules'

# The node has the cluster IP now, so what listens on all of its addresses would answer there, too:
# its SSH server, say. A chain of kube-proxy's, KUBE-IPVS-FILTER, looks at what is for an address in
# the set KUBE-IPVS-IPS.
step 8 'And the node'\''s own servers?'
# The chain lets only ports pass that a service has, and refuses all else: the node's own servers
# are kept out.

# There is one on each address of the node, those of its bridge included; kube-ipvs0 has none of
# these addresses, since the node has them anyway. 127.0.0.1 is no address that others could ask,
# and gets none.
step 9 'A node port is a virtual server, too'
# Each address of the node serves, the bridge's, too, where nftables mode has the node's IP alone.
# Node ports never answer on localhost in this mode.

# Somebody takes the address off kube-ipvs0. The virtual server is there, with both real servers.
step 10 'An address is missing'
ip address delete 10.100.100.100/32 dev kube-ipvs0
# A packet from a pod is no longer for the node: it is routed, and leaves it. The node's own packets
# still arrive, since IPVS looks at those before they are routed anew: a fault that whoever tries it
# from the node does not see.

# One command puts it back. kube-proxy does it with its next sync: in this mode it compares with
# what the kernel has each time. This is how the lab stays: the service of the lab clusterip, in
# IPVS mode.
step 11 'The address is put back'
ip address add 10.100.100.100/32 dev kube-ipvs0
