import { expect, test } from 'vitest'
import { isFlushed, readSaved } from '../../src/dataplane/iptables/kernel-rules.ts'
import type { CurlCheck, Expectation, ReadinessProbe } from '../../src/model/lab.ts'
import { afterProbe } from '../../src/observe/readiness.ts'
import { needsPod } from '../../src/plan/apply-checks.ts'

const probe: ReadinessProbe = {
  handler: { kind: 'tcpSocket', port: 80 },
  periodSeconds: 10,
  timeoutSeconds: 1,
  failureThreshold: 3,
  successThreshold: 2,
}

test('kubelet changes its mind only after so many probes in a row', () => {
  let state = { ready: true, against: 0 }
  const seen = [false, false, true, false, false, false, true, false, true, true].map(ok => {
    state = afterProbe(state, ok, probe)
    return state.ready
  })
  expect(seen).toEqual([true, true, true, true, true, false, false, false, false, true])
})

test('a check waits for a pod that is not ready only where no other could answer', () => {
  const check = (...expect: Expectation[]): CurlCheck => ({
    ...{ kind: 'curl', url: '10.0.0.1:80', from: 'host', within: 5, once: false },
    expect,
  })
  const answers = (...backends: string[]): Expectation => ({ kind: 'answers', backends })
  expect(needsPod(check(answers('a')), ['a'])).toBe(true)
  expect(needsPod(check(answers('a', 'b')), ['a'])).toBe(false)
  expect(needsPod(check(answers()), ['a'])).toBe(false)
  expect(needsPod(check({ kind: 'shares', shares: { a: 0.5, b: 0.5 }, failed: 0 }), ['a'])).toBe(true)
  expect(needsPod(check({ kind: 'fails', how: [] }, answers('a')), ['a'])).toBe(false)
  expect(needsPod(check(answers('a')), [])).toBe(false)
})

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
