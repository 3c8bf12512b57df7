import { expect, test } from 'vitest'
import type { ChainMet, RuleMet } from '../../src/trace/report.ts'
import { chainTrees } from '../../src/trace/tree.ts'

function met(...rules: readonly RuleMet[]): ChainMet {
  return {
    ...{ kind: 'chain', hook: 'prerouting', family: 'ip', table: 'nat', chain: 'KUBE-SVC', type: 'nat' },
    ends: { source: '10.0.0.1', destination: '10.96.0.1' },
    ...{ rules, verdict: 'accept', byPolicy: false },
  }
}
const endpoint = (number: number, probability?: string): RuleMet => ({
  number,
  text: `${probability === undefined ? '' : `-m statistic --mode random --probability ${probability} `}-j KUBE-SEP-${number}`,
  verdict: 'jump',
  to: `KUBE-SEP-${number}`,
  inside: [{ number: 1, text: '-j DNAT', verdict: 'accept' }],
})
const mark: RuleMet = {
  number: 1,
  text: '-j KUBE-MARK-MASQ',
  verdict: 'jump',
  to: 'KUBE-MARK-MASQ',
  inside: [],
}

test('each branch has its count, and the share that its dice give it', () => {
  const ways = [
    ...Array.from({ length: 4 }, () => met(endpoint(2, '0.33333333349'))),
    ...Array.from({ length: 3 }, () => met(mark, endpoint(3, '0.50000000000'))),
    ...Array.from({ length: 5 }, () => met(endpoint(4))),
  ]
  const [tree] = chainTrees(ways.map(each => [{ place: 'host', met: each }]))
  expect(tree).toMatchObject({ place: 'host', chain: 'KUBE-SVC', count: 12, dropped: 0 })
  const told = tree?.branches.map(({ number, count, expected }) => [number, count, expected?.toFixed(2)])
  expect(told).toEqual([
    [1, 3, undefined],
    [2, 4, '4.00'],
    [3, 3, '4.00'],
    [4, 5, '4.00'],
  ])
  expect(tree?.branches[1]?.inside).toEqual([{ number: 1, text: '-j DNAT', count: 4, inside: [] }])
})

test('where a rule in between took nothing, nobody knows what is left for the others', () => {
  const ways = [met(endpoint(2, '0.25000000000')), met(endpoint(4))]
  const [tree] = chainTrees(ways.map(each => [{ place: 'host', met: each }]))
  expect(tree?.branches.map(({ expected }) => expected)).toEqual([0.5, undefined])
})

test('a map has its choices alike', () => {
  const text = 'numgen random mod 2 vmap { 0 : goto a, 1 : goto b }'
  const to = (name: string) => met({ number: 1, text, verdict: 'goto', to: name, inside: [] })
  const ways = [to('a'), to('a'), to('b')]
  const [tree] = chainTrees(ways.map(each => [{ place: 'host', met: each }]))
  expect(tree?.branches.map(({ to, count, expected }) => [to, count, expected])).toEqual([
    ['a', 2, 1.5],
    ['b', 1, 1.5],
  ])
})

test('what a chain has dropped is counted', () => {
  const dropped = { ...met(), verdict: 'drop' as const, byPolicy: true }
  const [tree] = chainTrees([[{ place: 'host', met: met() }], [{ place: 'host', met: dropped }]])
  expect(tree).toMatchObject({ count: 2, dropped: 1, branches: [] })
})
