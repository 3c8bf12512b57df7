import { describe, expect, it } from 'vitest'
import { commandLine } from '../../src/command/command-line.ts'
import { familiesOf } from '../../src/model/places.ts'
import { labAsBuilt } from '../../src/plan/lab-in-condition.ts'
import { hostsFile } from '../../src/plan/pod-files.ts'
import { labOf } from './lab-text.ts'

const dual = labOf(`
name: dual
sysctls: {net.ipv6.conf.all.forwarding: 1}
bridge: {name: br1, addresses: [10.0.0.1/24, "FD00:0::1/64"]}
pods:
  a: {addresses: [10.0.0.11/24, "fd00:0:0::b/64"], serve: 8080, labels: {app: web}}
  four: {address: 10.0.0.12/24, serve: 8080, labels: {app: web}}
  six: {address: "fd00::d/64", serve: 8080, labels: {app: web}}
outside: {client: {addresses: [192.0.2.10/24, "2001:db8::a/64"]}}
services:
  - name: web
    clusterIPs: [10.96.0.10, "fd00:96::a"]
    ipFamilyPolicy: RequireDualStack
    type: NodePort
    selector: {app: web}
    ports: [{port: 80, targetPort: 8080, nodePort: 30080}]
`)

describe('a lab of both families', () => {
  const { plan, services } = labAsBuilt(dual)
  const lines = plan.steps.flatMap(({ actions }) => actions.map(({ command }) => commandLine(command)))

  it('gives each its addresses without probing, and its ways out', () => {
    expect(lines.filter(line => /accept_dad| address add| route add/.test(line))).toEqual([
      'sysctl -w net.ipv6.conf.default.accept_dad=0',
      'ip address add 10.0.0.1/24 dev br1',
      'ip address add fd00::1/64 dev br1 nodad',
      'ip address add 192.0.2.1/24 dev out_client',
      'ip address add 2001:db8::1/64 dev out_client nodad',
      'ip -n a address add 10.0.0.11/24 dev eth0',
      'ip -n a address add fd00::b/64 dev eth0 nodad',
      'ip -n a route add default via 10.0.0.1',
      'ip -n a route add default via fd00::1',
      'ip -n four address add 10.0.0.12/24 dev eth0',
      'ip -n four route add default via 10.0.0.1',
      'ip -n six address add fd00::d/64 dev eth0 nodad',
      'ip -n six route add default via fd00::1',
      'ip -n client address add 192.0.2.10/24 dev eth0',
      'ip -n client address add 2001:db8::a/64 dev eth0 nodad',
      'ip -n client route add default via 192.0.2.1',
      'ip -n client route add default via 2001:db8::1',
      'ip route add default via 192.0.2.10',
      'ip route add default via 2001:db8::a',
    ])
  })

  it('has rules of the same kind for each family, in the program of that family', () => {
    const masquerading = lines.filter(line => line.includes('--append POSTROUTING'))
    expect(masquerading).toEqual([
      'iptables --table nat --append POSTROUTING --source 10.0.0.0/24 ! --destination 10.0.0.0/24 --jump MASQUERADE',
      'ip6tables --table nat --append POSTROUTING --source fd00::/64 ! --destination fd00::/64 --jump MASQUERADE',
    ])
    const translating = lines
      .filter(line => line.includes('-j DNAT'))
      .map(line => line.split(/ -.*--to-destination /))
    expect(translating).toEqual([
      ['iptables', '10.0.0.11:8080'],
      ['iptables', '10.0.0.12:8080'],
      ['ip6tables', "'[fd00::b]:8080'"],
      ['ip6tables', "'[fd00::d]:8080'"],
    ])
  })

  it('is sampled at each cluster IP and node port, by those who speak its family', () => {
    const told = services.flatMap(({ clusterIP, endpoints, entries }) => [
      `${clusterIP}: ${endpoints.map(({ pod, address }) => `${pod} ${address}`).join(', ')}`,
      ...entries.map(({ kind, address, from }) => `  ${kind} ${address} from ${from.join(' ')}`),
    ])
    expect(told).toEqual([
      '10.96.0.10: a 10.0.0.11, four 10.0.0.12',
      '  cluster IP 10.96.0.10 from host a four client',
      '  node port 192.0.2.1 from host client',
      '  node port 10.0.0.1 from client',
      '  node port 127.0.0.1 from host',
      'fd00:96::a: a fd00::b, six fd00::d',
      '  cluster IP fd00:96::a from host a six client',
      '  node port 2001:db8::1 from host client',
      '  node port fd00::1 from client',
    ])
  })

  it('knows each name by both addresses', () => {
    expect(hostsFile(dual).split('\n')).toEqual([
      '127.0.0.1\tlocalhost',
      '::1\tlocalhost',
      '10.0.0.11\ta',
      'fd00::b\ta',
      '10.0.0.12\tfour',
      'fd00::d\tsix',
      '192.0.2.10\tclient',
      '2001:db8::a\tclient',
      ...['10.96.0.10', 'fd00:96::a'].map(
        address => `${address}\tweb web.default web.default.svc web.default.svc.cluster.local`,
      ),
      '',
    ])
  })
})

it('a lab of one family has nothing of the other', () => {
  const lines = (text: string) =>
    labAsBuilt(labOf(text)).plan.steps.flatMap(({ actions }) =>
      actions.map(({ command }) => commandLine(command)),
    )
  const lab = (bridge: string, pod: string, client: string, service: string) => `
name: single
bridge: {name: br1, address: "${bridge}"}
pods: {a: {address: "${pod}", serve: 80}}
outside: {client: "${client}"}
services: [{name: web, clusterIP: "${service}", endpoints: [a], ports: [{port: 80}]}]
`
  const [four, six] = [
    lab('10.0.0.1/24', '10.0.0.11/24', '192.0.2.10/24', '10.96.0.10'),
    lab('fd00::1/64', 'fd00::b/64', '2001:db8::a/64', 'fd00:96::a'),
  ]
  expect(familiesOf(labOf(four))).toEqual(['ipv4'])
  expect(familiesOf(labOf(six))).toEqual(['ipv6'])
  expect(lines(four).filter(line => /ip6tables|ipv6|nodad/.test(line))).toEqual([])
  expect(lines(six).filter(line => /^iptables|ipv4/.test(line))).toEqual([])
  expect(lines(six).some(line => line.startsWith('ip6tables'))).toBe(true)
})
