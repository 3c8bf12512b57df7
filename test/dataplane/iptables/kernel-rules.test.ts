import { expect, test } from 'vitest'
import { isFlushed, readSaved } from '../../../src/dataplane/iptables/kernel-rules.ts'

test("a table without a chain or a jump of kube-proxy's was flushed by somebody", () => {
  const saved = readSaved(`*nat
:OUTPUT ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
COMMIT
`)
  expect(saved.chains.nat).toEqual(new Set(['OUTPUT', 'KUBE-SERVICES']))
  expect(saved.jumps).toEqual(new Set(['nat OUTPUT KUBE-SERVICES']))
  const table = (name: 'filter' | 'nat', ...chains: string[]) => ({
    name,
    chains: chains.map(chain => ({ name: chain, rules: [] })),
  })
  const rules = { family: 'ipv4' as const, filter: table('filter'), jumps: [], largeCluster: false }
  expect(isFlushed({ ...rules, nat: table('nat', 'KUBE-SERVICES') }, saved)).toBe(false)
  expect(isFlushed({ ...rules, nat: table('nat', 'KUBE-SERVICES', 'KUBE-NODEPORTS') }, saved)).toBe(true)
})
