import { describe, expect, it } from 'vitest'
import { usualPools } from '../../src/allocation/services.ts'
import { makeLab } from '../../src/cluster/make-lab.ts'
import { dataplaneOf } from '../../src/dataplane/modes.ts'
import type { LabOrigin } from '../../src/model/lab.ts'
import { nodeView, serviceTargets } from '../../src/plan/kube-proxy.ts'
import { labAsBuilt } from '../../src/plan/lab-in-condition.ts'
import { otherKindsOfLab } from '../../src/read/manifest/read-manifests.ts'
import { parseLab } from '../../src/read/parse-lab.ts'

const made = (text: string, options: Partial<LabOrigin> = {}, before?: Parameters<typeof makeLab>[2]) =>
  makeLab(
    {
      names: ['shop.yaml'],
      manifests: [[{ path: 'shop.yaml', text }]],
      ...{ nodes: 0, podCIDRs: [], serviceCIDRs: [], nodePorts: usualPools.nodePorts },
      ...options,
    },
    { name: 'shop', from: 'shop.yaml' },
    before,
  )

const service = (name: string, spec: string, metadata = '') =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}${metadata}}\nspec: ${spec}\n`
const workload = (kind: string, name: string, containers: string, more = '', metadata = '') =>
  `apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}${metadata}}
spec:
  ${more}
  selector: {matchLabels: {app: ${name}}}
  template: {metadata: {labels: {app: ${name}}}, spec: {${containers}}}
`
const joined = (...objects: string[]) => objects.join('---\n')

const shop = joined(
  service('web', '{type: NodePort, selector: {app: web}, ports: [{port: 80, targetPort: http}]}'),
  service('dns', '{selector: {app: dns}, ports: [{port: 53, protocol: UDP}]}'),
  service('db', '{clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}'),
  service('front', '{type: LoadBalancer, selector: {app: web}, ports: [{port: 8080, targetPort: 9000}]}'),
  service('gone', '{selector: {app: gone}, ports: [{port: 80}]}'),
  service('far', '{type: ExternalName, externalName: far.example}'),
  workload(
    'Deployment',
    'web',
    'containers: [{name: app, ports: [{name: http, containerPort: 8000}], readinessProbe: {httpGet: {path: /ok, port: 8081}}}], ' +
      'initContainers: [{name: once}, {name: proxy, restartPolicy: Always, ports: [{containerPort: 15001}]}]',
    'replicas: 2',
  ),
  workload('DaemonSet', 'dns', 'containers: [{name: dns, ports: [{containerPort: 53, protocol: UDP}]}]'),
  workload('StatefulSet', 'db', 'containers: [{name: db}]', 'serviceName: db'),
)

describe('a lab that is made of manifests', () => {
  it('leaves out kube-proxy’s settings, mistaken ones too: a lab has its own', () => {
    const settings =
      'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nnewerSetting: 1\n'
    const { lab, manifests } = made(joined(shop, settings))
    expect(lab.services).toEqual(made(shop).lab.services)
    expect(otherKindsOfLab(manifests).get('KubeProxyConfiguration')).toBe(1)
  })

  it('has a file that a person could have written: it validates, and gives the same plan', () => {
    for (const nodes of [0, 3]) {
      const { lab, text } = made(shop, { nodes })
      const read = parseLab(text, 'shop.yaml', () => ({ refusal: 'none' }))
      expect(read.problems).toEqual([])
      expect(labAsBuilt(read.lab!).plan).toEqual(labAsBuilt(lab).plan)
    }
  })

  it('does not depend on the order of the objects', () => {
    const reversed = shop.split('---\n').toReversed().join('---\n')
    for (const nodes of [0, 2]) expect(made(reversed, { nodes }).text).toBe(made(shop, { nodes }).text)
  })

  it('has the pods, with what their containers, sidecars, probes and services say that they listen on', () => {
    const { lab } = made(shop)
    const told = lab.pods.map(
      ({ name, address, containers }) =>
        `${name} ${address.address}: ${containers
          .map(
            each =>
              `${each.name} ${each.serve.join(' ')}${(each.datagrams ?? []).map(port => `${port}/UDP`)}`,
          )
          .join(', ')}`,
    )
    expect(told).toEqual([
      'db-0 10.244.0.2: main 5432',
      'dns-1 10.244.0.3: main 53/UDP',
      'web-1 10.244.0.4: app 8000 8081 9000, proxy 15001',
      'web-2 10.244.0.5: app 8000 8081 9000, proxy 15001',
    ])
    expect(lab.pods[2]?.containers[0]?.readiness?.handler).toEqual({
      kind: 'httpGet',
      path: '/ok',
      port: 8081,
    })
  })

  it('has the services but those that are names alone, with endpoints', () => {
    const { lab, notes } = made(shop)
    expect(lab.services.map(({ name, pods }) => `${name}: ${pods.join(' ')}`)).toEqual([
      'db: db-0',
      'dns: dns-1',
      'front: web-1 web-2',
      'gone: ',
      'web: web-1 web-2',
    ])
    expect(notes.withoutEndpoints).toEqual([
      'default/gone has no endpoints: its selector {app: gone} matches no pod in namespace default',
    ])
    expect(notes.ofLab).toEqual(['no part of the lab, since they have no rules: default/far'])
  })

  it('gives pods of a StatefulSet their names in DNS', () => {
    const { lab } = made(shop)
    const hosts = labAsBuilt(lab).plan.steps.flatMap(({ actions }) =>
      actions.flatMap(({ command }) =>
        command.argv.at(-1)?.endsWith('/hosts') ? (command.input ?? '') : [],
      ),
    )
    expect(hosts.join('')).toContain(
      '10.244.0.2\tdb-0.db db-0.db.default db-0.db.default.svc db-0.db.default.svc.cluster.local ' +
        'db db.default db.default.svc db.default.svc.cluster.local\n',
    )
  })

  it('asks each service once, and expects a refusal where nobody is behind it', () => {
    const { lab } = made(shop)
    const checks = lab.steps.flatMap(({ check }) => check)
    const of = (name: string) => lab.services.find(each => each.name === name)
    const told = checks.map(check => (check.kind === 'curl' ? `${check.url} from ${check.from}` : ''))
    expect(told).toEqual([
      `http://${of('front')?.clusterIPs[0]}:8080 from db-0`,
      `http://192.0.2.1:${of('front')?.ports[0]?.nodePort} from client`,
      `http://${of('front')?.loadBalancerIPs[0]}:8080 from client`,
      `http://${of('gone')?.clusterIPs[0]}:80 from db-0`,
      `http://${of('web')?.clusterIPs[0]}:80 from db-0`,
      `http://192.0.2.1:${of('web')?.ports[0]?.nodePort} from client`,
    ])
    expect(checks[3]).toMatchObject({ expect: [{ kind: 'fails', how: ['refused'] }] })
  })

  it('spreads pods over nodes, one of a DaemonSet on each', () => {
    const { lab } = made(shop, { nodes: 2 })
    expect(lab.nodes.map(({ name }) => name)).toEqual(['node-1', 'node-2'])
    expect(lab.pods.map(({ name, node, address }) => `${name} ${node} ${address.address}`)).toEqual([
      'db-0 node-1 10.244.1.2',
      'dns-1 node-1 10.244.1.3',
      'web-2 node-1 10.244.1.4',
      'dns-2 node-2 10.244.2.2',
      'web-1 node-2 10.244.2.3',
    ])
  })

  it('sends clients to endpoints of their own node where PreferSameNode asks for it, and has no zones', () => {
    const near = (how: string) =>
      made(
        joined(
          service('web', `{selector: {app: web}, ports: [{port: 80}], trafficDistribution: ${how}}`),
          workload('Deployment', 'web', 'containers: [{name: app}]', 'replicas: 4'),
        ),
        { nodes: 2 },
      )
    const { lab, notes } = near('PreferSameNode')
    const endpoints = { 'default/web': lab.pods.map(({ name }) => name) }
    const chosen = (node: string) => {
      const model = dataplaneOf(lab.proxy).model(nodeView(lab, { node, family: 'ipv4' }, endpoints))
      const port = { service: 'default/web', portName: '', protocol: 'TCP' } as const
      return model(port, 'cluster IP', { from: 'pod', address: '10.244.1.9' })?.endpoints
    }
    expect(chosen('node-1')).toEqual(['10.244.1.2:80', '10.244.1.3:80'])
    expect(chosen('node-2')).toEqual(['10.244.2.2:80', '10.244.2.3:80'])
    // What verify expects of each node.
    const [target] = serviceTargets(lab, endpoints)
    expect(target?.entries.map(({ node, local }) => [node, local?.pods])).toEqual([
      ['node-1', ['web-1', 'web-3']],
      ['node-2', ['web-2', 'web-4']],
    ])
    expect(notes.ofLab).toEqual([])
    expect(near('PreferClose').notes.ofLab).toEqual([
      "trafficDistribution has no meaning here, the lab's nodes are in no zones: default/web",
    ])
  })

  it('names pods of two namespaces apart', () => {
    const apart = joined(
      workload('Deployment', 'web', 'containers: []'),
      workload('Deployment', 'web', 'containers: []', '', ', namespace: shop'),
    )
    expect(made(apart).lab.pods.map(({ name, namespace }) => `${namespace} ${name}`)).toEqual([
      'default web-1.default',
      'shop web-1.shop',
    ])
  })

  it('has both families where a service asks for them', () => {
    const dual = service(
      'web',
      '{ipFamilyPolicy: RequireDualStack, selector: {app: web}, ports: [{port: 80}]}',
    )
    const { lab } = made(joined(dual, workload('Deployment', 'web', 'containers: []')))
    expect(lab.pods[0]?.otherAddress?.address).toBe('fd00:10:244::2')
    expect(lab.services[0]?.clusterIPs[1]).toMatch(/^fd00:10:96::/)
    expect(() => made(dual, { nodes: 2 })).toThrow('several nodes has IPv4 only')
  })
})

describe('of a cluster’s dump', () => {
  const running = (name: string, address: string, more = '') =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, labels: {app: web}}\nspec: {containers: [{name: c, ports: [{containerPort: 80}]}]}\nstatus: {podIP: ${address}, phase: Running${more}}\n`
  const slice = (endpoints: string) =>
    `apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web-1, labels: {kubernetes.io/service-name: web}}\naddressType: IPv4\nports: [{port: 80}]\nendpoints: ${endpoints}\n`
  const web = service('web', '{selector: {app: web}, ports: [{port: 80}]}')

  it('pods keep addresses of the lab’s network, and get others for others', () => {
    const { lab } = made(joined(web, running('a', '10.244.0.9'), running('b', '172.17.0.4')))
    expect(lab.pods.map(({ name, address }) => `${name} ${address.address}`)).toEqual([
      'a 10.244.0.9',
      'b 10.244.0.2',
    ])
    expect(lab.services[0]?.pods).toEqual(['a', 'b'])
  })

  it('EndpointSlices are the truth, and what is no pod is played by one', () => {
    const endpoints =
      '[{addresses: [172.17.0.4]}, {addresses: [172.17.0.99]}, {addresses: [10.244.0.9], conditions: {ready: false}}]'
    const { lab, notes } = made(
      joined(web, running('a', '10.244.0.9'), running('b', '172.17.0.4'), slice(endpoints)),
    )
    expect(lab.services[0]?.pods).toEqual(['b', 'web-endpoint-1'])
    expect(notes.ofLab).toEqual([
      'endpoints that are no pods of the manifests are played by pods of their own: default/web',
    ])
  })

  it('a service whose EndpointSlice is empty has no endpoints, and why is told', () => {
    const { notes } = made(
      joined(web, running('a', '10.244.0.8').replace('app: web', 'app: other'), slice('[]')),
    )
    expect(notes.withoutEndpoints).toEqual([
      'default/web has no endpoints: its selector {app: web} matches no pod in namespace default',
    ])
  })

  it('a pod that is pending is there, and no endpoint', () => {
    const pending = running('p', '10.244.0.9').replace('phase: Running', 'phase: Pending')
    const { lab } = made(joined(web, running('a', '10.244.0.8'), pending))
    expect([lab.pods.length, lab.services[0]?.pods]).toEqual([2, ['a']])
  })
})

describe('what is wrong', () => {
  it('is told of the manifests, at its place', () => {
    const two = joined(
      service('a', '{clusterIP: 10.96.0.9, ports: [{port: 80}]}'),
      service('b', '{clusterIP: 10.96.0.9, type: NodePort, ports: [{port: 80, nodePort: 30080}]}'),
      service('c', '{type: NodePort, ports: [{port: 80, nodePort: 30080}]}'),
    )
    const problems = () => {
      try {
        made(two)
      } catch (error) {
        return (error as { problems: { line: number; message: string }[] }).problems
      }
      return []
    }
    expect(problems().map(({ line, message }) => `${line} ${message}`)).toEqual([
      '9 failed to allocate IP 10.96.0.9: provided IP is already allocated to default/a',
      '14 node port 30080: provided port is already allocated to default/b',
    ])
  })

  const toldBy = (make: () => unknown) => {
    try {
      make()
    } catch (error) {
      return (error as { problems: { file: string; message: string }[] }).problems.map(
        ({ file, message }) => `${file} ${message}`,
      )
    }
    return []
  }

  it('is told of the one that comes later, where another has it in the lab that runs', () => {
    const first = joined(
      service('web', '{ports: [{port: 80}]}'),
      workload('Deployment', 'web', 'containers: []'),
    )
    const { lab } = made(first)
    const own = lab.services[0]?.clusterIPs[0]
    const manifests = [
      [{ path: 'shop.yaml', text: first }],
      [{ path: 'more.yaml', text: service('a', `{clusterIP: ${own}, ports: [{port: 80}]}`) }],
    ]
    expect(toldBy(() => made('', { manifests }, lab))).toEqual([
      `more.yaml failed to allocate IP ${own}: provided IP is already allocated to default/web`,
    ])
  })

  it('is told where the network has no addresses for all pods', () => {
    const many = workload('Deployment', 'web', 'containers: []', 'replicas: 6')
    expect(() => made(many, { podCIDRs: ['10.9.0.0/29'] })).toThrow(
      'there is no address left for the pod default/web-6 on host, in 10.9.0.0/29',
    )
  })

  it('is told where the service network has no addresses for all services', () => {
    const services = ['a', 'b', 'c'].map(name =>
      JSON.stringify({
        ...{ apiVersion: 'v1', kind: 'Service', metadata: { name } },
        spec: { ports: [{ port: 80 }] },
      }),
    )
    expect(() => made(services.join('\n---\n'), { serviceCIDRs: ['10.9.0.0/30'] })).toThrow(
      'there is no cluster IP left for the Service default/c in 10.9.0.0/30',
    )
  })

  it('is told where there is nothing at all', () => {
    expect(() => made('apiVersion: v1\nkind: Secret\n')).toThrow(
      'there is nothing in shop.yaml that makes a lab',
    )
  })
})

it('what runs stays as it is when manifests change, and what is new gets something else', () => {
  const { lab } = made(shop)
  const grown = joined(
    shop.replace('replicas: 2', 'replicas: 3'),
    service('another', '{selector: {app: another}, ports: [{port: 80}]}'),
    workload('Deployment', 'another', 'containers: []'),
  )
  const now = made(grown, {}, lab).lab
  const addresses = (some: typeof lab) =>
    new Map(some.pods.map(({ name, address }) => [name, address.address]))
  for (const [name, address] of addresses(lab)) expect(addresses(now).get(name)).toBe(address)
  expect(addresses(now).get('another-1')).toBe('10.244.0.6')
  for (const old of lab.services)
    expect(now.services.find(({ name }) => name === old.name)).toEqual(
      expect.objectContaining({
        clusterIPs: old.clusterIPs,
        ports: old.ports,
      }),
    )
})
