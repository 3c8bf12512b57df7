import { expect, it } from 'vitest'
import { withBase } from '../../src/dataplane/dataplane.ts'
import { foldLikeNodes, foldOfParts, foldsOf } from '../../src/plan/folds.ts'
import { planOf } from './lab-text.ts'

const steps = (...services: (string | undefined)[]) =>
  services.map(service => ({ argv: ['iptables'], explain: '', service }))

const everyNode = 'what every node has, whatever its services'

it('folds what no service has for itself, where there were no rules before', () => {
  const some = steps(undefined, 'default/web', undefined)
  expect(foldsOf(withBase(some))).toEqual([everyNode, undefined, everyNode])
  expect(foldsOf(some)).toEqual([undefined, undefined, undefined])
})

it('shows three services, and of more the first', () => {
  expect(foldsOf(steps('a', 'b', 'c', 'a'))).toEqual([undefined, undefined, undefined, undefined])
  const rest = 'the same for 3 more services'
  expect(foldsOf(steps('a', 'b', 'a', 'c', 'd'))).toEqual([undefined, rest, undefined, rest, rest])
})

const lab = planOf(`name: lab
bridge: {name: br1, address: 10.0.0.1/24}
pods: {a: {address: 10.0.0.11/24, serve: 80, labels: {app: web}}}
outside: {client: 192.0.2.10/24}
services: [{name: web, clusterIP: 10.96.0.1, selector: {app: web}, ports: [{port: 80}]}]
steps:
  - {title: None, endpoints: {web: []}}
  - {title: One, endpoints: {web: [a]}}
  - {title: None again, endpoints: {web: []}}
`)
const actionsOf = (title: string) => lab.steps.find(step => step.title === title)!.actions

it('leaves of a first sync what is for the service, and says what each of it is for', () => {
  const shown = actionsOf('None').filter(({ fold }) => fold === undefined)
  expect(shown.map(({ explain }) => explain)).toEqual([
    'refuse at once connections to 10.96.0.1: default/web has no endpoints',
  ])
  const folded = actionsOf('None').filter(({ fold }) => fold === everyNode)
  expect(folded).toHaveLength(actionsOf('None').length - 1)
  expect(folded.every(({ explain = '' }) => explain.length > 10)).toBe(true)
})

it('says of what comes what it does, and of what goes what it did', () => {
  expect(actionsOf('One').map(({ explain, fold }) => `${fold ?? ''}${explain}`)).toEqual([
    'no longer: refuse at once connections to 10.96.0.1: default/web has no endpoints',
    'a new chain, which chooses an endpoint of default/web',
    'a new chain, which sends to the endpoint 10.0.0.11:80',
    '10.96.0.1:80 is the cluster IP of default/web',
    'all goes to 10.0.0.11:80, the only endpoint',
    'hairpin: 10.0.0.11 reaches itself through the service; unmasqueraded, it would see its own address and not answer',
    'send it to 10.0.0.11:80',
  ])
  expect(actionsOf('None again').map(({ command, explain }) => `${command.argv[3]} ${explain}`)).toEqual([
    '-A refuse at once connections to 10.96.0.1: default/web has no endpoints',
    '-D no longer: 10.96.0.1:80 is the cluster IP of default/web',
    '-F no longer needed: the chain that chooses an endpoint of default/web',
    '-F no longer needed: the chain that sends to the endpoint 10.0.0.11:80',
    '-X and the empty chain goes',
    '-X and the empty chain goes',
  ])
})

it('folds the parts of a lab in a step that does more than build them', () => {
  expect(foldOfParts(['network', 'servers'], false)).toBeUndefined()
  expect(foldOfParts(['network', 'servers'], true)).toBe('the network and the servers')
  expect(foldOfParts(['network', 'firewall', 'servers'], false)).toBe(
    "the network, the firewall's rules and the servers",
  )
})

it('shows of several nodes the first, and of the others what is different', () => {
  const on = (place: string, ...lines: string[]) =>
    lines.map(line => ({ command: { argv: line.split(' '), in: place }, undo: [] }))
  const every = { ...on('one', 'base')[0]!, fold: everyNode }
  const folded = foldLikeNodes([[every, ...on('one', 'a', 'b')], on('two', 'a', 'c'), on('three', 'b')])
  expect(folded.map(({ command, fold }) => `${command.in} ${command.argv[0]} ${fold ?? 'shown'}`)).toEqual([
    `one base ${everyNode}`,
    'one a shown',
    'one b shown',
    'two a the same on the other nodes',
    'two c shown',
    'three b the same on the other nodes',
  ])
})
