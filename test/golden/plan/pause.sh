#!/bin/sh
# What holds a pod while its containers come and go
#
# The commands of netlab's lab pause, as root on a machine that you can do without:
#   sh pause.sh             carries out its steps, in order
#   sh pause.sh teardown    takes them back, from the one that was reached
# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path.
set -eu

# How far the script came, which its teardown has to know.
reached=/run/netlab-pause.step

# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.
teardown() {
  last=$(cat "$reached")
  set +e
  if [ "$last" -ge 3 ]; then
    rm -rf /run/pods/together; rmdir --ignore-fail-on-non-empty /run/pods; ip netns pids together | xargs -r kill -KILL || :
    rm -rf /run/pods/apart; rmdir --ignore-fail-on-non-empty /run/pods; ip netns pids apart | xargs -r kill -KILL || :
    ip netns pids client | xargs -r kill || :
    rm -rf /run/pods/multi-container-pod; rmdir --ignore-fail-on-non-empty /run/pods; ip netns pids multi-container-pod | xargs -r kill -KILL || :
    rm -f /etc/pods/exec
    rm -f /etc/pods/container
    rm -f /etc/pods/pause
    rmdir -p --ignore-fail-on-non-empty /etc/pods
  fi
  if [ "$last" -ge 2 ]; then
    rm -f /etc/netns/multi-container-pod/hosts /etc/netns/client/hosts /etc/netns/apart/hosts /etc/netns/together/hosts
    rmdir -p --ignore-fail-on-non-empty /etc/netns/multi-container-pod /etc/netns/client /etc/netns/apart /etc/netns/together
    ip -n together route delete default via 10.244.4.1
    ip -n together link set dev eth0 down
    ip -n together address delete 10.244.4.43/24 dev eth0
    ip -n together link set dev lo down
    ip -n apart route delete default via 10.244.4.1
    ip -n apart link set dev eth0 down
    ip -n apart address delete 10.244.4.42/24 dev eth0
    ip -n apart link set dev lo down
    ip -n client route delete default via 10.244.4.1
    ip -n client link set dev eth0 down
    ip -n client address delete 10.244.4.41/24 dev eth0
    ip -n client link set dev lo down
    ip -n multi-container-pod route delete default via 10.244.4.1
    ip -n multi-container-pod link set dev eth0 down
    ip -n multi-container-pod address delete 10.244.4.40/24 dev eth0
    ip -n multi-container-pod link set dev lo down
    ip link set dev veth_together nomaster down
    ip link delete dev veth_together
    ip link set dev veth_apart nomaster down
    ip link delete dev veth_apart
    ip link set dev veth_client nomaster down
    ip link delete dev veth_client
    ip link set dev veth_multkn90e7 nomaster down
    ip link delete dev veth_multkn90e7
    ip netns delete together
    ip netns delete apart
    ip netns delete client
    ip netns delete multi-container-pod
    ip link set dev cni0 down
    ip address delete 10.244.4.1/24 dev cni0
    ip link delete dev cni0
  fi
  if [ "$last" -ge 1 ]; then
    iptables -D FORWARD --out-interface cni0 --jump ACCEPT
    iptables -D FORWARD --in-interface cni0 --jump ACCEPT
  fi
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

# Where the FORWARD chain is strict, the bridge must be let through in both directions.
step 1 'Let the pods through'
iptables --table filter --append FORWARD --in-interface cni0 --jump ACCEPT
iptables --table filter --append FORWARD --out-interface cni0 --jump ACCEPT

# On a node the container runtime begins a pod with its network: it makes a network namespace, gives
# it a name in /run/netns, and has it wired. Here that is "ip netns add" and a cable to cni0. The
# pod has its address from now on. No process is in there, so nobody listens on port 80; that a
# connection is refused at once, where an address that nobody has would leave one waiting, is the
# kernel's work, for which it needs no process.
step 2 'A network namespace, and nobody in it'
ip link add name cni0 type bridge
ip address add 10.244.4.1/24 dev cni0
ip link set dev cni0 up
ip netns add multi-container-pod
ip netns add client
ip netns add apart
ip netns add together
ip link add name veth_multkn90e7 type veth peer name eth0 netns multi-container-pod
ip link set dev veth_multkn90e7 master cni0 up
ip link add name veth_client type veth peer name eth0 netns client
ip link set dev veth_client master cni0 up
ip link add name veth_apart type veth peer name eth0 netns apart
ip link set dev veth_apart master cni0 up
ip link add name veth_together type veth peer name eth0 netns together
ip link set dev veth_together master cni0 up
ip -n multi-container-pod link set dev lo up
ip -n multi-container-pod address add 10.244.4.40/24 dev eth0
ip -n multi-container-pod link set dev eth0 up
ip -n multi-container-pod route add default via 10.244.4.1
ip -n client link set dev lo up
ip -n client address add 10.244.4.41/24 dev eth0
ip -n client link set dev eth0 up
ip -n client route add default via 10.244.4.1
ip -n apart link set dev lo up
ip -n apart address add 10.244.4.42/24 dev eth0
ip -n apart link set dev eth0 up
ip -n apart route add default via 10.244.4.1
ip -n together link set dev lo up
ip -n together address add 10.244.4.43/24 dev eth0
ip -n together link set dev eth0 up
ip -n together route add default via 10.244.4.1
mkdir -p /etc/netns/multi-container-pod /etc/netns/client /etc/netns/apart /etc/netns/together
tee /etc/netns/multi-container-pod/hosts /etc/netns/client/hosts /etc/netns/apart/hosts /etc/netns/together/hosts >/dev/null <<'END'
127.0.0.1	localhost
10.244.4.40	multi-container-pod
10.244.4.41	client
10.244.4.42	apart
10.244.4.43	together
END

# The first process in a pod is none of its programs. It is called pause: it opens the other
# namespaces that the containers are to share, and sleeps. Each container then joins the network
# namespace, the IPC namespace and the UTS namespace (the host name) of pause, and has a mount
# namespace and a PID namespace for itself. lsns lists namespaces, each with the lowest process
# number in it, so where a container shares a namespace lsns shows pause. That is why one looks for
# nginx in the list of network namespaces in vain, and finds a column of pauses. /run/pods has the
# process numbers that you need for a closer look.
step 3 'Pause first, then the containers'
mkdir -p /etc/pods
tee /etc/pods/pause >/dev/null <<'END'
# pause POD: opens the namespaces that the containers of a pod share, and holds them.
pod=$1
if [ "${2-}" != holds ]; then
  mkdir -p /run/pods/$pod
  exec unshare --pid -- sh -c '"$@"; exit $?' shim unshare --ipc --uts -- ip netns exec $pod sh "$0" $pod holds
fi
read -r pid rest < /proc/self/stat && echo $pid > /run/pods/$pod/pause.pid
mount -t proc -o ro,nosuid,nodev,noexec proc /proc
hostname $(echo $pod | tr _ - | tr -s .)
# Process 1 of its PID namespace: the kernel makes it the parent of every orphan there, and it waits for their ends.
while :; do sleep 2147483647 & wait $!; done
END
tee /etc/pods/container >/dev/null <<'END'
# container POD NAME own|shared PROGRAM...: starts a container, which joins the namespaces that pause holds.
pod=$1 name=$2 processes=$3
shift 3
if [ $processes != joined ]; then
  read -r pause < /run/pods/$pod/pause.pid || exit
  set -- nsenter --target $pause --ipc --uts -- ip netns exec $pod sh "$0" $pod $name joined "$@"
fi
case $processes in
  own) exec unshare --pid -- sh -c '"$@"; exit $?' shim "$@" ;;
  shared) exec nsenter --target $pause --pid --no-fork -- sh -c '"$@"; exit $?' shim "$@" ;;
esac
read -r pid rest < /proc/self/stat && echo $pid > /run/pods/$pod/$name.pid
mount -t proc -o ro,nosuid,nodev,noexec proc /proc && exec "$@"
END
tee /etc/pods/exec >/dev/null <<'END'
# exec POD NAME PROGRAM...: runs a program where a container is, in all of its namespaces.
read -r pid < /run/pods/$1/$2.pid || exit
shift 2
exec nsenter --target $pid --mount --net --ipc --uts --pid -- "$@"
END
sh /etc/pods/pause multi-container-pod > /dev/null 2>&1 &
timeout 60 sh -c 'until [ -s "$0" ]; do sleep 0.1; done' /run/pods/multi-container-pod/pause.pid
sh /etc/pods/container multi-container-pod container-1 own sleep 1d > /dev/null 2>&1 &
timeout 60 sh -c 'until [ -s "$0" ]; do sleep 0.1; done' /run/pods/multi-container-pod/container-1.pid
sh /etc/pods/container multi-container-pod container-2 own "${NETLAB:-netlab}" serve 80 --name multi-container-pod > /dev/null 2>&1 &
timeout 60 sh -c 'until [ -s "$0" ]; do sleep 0.1; done' /run/pods/multi-container-pod/container-2.pid
ip netns exec client "${NETLAB:-netlab}" serve 80 --name client > /dev/null 2>&1 &
sh /etc/pods/pause apart > /dev/null 2>&1 &
timeout 60 sh -c 'until [ -s "$0" ]; do sleep 0.1; done' /run/pods/apart/pause.pid
sh /etc/pods/container apart main own sleep 1d > /dev/null 2>&1 &
timeout 60 sh -c 'until [ -s "$0" ]; do sleep 0.1; done' /run/pods/apart/main.pid
sh /etc/pods/pause together > /dev/null 2>&1 &
timeout 60 sh -c 'until [ -s "$0" ]; do sleep 0.1; done' /run/pods/together/pause.pid
sh /etc/pods/container together main shared sleep 1d > /dev/null 2>&1 &
timeout 60 sh -c 'until [ -s "$0" ]; do sleep 0.1; done' /run/pods/together/main.pid

# Two containers of a pod are two programs on one machine, as far as the network cares. Both see the
# same lo and the same eth0 with the same address. So container-1 reaches container-2 on 127.0.0.1,
# which nobody else does, and other pods reach both of them at 10.244.4.40. The host name is the
# pod's as well. What container-1 does not see is the process of container-2: it is itself number 1,
# and there is no other.
step 4 'One address, one localhost'

# The price of one network namespace is that its ports are shared, too. container-2 listens on port
# 80, so container-1 cannot: the kernel answers EADDRINUSE, as on any machine. Another port is free
# for it. And the pod named client has a port 80 of its own, in a network namespace of its own, so
# no two pods ever quarrel about a port.
step 5 'A port can be had once'

# Before anything breaks we note what there is: the process numbers, the network namespace, and a
# message queue that container-1 makes in the pod's IPC namespace. Then both containers are killed.
# kubelet learns that they have ended, with exit code 137 (128 and the number of SIGKILL), and
# starts them again: the first time at once, then after a second, and each further time after twice
# as long. All that the containers shared is as it was, since pause has held it: the same network
# namespace with its address, the same queue. Without pause the queue would have gone with the last
# process in its namespace. "netlab status" shows the restarts.
step 6 'A container dies and comes back'
sh -c 'cd /run/pods/multi-container-pod; cat container-2.pid > /tmp/container-2; cat pause.pid > /tmp/pause; readlink /proc/$(cat pause.pid)/ns/net > /tmp/netns'
sh /etc/pods/exec multi-container-pod container-1 ipcmk --queue
sh -c 'cd /run/pods/multi-container-pod; kill -KILL $(cat container-1.pid container-2.pid)'

# Pause has hardly a reason to fail, as it does nothing. Where it is killed all the same, the pod's
# namespaces have lost what held them: kubelet ends the containers, makes a new pause, and starts
# them anew around it. The IPC namespace is another one, and the queue is gone. The network
# namespace has stayed, because here its name in /run/netns holds it as well. On a cluster the
# runtime would have it unwired and make another one, and the pod might come back with another
# address; a service notices, who wrote the address down does not.
step 7 'Pause dies'
sh -c 'kill -KILL $(cat /run/pods/multi-container-pod/pause.pid)'

# A process that has ended stays in the table of processes until its parent has asked how: so long
# it is a zombie. Where the parent has ended before, process 1 of the PID namespace inherits the
# duty. In the pod apart that is "sleep 1d", which has never heard of children: the zombie stays as
# long as the container does, and with enough of them no more processes can be started. The pod
# together has "shareProcessNamespace: true", so pause is process 1 for all of its containers, and
# waiting is the one thing that pause does while it sleeps. In both pods a shell starts "date" and
# ends without waiting for it.
step 8 'Who waits for the orphans'
sh /etc/pods/exec apart main sh -c 'date > /dev/null &'
sh /etc/pods/exec together main sh -c 'date > /dev/null &'
