import { describe, it } from 'vitest'
import { labsHaveIpvs } from '../../dataplane/ipvs/has-ipvs.ts'
import { type Break, BrokenLab } from '../machines/broken-lab.ts'

const web = 'ipvsadm -a -t 10.100.0.1:80 -r'
const options = '-m -w 1'
const [toB, toC] = [`${web} 10.0.0.12:8080 ${options}`, `${web} 10.0.0.13:8080 ${options}`]
const solo = `ipvsadm -a -t 10.100.0.2:80 -r 10.0.0.11:8080 ${options}`
const virtual = 'the virtual server TCP 10.100.0.1:80'

describe.runIf(labsHaveIpvs)('on one node', () => {
  const lab = new BrokenLab(new URL('healthy-ipvs.yaml', import.meta.url), ['a'], ['host'], ['a'])

  const breaks: Break[] = [
    [
      'ipvsadm -D -t 10.100.0.1:80',
      `${virtual} is gone`,
      `ipvsadm -A -t 10.100.0.1:80 -s rr && ${toB} && ${toC}`,
    ],
    [
      'ipvsadm -d -t 10.100.0.1:80 -r 10.0.0.12:8080; ipvsadm -d -t 10.100.0.1:80 -r 10.0.0.13:8080',
      `${virtual} has no real server, so it refuses`,
      `${toB} && ${toC}`,
    ],
    [
      'for pod in 12 13; do ipvsadm -e -t 10.100.0.1:80 -r 10.0.0.$pod:8080 -m -w 0; done',
      `${virtual} has real servers of weight 0 only, so it refuses new connections`,
      `${toB.replace('-a', '-e')} && ${toC.replace('-a', '-e')}`,
    ],
    [
      'ipvsadm -C; ipvsadm -A -t 10.100.0.1:80 -s rr; ipvsadm -a -t 10.100.0.1:80 -r 10.0.0.99:8080 -m -w 1',
      `${virtual} sends to 10.0.0.99:8080, an address that nobody in the lab has`,
      `${toB} && ${toC} && ipvsadm -d -t 10.100.0.1:80 -r 10.0.0.99:8080`,
      `ipvsadm -A -t 10.100.0.2:80 -s rr && ${solo}`,
    ],
    [
      `ipvsadm -d -t 10.100.0.2:80 -r 10.0.0.11:8080; ipvsadm -a -t 10.100.0.2:80 -r 10.0.0.11:9999 -m`,
      "the virtual server TCP 10.100.0.2:80 sends to 10.0.0.11:9999 in a, not the endpoint's port, 8080",
      `${solo} && ipvsadm -d -t 10.100.0.2:80 -r 10.0.0.11:9999`,
    ],
    [
      'netlab pod kill a',
      'nothing listens on port 8080 in a, where the virtual server TCP 10.100.0.2:80 sends to',
      'netlab pod start a --lab healthy-ipvs',
    ],
    [
      'ip address delete 10.100.0.1/32 dev kube-ipvs0',
      'kube-ipvs0 has no address 10.100.0.1, so packets from a for it are routed on and do not come to IPVS',
      'ip address add 10.100.0.1/32 dev kube-ipvs0',
    ],
    [
      'ip link delete kube-ipvs0',
      'there is no kube-ipvs0, which should have 10.100.0.1, so packets from a for it are routed on and do not come to IPVS',
      'netlab sync healthy-ipvs',
    ],
    [
      'ipset del KUBE-CLUSTER-IP 10.100.0.1,tcp:80',
      'rule 6 of KUBE-IPVS-FILTER refuses packets from a to 10.100.0.1, since the set KUBE-CLUSTER-IP lacks 10.100.0.1,tcp:80',
      'ipset add KUBE-CLUSTER-IP 10.100.0.1,tcp:80',
    ],
    [
      'ipset del KUBE-LOOP-BACK 10.0.0.11,tcp:8080,10.0.0.11',
      'a reaches itself through 10.100.0.2, and without MASQUERADE it gets a packet from its own address, which it throws away, since the set KUBE-LOOP-BACK lacks 10.0.0.11,tcp:8080,10.0.0.11',
      'ipset add KUBE-LOOP-BACK 10.0.0.11,tcp:8080,10.0.0.11',
    ],
  ]

  it.each(breaks)('%s', async (...one) => lab.isExplained(one))
})

describe.runIf(labsHaveIpvs)('on several nodes', () => {
  const lab = new BrokenLab(new URL('nodes-ipvs.yaml', import.meta.url), ['client'], ['n1', 'n2'], ['client'])
  const server = 'the virtual server TCP 10.96.0.10:80 in n1'
  const inNode = 'ip netns exec n1'
  const toA = `${inNode} ipvsadm -a -t 10.96.0.10:80 -r 172.7.1.2:80 -m -w 1`

  const breaks: Break[] = [
    [
      `${inNode} ipvsadm -D -t 10.96.0.10:80`,
      `${server} is gone`,
      `${inNode} ipvsadm -A -t 10.96.0.10:80 -s rr && ${toA}`,
    ],
    [
      `${inNode} ipvsadm -d -t 10.96.0.10:80 -r 172.7.1.2:80`,
      `${server} has no real server, so it refuses`,
      toA,
    ],
    [
      'ip -n n1 address delete 10.96.0.10/32 dev kube-ipvs0',
      'kube-ipvs0 in n1 has no address 10.96.0.10, so packets from client for it are routed on and do not come to IPVS',
      'ip -n n1 address add 10.96.0.10/32 dev kube-ipvs0',
    ],
    [
      `${inNode} ipset del KUBE-CLUSTER-IP 10.96.0.10,tcp:80`,
      'rule 6 of KUBE-IPVS-FILTER in n1 refuses packets from 172.7.1.3 to 10.96.0.10, since the set KUBE-CLUSTER-IP lacks 10.96.0.10,tcp:80',
      `${inNode} ipset add KUBE-CLUSTER-IP 10.96.0.10,tcp:80`,
    ],
  ]

  it.each(breaks)('%s', async (...one) => lab.isExplained(one))
})

it.skipIf(labsHaveIpvs)('nothing was broken: IPVS is for root of a machine (scripts/test-kernels)', () => {})
