import { describe, expect, it } from 'vitest'
import { readManifestFiles, readManifests } from '../../../src/read/manifest/read-manifests.ts'

const told = (text: string) =>
  readManifests(text, 'm.yaml').problems.map(({ line, column, message, fix }) =>
    [`${line}:${column}`, message, ...(fix === undefined ? [] : [fix])].join(' | '),
  )

const serviceText = (spec: string, name = 'cart') =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: ${spec}\n`

describe('a Service', () => {
  it('gets the defaults of the API server', () => {
    const text = serviceText('{clusterIP: 10.96.0.1, selector: {app: cart}, ports: [{port: 80}]}')
    expect(readManifests(text, 'm.yaml').objects.services).toEqual([
      {
        namespace: 'default',
        name: 'cart',
        type: 'ClusterIP',
        labels: {},
        clusterIPs: ['10.96.0.1'],
        selector: { app: 'cart' },
        ports: [{ name: '', protocol: 'TCP', port: 80, targetPort: 80 }],
        externalIPs: [],
        loadBalancerIPs: [],
        loadBalancerSourceRanges: [],
        sessionAffinity: 'None',
        sessionAffinityTimeout: 10_800,
        internalTrafficPolicy: 'Cluster',
        externalTrafficPolicy: 'Cluster',
      },
    ])
  })

  it('is read as a cluster gives it, with all that netlab does not need', () => {
    const text = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'shop', uid: 'a-b', labels: { app: 'web' }, managedFields: [{}] },
      spec: {
        type: 'LoadBalancer',
        clusterIP: '10.96.0.2',
        clusterIPs: ['10.96.0.2', 'fd00::2'],
        ipFamilies: ['IPv4', 'IPv6'],
        ipFamilyPolicy: 'PreferDualStack',
        allocateLoadBalancerNodePorts: true,
        selector: null,
        ports: [
          {
            name: 'http',
            protocol: 'TCP',
            port: 80,
            targetPort: 'http',
            nodePort: 30080,
            appProtocol: 'http',
          },
          { name: 'dns', protocol: 'UDP', port: 53, targetPort: 5353 },
        ],
        externalIPs: ['198.51.100.7'],
        loadBalancerSourceRanges: [' 203.0.113.0/24'],
        healthCheckNodePort: 31000,
        sessionAffinity: 'ClientIP',
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
        internalTrafficPolicy: 'Cluster',
        externalTrafficPolicy: 'Local',
        publishNotReadyAddresses: true,
      },
      status: {
        loadBalancer: {
          ingress: [{ ip: '198.51.100.9' }, { ip: '198.51.100.10', ipMode: 'Proxy' }, { hostname: 'a' }],
        },
      },
    })
    const { objects, problems } = readManifests(text, 'm.json')
    expect(problems).toEqual([])
    expect(objects.services[0]).toEqual({
      namespace: 'shop',
      name: 'web',
      type: 'LoadBalancer',
      labels: { app: 'web' },
      clusterIPs: ['10.96.0.2', 'fd00::2'],
      ipFamilies: ['IPv4', 'IPv6'],
      ipFamilyPolicy: 'PreferDualStack',
      ports: [
        { name: 'http', protocol: 'TCP', port: 80, targetPort: 'http', nodePort: 30_080 },
        { name: 'dns', protocol: 'UDP', port: 53, targetPort: 5353 },
      ],
      externalIPs: ['198.51.100.7'],
      loadBalancerIPs: ['198.51.100.9'],
      loadBalancerSourceRanges: ['203.0.113.0/24'],
      healthCheckNodePort: 31_000,
      sessionAffinity: 'ClientIP',
      sessionAffinityTimeout: 60,
      internalTrafficPolicy: 'Cluster',
      externalTrafficPolicy: 'Local',
      publishNotReadyAddresses: true,
      idleFields: ['spec.ports[].appProtocol', 'status.loadBalancer.ingress[].hostname'],
      isAllocated: true,
    })
  })

  it.each([
    ['{ports: [{port: 80800}]}', ['4:23 | 80800 is not a port | ports are 1 to 65535']],
    [
      '{clusterIP: 010.0.0.1, ports: [{port: 80}]}',
      ['4:19 | "010.0.0.1" is not an IP address | write 10.0.0.1'],
    ],
    ['{type: Nodeport, ports: [{port: 80}]}', [expect.stringContaining('did you mean "NodePort"?')]],
    [
      '{clusterip: 10.0.0.1, ports: [{port: 80}]}',
      ['4:8 | unknown key "clusterip" | did you mean "clusterIP"?'],
    ],
    ['{selector: {app: cart}}', ['4:1 | no ports | add "ports: [{port: 80}]"']],
    [
      '{ports: [{port: 80, name: a}, {port: 81}]}',
      ['4:37 | a port without a name beside others | add "name: port-81", say'],
    ],
    [
      '{ports: [{port: 80, name: a}, {port: 80, name: a}]}',
      [`4:44 | 80/TCP is port 1's already`, `4:54 | the name "a" is port 1's already`],
    ],
    [
      '{loadBalancerSourceRanges: [10.0.0.0], ports: [{port: 1}]}',
      ['4:35 | 10.0.0.0 has no prefix | write 10.0.0.0/32 for it alone'],
    ],
    [
      '{clusterIP: 10.0.0.1, clusterIPs: [10.0.0.2], ports: [{port: 1}]}',
      ['4:42 | clusterIPs starts with 10.0.0.2, but clusterIP is 10.0.0.1 | write the same address in both'],
    ],
  ])('with %s is refused', (spec, problems) => {
    expect(told(serviceText(spec)).toSorted()).toEqual((problems as string[]).toSorted())
  })

  it('may use one number for two protocols, and needs no ports where it is headless', () => {
    expect(told(serviceText('{ports: [{name: a, port: 53}, {name: b, port: 53, protocol: UDP}]}'))).toEqual(
      [],
    )
    expect(told(serviceText('{clusterIP: None}'))).toEqual([])
    expect(told(serviceText('{type: ExternalName, externalName: example.org}'))).toEqual([])
  })
})

describe('endpoints', () => {
  const slice = `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: cart-1, namespace: shop, labels: {kubernetes.io/service-name: cart}}
addressType: IPv4
ports: [{name: "", port: 8080}, {name: any, port: null}]
endpoints:
- {addresses: [10.1.0.2], nodeName: n1, conditions: {ready: false, serving: true, terminating: true}}
- {addresses: [10.1.0.3], conditions: {ready: null}}
`

  it('come from EndpointSlices', () => {
    expect(readManifests(slice, 'm.yaml').objects.slices).toEqual([
      {
        namespace: 'shop',
        service: 'cart',
        addressType: 'IPv4',
        ports: [{ name: '', protocol: 'TCP', port: 8080 }],
        endpoints: [
          { addresses: ['10.1.0.2'], nodeName: 'n1', ready: false, serving: true, terminating: true },
          { addresses: ['10.1.0.3'] },
        ],
      },
    ])
  })

  it('of the wrong family are refused, and a slice of no service is left out', () => {
    expect(told(slice.replace('10.1.0.3', 'fd00::3'))).toEqual(['8:16 | "fd00::3" is not an IPv4 address'])
    const { objects, skipped } = readManifests(slice.replace('kubernetes.io/service-name', 'app'), 'm.yaml')
    expect(objects.slices).toEqual([])
    expect(skipped.map(({ what, why }) => `${what}: ${why}`)).toEqual([
      'EndpointSlice cart-1: it has no label kubernetes.io/service-name, so that it belongs to no service',
    ])
  })

  it('come from the older Endpoints, too', () => {
    const text = `{apiVersion: v1, kind: Endpoints, metadata: {name: cart}, subsets: [
      {addresses: [{ip: 10.1.0.2, nodeName: n1}], notReadyAddresses: [{ip: fd00::3}], ports: [{port: 8080}]}]}`
    expect(readManifests(text, 'm.yaml').objects.slices).toMatchObject([
      { service: 'cart', addressType: 'IPv4', endpoints: [{ addresses: ['10.1.0.2'], ready: true }] },
      { service: 'cart', addressType: 'IPv6', endpoints: [{ addresses: ['fd00::3'], ready: false }] },
    ])
  })
})

describe('pods', () => {
  const spec = 'spec: {nodeName: n1, containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}'
  const read = (rest: string) =>
    readManifests(
      `apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {app: cart}}\n${spec}\n${rest}`,
      'm.yaml',
    ).objects.pods[0]

  it('are ready by themselves, as a person writes them', () => {
    const ports = [{ name: 'http', port: 8080, protocol: 'TCP' }]
    expect(read('')).toEqual({
      namespace: 'default',
      name: 'a',
      labels: { app: 'cart' },
      addresses: [],
      nodeName: 'n1',
      ports,
      containers: [{ name: 'c', ports }],
      hostNetwork: false,
      isKnown: false,
      ready: true,
      terminating: false,
      ended: false,
    })
  })

  it('have the state that the cluster gives', () => {
    const status = 'podIP: 10.1.0.2, conditions: [{type: Ready, status: "False"}]'
    expect(read(`status: {${status}}`)).toMatchObject({ addresses: ['10.1.0.2'], ready: false })
    expect(
      read('status: {podIP: 10.1.0.2, podIPs: [{ip: 10.1.0.2}, {ip: "fd00::2"}]}')?.addresses,
    ).toHaveLength(2)
    expect(read('status: {phase: Succeeded, podIP: 10.1.0.2}')).toMatchObject({ addresses: [], ended: true })
  })

  it('of a Deployment have the labels of its template, which it has to select', () => {
    const text = (labels: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {${labels}}}
    spec: {containers: [{name: c, image: nginx, ports: [{containerPort: 80}]}]}
`
    expect(readManifests(text('app: web'), 'm.yaml').objects.workloads).toEqual([
      {
        kind: 'Deployment',
        namespace: 'default',
        name: 'web',
        replicas: 3,
        firstOrdinal: 0,
        template: {
          labels: { app: 'web' },
          containers: [{ name: 'c', ports: [{ name: '', port: 80, protocol: 'TCP' }] }],
          hostNetwork: false,
        },
      },
    ])
    expect(told(text('app: wep'))).toEqual([
      '6:33 | its own pods have no label app: web | add it under spec.template.metadata.labels',
    ])
  })
})

describe('a file', () => {
  it('may hold several documents, empty ones, and lists of objects', () => {
    const item = '{apiVersion: v1, kind: Service, metadata: {name: NAME}, spec: {ports: [{port: 80}]}}'
    const named = (name: string) => item.replace('NAME', name)
    const text = `---\n${named('a')}\n---\n---\n{apiVersion: v1, kind: List, items: [${named('b')}, {apiVersion: v1, kind: ServiceList, items: [${named('c')}]}]}\n`
    const { objects, problems } = readManifests(text, 'm.yaml')
    expect(problems).toEqual([])
    expect(objects.services.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  })

  it('may hold other things, which are left out', () => {
    const text =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n---\napiVersion: serving.knative.dev/v1\nkind: Service\n'
    const { otherKinds, problems } = readManifests(text, 'm.yaml')
    expect(problems).toEqual([])
    expect([...otherKinds]).toEqual([
      ['ConfigMap', 1],
      ['Service', 1],
    ])
  })

  it.each([
    ['kind: Service', '1:1 | "apiVersion" is missing | add "apiVersion: v1"'],
    ['apiVersion: v1\nkind: Sevice', '2:7 | unknown kind "Sevice" | did you mean "Service"?'],
    ['apiVersion: openshift.io/v1\nkind: Deployment', undefined],
    [
      'apiVersion: apps/v1alpha1\nkind: Deployment',
      '1:13 | Deployment of apps/v1alpha1 is not read | write apps/v1',
    ],
    ['- 1', '1:1 | not a Kubernetes object | an object has apiVersion, kind and metadata'],
  ])('with %j is told', (text, problem) => {
    expect(told(text)).toEqual(problem === undefined ? [] : [problem])
  })

  it('tells all its mistakes, from the top', () => {
    const text = [
      serviceText('{ports: [{port: 0}]}'),
      'kind: Pod\n',
      serviceText('{ports: [{port: x}]}', 'b'),
    ].join('---\n')
    expect(told(text).map(problem => problem.split(' | ')[0])).toEqual(['4:23', '6:1', '11:23'])
  })
})

it('the same object twice is refused, across files too, and says where the first one is', () => {
  const text = serviceText('{ports: [{port: 80}]}')
  const sources = ['a.yaml', 'b.yaml'].map(path => ({ path, text }))
  expect(readManifestFiles(sources).problems).toMatchObject([
    { file: 'b.yaml', line: 3, message: 'Service default/cart is there already, in a.yaml:3' },
  ])
})

it('a later check can point into the manifest', () => {
  const read = readManifests(serviceText('{clusterIP: 10.96.0.1, ports: [{port: 80}]}'), 'm.yaml')
  const [service] = read.objects.services
  expect(read.problemWith(service!, ['spec', 'clusterIP'], 'inside a pod subnet')).toMatchObject({
    file: 'm.yaml',
    line: 4,
    column: 19,
    length: 9,
    message: 'inside a pod subnet',
  })
})

it('a large JSON file has its mistakes told by line, too', () => {
  const item = (name: string, port: number) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, annotations: { filler: 'x'.repeat(300 * 1024) } },
    spec: { ports: [{ port }] },
  })
  const list = (port: number) =>
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [item('a', 80), item('b', port)] }, undefined, 1)
  expect(readManifests(list(81), 'm.json').objects.services.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(told(list(0))).toEqual(['34:15 | 0 is not a port | ports are 1 to 65535'])
})

describe('a ServiceCIDR', () => {
  const cidr = (cidrs: string, fields = 'name: kubernetes', version = 'v1') =>
    `apiVersion: networking.k8s.io/${version}\nkind: ServiceCIDR\nmetadata: {${fields}}\nspec: {cidrs: ${cidrs}}\n`

  it('says where the cluster takes cluster IPs from', () => {
    const two = `${cidr('[10.96.0.0/16, "fd00::/112"]')}---\n${cidr('[" 10.98.0.0/16"]', 'name: more')}`
    expect(readManifests(two, 'm.yaml').objects.serviceCIDRs).toEqual([
      '10.96.0.0/16',
      'fd00::/112',
      '10.98.0.0/16',
    ])
  })

  it.each([
    [
      'is in no namespace',
      `${cidr('[10.96.0.0/16]')}---\n${cidr('[10.98.0.0/16]')}`,
      '8:18 | ServiceCIDR kubernetes is there already, in m.yaml:3 | rename or remove one',
    ],
    ['has networks', cidr('[10.96.0.0]'), '4:16 | 10.96.0.0 has no prefix | write 10.96.0.0/32 for it alone'],
    ['has one at least', cidr('[]'), '4:15 | must not be empty'],
    [
      'is read in the versions of today',
      cidr('[10.96.0.0/16]', 'name: a', 'v1alpha1'),
      '1:13 | ServiceCIDR of networking.k8s.io/v1alpha1 is not read | write networking.k8s.io/v1',
    ],
  ])('%s', (_, text, problem) => {
    expect(told(text)).toEqual([problem])
  })
})
