import { describe, expect, test } from 'vitest'
import { parseSaved } from '../../src/command/iptables-save.ts'
import { IptablesState } from '../../src/command/iptables-state.ts'
import { hookText } from '../../src/command/nft-list.ts'
import { NftState } from '../../src/command/nft-state.ts'
import { dataplaneOf } from '../../src/dataplane/modes.ts'
import { asListed } from '../../src/dataplane/nft-rule.ts'
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

describe("kube-proxy's table of nftables", () => {
  const inNftables = labAsBuilt(
    labOf(`name: small
title: Two pods
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 80, labels: {app: web}}
  b: {address: 10.0.0.12/24, serve: 80, labels: {app: web}}
proxy: {mode: nftables}
services:
  - {name: web, clusterIP: 10.96.0.1, selector: {app: web}, ports: [{port: 80}]}
`),
  )
  const table = 'ip kube-proxy'

  /** What nft would list after the lab's steps, and after some more commands. */
  function listed(...more: string[]): string {
    const state = new NftState(table)
    for (const { actions } of inNftables.plan.steps)
      for (const { command } of actions) state.note(command.argv)
    for (const command of more) state.note(['nft', command])
    const { chains, sets } = state.table!
    return [
      `table ${table} {`,
      ...[...sets.values()].flatMap(({ kind, name, elements }) => [
        `\t${kind} ${name} {`,
        ...(elements.size === 0
          ? []
          : [`\t\telements = { ${[...elements].map(each => each.join('')).join(', ')} }`]),
        '\t}',
      ]),
      ...[...chains.values()].flatMap(({ name, hook, rules }) => [
        `\tchain ${name} {`,
        ...(hook === undefined ? [] : [hookText(hook)]),
        ...rules.map(asListed),
        '\t}',
      ]),
      '}',
    ].join('\n')
  }

  function told(text: string) {
    const nft = new Map([['ipv4', text] as const])
    const facts = new Map([['host', { links: [], routes: [], rules: new Map(), nft }]])
    return ruleDifferences(inNftables, facts).get('host') ?? []
  }

  const chain = /chain (endpoint-\S*10\.0\.0\.11\/80) /.exec(listed())![1]!

  test('has nothing by hand where it is as the lab has made it', () => {
    expect(told(listed())).toEqual([])
  })

  test('has a line for each chain and each map that is not', () => {
    expect(
      told(
        listed(
          `flush chain ${table} ${chain}`,
          `add rule ${table} mark-for-masquerade accept`,
          `delete element ${table} service-ips { 10.96.0.1 . tcp . 80 }`,
          `add element ${table} no-endpoint-nodeports { tcp . 30080 : drop }`,
        ),
      ),
    ).toEqual([
      'kube-proxy mark-for-masquerade has 1 rule too many',
      `kube-proxy ${chain} lacks 2 rules`,
      'kube-proxy service-ips lacks 1 element',
      'kube-proxy no-endpoint-nodeports has 1 element too many',
    ])
    expect(told(listed(`delete chain ${table} ${chain}`))).toEqual([`kube-proxy ${chain} is gone`])
    expect(told('')).toEqual(["kube-proxy's table is gone"])
  })

  test('has a line for a chain that hangs elsewhere, or has another policy', () => {
    const anew = (name: string, said: string) => [
      `delete chain ${table} ${name}`,
      `add chain ${table} ${name}${said}`,
    ]
    expect(
      told(
        listed(
          ...anew('filter-output-pre-dnat', ' { type filter hook output priority -90 ; }'),
          `add rule ${table} filter-output-pre-dnat ct state new jump firewall-check`,
          ...anew('nat-output', ''),
          `add rule ${table} nat-output jump services`,
          ...anew('filter-input', ' { type filter hook input priority filter ; policy drop ; }'),
        ),
      ),
    ).toEqual([
      'kube-proxy filter-output-pre-dnat hangs elsewhere: type filter hook output priority -90',
      'kube-proxy nat-output hangs nowhere',
      'kube-proxy filter-input has the policy drop',
      'kube-proxy filter-input lacks 2 rules',
    ])
  })
})
