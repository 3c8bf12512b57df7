import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadManifests, nameOf } from '../../src/read/load-manifests.ts'
import { readManifestFiles } from '../../src/read/manifest/read-manifests.ts'
import { ownFolder } from '../own-folder.ts'

const folder = ownFolder('manifests')

const inFolder = (name: string, files: Record<string, string>) => {
  mkdirSync(join(folder, name), { recursive: true })
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), text)
  return join(folder, name)
}
const load = (...names: string[]) => loadManifests(names, async () => 'from stdin')
const paths = async (...names: string[]) =>
  (await load(...names)).map(({ path }) => path.replace(`${folder}/`, ''))

describe('manifests are read', () => {
  const plain = join(folder, 'plain')
  beforeAll(() => {
    inFolder('plain', { 'b.yaml': '', 'a.yml': '', 'c.json': '', '.hidden.yaml': '', 'notes.txt': '' })
  })

  it('of a folder, by its own files, each once', async () => {
    expect(await paths(plain, join(plain, 'b.yaml'))).toEqual(['plain/a.yml', 'plain/b.yaml', 'plain/c.json'])
  })

  it('of a pattern that the shell has left as it is', async () => {
    expect(await paths(join(plain, '*.y{,a}ml'))).toEqual(['plain/a.yml', 'plain/b.yaml'])
  })

  it('from standard input', async () => {
    expect(await load('-')).toEqual([{ path: 'stdin', text: 'from stdin' }])
  })

  it.each([
    ['a chart', () => inFolder('chart', { 'Chart.yaml': '', 'values.yaml': '' }), /is a Helm chart.*/],
    [
      'what kustomize reads',
      () => inFolder('base', { 'kustomization.yaml': '', 'a.yaml': '' }),
      /kustomize makes/,
    ],
    [
      'a folder of other things',
      () => inFolder('texts', { 'a.txt': '' }),
      /has no \.yaml, \.yml or \.json file/,
    ],
    ['an address on the web', () => 'https://example.com/a.yaml?b=c d', /netlab fetches nothing/],
  ])('but not of %s', async (_, name, message) => {
    await expect(load(name())).rejects.toThrow(message)
  })

  it.each([
    [['deploy/bookinfo.yaml'], 'bookinfo'],
    [['-', 'K8s Manifests/'], 'k8s-manifests'],
    [['-'], 'manifests'],
  ])('%j name a lab %s', (names, name) => expect(nameOf(names)).toBe(name))
})

describe('the texts may be', () => {
  const read = (text: string) => readManifestFiles([{ path: 'm', text }])
  const names = (text: string) => {
    const { objects, problems } = read(text)
    expect(problems).toEqual([])
    return objects.services.map(({ name }) => name)
  }
  const one = (name: string, more = '') =>
    `{${more}"metadata": {"name": "${name}"}, "spec": {"ports": [{"port": 80}]}}`
  const typed = (name: string) => one(name, '"apiVersion": "v1", "kind": "Service", ')

  it('a list as kubectl get --raw gives it, whose items do not say what they are', () => {
    expect(names(`{"kind": "ServiceList", "apiVersion": "v1", "items": [${one('a')}, ${one('b')}]}`)).toEqual(
      ['a', 'b'],
    )
  })

  it('objects of JSON one after the other, a line each or more', () => {
    expect(names(`${typed('a')}\n${typed('b')}\n`)).toEqual(['a', 'b'])
    const { problems } = read(
      `${typed('a')}\n{"apiVersion": "v1",\n "kind": "Service",\n "metadata": {"name": "B"}, "spec": {}}`,
    )
    expect(problems.map(({ line }) => line)).toEqual([4])
  })

  it('no templates, which are told as such', () => {
    const chart =
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\nspec: {ports: [{port: 80}]}\n'
    expect(read(chart).problems).toMatchObject([
      { line: 4, column: 9, message: 'this is a template of a Helm chart, and no manifest yet' },
    ])
    const rule = 'apiVersion: v1\nkind: ConfigMap\ndata: {a: "{{ $labels.pod }}"}\n'
    expect(read(rule).problems).toEqual([])
  })

  it('no templates of other programs', () => {
    const other = 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  clusterIP: {{ip}}\n'
    const [told, ...more] = read(other).problems
    expect(told).toMatchObject({ line: 5, column: 14, message: 'this is a template, and no manifest yet' })
    expect(more).toEqual([])
  })

  it('no patches of kustomize, whose other part stands elsewhere', () => {
    const patch =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: []}}}\n'
    expect(read(patch).problems).toMatchObject([
      { message: 'a Deployment without a selector', fix: expect.stringContaining('kubectl kustomize') },
    ])
    const [told] = read('kind: Job\nmetadata: {name: init}\n').problems
    expect(told).toMatchObject({ message: '"apiVersion" is missing', fix: 'add "apiVersion: batch/v1"' })
  })

  it('templates that a ConfigMap holds, beside a mistake of another object', () => {
    const words = 'apiVersion: v1\nkind: ConfigMap\ndata: {a: "{{ if .Alerts }}x{{ end }}"}\n'
    expect(read(`${words}---\napiVersion: v1\nkind: Sevice\n`).problems).toMatchObject([
      { line: 6, message: 'unknown kind "Sevice"' },
    ])
  })
})

describe('a Pod is refused as the API server does it', () => {
  it.each([
    ['{containers: [{name: "A b"}]}', '"A b" cannot be a name'],
    ['{hostname: web_0, containers: []}', '"web_0" cannot be a name'],
    ['{subdomain: a.b, containers: []}', '"a.b" cannot be a name'],
    [
      '{containers: [{name: a, readinessProbe: {tcpSocket: {port: 80}, periodSeconds: -1}}]}',
      '-1 is too small: at least 0',
    ],
    ['{containers: [{name: a, readinessProbe: {tcpSocket: {port: 99999}}}]}', '99999 is not a port'],
  ])('%s', (spec, message) => {
    const text = `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: ${spec}\n`
    expect(readManifestFiles([{ path: 'm', text }]).problems).toMatchObject([{ line: 4, message }])
  })
})

describe('a Service is refused in the API server’s words', () => {
  const told = (spec: string, name = 'web') =>
    readManifestFiles([
      { path: 'm', text: `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: ${spec}\n` },
    ]).problems.map(({ message }) => message)

  it.each([
    ['{ports: [{port: 80, nodePort: 30080}]}', "nodePort may not be used when `type` is 'ClusterIP'"],
    [
      '{type: NodePort, clusterIP: None, ports: [{port: 80}]}',
      "clusterIP may not be set to 'None' for NodePort services",
    ],
    ['{type: ExternalName}', 'a Service of type ExternalName without an externalName'],
    [
      '{type: ExternalName, externalName: a, clusterIP: 10.0.0.1}',
      'clusterIP may not be set for ExternalName services',
    ],
    [
      '{type: LoadBalancer, ports: [{port: 10250}]}',
      'may not expose port 10250 externally since it is used by kubelet',
    ],
    [
      '{loadBalancerSourceRanges: [10.0.0.0/8], ports: [{port: 80}]}',
      "loadBalancerSourceRanges may only be used when `type` is 'LoadBalancer'",
    ],
    [
      '{externalTrafficPolicy: Local, ports: [{port: 80}]}',
      'externalTrafficPolicy may only be set for externally-accessible services',
    ],
    [
      '{type: NodePort, healthCheckNodePort: 31000, ports: [{port: 80}]}',
      "healthCheckNodePort may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
    ],
    [
      '{sessionAffinityConfig: {clientIP: {timeoutSeconds: 9}}, ports: [{port: 80}]}',
      'sessionAffinityConfig must not be set when session affinity is None',
    ],
  ])('%s', (spec, message) => expect(told(spec)).toEqual([message]))

  it.each(['1web', 'we.b', 'Web', 'web-', `w${'e'.repeat(63)}`])('with the name %s', name =>
    expect(told('{ports: [{port: 80}]}', name)).not.toEqual([]),
  )

  it('and a targetPort by a number in quotes, but not by 0 or an empty text', () => {
    expect(told('{ports: [{port: 80, targetPort: "8080"}]}')).toEqual(['"8080" cannot be the name of a port'])
    for (const target of ['0', '""']) {
      const text = `apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80, targetPort: ${target}}]}\n`
      const { objects, problems } = readManifestFiles([{ path: 'm', text }])
      expect([problems, objects.services[0]?.ports[0]?.targetPort]).toEqual([[], 80])
    }
  })
})
