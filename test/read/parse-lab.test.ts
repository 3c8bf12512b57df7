import { expect, test } from 'vitest'
import type { Lab } from '../../src/model/lab.ts'
import { vethOf } from '../../src/model/pod-link.ts'
import { parseLab } from '../../src/read/parse-lab.ts'

const head = `name: lab
title: A lab
bridge: {name: br1, address: 10.0.0.1/24}
outside: {client: 192.0.2.10/24}
`

function parsed(text: string, manifests: Record<string, string> = {}): Lab {
  const { lab, problems } = parseLab(head + text, 'lab.yaml', path => {
    const manifest = manifests[path]
    return manifest === undefined ? { refusal: `there is no file ${path}` } : { text: manifest }
  })
  expect(problems).toEqual([])
  return lab!
}

test('a pod that is nothing but an address gets every default', () => {
  expect(parsed('pods: {a: 10.0.0.11/24}').pods).toEqual([
    {
      name: 'a',
      namespace: 'default',
      labels: {},
      address: { address: '10.0.0.11', prefix: 24 },
      node: 'host',
      link: { kind: 'bridge', bridge: 'br1', veth: 'veth_a' },
      gateway: '10.0.0.1',
      neighbours: [],
      nameservers: [],
      containers: [],
    },
  ])
})

test('a bridge and the pods on it are on the node that has it', () => {
  const { lab } = parseLab(
    `name: x
networks: {lan: {}}
nodes:
  n1:
    interfaces: {eth0: {network: lan, address: 10.4.7.21/24}}
    bridge: {name: docker0, address: 172.7.21.1/24}
    pods: {a: 172.7.21.2/24}
  n2:
    interfaces: {eth0: {network: lan, address: 10.4.7.22/24}}
    bridge: {name: docker0, address: 172.7.22.1/24}
    pods: {b: 172.7.22.2/24}
machines:
  router: {interfaces: {eth0: {network: lan, address: 10.4.7.1/24}}}
`,
    'lab.yaml',
    () => ({ text: '' }),
  )
  expect(lab?.bridges.map(({ node, name }) => `${node} ${name}`)).toEqual(['n1 docker0', 'n2 docker0'])
  expect(lab?.pods.map(pod => `${pod.node} ${pod.name} ${vethOf(pod)}`)).toEqual([
    'n1 a veth_a',
    'n2 b veth_b',
  ])
  expect(lab?.nodes.map(({ name }) => name)).toEqual(['n1', 'n2'])
  expect(lab?.machines.map(({ name }) => name)).toEqual(['router'])
})

test('a lab without a title is called by its name', () => {
  expect(parsed('pods: {a: 10.0.0.11/24}').title).toBe('A lab')
  const untitled = head.replace('title: A lab\n', '')
  const { lab, problems } = parseLab(`${untitled}pods: {a: 10.0.0.11/24}`, 'lab.yaml', () => ({
    refusal: '',
  }))
  expect(problems).toEqual([])
  expect(lab!.title).toBe('lab')
})

test('serve, command and ports make one container; several stand under containers', () => {
  const { pods } = parsed(`pods:
  a: {address: 10.0.0.11/24, serve: 8080, ports: {http: 8080}}
  b: {address: 10.0.0.12/24, command: "nginx -g 'daemon off;'", ports: {http: 80, dns: 53/UDP}}
  c: {address: 10.0.0.13/24, containers: {app: {serve: [80, 81]}, side: {command: [sleep, "9"]}}}
`)
  expect(pods.map(({ containers }) => containers)).toEqual([
    [{ name: 'main', serve: [8080], command: [], ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] }],
    [
      {
        name: 'main',
        serve: [],
        command: ['nginx', '-g', 'daemon off;'],
        ports: [
          { name: 'http', port: 80, protocol: 'TCP' },
          { name: 'dns', port: 53, protocol: 'UDP' },
        ],
      },
    ],
    [
      {
        name: 'app',
        serve: [80, 81],
        command: [],
        ports: [
          { name: '', port: 80, protocol: 'TCP' },
          { name: '', port: 81, protocol: 'TCP' },
        ],
      },
      { name: 'side', serve: [], command: ['sleep', '9'], ports: [] },
    ],
  ])
})

test("a container's readiness gets Kubernetes' defaults, and its port by name", () => {
  const { pods } = parsed(`pods:
  a: {address: 10.0.0.11/24, serve: 8080, ports: {http: 8080}, readiness: {httpGet: {port: http}}}
  b: {address: 10.0.0.12/24, command: [redis], readiness: {tcpSocket: {port: 6379}, periodSeconds: 2}}
`)
  const defaults = { periodSeconds: 10, timeoutSeconds: 1, failureThreshold: 3, successThreshold: 1 }
  expect(pods.map(({ containers }) => containers[0]?.readiness)).toEqual([
    { ...defaults, handler: { kind: 'httpGet', path: '/', port: 8080 } },
    { ...defaults, handler: { kind: 'tcpSocket', port: 6379 }, periodSeconds: 2 },
  ])
})

test('an outside machine is on a wire of its own, the host at its other end', () => {
  const text = `pods: {a: 10.0.0.11/24}`
  expect(parsed(text).outside).toEqual([
    {
      name: 'client',
      address: { address: '192.0.2.10', prefix: 24 },
      hostAddress: { address: '192.0.2.1', prefix: 24 },
      interface: 'out_client',
    },
  ])
})

test('a manifest and a service in place read alike, whatever the order of pods', () => {
  const manifest = `
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: 10.100.100.100, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`
  const inPlace =
    '{name: web, clusterIP: 10.100.100.100, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}'
  const pods = `pods:
  b: {address: 10.0.0.12/24, serve: 8080, labels: {app: web}}
  a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}}
`
  const fromFile = parsed(`${pods}services: [{manifest: web.yaml}]`, { 'web.yaml': manifest })
  expect(parsed(`${pods}services: [${inPlace}]`).services).toEqual(fromFile.services)
  expect(fromFile.services[0]?.pods).toEqual(['b', 'a'])
  expect(fromFile.sources.map(({ path }) => path)).toEqual(['lab.yaml', 'web.yaml'])
})

test('endpoints that an EndpointSlice of the manifest names are the pods with its addresses', () => {
  const manifest = `
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: 10.100.100.100, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{port: 8080}]
endpoints: [{addresses: [10.0.0.12]}]
`
  const { services } = parsed(
    'pods: {a: 10.0.0.11/24, b: {address: 10.0.0.12/24, serve: 8080}}\nservices: [{manifest: web.yaml}]',
    { 'web.yaml': manifest },
  )
  expect(services[0]?.pods).toEqual(['b'])
})

const web = `pods:
  a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}}
  b: {address: 10.0.0.12/24, serve: 8080, labels: {app: web}}
services: [{name: web, clusterIP: 10.100.100.100, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}]
`

function expected(expectation: string): unknown {
  const { steps } = parsed(
    `${web}steps: [{title: x, check: [{curl: "web:80", from: a, expect: ${expectation}}]}]`,
  )
  const [check] = steps[0]!.check
  return check?.kind === 'curl' ? check.expect : undefined
}

test('what a check expects is spelled out', () => {
  expect(expected('ok')).toEqual([{ kind: 'answers', backends: [] }])
  expect(expected('fails')).toEqual([{ kind: 'fails', how: ['refused', 'unreachable', 'timeout'] }])
  expect(expected('{backend: a, status: 200}')).toEqual([{ kind: 'answers', backends: ['a'], status: 200 }])
  expect(expected('[refused, {backend: [a, b]}]')).toEqual([
    { kind: 'fails', how: ['refused'] },
    { kind: 'answers', backends: ['a', 'b'] },
  ])
  expect(expected('{shares: even, failed: 0.25}')).toEqual([
    { kind: 'shares', shares: { a: 0.375, b: 0.375 }, failed: 0.25 },
  ])
})

test('shares that add up to almost 1 are meant to be all', () => {
  expect(expected('{shares: {a: 0.333, b: 0.666}}')).toEqual([
    { kind: 'shares', shares: { a: expect.closeTo(1 / 3, 10), b: expect.closeTo(2 / 3, 10) }, failed: 0 },
  ])
})

test('even shares are those of the endpoints that the service has at that step', () => {
  const { steps } = parsed(`${web}steps:
  - {title: one, endpoints: {web: [a]}}
  - {title: two, check: [{curl: 10.100.100.100:80, expect: {shares: even}}]}
`)
  expect(steps[0]?.endpoints).toEqual({ 'default/web': ['a'] })
  expect(steps[1]?.check[0]).toMatchObject({ expect: [{ kind: 'shares', shares: { a: 1 } }] })
})

test('a check from several places is a check from each of them', () => {
  const { steps } = parsed(
    `${web}steps: [{title: x, check: [{curl: "10.100.100.100:80", from: [host, a, client], once: true}]}]`,
  )
  expect(steps[0]?.check.map(({ from, within, once }) => ({ from, within, once }))).toEqual(
    ['host', 'a', 'client'].map(from => ({ from, within: 5, once: true })),
  )
})

test('a command check wants exit code 0, another one, or any other', () => {
  const { steps } = parsed(`${web}steps:
  - title: x
    check:
      - {command: ping -c 1 10.0.0.1}
      - {command: [ping, -c, "1", 10.0.0.9], expect: {exit: 1, output: 0 received}}
      - {command: ping 10.0.0.9, expect: fails}
`)
  expect(steps[0]?.check).toMatchObject([
    { kind: 'command', argv: ['ping', '-c', '1', '10.0.0.1'], exit: 0 },
    { exit: 1, output: '0 received' },
    { exit: undefined },
  ])
})

test('steps know their line, their commands and the parts that they build', () => {
  const { steps } = parsed(`${web}steps:
  - title: x
    build: [services]
    run:
      - iptables --table nat --new "A B"
      - {run: ip link set eth0 down, in: a, undo: ip link set eth0 up}
`)
  expect(steps).toMatchObject([
    {
      title: 'x',
      why: '',
      line: 10,
      build: ['services'],
      run: [
        { argv: ['iptables', '--table', 'nat', '--new', 'A B'], in: 'host' },
        { argv: ['ip', 'link', 'set', 'eth0', 'down'], in: 'a', undo: ['ip', 'link', 'set', 'eth0', 'up'] },
      ],
    },
  ])
})

test('names that JavaScript gives a meaning are names like any other', () => {
  const { pods } = parsed('pods: {constructor: 10.0.0.11/24, toString: 10.0.0.12/24}')
  expect(pods.map(({ name }) => name)).toEqual(['constructor', 'toString'])
})

test('a lab of a thousand pods is read in a blink', () => {
  const pods = Array.from(
    { length: 1000 },
    (_, i) => `  pod-with-a-long-name-${i}: 10.1.${i >> 8}.${i & 255}/16`,
  )
  const text = `name: lab\ntitle: x\nbridge: {name: br1, address: 10.1.200.1/16}\npods:\n${pods.slice(1).join('\n')}\n`
  const { lab, problems } = parseLab(text, 'lab.yaml', () => ({ refusal: '' }))
  expect(problems).toEqual([])
  const names = lab!.pods.flatMap(pod => vethOf(pod) ?? [])
  expect(new Set(names).size).toBe(999)
  expect(names.every(name => name.length <= 15)).toBe(true)
})
