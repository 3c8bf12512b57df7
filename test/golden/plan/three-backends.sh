#!/bin/sh
# One service, three pods, and one that fails
#
# The commands of netlab's lab three-backends, as root on a machine that you can do without:
#   sh three-backends.sh             carries out its steps, in order
#   sh three-backends.sh teardown    takes them back, from the one that was reached
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-three-backends.step
# The machine's settings as they were.
settings=/run/netlab-three-backends.sysctl
[ -e "$settings" ] || sysctl --ignore net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv4.conf.all.route_localnet > "$settings"

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 7 ]; then
    iptables -t nat -D KUBE-SEP-VHW37ODGQZD2OUSJ -m comment --comment default/nginx -m tcp -p tcp -j DNAT --to-destination 10.173.32.10:80
    iptables -t nat -D KUBE-SEP-VHW37ODGQZD2OUSJ -m comment --comment default/nginx -s 10.173.32.10 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-2CMXP7HKUVJN7L6M -m comment --comment 'default/nginx -> 10.173.32.10:80' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-VHW37ODGQZD2OUSJ
    iptables -t nat -X KUBE-SEP-VHW37ODGQZD2OUSJ
  fi
  if [ "$last" -ge 6 ]; then
    iptables -t nat -N KUBE-SEP-VHW37ODGQZD2OUSJ
    iptables -t nat -A KUBE-SEP-VHW37ODGQZD2OUSJ -m comment --comment default/nginx -s 10.173.32.10 -j KUBE-MARK-MASQ
    iptables -t nat -A KUBE-SEP-VHW37ODGQZD2OUSJ -m comment --comment default/nginx -m tcp -p tcp -j DNAT --to-destination 10.173.32.10:80
    iptables -t nat -I KUBE-SVC-2CMXP7HKUVJN7L6M 2 -m comment --comment 'default/nginx -> 10.173.32.10:80' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-VHW37ODGQZD2OUSJ
  fi
  if [ "$last" -ge 5 ]; then
    true
  fi
  if [ "$last" -ge 3 ]; then
    iptables -t nat -D POSTROUTING -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING
    iptables -t nat -D PREROUTING -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D OUTPUT -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
    iptables -t nat -D KUBE-SEP-DCLALE5MFUA3ZTSV -m comment --comment default/nginx -m tcp -p tcp -j DNAT --to-destination 10.173.32.8:80
    iptables -t nat -D KUBE-SEP-DCLALE5MFUA3ZTSV -m comment --comment default/nginx -s 10.173.32.8 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-SG6O5Y2KVR3AV7VD -m comment --comment default/nginx -m tcp -p tcp -j DNAT --to-destination 10.173.32.11:80
    iptables -t nat -D KUBE-SEP-SG6O5Y2KVR3AV7VD -m comment --comment default/nginx -s 10.173.32.11 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SEP-VHW37ODGQZD2OUSJ -m comment --comment default/nginx -m tcp -p tcp -j DNAT --to-destination 10.173.32.10:80
    iptables -t nat -D KUBE-SEP-VHW37ODGQZD2OUSJ -m comment --comment default/nginx -s 10.173.32.10 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-SVC-2CMXP7HKUVJN7L6M -m comment --comment 'default/nginx -> 10.173.32.8:80' -j KUBE-SEP-DCLALE5MFUA3ZTSV
    iptables -t nat -D KUBE-SVC-2CMXP7HKUVJN7L6M -m comment --comment 'default/nginx -> 10.173.32.11:80' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-SG6O5Y2KVR3AV7VD
    iptables -t nat -D KUBE-SVC-2CMXP7HKUVJN7L6M -m comment --comment 'default/nginx -> 10.173.32.10:80' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-VHW37ODGQZD2OUSJ
    iptables -t nat -D KUBE-SVC-2CMXP7HKUVJN7L6M -m comment --comment 'default/nginx cluster IP' -m tcp -p tcp -d 10.0.14.162 --dport 80 ! -s 10.173.32.0/24 -j KUBE-MARK-MASQ
    iptables -t nat -D KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
    iptables -t nat -D KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    iptables -t nat -D KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    iptables -t nat -D KUBE-SERVICES -m comment --comment 'default/nginx cluster IP' -m tcp -p tcp -d 10.0.14.162 --dport 80 -j KUBE-SVC-2CMXP7HKUVJN7L6M
    iptables -t nat -X KUBE-SEP-DCLALE5MFUA3ZTSV
    iptables -t nat -X KUBE-SEP-SG6O5Y2KVR3AV7VD
    iptables -t nat -X KUBE-SEP-VHW37ODGQZD2OUSJ
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
  fi
  if [ "$last" -ge 2 ]; then
    ip netns pids nginx-3 | xargs -r kill || :
    ip netns pids nginx-2 | xargs -r kill || :
    ip netns pids nginx-1 | xargs -r kill || :
    rm -f /etc/nginx-79959.conf
    iptables -t nat -D POSTROUTING --source 10.173.32.0/24 ! --destination 10.173.32.0/24 --jump MASQUERADE
    iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    iptables -D FORWARD --in-interface cni0 --jump ACCEPT
    rm -f /etc/netns/nginx-1/hosts /etc/netns/nginx-2/hosts /etc/netns/nginx-3/hosts /etc/netns/client/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/nginx-1 /etc/netns/nginx-2 /etc/netns/nginx-3 /etc/netns/client
    ip route delete default via 192.0.2.10
    ip -n visitor route delete default via 192.0.2.1
    ip -n visitor link set dev eth0 down
    ip -n visitor address delete 192.0.2.10/24 dev eth0
    ip -n visitor link set dev lo down
    ip -n client route delete default via 10.173.32.1
    ip -n client link set dev eth0 down
    ip -n client address delete 10.173.32.20/24 dev eth0
    ip -n client link set dev lo down
    ip -n nginx-3 route delete default via 10.173.32.1
    ip -n nginx-3 link set dev eth0 down
    ip -n nginx-3 address delete 10.173.32.11/24 dev eth0
    ip -n nginx-3 link set dev lo down
    ip -n nginx-2 route delete default via 10.173.32.1
    ip -n nginx-2 link set dev eth0 down
    ip -n nginx-2 address delete 10.173.32.10/24 dev eth0
    ip -n nginx-2 link set dev lo down
    ip -n nginx-1 route delete default via 10.173.32.1
    ip -n nginx-1 link set dev eth0 down
    ip -n nginx-1 address delete 10.173.32.8/24 dev eth0
    ip -n nginx-1 link set dev lo down
    ip link set dev out_visitor down
    ip address delete 192.0.2.1/24 dev out_visitor
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
    ip address delete 10.173.32.1/24 dev cni0
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

# A Deployment with three replicas gives three pods that differ in nothing but their names and
# addresses. What they share is the label name: nginx-79959, and that label is all that a Service
# looks for. In each of them a real nginx listens on port 80 and says on which address it was asked.
step 2 'Three pods of one kind'
ip link add name cni0 type bridge
ip address add 10.173.32.1/24 dev cni0
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
ip address add 192.0.2.1/24 dev out_visitor
ip link set dev out_visitor up
ip -n nginx-1 link set dev lo up
ip -n nginx-1 address add 10.173.32.8/24 dev eth0
ip -n nginx-1 link set dev eth0 up
ip -n nginx-1 route add default via 10.173.32.1
ip -n nginx-2 link set dev lo up
ip -n nginx-2 address add 10.173.32.10/24 dev eth0
ip -n nginx-2 link set dev eth0 up
ip -n nginx-2 route add default via 10.173.32.1
ip -n nginx-3 link set dev lo up
ip -n nginx-3 address add 10.173.32.11/24 dev eth0
ip -n nginx-3 link set dev eth0 up
ip -n nginx-3 route add default via 10.173.32.1
ip -n client link set dev lo up
ip -n client address add 10.173.32.20/24 dev eth0
ip -n client link set dev eth0 up
ip -n client route add default via 10.173.32.1
ip -n visitor link set dev lo up
ip -n visitor address add 192.0.2.10/24 dev eth0
ip -n visitor link set dev eth0 up
ip -n visitor route add default via 192.0.2.1
ip route add default via 192.0.2.10
mkdir -p /etc/netns/nginx-1 /etc/netns/nginx-2 /etc/netns/nginx-3 /etc/netns/client
tee /etc/netns/nginx-1/hosts /etc/netns/nginx-2/hosts /etc/netns/nginx-3/hosts /etc/netns/client/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.173.32.8	nginx-1
10.173.32.10	nginx-2
10.173.32.11	nginx-3
10.173.32.20	client
192.0.2.10	visitor
10.0.14.162	nginx nginx.default nginx.default.svc nginx.default.svc.cluster.local
END
iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT
iptables --table nat --append POSTROUTING --source 10.173.32.0/24 ! --destination 10.173.32.0/24 --jump MASQUERADE
tee /etc/nginx-79959.conf >/dev/null <<'END'
user root;
worker_processes 1;
error_log /tmp/nginx-error.log;
pid /dev/null;
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
    return 200 "nginx on $server_addr answers $remote_addr\n";
  }
}
END
ip netns exec nginx-1 nginx -c /etc/nginx-79959.conf -g 'daemon off;' > /dev/null 2>&1 &
ip netns exec nginx-2 nginx -c /etc/nginx-79959.conf -g 'daemon off;' > /dev/null 2>&1 &
ip netns exec nginx-3 nginx -c /etc/nginx-79959.conf -g 'daemon off;' > /dev/null 2>&1 &
# Each pod is reached by its own address. The service's, 10.0.14.162, nobody has, and no rule knows
# it yet.

# The Service asks for pods with that label. The endpoint controller looks them up and notes their
# addresses, and kube-proxy turns the note into rules. KUBE-SERVICES has one rule for 10.0.14.162
# port 80, which jumps to the chain KUBE-SVC-… of this service. That chain has a rule for each
# endpoint. iptables can only say "match with this probability", and it asks rule by rule, so the
# numbers are not three times a third: the first rule takes 1/3, the second takes half of the 2/3
# that are left, the last takes what comes. Each time that is a third of all. The order is that of
# the addresses as text, which is why 10.173.32.8 comes after 10.173.32.11.
step 3 'A service in front of them'
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
iptables -t nat -N KUBE-SEP-VHW37ODGQZD2OUSJ
iptables -t nat -N KUBE-SEP-SG6O5Y2KVR3AV7VD
iptables -t nat -N KUBE-SEP-DCLALE5MFUA3ZTSV
iptables -t nat -A KUBE-SERVICES -m comment --comment 'default/nginx cluster IP' -m tcp -p tcp -d 10.0.14.162 --dport 80 -j KUBE-SVC-2CMXP7HKUVJN7L6M
iptables -t nat -A KUBE-SERVICES -m comment --comment 'kubernetes service nodeports; NOTE: this must be the last rule in this chain' -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
iptables -t nat -A KUBE-POSTROUTING -m comment --comment 'kubernetes service traffic requiring SNAT' -j MASQUERADE --random-fully
iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
iptables -t nat -A KUBE-SVC-2CMXP7HKUVJN7L6M -m comment --comment 'default/nginx cluster IP' -m tcp -p tcp -d 10.0.14.162 --dport 80 ! -s 10.173.32.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-2CMXP7HKUVJN7L6M -m comment --comment 'default/nginx -> 10.173.32.10:80' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-VHW37ODGQZD2OUSJ
iptables -t nat -A KUBE-SVC-2CMXP7HKUVJN7L6M -m comment --comment 'default/nginx -> 10.173.32.11:80' -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-SG6O5Y2KVR3AV7VD
iptables -t nat -A KUBE-SVC-2CMXP7HKUVJN7L6M -m comment --comment 'default/nginx -> 10.173.32.8:80' -j KUBE-SEP-DCLALE5MFUA3ZTSV
iptables -t nat -A KUBE-SEP-VHW37ODGQZD2OUSJ -m comment --comment default/nginx -s 10.173.32.10 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-VHW37ODGQZD2OUSJ -m comment --comment default/nginx -m tcp -p tcp -j DNAT --to-destination 10.173.32.10:80
iptables -t nat -A KUBE-SEP-SG6O5Y2KVR3AV7VD -m comment --comment default/nginx -s 10.173.32.11 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-SG6O5Y2KVR3AV7VD -m comment --comment default/nginx -m tcp -p tcp -j DNAT --to-destination 10.173.32.11:80
iptables -t nat -A KUBE-SEP-DCLALE5MFUA3ZTSV -m comment --comment default/nginx -s 10.173.32.8 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-DCLALE5MFUA3ZTSV -m comment --comment default/nginx -m tcp -p tcp -j DNAT --to-destination 10.173.32.8:80
iptables -t nat -I OUTPUT 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I PREROUTING 1 -m comment --comment 'kubernetes service portals' -j KUBE-SERVICES
iptables -t nat -I POSTROUTING 1 -m comment --comment 'kubernetes postrouting rules' -j KUBE-POSTROUTING

# Nothing keeps count here: each new connection throws the dice anew. A connection that is open
# stays with its pod; only its first packet passes these rules.
step 4 'A third each'
# The shares are a third only in the long run, and three requests in a row may well meet the same
# pod. What is checked is whether many requests come out as dice would let them.

# In nginx-2 the program dies. The pod, its address and the rules stay as they are: iptables never
# looks whether anybody listens at the address that it writes into a packet.
step 5 'One pod fails, and nobody has noticed'
sh -c 'kill -KILL $(ip netns pids nginx-2)'
# A third of the connections still go there and are refused, and the service seems to be broken in
# one case out of three. In a cluster this lasts until the pod's readiness probe fails.

# Now the probe has failed, the endpoint controller has taken the address off its list, and
# kube-proxy has written the chain anew: two rules, the first with probability 1/2. The chain
# KUBE-SEP-… of the lost endpoint is gone.
step 6 'It leaves the endpoints'
iptables -t nat -D KUBE-SVC-2CMXP7HKUVJN7L6M 2
iptables -t nat -F KUBE-SEP-VHW37ODGQZD2OUSJ
iptables -t nat -X KUBE-SEP-VHW37ODGQZD2OUSJ
# No request fails any more, although the dead pod is as dead as before. That is all that
# self-healing is at this place: a shorter list.

# kubelet has started the container again, the probe succeeds, and the address is back on the list.
step 7 'And comes back'
iptables -t nat -N KUBE-SEP-VHW37ODGQZD2OUSJ
iptables -t nat -I KUBE-SVC-2CMXP7HKUVJN7L6M 2 -m comment --comment 'default/nginx -> 10.173.32.10:80' -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-VHW37ODGQZD2OUSJ
iptables -t nat -A KUBE-SEP-VHW37ODGQZD2OUSJ -m comment --comment default/nginx -s 10.173.32.10 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-VHW37ODGQZD2OUSJ -m comment --comment default/nginx -m tcp -p tcp -j DNAT --to-destination 10.173.32.10:80
ip netns exec nginx-2 nginx -c /etc/nginx-79959.conf
# The pod has a third of the requests again. One that had been replaced by a new one would have
# another address, and a KUBE-SEP-… chain of another name; the cluster IP would be the same. That is
# what it is for.
