/** What holds of an exercise that ships before it is solved. */
export interface BeforeSolved {
  /** What commands of the hints show, or commands that show what a hint says, run on the host. */
  shows: Readonly<Record<string, RegExp>>
  /** What the diagnosis says of the goal; left out where it has no words for it. */
  told?: RegExp
  /** Commands on the host that do not reach the goal, though they may seem to, and what takes them back. */
  notEnough?: readonly { done: string; undone: string }[]
}

const svc = 'KUBE-SVC-LOLE4ISW44XBNF3G'
const one = 'KUBE-SEP-Y76YWJY6FCGPQRV3'
const two = 'KUBE-SEP-OZ7EKTNODCMB5AA5'
const ext = 'KUBE-EXT-LOLE4ISW44XBNF3G'

/** A command that hints name and that is not of the solution stands here. */
export const beforeSolved: Readonly<Record<string, BeforeSolved>> = {
  'exercise-01-neighbours-only': {
    told: /^anna has no default route/,
    shows: {
      'ip -n anna route': /^10\.0\.0\.0\/24 dev eth0 .*$(?![\s\S]*default)/m,
      'ip -n bert route': /^default via 10\.0\.0\.1 /m,
      'ip -n anna route get 192.0.2.10': /unreachable/,
    },
  },
  'exercise-02-silent-pod': {
    told: /^veth_web, the host's end of web's cable, is down$/,
    shows: {
      'ip -n web -brief link': /^eth0@\S+ .*NO-CARRIER/m,
      'ip -brief link': /^veth_web@\S+ +DOWN (?![^\n]*[<,]UP)/m,
    },
  },
  'exercise-03-shut-out': {
    told: /^the host does not forward/,
    shows: {
      'iptables -S FORWARD': /^-P FORWARD ACCEPT$(?![\s\S]*DROP)/m,
      'sysctl net.ipv4.ip_forward': /^net\.ipv4\.ip_forward = 0$/m,
    },
  },
  'exercise-04-refused': {
    told: new RegExp(`^rule 2 of ${one} sends to 10\\.0\\.0\\.11:9090 in web`),
    shows: {
      'iptables -t nat -S KUBE-SERVICES': new RegExp(`-d 10\\.100\\.0\\.1/32 .*-j ${svc}$`, 'm'),
      [`iptables -t nat -S ${svc}`]: new RegExp(`-j ${one}$`, 'm'),
      [`iptables -t nat -S ${one}`]: /-j KUBE-MARK-MASQ\n.*-j DNAT --to-destination 10\.0\.0\.11:9090$/m,
      'ip netns exec web ss -lnt': /:8080 /,
    },
  },
  'exercise-05-one-cannot': {
    told: /^anna's neighbour entry for 10\.0\.0\.13 is wrong/,
    shows: {
      'ip -n anna neighbour': /^10\.0\.0\.13 dev eth0 lladdr 02:00:00:00:00:99 PERMANENT/m,
      'ip -n web link show dev eth0': /link\/ether (?!02:00:00:00:00:99)/,
    },
  },
  'exercise-06-no-way-back': {
    told: /^hdss7-22 has no route to 172\.7\.21\.3/,
    shows: {
      'ip -n hdss7-21 route': /^172\.7\.22\.0\/24 via 10\.4\.7\.22 /m,
      'ip -n hdss7-22 route': /^10\.4\.7\.0\/24 dev eth0 .*$(?![\s\S]*^172\.7\.21)/m,
      'ip -n hdss7-22 route get 172.7.21.3': /unreachable/,
    },
  },
  'exercise-07-office-offline': {
    told: /^shop sees the client as 10\.1\.1\.9: no rule on the way makes it 60\.1\.1\.1$/,
    shows: {
      'ip netns exec router conntrack -L -p tcp':
        /src=10\.1\.1\.9 dst=3\.3\.3\.3 .*UNREPLIED.* src=3\.3\.3\.3 dst=10\.1\.1\.9 /,
      'ip netns exec router iptables -t nat -S POSTROUTING': /-o eth0 -j SNAT --to-source 60\.1\.1\.1$/m,
      'ip -n router route get 3.3.3.3': / dev eth1 /,
    },
  },
  'exercise-08-all-but-the-service': {
    told: /^anna's eth0 has 10\.0\.0\.12 with the wrong mask, \/8 /,
    shows: {
      'ip -n anna route get 10.100.0.1': /^10\.100\.0\.1 dev eth0 /m,
      'ip -n bert route get 10.100.0.1': /^10\.100\.0\.1 via 10\.0\.0\.1 dev eth0 /m,
      'ip -n anna neighbour': /^10\.100\.0\.1 dev eth0 +(?:INCOMPLETE|FAILED)/m,
      'ip -n anna address show dev eth0': /inet 10\.0\.0\.12\/8 /,
      'ip -n bert address show dev eth0': /inet 10\.0\.0\.13\/24 /,
    },
  },
  'exercise-09-strict-firewall': {
    told: /^FORWARD's policy is DROP, and no rule lets packets through from/,
    shows: {
      'iptables -nvL FORWARD': /^Chain FORWARD \(policy DROP [1-9]\d* packets/m,
      'sysctl net.bridge.bridge-nf-call-iptables': /= 1$/m,
      'ip route get 10.0.0.11': / dev br1 /,
    },
  },
  'exercise-10-only-one-may': {
    shows: {
      'ip netns exec router iptables -nvL FORWARD':
        /^Chain FORWARD \(policy ACCEPT .*\n +pkts .*(?![\s\S]*ACCEPT)/m,
      'ip netns exec router iptables -t nat -S POSTROUTING': /-s 10\.1\.1\.0\/24 .*-j SNAT/,
    },
  },
  'exercise-11-not-itself': {
    told: /^web reaches itself through 10\.100\.0\.1, but the bridge .* hairpin is off$/,
    shows: {
      'bridge -details link show dev veth_web': /hairpin off/,
      'bridge -details link': /: veth_web@[\s\S]*?hairpin off[\s\S]*: veth_anna@[\s\S]*?hairpin on/,
    },
  },
  'exercise-12-two-faces': {
    told: /^10\.0\.0\.12 is there twice/,
    shows: {
      'ip -n anna neighbour': /^10\.0\.0\.12 dev eth0 lladdr 02:00:0a:00:00:0d /m,
      'ip -n web link': /02:00:0a:00:00:0c/,
      'ip -n old link': /02:00:0a:00:00:0d/,
      'ip -n old address': /inet 10\.0\.0\.12\/24 /,
      'ip -n web address': /inet 10\.0\.0\.12\/24 /,
    },
  },
  'exercise-13-every-other': {
    told: new RegExp(`^rule 2 of ${two} sends to 10\\.0\\.0\\.77:8080, no endpoint$`),
    shows: {
      'for i in 1 2 3 4 5 6 7 8; do curl -sS -m 1 10.100.0.1; done':
        /^(?:(?:you are talking to web-1|curl: \(\d+\)) .*\n?)+$/,
      'iptables-save -t nat | grep default/web': new RegExp(`-j ${one}\n.*-j ${two}`),
      'iptables-save -t nat | grep to-destination': /10\.0\.0\.77:8080/,
      'conntrack -L -p tcp': /UNREPLIED\] src=10\.0\.0\.77 /,
    },
  },
  'exercise-14-who-was-it': {
    told: /^web sees the client as 10\.4\.7\.21, since hdss7-21 writes that over 172\.7\.21\.3$/,
    shows: {
      'ip netns exec hdss7-21 iptables -t nat -S POSTROUTING':
        /^-A POSTROUTING -s 172\.7\.21\.0\/24 ! -o docker0 -j MASQUERADE$/m,
      'ip -n hdss7-21 route get 172.7.22.2': / dev eth0 /,
    },
  },
  'exercise-15-be-kube-proxy': {
    told: /^nobody in the lab has the address 10\.100\.100\.100$/,
    shows: { 'iptables -t nat -S': /^-P PREROUTING ACCEPT$(?![\s\S]*DNAT)/m },
  },
  'exercise-16-upload-hangs': {
    notEnough: [
      {
        done: 'ip -n hdss7-21 link set dev eth0 mtu 1450; for pod in anna ben; do head -c 8000 /dev/zero | ip netns exec $pod curl -sS -m 2 --data-binary @- http://172.7.22.2/; done',
        undone: 'ip -n hdss7-21 link set dev eth0 mtu 1500',
      },
      {
        done: 'ip -n hdss7-22 link set dev eth0 mtu 1450; for pod in anna ben; do ip netns exec $pod curl -sS -m 2 http://172.7.22.2/?bytes=8000; done',
        undone: 'ip -n hdss7-22 link set dev eth0 mtu 1500',
      },
      {
        done: 'for link in cloud hdss7-21_eth0 hdss7-22_eth0; do ip link set dev $link mtu 1500; done',
        undone: 'for link in hdss7-21_eth0 hdss7-22_eth0 cloud; do ip link set dev $link mtu 1450; done',
      },
    ],
    shows: {
      'ip -n anna link': /eth0@\S+ .* mtu 1500 /,
      'ip -n hdss7-21 link': /eth0@\S+ .* mtu 1500 /,
      'ip -n hdss7-22 link': /eth0@\S+ .* mtu 1500 /,
    },
  },
  'exercise-17-one-door': {
    told: /^web sees the client as 192\.168\.1\.1: no rule on the way makes it 192\.168\.1\.12$/,
    shows: {
      'ip netns exec node-2 conntrack -L -p tcp --orig-src 192.168.1.1':
        /dst=192\.168\.1\.12 .*UNREPLIED.* src=10\.244\.1\.11 dst=192\.168\.1\.1 /,
      [`ip netns exec node-1 iptables -t nat -S ${ext}`]: new RegExp(`-j KUBE-MARK-MASQ\n.*-j ${svc}$`, 'm'),
      [`ip netns exec node-2 iptables -t nat -S ${ext}`]: new RegExp(`^-N ${ext}\n-A ${ext} -j ${svc}$`, 'm'),
    },
  },
  'exercise-18-empty-cart': {
    notEnough: [
      {
        done: `iptables -t nat -I ${svc} 2 -m recent --rcheck --seconds 10800 --reap --name ${one} -j ${one}; for i in 1 2 3 4; do ip netns exec anna curl -sS 10.100.0.1; ip netns exec bert curl -sS 10.100.0.1; done`,
        undone: `iptables -t nat -D ${svc} 2`,
      },
    ],
    shows: {
      [`iptables -t nat -S ${svc}`]: new RegExp(`^-A ${svc} .*-m statistic (?![sS]*rcheck)`, 'm'),
      'cat /proc/net/xt_recent/KUBE-SEP-*': /^src=10\.0\.0\.(?:21|22) /m,
      [`iptables -t nat -S ${one}`]: new RegExp(`-m recent --set --name ${one} .*-j DNAT`),
    },
  },
  'exercise-19-some-wait': {
    shows: {
      'ip netns exec visitor curl -m 1 192.168.1.11:30080': /talking to web-1 /,
      'ip netns exec visitor curl -m 1 192.168.1.12:30080': /talking to web-2 /,
      'ip netns exec visitor curl -m 1 192.168.1.13:30080': /timed out/,
      'ip netns exec balancer iptables -t nat -S PREROUTING': /--to-destination 192\.168\.1\.13:30080$/m,
      'ip netns exec node-3 iptables -nvL KUBE-EXTERNAL-SERVICES':
        /^ +[1-9]\d* .* DROP .*default\/web has no local endpoints/m,
    },
  },
  'exercise-20-old-memories': {
    shows: {
      'conntrack -L -p tcp --orig-src 10.0.0.30':
        /sport=40000 dport=80 \[UNREPLIED\] src=10\.100\.0\.1 dst=10\.0\.0\.30 /,
    },
  },
}
