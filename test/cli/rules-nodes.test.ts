import { afterEach, describe, expect, it, vi } from 'vitest'
import { manifestFiles, rules } from './rules-verb.ts'

const file = manifestFiles()
afterEach(() => vi.restoreAllMocks())

const node = (name: string, fields: { zone?: string; spec?: string; status?: string } = {}) => `---
apiVersion: v1
kind: Node
metadata: {name: ${name}, labels: {${fields.zone === undefined ? '' : `topology.kubernetes.io/zone: ${fields.zone}`}}}
spec: ${fields.spec ?? '{}'}
status: ${fields.status ?? '{}'}
`
const web = (spec: string, replicas = 3) => `---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: 10.96.0.1, selector: {app: web}, ports: [{port: 80}], ${spec}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c}]}}
`
const targets = (text: string) =>
  [...text.matchAll(/--to-destination (\S+)/g)].map(([, target = '']) => target).sort()

const three =
  node('n1', { zone: 'a', spec: '{podCIDR: 10.1.1.0/24}' }) +
  node('n2', { zone: 'b', spec: '{podCIDRs: [10.1.2.0/24]}' }) +
  node('n3', { zone: 'b', spec: '{podCIDRs: [10.1.3.0/24]}' })

describe('netlab rules of manifests with Nodes', () => {
  it('spreads pods over them, each with addresses of its own network', async () => {
    const { out, notes } = await rules(file('spread.yaml', three + web('')))
    expect(targets(out)).toEqual(['10.1.1.2:80', '10.1.2.2:80', '10.1.3.2:80'])
    expect(notes).toBe(
      'the rules are for a node that is none of the Nodes: --node-name says for which they should be (n1, n2, n3)\n',
    )
  })

  it('gives no address twice where Nodes have no networks', async () => {
    const { out } = await rules(file('shared.yaml', node('n1') + node('n2') + web('')), '--node-name', 'n1')
    expect(targets(out)).toEqual(['10.244.0.2:80', '10.244.0.3:80', '10.244.0.4:80'])
  })

  it('sends no pod to a Node that takes none', async () => {
    const kept =
      node('n1', { spec: '{podCIDR: 10.1.1.0/24, taints: [{key: a, effect: NoSchedule}]}' }) +
      node('n2', { spec: '{podCIDR: 10.1.2.0/24}' }) +
      node('n3', { spec: '{podCIDR: 10.1.3.0/24, unschedulable: true}' })
    const { out } = await rules(file('taints.yaml', kept + web('', 2)), '--node-name', 'n1')
    expect(targets(out)).toEqual(['10.1.2.2:80', '10.1.2.3:80'])
  })

  it('prefers what trafficDistribution asks for, and says so', async () => {
    const near = (how: string, name: string) =>
      rules(file(`${how}-${name}.yaml`, three + web(`trafficDistribution: ${how}`)), '--node-name', name)
    const zone = await near('PreferSameZone', 'n2')
    expect(targets(zone.out)).toEqual(['10.1.2.2:80', '10.1.3.2:80'])
    expect(zone.out).toContain('# default/web uses only endpoints whose hints are for the zone b\n')
    expect(targets((await near('PreferClose', 'n1')).out)).toEqual(['10.1.1.2:80'])
    const same = await near('PreferSameNode', 'n3')
    expect(targets(same.out)).toEqual(['10.1.3.2:80'])
    expect(same.out).toContain('# default/web uses only endpoints whose hints are for the node n3\n')
    expect(same.notes).toBe('')
  })

  it('says where trafficDistribution, or a hint, changes nothing', async () => {
    const lone = await rules(file('lone.yaml', web('trafficDistribution: PreferClose')))
    expect(lone.notes).toBe(
      'default/web asks for PreferClose, which changes nothing without hints: no EndpointSlice has some, and no Node of its pods is in a zone\n',
    )
    const slice = `---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{port: 80}]
endpoints: [{addresses: [10.1.1.9], hints: {forZones: [{name: c}]}}]
`
    const elsewhere = await rules(file('c.yaml', three + web('') + slice), '--node-name', 'n1')
    expect(targets(elsewhere.out)).toEqual(['10.1.1.9:80'])
    expect(elsewhere.notes).toBe(
      'default/web: the hints of its endpoints do not count: none is for the zone a\n',
    )
    const text = web('').replace(
      'metadata: {name: web}',
      'metadata: {name: web, annotations: {service.kubernetes.io/topology-mode: Auto}}',
    )
    expect((await rules(file('auto.yaml', three + text), '--node-name', 'n1')).notes).toContain(
      'default/web has topology-mode Auto, and its endpoints have no hints: netlab shares none out by the CPUs of zones',
    )
  })

  it('says that hints mean nothing where policy Local leaves no traffic to choose for', async () => {
    const local = (spec: string) =>
      rules(
        file('local.yaml', three + web(`trafficDistribution: PreferSameZone, ${spec}`)),
        ...['--node-name', 'n2'],
      )
    const inner = await local('internalTrafficPolicy: Local')
    expect(targets(inner.out)).toEqual(['10.1.2.2:80'])
    expect(inner.out).not.toContain('hints')
    expect(inner.notes).toBe(
      'default/web has policy Local, which goes by nodes alone: nobody asks for hints of its endpoints\n',
    )
    const outer = await local('internalTrafficPolicy: Local, type: NodePort')
    expect(outer.out).toContain('# default/web uses only endpoints whose hints are for the zone b\n')
    expect(outer.notes).toBe('')
  })

  it('takes the addresses of the Node that is named, or of the only one', async () => {
    const status =
      '{addresses: [{type: Hostname, address: n1}, {type: ExternalIP, address: 198.51.100.1}, {type: InternalIP, address: 192.0.2.1}]}'
    const path = file('addresses.yaml', node('n1', { status }) + web('type: NodePort'))
    const { out, notes } = await rules(path, '--mode', 'nftables')
    expect(out).toContain('add element ip kube-proxy nodeport-ips { 192.0.2.1 }\n')
    expect(notes).toBe('')
    const said = await rules(path, '--mode', 'nftables', '--node-ip', '192.0.2.9')
    expect(said.out).toContain('nodeport-ips { 192.0.2.9 }\n')
  })

  it("tells pods by the networks of the node's own, where that is asked for", async () => {
    const mode = ['--detect-local-mode', 'NodeCIDR']
    const path = file('cidr.yaml', three + web('type: NodePort, externalTrafficPolicy: Local'))
    const { out } = await rules(path, ...mode, '--node-name', 'n2')
    expect(out).toContain('-d 10.96.0.1 --dport 80 ! -s 10.1.2.0/24 -j KUBE-MARK-MASQ\n')
    expect(out).toMatch(/pod traffic for default\/web external destinations" -s 10\.1\.2\.0\/24 -j KUBE-SVC/)
    const nft = await rules(path, ...mode, '--node-name', 'n2', '--mode', 'nftables')
    expect(nft.out).toContain('ip saddr != 10.1.2.0/24 jump mark-for-masquerade')
    for (const args of [
      [path, ...mode],
      [file('bare.yaml', node('n1') + web('')), ...mode],
    ])
      await expect(rules(...args)).rejects.toThrow(/^NodeCIDR: there is no Node n\w+ with spec.podCIDRs/)
  })

  it.each([
    [['--detect-local-mode', 'BridgeInterface'], 'BridgeInterface: the bridge to look for is missing'],
    [
      ['--detect-local-mode', 'InterfaceNamePrefix'],
      'InterfaceNamePrefix: the prefix to look for is missing',
    ],
    [
      ['--detect-local-mode', 'NodeCIDR', '--cluster-cidr', '10.0.0.0/8'],
      '--cluster-cidr counts where pods are told by ClusterCIDR, and here they are told by NodeCIDR',
    ],
    [
      ['--pod-bridge-interface', 'br1'],
      '--pod-bridge-interface counts where pods are told by BridgeInterface',
    ],
    [['--cluster-cidr', '10.0.0.0/8,10.0.0.0/9'], 'names several networks of one family'],
  ])('refuses to tell pods by half of it: %j', async (args, message) => {
    await expect(rules(file('half.yaml', web('')), ...args)).rejects.toThrow(message)
  })

  it('refuses a name that none of them has, and a zone that cannot be', async () => {
    await expect(rules(file('names.yaml', three), '--node-name', 'n4')).rejects.toMatchObject({
      message: 'the manifests have Nodes, and none of them is called n4',
      fix: 'their names are: n1, n2, n3',
      exitCode: 2,
    })
    const path = file('zone.yaml', node('n1', { zone: '"a\\n-A INPUT -j ACCEPT"' }))
    await expect(rules(path)).rejects.toMatchObject({
      problems: [expect.objectContaining({ line: 4, message: 'this cannot be the value of a label' })],
    })
  })
})

describe('a mistake of the Node for which the rules are', () => {
  it('is told before anybody asks for that Node, together with all others', async () => {
    const nodes = node('n1', { zone: '"-"', spec: '{podCIDR: 10.1.1.0/24}' }) + node('n2')
    const path = file('mistaken.yaml', nodes + web('clusterIPs: [10.96.0.2]'))
    for (const args of [[], ['--detect-local-mode', 'NodeCIDR']])
      await expect(rules(path, '--node-name', 'n1', ...args)).rejects.toMatchObject({
        problems: expect.arrayContaining([
          expect.objectContaining({ line: 4, message: 'this cannot be the value of a label' }),
          expect.objectContaining({ message: expect.stringContaining('clusterIP') }),
        ]),
      })
  })
})

describe('netlab rules of Services of both families', () => {
  const dual = web('clusterIPs: [10.96.0.1, "fd00:96::1"], ipFamilyPolicy: PreferDualStack', 1)

  it('prints those of each, one after the other', async () => {
    const { out } = await rules(file('dual.yaml', dual))
    const [, first = '', second = ''] = /^# IPv4: iptables\n(.*)# IPv6: ip6tables\n(.*)$/s.exec(out) ?? []
    expect(targets(first)).toEqual(['10.244.0.2:80'])
    expect(targets(second)).toEqual(['[fd00:10:244::2]:80'])
    const nft = await rules(file('dual.yaml', dual), '--mode', 'nftables')
    expect(nft.out).toMatch(/^# IPv4\nadd table ip kube-proxy.*^# IPv6\nadd table ip6 kube-proxy/ms)
  })

  it('gives JSON by family, and those of one family on request', async () => {
    const path = file('dual.yaml', dual)
    const both = JSON.parse((await rules(path, '--format', 'json')).out)
    expect(Object.keys(both)).toEqual(['ipv4', 'ipv6'])
    const one = await rules(path, '--family', 'ipv6', '--format', 'json')
    expect(JSON.parse(one.out)).toEqual(both.ipv6)
  })

  it('prints IPv6 alone where there is nothing else', async () => {
    const six = web('', 1).replace('10.96.0.1', '"fd00:96::1"')
    const { out } = await rules(file('six.yaml', six))
    expect(targets(out)).toEqual(['[fd00:10:244::2]:80'])
    expect(out).toMatch(/^\*filter/)
  })
})
