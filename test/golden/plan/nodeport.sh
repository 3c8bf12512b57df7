#!/bin/sh
# A service on a port of the node, and whose address the pod sees
#
# The commands of netlab's lab nodeport, as root on a machine that you can do without:
#   sh nodeport.sh             carries out its steps, in order
#   sh nodeport.sh teardown    takes them back, from the one that was reached
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-nodeport.step
# The machine's settings as they were.
settings=/run/netlab-nodeport.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv4.conf.all.route_localnet > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 6 ]; then
    iptables -t nat -D KUBE-SEP-3JKZUAMPKLJY2JQP -m comment --comment default/nginx-local:5678-80 -m tcp -p tcp -j DNAT --to-destination 10.244.167.174:80
    iptables -t nat -D KUBE-SEP-3JKZUAMPKLJY2JQP -m comment --comment default/nginx-local:5678-80 -s 10.244.167.174 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVL-VRYIFH6TXPPQCGZ2 -m comment --comment 'default/nginx-local:5678-80 -> 10.244.167.174:80' -j KUBE-SEP-3JKZUAMPKLJY2JQP
    iptables -t nat -D KUBE-SVC-VRYIFH6TXPPQCGZ2 -m comment --comment 'default/nginx-local:5678-80 -> 10.244.167.174:80' -j KUBE-SEP-3JKZUAMPKLJY2JQP
    iptables -t nat -D KUBE-SVC-VRYIFH6TXPPQCGZ2 -m comment --comment 'default/nginx-local:5678-80 cluster IP' -m tcp -p tcp -d 10.96.62.138 --dport 5678 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-EXT-VRYIFH6TXPPQCGZ2 -j KUBE-SVL-VRYIFH6TXPPQCGZ2
    iptables -t nat -D KUBE-EXT-VRYIFH6TXPPQCGZ2 -m comment --comment 'route LOCAL traffic for default/nginx-local:5678-80 external destinations' -m addrtype --src-type LOCAL -j KUBE-SVC-VRYIFH6TXPPQCGZ2
    iptables -t nat -D KUBE-EXT-VRYIFH6TXPPQCGZ2 -m comment --comment 'masquerade LOCAL traffic for default/nginx-local:5678-80 external destinations' -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-EXT-VRYIFH6TXPPQCGZ2 -m comment --comment 'pod traffic for default/nginx-local:5678-80 external destinations' -s 10.244.0.0/16 -j KUBE-SVC-VRYIFH6TXPPQCGZ2
    iptables -t nat -D KUBE-NODEPORTS -m comment --comment default/nginx-local:5678-80 -m tcp -p tcp --dport 30966 -j KUBE-EXT-VRYIFH6TXPPQCGZ2
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx-local:5678-80 cluster IP' -m tcp -p tcp -d 10.96.62.138 --dport 5678 -j KUBE-SVC-VRYIFH6TXPPQCGZ2
    iptables -t nat -X KUBE-SEP-3JKZUAMPKLJY2JQP
    iptables -t nat -X KUBE-SVL-VRYIFH6TXPPQCGZ2
    iptables -t nat -X KUBE-SVC-VRYIFH6TXPPQCGZ2
    iptables -t nat -X KUBE-EXT-VRYIFH6TXPPQCGZ2
  fi
  if [ "$last" -ge 3 ]; then
    iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D KUBE-SEP-LMALPGZ2QDC7Y4OW -m comment --comment default/nginx:5678-80 -m tcp -p tcp -j DNAT --to-destination 10.244.167.174:80
    iptables -t nat -D KUBE-SEP-LMALPGZ2QDC7Y4OW -m comment --comment default/nginx:5678-80 -s 10.244.167.174 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-VXA2I2E2TLP6KZO2 -m comment --comment 'default/nginx:5678-80 -> 10.244.167.174:80' -j KUBE-SEP-LMALPGZ2QDC7Y4OW
    iptables -t nat -D KUBE-SVC-VXA2I2E2TLP6KZO2 -m comment --comment 'default/nginx:5678-80 cluster IP' -m tcp -p tcp -d 10.96.62.137 --dport 5678 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-EXT-VXA2I2E2TLP6KZO2 -j KUBE-SVC-VXA2I2E2TLP6KZO2
    iptables -t nat -D KUBE-EXT-VXA2I2E2TLP6KZO2 -m comment --comment 'masquerade traffic for default/nginx:5678-80 external destinations' -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    iptables -t nat -D KUBE-NODEPORTS -m comment --comment default/nginx:5678-80 -m tcp -p tcp --dport 30965 -j KUBE-EXT-VXA2I2E2TLP6KZO2
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx:5678-80 cluster IP' -m tcp -p tcp -d 10.96.62.137 --dport 5678 -j KUBE-SVC-VXA2I2E2TLP6KZO2
    iptables -t nat -X KUBE-SEP-LMALPGZ2QDC7Y4OW
    iptables -t nat -X KUBE-SVC-VXA2I2E2TLP6KZO2
    iptables -t nat -X KUBE-EXT-VXA2I2E2TLP6KZO2
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
  if [ "$last" -ge 2 ]; then
    ip netns pids nginx | xargs -r kill || :
    rm -f /etc/nginx-lab.conf
    iptables -t nat -D POSTROUTING --source 10.244.167.128/26 ! --destination 10.244.167.128/26 --jump MASQUERADE
    iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    iptables -D FORWARD --in-interface cni0 --jump ACCEPT
    rm -f /etc/netns/nginx/hosts /etc/netns/probe/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/nginx /etc/netns/probe
    ip route delete default via 192.168.2.50
    ip -n visitor link set dev eth0 down
    ip -n visitor address delete 192.168.2.50/24 dev eth0
    ip -n visitor link set dev lo down
    ip -n probe route delete default via 10.244.167.129
    ip -n probe link set dev eth0 down
    ip -n probe address delete 10.244.167.175/26 dev eth0
    ip -n probe link set dev lo down
    ip -n nginx route delete default via 10.244.167.129
    ip -n nginx link set dev eth0 down
    ip -n nginx address delete 10.244.167.174/26 dev eth0
    ip -n nginx link set dev lo down
    ip link set dev out_visitor down
    ip address delete 192.168.2.10/24 dev out_visitor
    ip link delete dev out_visitor
    ip link set dev veth_probe type bridge_slave hairpin off
    ip link set dev veth_probe nomaster down
    ip link delete dev veth_probe
    ip link set dev veth_nginx type bridge_slave hairpin off
    ip link set dev veth_nginx nomaster down
    ip link delete dev veth_nginx
    ip netns delete visitor
    ip netns delete probe
    ip netns delete nginx
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

# nginx runs in a pod, and the pod's address means something on this node alone. The visitor is a
# machine of the same network as the node. It knows the node's address, 192.168.2.10, and neither
# pods nor cluster IPs: its only route is that of the network which it shares with the node. On the
# node there is no rule for port 30965 yet.
step 2 'A pod that only the node can reach'
ip link add name cni0 type bridge
ip address add 10.244.167.129/26 dev cni0
ip link set dev cni0 up
ip netns add nginx
ip netns add probe
ip netns add visitor
ip link add name veth_nginx type veth peer name eth0 netns nginx
ip link set dev veth_nginx master cni0 up
ip link set dev veth_nginx type bridge_slave hairpin on
ip link add name veth_probe type veth peer name eth0 netns probe
ip link set dev veth_probe master cni0 up
ip link set dev veth_probe type bridge_slave hairpin on
ip link add name out_visitor type veth peer name eth0 netns visitor
ip address add 192.168.2.10/24 dev out_visitor
ip link set dev out_visitor up
ip -n nginx link set dev lo up
ip -n nginx address add 10.244.167.174/26 dev eth0
ip -n nginx link set dev eth0 up
ip -n nginx route add default via 10.244.167.129
ip -n probe link set dev lo up
ip -n probe address add 10.244.167.175/26 dev eth0
ip -n probe link set dev eth0 up
ip -n probe route add default via 10.244.167.129
ip -n visitor link set dev lo up
ip -n visitor address add 192.168.2.50/24 dev eth0
ip -n visitor link set dev eth0 up
ip route add default via 192.168.2.50
mkdir -p /etc/netns/nginx /etc/netns/probe
tee /etc/netns/nginx/hosts /etc/netns/probe/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.244.167.175	probe
192.168.2.50	visitor
10.96.62.137	nginx nginx.default nginx.default.svc nginx.default.svc.cluster.local
10.96.62.138	nginx-local nginx-local.default nginx-local.default.svc nginx-local.default.svc.cluster.local
END
iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT
iptables --table nat --append POSTROUTING --source 10.244.167.128/26 ! --destination 10.244.167.128/26 --jump MASQUERADE
tee /etc/nginx-lab.conf >/dev/null <<'END'
user root;
worker_processes 1;
error_log /tmp/nginx-error.log;
pid /tmp/nginx.pid;
events {}
http {
  access_log off;
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  server {
    listen 80;
    default_type text/plain;
    return 200 "nginx answers, you are $remote_addr\n";
  }
}
END
ip netns exec nginx nginx -c /etc/nginx-lab.conf -g 'daemon off;' > /dev/null 2>&1 &
# The visitor has no route for the pod, nor for the cluster IP, so its kernel does not even send the
# packet, and says so at once. The node itself it reaches; but there nobody listens on 30965, and it
# is refused. A cluster has to open a door for it.

# The last rule of KUBE-SERVICES is for whatever was no service's own address: if the destination is
# an address of this machine, look into KUBE-NODEPORTS. There port 30965 leads to
# KUBE-EXT-VXA2I2E2TLP6KZO2, the entrance for traffic from outside, and from there to
# KUBE-SVC-VXA2I2E2TLP6KZO2, which the cluster IP uses as well: one hash, made of
# default/nginx:5678-80 and tcp. On the node still nobody listens on 30965.
step 3 'The door is port 30965 of every address that the node has'
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
iptables -t nat -N KUBE-EXT-VXA2I2E2TLP6KZO2
iptables -t nat -N KUBE-SVC-VXA2I2E2TLP6KZO2
iptables -t nat -N KUBE-SEP-LMALPGZ2QDC7Y4OW
iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/nginx:5678-80 cluster IP' -m tcp -p tcp -d 10.96.62.137 --dport 5678 -j KUBE-SVC-VXA2I2E2TLP6KZO2
iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
iptables -t nat -A KUBE-NODEPORTS -m comment --comment default/nginx:5678-80 -m tcp -p tcp --dport 30965 -j KUBE-EXT-VXA2I2E2TLP6KZO2
iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
iptables -t nat -A KUBE-EXT-VXA2I2E2TLP6KZO2 -m comment --comment 'masquerade traffic for default/nginx:5678-80 external destinations' -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-EXT-VXA2I2E2TLP6KZO2 -j KUBE-SVC-VXA2I2E2TLP6KZO2
iptables -t nat -A KUBE-SVC-VXA2I2E2TLP6KZO2 -m comment --comment 'default/nginx:5678-80 cluster IP' -m tcp -p tcp -d 10.96.62.137 --dport 5678 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-VXA2I2E2TLP6KZO2 -m comment --comment 'default/nginx:5678-80 -> 10.244.167.174:80' -j KUBE-SEP-LMALPGZ2QDC7Y4OW
iptables -t nat -A KUBE-SEP-LMALPGZ2QDC7Y4OW -m comment --comment default/nginx:5678-80 -s 10.244.167.174 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-LMALPGZ2QDC7Y4OW -m comment --comment default/nginx:5678-80 -m tcp -p tcp -j DNAT --to-destination 10.244.167.174:80
iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
# The visitor was refused before, and now it is answered: the rules send its packet to nginx. So it
# is at every address of the node, and at the cluster IP, which needs the second half of the way
# only. The node port, the service's port 5678 and nginx's port 80 are three numbers for one thing,
# and only the last is a port on which somebody listens.

# No socket is open on 30965: the destination is rewritten before the kernel would look for one. For
# years kube-proxy held a listening socket on each node port all the same, only so that no other
# program could take the number, and lsof showed it there; newer versions leave that out. It also
# means that the port works on while kube-proxy is being restarted, since rules need no process.
step 4 'Nobody listens on it'

# nginx tells in its answer whom it takes for its client. Before KUBE-EXT-… sends a connection on,
# it marks it for masquerading. The reason is not to be seen on one node: the endpoint that was
# drawn could live on another one. If it answered 192.168.2.50 directly, the visitor would get a
# packet from an address that it never asked, and throw it away.
step 5 'Who asks, as nginx sees it'
# Masqueraded, the visitor is gone from the packet: nginx writes down 10.244.167.129, the node's own
# address on the bridge. With the node as the sender, the answer comes back here and is put right.
# The price is that the pod does not know its clients: no access log, no allow list by address.

# A second service, nginx-local on port 30966, says that traffic from outside shall only go to pods
# of the node where it arrives. Then the answer passes here in any case, and nothing has to be
# masqueraded. The chain for such pods is KUBE-SVL-…, with an L. What the node itself sends, and
# what pods send, is not "from outside": rules before the last one of KUBE-EXT-… let that use all
# endpoints.
step 6 'externalTrafficPolicy: Local keeps the address'
iptables -t nat -N KUBE-EXT-VRYIFH6TXPPQCGZ2
iptables -t nat -N KUBE-SVC-VRYIFH6TXPPQCGZ2
iptables -t nat -N KUBE-SVL-VRYIFH6TXPPQCGZ2
iptables -t nat -N KUBE-SEP-3JKZUAMPKLJY2JQP
iptables -t nat -I KUBE-SERVICES 1 -m comment --comment 'default/nginx-local:5678-80 cluster IP' -m tcp -p tcp -d 10.96.62.138 --dport 5678 -j KUBE-SVC-VRYIFH6TXPPQCGZ2
iptables -t nat -I KUBE-NODEPORTS 1 -m comment --comment default/nginx-local:5678-80 -m tcp -p tcp --dport 30966 -j KUBE-EXT-VRYIFH6TXPPQCGZ2
iptables -t nat -A KUBE-EXT-VRYIFH6TXPPQCGZ2 -m comment --comment 'pod traffic for default/nginx-local:5678-80 external destinations' -s 10.244.0.0/16 -j KUBE-SVC-VRYIFH6TXPPQCGZ2
iptables -t nat -A KUBE-EXT-VRYIFH6TXPPQCGZ2 -m comment --comment 'masquerade LOCAL traffic for default/nginx-local:5678-80 external destinations' -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-EXT-VRYIFH6TXPPQCGZ2 -m comment --comment 'route LOCAL traffic for default/nginx-local:5678-80 external destinations' -m addrtype --src-type LOCAL -j KUBE-SVC-VRYIFH6TXPPQCGZ2
iptables -t nat -A KUBE-EXT-VRYIFH6TXPPQCGZ2 -j KUBE-SVL-VRYIFH6TXPPQCGZ2
iptables -t nat -A KUBE-SVC-VRYIFH6TXPPQCGZ2 -m comment --comment 'default/nginx-local:5678-80 cluster IP' -m tcp -p tcp -d 10.96.62.138 --dport 5678 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-VRYIFH6TXPPQCGZ2 -m comment --comment 'default/nginx-local:5678-80 -> 10.244.167.174:80' -j KUBE-SEP-3JKZUAMPKLJY2JQP
iptables -t nat -A KUBE-SVL-VRYIFH6TXPPQCGZ2 -m comment --comment 'default/nginx-local:5678-80 -> 10.244.167.174:80' -j KUBE-SEP-3JKZUAMPKLJY2JQP
iptables -t nat -A KUBE-SEP-3JKZUAMPKLJY2JQP -m comment --comment default/nginx-local:5678-80 -s 10.244.167.174 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-3JKZUAMPKLJY2JQP -m comment --comment default/nginx-local:5678-80 -m tcp -p tcp -j DNAT --to-destination 10.244.167.174:80
# nginx sees the visitor as it is, 192.168.2.50, and the pod that asks as it is, too. What the node
# sends is marked by a rule of its own, and comes from 10.244.167.129. The price this time: a node
# without such a pod drops the packet, so somebody, a load balancer with health checks, must know
# which nodes have one.

# On the node, even localhost:30965 works. That takes a switch, since the kernel refuses to send a
# packet with a loopback address over any other interface: net.ipv4.conf.all.route_localnet, which
# kube-proxy sets, and masquerading, so that the pod does not get 127.0.0.1 for a client. The switch
# opens a hole: a neighbour could send packets for 127.0.0.1 to this machine, and reach what listens
# there only for itself (CVE-2020-8558). KUBE-FIREWALL closes it again.
step 7 'On 127.0.0.1, too'
