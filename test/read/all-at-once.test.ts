import { expect, it } from 'vitest'
import { parseLab } from '../../src/read/parse-lab.ts'

const lab = `name: shop
sysctls: {net.ipv4.ip_forward: 1}
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}}
  b: {address: 10.0.0.12/24, serve: 9090, labels: {app: db}}
  c: {address: 10.0.0.13/24}
outside: {client: 192.0.2.10/24}
services:
  - {name: web, clusterIP: 10.96.0.10, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
  - {name: db, clusterIP: 10.96.0.11, selector: {app: db}, ports: [{port: 5432, targetPort: 9090}]}
reach: [{from: c, to: b, expect: ok}]
steps:
  - title: Ask
    run: [ip link show]
    check:
      - {curl: "web:80", from: c, expect: {backend: a}}
      - {curl: "db:5432", from: c, within: 5}
`

/** Mistakes, each by what stands in place of something. */
const mistakes: Readonly<Record<string, readonly [string, string]>> = {
  'a name': ['name: shop', 'name: Shop'],
  'a setting': ['net.ipv4.ip_forward', 'ipv4.ip_forward'],
  'a pod’s address': ['10.0.0.11/24', '10.0.0.300/24'],
  'a pod outside the network': ['10.0.0.12/24', '10.9.0.12/24'],
  'an unknown key of a pod': ['c: {', 'c: {adress: x, '],
  'no way out': ['{client: 192.0.2.10/24}', '{}'],
  'a target port': ['targetPort: 8080', 'targetPort: 8081'],
  'another target port': ['targetPort: 9090', 'targetPort: 9091'],
  'a cluster IP': ['10.96.0.10', '10.0.0.99'],
  'another cluster IP': ['10.96.0.11', '10.96.0'],
  'a selector': ['selector: {app: db}', 'selector: {app: bd}'],
  'a place': ['reach: [{from: c', 'reach: [{from: d'],
  'a pipe': ['ip link show', 'ip link | cat'],
  'a backend': ['{backend: a}', '{backend: z}'],
  'a service’s port': ['db:5432', 'db:5433'],
  'a port': ['ports: [{port: 5432', 'ports: [{port: 99999'],
  'a time': ['within: 5', 'within: soon'],
}

function told(...changes: readonly (readonly [string, string])[]): string[] {
  const text = changes.reduce((so, [from, to]) => so.replace(from, to), lab)
  return parseLab(text, 'lab.yaml', () => ({ refusal: 'no manifests' })).problems.map(
    ({ message }) => message,
  )
}

/** What is rightly not told beside something else. */
const hidden: Readonly<Record<string, readonly string[]>> = {
  // A pod whose port is asked for is not the service's when its selector is wrong.
  // A port whose number is wrong is not read, and nobody knows what its service has.
  'another target port': ['a selector', 'a port'],
  'a service’s port': ['a port'],
  // The unknown key may have been meant for labels.
  'a selector': ['an unknown key of a pod'],
}

it('a lab without a mistake has none', () => {
  expect(told()).toEqual([])
})

it.each(Object.keys(mistakes))('%s is told beside any other mistake', name => {
  const alone = told(mistakes[name]!)
  expect(alone).not.toEqual([])
  for (const [other, change] of Object.entries(mistakes)) {
    if (other === name || hidden[name]?.includes(other)) continue
    expect(told(mistakes[name]!, change), `beside ${other}`).toEqual(expect.arrayContaining(alone))
  }
})

it.each([
  ['its name', 'name: db', 'name: web', 'default/web'],
  ['what it is called', 'name: db', 'name: DB', 'DNS-1035'],
  ['its address', '10.96.0.11', '10.96.0.300', 'more than 255'],
  ['an address that another has', '10.96.0.11', '10.96.0.10', 'already has the cluster IP 10.96.0.10'],
  ['its selector', 'selector: {app: db}', 'selector: {app: bd}', 'matches no pod'],
  ['its endpoints', 'selector: {app: db}', 'endpoints: [d]', 'no pod d'],
] as const)('a service without one good port is told of %s all the same', (_, from, to, words) => {
  expect(told([from, to])).toContainEqual(expect.stringContaining(words))
  expect(told([from, to], mistakes['a port']!)).toContainEqual(expect.stringContaining(words))
})

it('no way out is told where no service has a good port', () => {
  const only = lab.replace(/ {2}- {name: web, .*\n/, '').replace(/reach.*/s, '')
  const broken = only.replace('5432', '99999')
  const problemsOf = (text: string) =>
    parseLab(text, 'lab.yaml', () => ({ refusal: '' })).problems.map(({ message }) => message)
  expect(problemsOf(broken)).toEqual(['99999 is not a port'])
  expect(problemsOf(broken.replace(/outside: .*\n/, ''))).toEqual(['99999 is not a port'])
  expect(problemsOf(broken.replace('{client: 192.0.2.10/24}', '{}'))).toEqual([
    expect.stringContaining('no way out'),
    '99999 is not a port',
  ])
})

it('all of them are told in one go', () => {
  const hiding = ['a selector', 'a port']
  const all = Object.entries(mistakes).filter(([name]) => !hiding.includes(name))
  const each = all.flatMap(([, change]) => told(change))
  expect(new Set(told(...all.map(([, change]) => change)))).toEqual(new Set(each))
})
