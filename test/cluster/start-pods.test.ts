import { describe, expect, it } from 'vitest'
import { type StartOptions, startPods } from '../../src/cluster/start-pods.ts'
import type { ManifestPod, Workload } from '../../src/model/kubernetes.ts'
import { readManifests } from '../../src/read/manifest/read-manifests.ts'
import { pod } from '../dataplane/iptables/fixtures.ts'

const template = { labels: { app: 'cart' }, containers: [], hostNetwork: false }
const workload = (fields: Partial<Workload> = {}): Workload => ({
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
  replicas: 2,
  firstOrdinal: 0,
  template,
  ...fields,
})
const manifestPod = (name: string, addresses: string[], fields: Partial<ManifestPod> = {}): ManifestPod => ({
  ...pod(name, ''),
  ...template,
  addresses,
  isKnown: false,
  ...fields,
})
const node = (name: string, podNetworks = ['10.1.0.0/29'], addresses: string[] = []) => ({
  name,
  podNetworks,
  addresses,
})
const started = (pods: ManifestPod[], workloads: Workload[], options: Partial<StartOptions> = {}) =>
  startPods({ pods, workloads }, { nodes: [node('n1')], ...options })

describe('pods that nobody has started', () => {
  it('get the next free addresses, and live on the node', () => {
    const pods = [
      manifestPod('waiting', []),
      manifestPod('old', ['10.1.0.3'], { isKnown: true }),
      manifestPod('ended', [], { ended: true, isKnown: true }),
      manifestPod('pending', [], { isKnown: true }),
    ]
    const nodes = [node('n1', ['10.1.0.0/29', 'fd00::/64'])]
    expect(
      started(pods, [workload()], { nodes }).map(({ name, addresses, nodeName }) => [
        name,
        addresses,
        nodeName,
      ]),
    ).toEqual([
      ['ended', [], undefined],
      ['old', ['10.1.0.3'], undefined],
      ['pending', [], undefined],
      ['waiting', ['10.1.0.2', 'fd00::2'], 'n1'],
      ['web-1', ['10.1.0.4', 'fd00::3'], 'n1'],
      ['web-2', ['10.1.0.5', 'fd00::4'], 'n1'],
    ])
  })

  it('are called after their workload, by ordinals in a StatefulSet, and never like another', () => {
    const made = started(
      [manifestPod('web-1', [])],
      [workload(), workload({ kind: 'StatefulSet', name: 'db', firstOrdinal: 1 })],
    )
    expect(made.map(({ name, hostname }) => [name, hostname])).toEqual([
      ['web-1', undefined],
      ['db-1', 'db-1'],
      ['db-2', 'db-2'],
      ['web-2', undefined],
      ['web-3', undefined],
    ])
  })

  it('are called so in any order of input, also where two workloads have one name', () => {
    const both = [workload(), workload({ kind: 'StatefulSet' }), workload({ kind: 'DaemonSet' })]
    const told = (some: Workload[]) =>
      started([manifestPod('web-0', [])], some).map(({ name, owner }) => `${name} ${owner?.kind}`)
    expect(told(both)).toEqual([
      'web-0 undefined',
      'web-2 DaemonSet',
      'web-3 Deployment',
      'web-4 Deployment',
      'web-1 StatefulSet',
    ])
    expect(told(both.toReversed())).toEqual(told(both))
  })

  it('are spread over the nodes, one on each of a DaemonSet, and no more than is allowed', () => {
    const nodes = ['a', 'b', 'c'].map((name, at) => node(name, [`10.1.${at}.0/24`]))
    const workloads = [workload({ replicas: 9 }), workload({ kind: 'DaemonSet', name: 'log' })]
    const made = started([], workloads, { nodes, mostReplicas: 3 })
    expect(made.map(({ name, nodeName, addresses }) => `${name} ${nodeName} ${addresses}`)).toEqual([
      'log-1 a 10.1.0.2',
      'log-2 b 10.1.1.2',
      'log-3 c 10.1.2.2',
      'web-1 a 10.1.0.3',
      'web-2 b 10.1.1.3',
      'web-3 c 10.1.2.3',
    ])
  })

  it('have their node’s address where they are in its network, if that is known', () => {
    const hostNetwork = workload({ replicas: 1, template: { ...template, hostNetwork: true } })
    const nodes = [node('n1', ['10.1.0.0/24'], ['192.0.2.7'])]
    expect(started([], [hostNetwork], { nodes })[0]?.addresses).toEqual(['192.0.2.7'])
    expect(started([], [hostNetwork])[0]?.addresses).toEqual(['10.1.0.2'])
  })
})

describe('in a cluster’s dump a pod counts once', () => {
  const owned = (kind: string, name: string, owner?: string, ownerKind = 'ReplicaSet') =>
    `apiVersion: ${kind === 'Pod' ? 'v1' : 'apps/v1'}
kind: ${kind}
metadata: {name: ${name}${owner ? `, ownerReferences: [{kind: ${ownerKind}, name: ${owner}, controller: true}]` : ''}}
${
  kind === 'Pod'
    ? 'spec: {containers: []}\nstatus: {phase: Running, podIP: 10.1.0.9}'
    : 'spec: {replicas: 3, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: []}}}'
}
`
  const names = (...objects: string[]) => {
    const { objects: read, problems } = readManifests(objects.join('---\n'), 'm.yaml')
    expect(problems).toEqual([])
    return startPods(read, { nodes: [node('n1', ['10.1.0.0/24'])] }).map(({ name }) => name)
  }
  const deployment = owned('Deployment', 'web')
  const replicaSet = owned('ReplicaSet', 'web-5d4f8', 'web', 'Deployment')
  const running = owned('Pod', 'web-5d4f8-x2x9z', 'web-5d4f8')
  const alone = owned('ReplicaSet', 'web-5d4f8')

  it.each([
    ['with all of its owners', [deployment, replicaSet, running], ['web-5d4f8-x2x9z']],
    ['without the one in between', [deployment, running], ['web-5d4f8-x2x9z']],
    [
      'of a ReplicaSet that is called like a Deployment’s, and belongs to none',
      [deployment, alone, running],
      ['web-5d4f8-x2x9z', 'web-1', 'web-2', 'web-3'],
    ],
    ['of a ReplicaSet without a Deployment', [replicaSet, running], ['web-5d4f8-x2x9z']],
    [
      'and where there is none, its owner’s owner makes them',
      [deployment, replicaSet],
      ['web-1', 'web-2', 'web-3'],
    ],
    ['also of a ReplicaSet alone', [replicaSet], ['web-5d4f8-1', 'web-5d4f8-2', 'web-5d4f8-3']],
  ])('%s', (_, objects, expected) => {
    expect(names(...objects)).toEqual(expected)
    expect(names(...objects.toReversed())).toEqual(expected)
  })
})
