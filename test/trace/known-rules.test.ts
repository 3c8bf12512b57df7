import { expect, test } from 'vitest'
import { parseSaved } from '../../src/command/iptables-save.ts'
import { explanationKey, numberKey, readHandles, ruleFinder } from '../../src/trace/known-rules.ts'

const saved = parseSaved(`*nat
:PREROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-A
-A KUBE-SERVICES -d 10.96.0.2/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-B
COMMIT
`)

test('a rule is found by its handle: its number, its text, and what it is for, however that was typed', () => {
  const typed = ['-p', 'tcp', '--destination', '10.96.0.2', '--dport', '80', '--jump', 'KUBE-SVC-B']
  const find = ruleFinder(
    [{ place: 'host', family: 'ip', table: 'nat', name: 'KUBE-SERVICES', handles: [31, 16] }],
    new Map([['host', { tables: { ip: saved }, texts: new Map() }]]),
    new Map([[explanationKey('host', 'nat', 'KUBE-SERVICES', typed), 'it is the cluster IP of b']]),
  )
  const chain = { family: 'ip', table: 'nat', name: 'KUBE-SERVICES' }
  expect(find('host', chain, 16)).toEqual({
    number: 2,
    text: '-d 10.96.0.2/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-B',
    explain: 'it is the cluster IP of b',
  })
  expect(find('host', chain, 31)).toMatchObject({ number: 1 })
  expect(find('host', chain, 99)).toEqual({})
  expect(find('elsewhere', chain, 16)).toEqual({})
})

test("nft's own rules are found in what nft lists", () => {
  const texts = readHandles(
    [
      'table ip kube-proxy { # handle 3',
      '\tchain services { # handle 7',
      '\t\tip daddr . meta l4proto . th dport vmap @service-ips # handle 9',
      '\t}',
      '}',
    ].join('\n'),
  )
  const find = ruleFinder(
    [{ place: 'host', family: 'ip', table: 'kube-proxy', name: 'services', handles: [8, 9] }],
    new Map([['host', { tables: {}, texts }]]),
    new Map([[numberKey('host', 'ip kube-proxy services', 2), 'go to the chain of the service']]),
  )
  expect(find('host', { family: 'ip', table: 'kube-proxy', name: 'services' }, 9)).toEqual({
    number: 2,
    text: 'ip daddr . meta l4proto . th dport vmap @service-ips',
    explain: 'go to the chain of the service',
  })
  expect([...texts]).toEqual([
    ['ip kube-proxy services 9', 'ip daddr . meta l4proto . th dport vmap @service-ips'],
  ])
})
