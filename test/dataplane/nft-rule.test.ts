import { expect, it } from 'vitest'
import { asListed, nftEffect } from '../../src/dataplane/nft-rule.ts'

it.each([
  ['mark set mark or 0x4000', 'meta mark set meta mark | 0x00004000'],
  ['mark and 0x4000 == 0 return', 'meta mark & 0x00004000 == 0x00000000 return'],
  ['ip saddr != { 192.0.2.0/28 } drop', 'ip saddr != 192.0.2.0/28 drop'],
  ['ip saddr != { 203.0.113.5 , 192.0.2.0/28 } drop', 'ip saddr != { 192.0.2.0/28, 203.0.113.5 } drop'],
  ['ip saddr 10.0.0.1/24 goto service', 'ip saddr 10.0.0.0/24 goto service'],
  ['iifname != br1 jump mark-for-masquerade', 'iifname != "br1" jump mark-for-masquerade'],
  ['iifname "cni-*" goto service', 'iifname "cni-*" goto service'],
  [
    'numgen random mod 2 vmap { 0 : goto a , 1 : goto b }',
    'numgen random mod 2 vmap { 0 : goto a, 1 : goto b }',
  ],
  ['update @affinity-1 { ip saddr }', 'update @affinity-1 { ip saddr }'],
])('%s is listed as %s', (typed, listed) => {
  expect(asListed(typed)).toBe(listed)
  expect(asListed(listed)).toBe(listed)
})

it('takes two rules with different comments for one', () => {
  expect(nftEffect('ip daddr @cluster-ips reject comment "x"')).toBe(
    nftEffect('ip daddr @cluster-ips reject'),
  )
})

it.each([
  ['mark set mark or 0x4000', 'meta mark set meta mark or 0x4000'],
  ['mark and 0x4000 == 0 return', 'meta mark & 0x4000 == 0x0 return'],
  ['ip daddr @cluster-ips reject', 'ip daddr @cluster-ips reject with icmp port-unreachable'],
  ['reject', 'reject with icmpv6 type port-unreachable'],
])('takes %s and %s for one rule, whatever version of nft lists it', (typed, listed) => {
  expect(nftEffect(listed)).toBe(nftEffect(typed))
})
