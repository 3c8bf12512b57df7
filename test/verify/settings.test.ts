import { expect, it } from 'vitest'
import { compilePlan } from '../../src/plan/compile.ts'
import { parseLab } from '../../src/read/parse-lab.ts'

/** The commands of a lab with a node port, under these settings of `proxy:`. */
function commands(proxy: string): string[] {
  const text = `name: x
title: x
bridge: {name: br1, address: 10.0.0.1/24}
pods: {a: {address: 10.0.0.11/24, serve: 8080}}
outside: {friend: 192.0.2.10/24}
proxy: {${proxy}}
services: [{name: web, type: NodePort, clusterIP: 10.96.0.1, endpoints: [a], ports: [{port: 80, targetPort: 8080, nodePort: 30080}]}]
`
  const { lab, problems } = parseLab(text, 'x.yaml', () => ({ refusal: '', fix: '' }))
  expect(problems).toEqual([])
  return compilePlan(lab!).steps.flatMap(step => step.actions.map(({ command }) => command.argv.join(' ')))
}

const routeLocalnet = 'sysctl -w net.ipv4.conf.all.route_localnet=1'

it.each([
  ['mode: iptables', 'iptables -t nat -N KUBE-SERVICES', true],
  ['clusterCIDR: 10.0.0.0/24', '--dport 80 ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ', true],
  [
    'detectLocalMode: BridgeInterface, detectLocal: {bridgeInterface: br1}',
    '--dport 80 ! -i br1 -j KUBE-MARK-MASQ',
    true,
  ],
  [
    'detectLocalMode: InterfaceNamePrefix, detectLocal: {interfaceNamePrefix: veth}',
    '--dport 80 ! -i veth+ -j KUBE-MARK-MASQ',
    true,
  ],
  ['iptables: {masqueradeAll: true}', '--dport 80 -j KUBE-MARK-MASQ', true],
  ['iptables: {masqueradeBit: 15}', '-j MARK --or-mark 0x8000', true],
  ['iptables: {randomFully: false}', '--random-fully', false],
  ['', '-j MARK --or-mark 0x4000', true],
  ['', '--random-fully', true],
  ['', '-m addrtype --dst-type LOCAL -j KUBE-NODEPORTS', true],
  ['', routeLocalnet, true],
  ['', 'block incoming localnet connections', true],
  ['iptables: {localhostNodePorts: false}', routeLocalnet, false],
  ['iptables: {localhostNodePorts: false}', '--dst-type LOCAL ! -d 127.0.0.0/8 -j KUBE-NODEPORTS', true],
  ['nodePortAddresses: [192.0.2.0/24]', '-d 192.0.2.1 -j KUBE-NODEPORTS', true],
  ['nodePortAddresses: [192.0.2.0/24]', routeLocalnet, false],
  ['nodePortAddresses: [primary]', '-d 192.0.2.1 -j KUBE-NODEPORTS', true],
  ['nodePortAddresses: [127.0.0.0/8]', routeLocalnet, true],
])('proxy: {%s} and %s: %s', (proxy, words, isThere) => {
  expect(commands(proxy).some(line => line.includes(words))).toBe(isThere)
})

it('the switch for loopback comes before the first rule, and once', () => {
  const all = commands('')
  expect(all.filter(line => line === routeLocalnet)).toHaveLength(1)
  expect(all.indexOf(routeLocalnet)).toBeLessThan(all.findIndex(line => line.includes('KUBE-')))
})
