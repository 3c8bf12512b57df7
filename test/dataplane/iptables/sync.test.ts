import { expect, it } from 'vitest'
import { partialSync } from '../../../src/dataplane/iptables/sync.ts'
import { flushCommand, type ServicesState, staleEntries } from '../../../src/service/conntrack.ts'
import { compile, service, slice } from './fixtures.ts'

const cart = service()
const dns = service({
  name: 'dns',
  clusterIPs: ['10.96.0.10'],
  ports: [{ name: 'dns', protocol: 'UDP', port: 53, targetPort: 53 }],
})
const dnsSlice = (...addresses: string[]) =>
  slice(addresses, { service: 'dns', ports: [{ name: 'dns', protocol: 'UDP', port: 53 }] })

const chainsIn = (text: string) => [...text.matchAll(/^:(KUBE-(?:SVC|SEP)\S+)/gm)].map(([, name]) => name)

it('a partial sync writes the shared chains, and of services only those that changed', () => {
  const before = compile([cart, dns], [slice(['10.1.0.2']), dnsSlice('10.1.0.3')])
  const after = compile([cart, dns], [slice(['10.1.0.2']), dnsSlice('10.1.0.3', '10.1.0.4')])
  const { text, changed, stale } = partialSync(before, after)
  expect({ changed, stale }).toEqual({ changed: ['shop/dns'], stale: [] })
  expect(chainsIn(text)).toHaveLength(3)
  expect(text).toContain('shop/cart cluster IP')
  expect(text).not.toContain('10.1.0.2')
})

it('a service that is gone takes its chains along', () => {
  const before = compile([cart, dns], [slice(['10.1.0.2']), dnsSlice('10.1.0.3')])
  const { text, changed, stale } = partialSync(before, compile([dns], [dnsSlice('10.1.0.3')]))
  expect(changed).toEqual(['shop/cart'])
  expect(stale).toHaveLength(2)
  expect(chainsIn(text)).toEqual(stale)
  expect(text).toContain(stale.map(name => `-X ${name}\n`).join(''))
})

it('growing past 1,000 endpoints drops the comments of the new rules only', () => {
  const many = (count: number) => {
    const addresses = Array.from({ length: count }, (_, i) => `10.1.${i >> 8}.${i & 255}`)
    return compile([cart, dns], [slice(addresses), dnsSlice('10.2.0.1')])
  }
  const [small, large] = [many(999), many(1000)]
  expect(partialSync(small, large).changed).toEqual(['shop/cart'])
  expect(partialSync(small, large).text).toMatch(/^-A KUBE-SEP-\S+ -s 10\.1\.0\.0 -j KUBE-MARK-MASQ$/m)
})

const flushed = (previous: ServicesState, next: ServicesState) =>
  staleEntries(previous, next, 'ipv4').map(entries => flushCommand(entries).join(' '))

it('UDP flows are forgotten when a service gets its first endpoint', () => {
  const none = { services: [cart, dns], slices: [] }
  const some = { services: [cart, dns], slices: [slice(['10.1.0.2']), dnsSlice('10.1.0.3')] }
  expect(flushed(none, some)).toEqual(['conntrack -D --orig-dst 10.96.0.10 -p udp'])
})

it('UDP flows are forgotten when their endpoint goes, is no longer ready, or the whole service goes', () => {
  const two = { services: [dns], slices: [dnsSlice('10.1.0.3', '10.1.0.4')] }
  const one = { services: [dns], slices: [dnsSlice('10.1.0.4')] }
  const gone = 'conntrack -D --orig-dst 10.96.0.10 --dst-nat 10.1.0.3 -p udp'
  expect(flushed(two, one)).toEqual([gone])
  const unready = { ...dnsSlice('10.1.0.4'), endpoints: [{ addresses: ['10.1.0.3'], ready: false }] }
  expect(flushed(two, { services: [dns], slices: [unready, dnsSlice('10.1.0.4')] })).toEqual([gone])
  expect(flushed(two, { services: [], slices: [] })).toEqual(['conntrack -D --orig-dst 10.96.0.10 -p udp'])
  expect(flushed(one, two)).toEqual([])
})

it('UDP flows to a node port are forgotten by its number', () => {
  const exposed = { ...dns, type: 'NodePort' as const, ports: [{ ...dns.ports[0]!, nodePort: 30_053 }] }
  const on = (...addresses: string[]) => ({ services: [exposed], slices: [dnsSlice(...addresses)] })
  expect(flushed(on('10.1.0.3', '10.1.0.4'), on('10.1.0.3'))).toEqual([
    'conntrack -D --orig-dst 10.96.0.10 --dst-nat 10.1.0.4 -p udp',
    'conntrack -D -p udp --dport 30053 --dst-nat 10.1.0.4',
  ])
})
