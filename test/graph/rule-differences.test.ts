import { expect, test } from 'vitest'
import { parseSaved } from '../../src/command/iptables-save.ts'
import { IptablesState } from '../../src/command/iptables-state.ts'
import { dataplaneOf } from '../../src/dataplane/modes.ts'
import { ruleDifferences } from '../../src/graph/rule-differences.ts'
import { nodeView } from '../../src/plan/kube-proxy.ts'
import { labAsBuilt, labIn } from '../../src/plan/lab-in-condition.ts'
import { labOf } from '../plan/lab-text.ts'

const running = labAsBuilt(
  labOf(`name: small
title: Two pods
bridge: {name: br1, address: 10.0.0.1/24}
outside: {client: 192.0.2.10/24}
pods:
  a: {address: 10.0.0.11/24, serve: 80, labels: {app: web}}
  b: {address: 10.0.0.12/24, serve: 80, labels: {app: web}}
services:
  - {name: web, clusterIP: 10.96.0.1, selector: {app: web}, ports: [{port: 80}]}
`),
)

const dataplane = dataplaneOf(running.lab.proxy)

function rulesState(): IptablesState {
  const state = new IptablesState()
  for (const { actions } of running.plan.steps)
    for (const { command } of actions) state.note(command.in, command.argv)
  return state
}

/** What iptables-save would print after the lab's steps. */
function saved(): string {
  return savedOf(rulesState())
}

function savedOf(state: IptablesState): string {
  return [...state.tables('host', 'iptables')]
    .map(([table, chains]) =>
      [
        `*${table}`,
        ...[...chains.values()].map(
          ({ name, policy = '-' }) =>
            `:${name} ${/^[A-Z]+$/.test(name) ? policy.replace('-', 'ACCEPT') : '-'} [0:0]`,
        ),
        ...[...chains.values()].flatMap(({ name, rules }) =>
          rules.map(
            ({ argv }) =>
              `[0:0] -A ${name} ${argv.map(word => (/\s/.test(word) ? `"${word}"` : word)).join(' ')}`,
          ),
        ),
        'COMMIT',
      ].join('\n'),
    )
    .join('\n')
}

function differencesOf(text: string, condition = running.condition): readonly string[] {
  const facts = new Map([['host', { links: [], routes: [], rules: new Map([['ipv4', text] as const]) }]])
  return ruleDifferences(labIn(condition, running.lab), facts).get('host') ?? []
}

test('finds nothing in what the lab itself has made', () => {
  expect(parseSaved(saved()).get('nat')?.size).toBeGreaterThan(5)
  expect(differencesOf(saved())).toEqual([])
})

test('tells a rule that is missing, one too many, and another policy', () => {
  const text = saved()
  expect(differencesOf(text.replace(/^\[0:0\] -A KUBE-SERVICES .*10\.96\.0\.1.*$/m, ''))).toEqual([
    'nat KUBE-SERVICES lacks 1 rule',
  ])
  expect(
    differencesOf(
      text
        .replace('*nat', '*nat\n:OUTPUT ACCEPT [0:0]')
        .concat('\n*raw\n:OUTPUT DROP [0:0]\n[0:0] -A OUTPUT -j DROP\nCOMMIT'),
    ),
  ).toEqual([
    ...[expect.stringMatching(/^raw OUTPUT has 1 rule too many$/), 'raw OUTPUT has the policy DROP'],
  ])
})

test('takes what a sync has made for right', () => {
  const endpoints = { 'default/web': ['a'] }
  const condition = { ...running.condition, endpoints }
  expect(differencesOf(saved(), condition)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^nat KUBE-SVC-\S+ has 1 rule too many$/)]),
  )
  const state = rulesState()
  const view = (of: typeof endpoints | typeof running.condition.endpoints) =>
    dataplane.compile(nodeView(running.lab, { node: 'host', family: 'ipv4' }, of))
  for (const { argv } of dataplane.steps(view(running.condition.endpoints), view(endpoints)))
    state.note('host', argv)
  expect(differencesOf(savedOf(state), condition)).toEqual([])
})
