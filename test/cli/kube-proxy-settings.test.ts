import { afterEach, describe, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { serviceSpec } from '../../src/read/manifest/service-schema.ts'
import { proxyConfigObject } from '../../src/read/schema/proxy-config.ts'
import { page, tableRows } from '../docs/markdown.ts'
import { manifestFiles, rules } from './rules-verb.ts'

// docs/kube-proxy-settings.md row by row: what it says of each setting and field is tried.

const file = manifestFiles()
afterEach(() => vi.restoreAllMocks())

interface Row {
  path: string
  does: string
  text: string
}

function rowsBelow(heading: string): Row[] {
  return tableRows(page('docs/kube-proxy-settings.md'), heading).map(([name = '', does = '', text = '']) => ({
    path: name.replaceAll('`', ''),
    does,
    text,
  }))
}

/** The paths of all that can be written below a schema, `iptables.syncPeriod`; of a list `[]`. */
function leaves(schema: z.ZodType, path = ''): string[] {
  let inner: unknown = schema
  while (inner instanceof z.ZodNullable || inner instanceof z.ZodOptional) inner = inner.unwrap()
  if (inner instanceof z.ZodArray && inner.element instanceof z.ZodObject && path === 'spec.ports')
    return leaves(inner.element, `${path}[]`)
  if (!(inner instanceof z.ZodObject)) return [path]
  return Object.entries(inner.shape).flatMap(([key, part]) =>
    leaves(part as z.ZodType, path === '' ? key : `${path}.${key}`),
  )
}

/** What makes a row true: with it the rules have a text that they have not without it, or the other way round. */
interface Case {
  /** Of a setting: its value. */
  value?: unknown
  /** Other settings, and options, with it and without it. */
  beside?: object
  args?: readonly string[]
  has?: string
  lacks?: string
  message?: string
}

const json = (name: string, value: object) => file(`${name}.json`, JSON.stringify(value))

describe('each setting of KubeProxyConfiguration', () => {
  const port = { name: '', port: 80, protocol: 'TCP' }
  const hinted = (address: string, forNodes: string[], forZones: string[]) => ({
    addresses: [address],
    hints: { forNodes: forNodes.map(name => ({ name })), forZones: forZones.map(name => ({ name })) },
  })
  const node = (name: string, zone: string, address: string, podCIDR: string) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'topology.kubernetes.io/zone': zone } },
    spec: { podCIDRs: [podCIDR] },
    status: { addresses: [{ type: 'InternalIP', address }] },
  })
  const cluster = {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      node('n1', 'a', '192.0.2.1', '10.1.1.0/24'),
      node('n2', 'b', '192.0.2.2', '10.1.2.0/24'),
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', uid: 'a' },
        spec: { type: 'NodePort', clusterIP: '10.96.0.1', ports: [{ ...port, nodePort: 30_080 }] },
      },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
        addressType: 'IPv4',
        ports: [port],
        endpoints: [hinted('10.1.1.2', ['n1'], ['a']), hinted('10.1.2.2', ['n2'], ['a'])],
      },
    ],
  }
  const nft = { mode: 'nftables' }
  const ipvs = { mode: 'ipvs' }
  const bridge = { detectLocalMode: 'BridgeInterface' }
  const prefix = { detectLocalMode: 'InterfaceNamePrefix' }
  const cases: Readonly<Record<string, Case>> = {
    bindAddress: { value: '192.0.2.7', beside: nft, has: 'nodeport-ips { 192.0.2.7 }' },
    bindAddressHardFail: { value: true },
    'clientConnection.acceptContentTypes': { value: 'a' },
    'clientConnection.burst': { value: 1 },
    'clientConnection.contentType': { value: 'a' },
    'clientConnection.kubeconfig': { value: '/a' },
    'clientConnection.qps': { value: 0.5 },
    clusterCIDR: { value: '10.1.0.0/16', has: '! -s 10.1.0.0/16 -j KUBE-MARK-MASQ' },
    configSyncPeriod: { value: '15m0s' },
    'conntrack.maxPerCore': { value: 0 },
    'conntrack.min': { value: 1 },
    'conntrack.tcpBeLiberal': { value: true, lacks: '--ctstate INVALID -j DROP' },
    'conntrack.tcpCloseWaitTimeout': { value: '1h' },
    'conntrack.tcpEstablishedTimeout': { value: '0s' },
    'conntrack.udpStreamTimeout': { value: '300s' },
    'conntrack.udpTimeout': { value: '250ms' },
    'detectLocal.bridgeInterface': { value: 'cni0', beside: bridge, has: '! -i cni0 -j KUBE-MARK-MASQ' },
    'detectLocal.interfaceNamePrefix': { value: 'veth', beside: prefix, has: '! -i veth+ -j KUBE-MARK-MASQ' },
    detectLocalMode: { value: 'NodeCIDR', has: '! -s 10.1.1.0/24 -j KUBE-MARK-MASQ' },
    enableProfiling: { value: true },
    'featureGates.PreferSameTrafficDistribution': { value: false, has: '--to-destination 10.1.2.2:80' },
    'featureGates.TopologyAwareHints': { value: false, has: '--to-destination 10.1.2.2:80' },
    'featureGates.ServiceTrafficDistribution': { value: false, message: 'other rules than netlab knows' },
    'featureGates.KubeProxyNFTablesLocalhostNodePorts': {
      value: true,
      message: 'other rules than netlab knows',
    },
    'featureGates.AllAlpha': { value: true, message: 'stands for gates that differ' },
    'featureGates.AllBeta': { value: false, message: 'stands for gates that differ' },
    'featureGates of any other name': { value: { Another: true } },
    healthzBindAddress: { value: '0.0.0.0:1' },
    hostnameOverride: { value: 'n2', args: [], lacks: '--to-destination 10.1.1.2:80' },
    'iptables.localhostNodePorts': { value: false, lacks: '-A KUBE-FIREWALL' },
    'iptables.masqueradeAll': { value: true, has: '-d 10.96.0.1 --dport 80 -j KUBE-MARK-MASQ' },
    'iptables.masqueradeBit': { value: 0, has: '--or-mark 0x1\n' },
    'iptables.minSyncPeriod': { value: '1s' },
    'iptables.snatNodeInternalIP': { value: true, message: 'other rules than netlab knows' },
    'iptables.syncPeriod': { value: '30s' },
    'ipvs.excludeCIDRs': { value: ['10.0.0.0/8'], beside: ipvs },
    'ipvs.minSyncPeriod': { value: '1s' },
    'ipvs.scheduler': { value: 'lc', beside: ipvs, has: '-A -t 10.96.0.1:80 -s lc\n' },
    'ipvs.strictARP': { value: true, beside: ipvs, has: 'net.ipv4.conf.all.arp_ignore=1' },
    'ipvs.syncPeriod': { value: '30s' },
    'ipvs.tcpFinTimeout': { value: '1s', beside: ipvs },
    'ipvs.tcpTimeout': { value: '1s', beside: ipvs },
    'ipvs.udpTimeout': { value: '1s', beside: ipvs },
    'logging.flushFrequency': { value: '5s' },
    'logging.format': { value: 'json' },
    'logging.options.json.infoBufferSize': { value: '1Ki' },
    'logging.options.json.splitStream': { value: true },
    'logging.options.text.infoBufferSize': { value: 1 },
    'logging.options.text.splitStream': { value: true },
    'logging.verbosity': { value: 2 },
    'logging.vmodule': { value: [{ filePattern: 'a', verbosity: 1 }] },
    metricsBindAddress: { value: '0.0.0.0:2' },
    mode: { value: 'nftables', has: 'add table ip kube-proxy' },
    'nftables.masqueradeAll': {
      value: true,
      beside: nft,
      has: 'ip daddr 10.96.0.1 jump mark-for-masquerade',
    },
    'nftables.masqueradeBit': { value: 0, beside: nft, has: 'mark set mark or 0x1\n' },
    'nftables.minSyncPeriod': { value: '1s' },
    'nftables.syncPeriod': { value: '30s' },
    nodePortAddresses: { value: ['192.0.2.0/24'], has: '-d 192.0.2.1 -j KUBE-NODEPORTS' },
    oomScoreAdj: { value: 0 },
    portRange: { value: '1-2' },
    showHiddenMetricsForVersion: { value: '1.33' },
    windowsRunAsService: { value: true },
    'winkernel.enableDSR': { value: true },
    'winkernel.forwardHealthCheckVip': { value: true },
    'winkernel.networkName': { value: 'a' },
    'winkernel.rootHnsEndpointName': { value: 'a' },
    'winkernel.sourceVip': { value: '10.0.0.1' },
  }
  const rows = rowsBelow('KubeProxyConfiguration')

  it('has its row in docs, and each row is tried', () => {
    const paths = rows.map(({ path }) => path)
    const gates = paths.filter(path => path.startsWith('featureGates'))
    const fields = leaves(proxyConfigObject).filter(
      path => !['apiVersion', 'kind', 'featureGates'].includes(path),
    )
    expect(paths.toSorted()).toEqual([...fields, ...gates].sort())
    expect(Object.keys(cases).sort()).toEqual(paths.toSorted())
  })

  const configOf = (path: string, { value, beside = {} }: Case, isSaid: boolean) => {
    const keys = path.replace(' of any other name', '').split('.')
    const nested = keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as object
    const head = { apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration' }
    return json('config', { ...head, ...beside, ...(isSaid ? nested : {}) })
  }

  it.each(rows)('$path: $does', async ({ path, does, text }) => {
    const tried = cases[path]!
    const dump = json('cluster', cluster)
    const run = (isSaid: boolean) =>
      rules('-f', dump, '--config', configOf(path, tried, isSaid), ...(tried.args ?? ['--node-name', 'n1']))
    if (does === 'refused') {
      const error = await run(true).catch((thrown: unknown) => thrown)
      expect(error).toHaveProperty('problems', [
        expect.objectContaining({
          message: expect.stringContaining(tried.message!),
          fix: expect.any(String),
        }),
      ])
      return
    }
    const { out, notes } = await run(true)
    const note = `${path.replace('featureGates of any other name', 'featureGates.Another')} has no meaning for rules`
    if (does === 'no meaning') {
      expect(notes).toContain(`${note}: ${text}\n`)
      expect(out).toBe((await run(false)).out)
      return
    }
    expect(does).toBe('counts')
    expect(notes).not.toContain(note)
    const without = await run(false).catch(() => ({ out: '' }))
    if (tried.has !== undefined)
      expect([out.includes(tried.has), without.out.includes(tried.has)]).toEqual([true, false])
    if (tried.lacks !== undefined)
      expect([out.includes(tried.lacks), without.out.includes(tried.lacks)]).toEqual([false, true])
    expect(tried.has ?? tried.lacks).toBeDefined()
  })

  it.each(rows.filter(({ text }) => text.includes('Option: ')))(
    '$path has an option that says the same',
    async row => {
      const tried = cases[row.path]!
      const [, option = ''] = /Option: `(--[a-z-]+)`/.exec(row.text) ?? []
      const dump = json('cluster', cluster)
      const said = await rules(
        ...['-f', dump, '--config', configOf(row.path, tried, false)],
        ...(option === '--node-name' ? [] : ['--node-name', 'n1']),
        ...[option, ...(typeof tried.value === 'boolean' && tried.value ? [] : [String(tried.value)])],
      )
      if (tried.has !== undefined) expect(said.out).toContain(tried.has)
      if (tried.lacks !== undefined) expect(said.out).not.toContain(tried.lacks)
    },
  )
})

describe('each field of a Service', () => {
  const pod = (name: string, nodeName: string, ready = true) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'web', pod: name } },
    spec: { nodeName, containers: [{ ports: [{ name: 'http', containerPort: 8080 }] }] },
    status: {
      podIP: `10.1.${nodeName.slice(1)}.${name.length}`,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    },
  })
  const node = (name: string, zone: string) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'topology.kubernetes.io/zone': zone } },
  })
  interface Fields {
    metadata?: object
    spec?: object
    status?: object
  }
  /** What is there without the field and with it, and what then is, or is no more, in the rules or told beside them. */
  interface FieldCase {
    before?: Fields
    after: Fields
    has?: string
    lacks?: string
  }
  const nodePort = { type: 'NodePort' }
  const balanced = { type: 'LoadBalancer' }
  const ingress = (...each: object[]) => ({ loadBalancer: { ingress: each } })
  const label = (name: string) => ({ metadata: { labels: { [name]: 'x' } } })
  const near = { trafficDistribution: 'PreferClose' }
  const auto = (...names: string[]) => ({
    metadata: {
      annotations: Object.fromEntries(names.map(name => [`service.kubernetes.io/${name}`, 'Auto'])),
    },
    spec: near,
  })
  const both = { clusterIP: undefined, ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv4', 'IPv6'] }
  const ports = (fields: object) => ({ spec: { ports: [{ port: 80, ...fields }] } })
  const noMore = '# no rules: default/web has the label'
  const cases: Readonly<Record<string, FieldCase>> = {
    'metadata.labels["service.kubernetes.io/service-proxy-name"]': {
      after: label('service.kubernetes.io/service-proxy-name'),
      has: noMore,
      lacks: '10.96.0.1',
    },
    'metadata.labels["service.kubernetes.io/headless"]': {
      after: label('service.kubernetes.io/headless'),
      has: noMore,
      lacks: '10.96.0.1',
    },
    'metadata.annotations["service.kubernetes.io/topology-mode"]': {
      before: { spec: near },
      after: auto('topology-mode'),
      has: '10.1.2.2:8080',
      lacks: 'hints are for the zone a',
    },
    'metadata.annotations["service.kubernetes.io/topology-aware-hints"]': {
      before: {
        ...auto('topology-mode'),
        metadata: {
          annotations: {
            'service.kubernetes.io/topology-mode': 'Auto',
            'service.kubernetes.io/topology-aware-hints': 'Disabled',
          },
        },
      },
      after: auto('topology-mode', 'topology-aware-hints'),
      has: '10.1.2.2:8080',
    },
    'spec.allocateLoadBalancerNodePorts': {
      before: { spec: balanced },
      after: { spec: { ...balanced, allocateLoadBalancerNodePorts: false } },
      lacks: '-A KUBE-NODEPORTS',
    },
    'spec.clusterIP': { after: { spec: { clusterIP: '10.96.0.9' } }, has: '-d 10.96.0.9 --dport 80' },
    'spec.clusterIPs': {
      after: { spec: { clusterIPs: ['10.96.0.1', 'fd00::9'], ipFamilyPolicy: 'PreferDualStack' } },
      has: '-d fd00::9 --dport 80',
    },
    'spec.externalIPs': { after: { spec: { externalIPs: ['198.51.100.7'] } }, has: '-d 198.51.100.7' },
    'spec.externalName': { after: { spec: { externalName: 'a.example' } } },
    'spec.externalTrafficPolicy': {
      before: { spec: nodePort },
      after: { spec: { ...nodePort, externalTrafficPolicy: 'Local' } },
      has: '-j KUBE-SVL-',
    },
    'spec.healthCheckNodePort': {
      before: { spec: { ...balanced, externalTrafficPolicy: 'Local' } },
      after: { spec: { ...balanced, externalTrafficPolicy: 'Local', healthCheckNodePort: 31_000 } },
      has: '--dport 31000 -j ACCEPT',
    },
    'spec.internalTrafficPolicy': {
      after: { spec: { internalTrafficPolicy: 'Local' } },
      has: '-j KUBE-SVL-',
      lacks: '10.1.2.2:8080',
    },
    'spec.ipFamilies': {
      before: { spec: { clusterIP: undefined } },
      after: { spec: { clusterIP: undefined, ipFamilies: ['IPv6'] } },
      has: '# cluster IP allocated: default/web fd00:',
    },
    'spec.ipFamilyPolicy': {
      before: { spec: { clusterIP: undefined } },
      after: { spec: both },
      has: '# IPv6: ip6tables\n',
    },
    'spec.loadBalancerClass': {
      before: { spec: balanced },
      after: { spec: { ...balanced, loadBalancerClass: 'example.com/a' } },
    },
    'spec.loadBalancerIP': {
      before: { spec: balanced },
      after: { spec: { ...balanced, loadBalancerIP: '198.51.100.8' } },
      has: '-d 198.51.100.8',
    },
    'spec.loadBalancerSourceRanges': {
      before: { spec: balanced },
      after: { spec: { ...balanced, loadBalancerSourceRanges: ['198.51.100.0/24'] } },
      has: '-A KUBE-PROXY-FIREWALL',
    },
    'spec.ports[].appProtocol': { after: ports({ targetPort: 'http', appProtocol: 'h2c' }) },
    'spec.ports[].name': {
      after: ports({ targetPort: 'http', name: 'api' }),
      has: '"default/web:api cluster IP"',
    },
    'spec.ports[].nodePort': {
      before: { spec: nodePort },
      after: { spec: { ...nodePort, ports: [{ port: 80, targetPort: 'http', nodePort: 30_123 }] } },
      has: '--dport 30123',
    },
    'spec.ports[].port': { after: ports({ port: 81, targetPort: 'http' }), has: '-d 10.96.0.1 --dport 81' },
    'spec.ports[].protocol': {
      after: ports({ protocol: 'UDP', targetPort: 1 }),
      has: '-m udp -p udp -d 10.96.0.1',
    },
    'spec.ports[].targetPort': { after: ports({ targetPort: 9 }), has: '--to-destination 10.1.1.1:9\n' },
    'spec.publishNotReadyAddresses': {
      after: { spec: { publishNotReadyAddresses: true } },
      has: '--to-destination 10.1.1.3:8080',
    },
    'spec.selector': {
      after: { spec: { selector: { pod: 'pp' } } },
      lacks: '--to-destination 10.1.1.1:8080',
    },
    'spec.sessionAffinity': {
      after: { spec: { sessionAffinity: 'ClientIP' } },
      has: '--seconds 10800 --reap',
    },
    'spec.sessionAffinityConfig': {
      before: { spec: { sessionAffinity: 'ClientIP' } },
      after: {
        spec: { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } },
      },
      has: '--seconds 60 --reap',
    },
    'spec.trafficDistribution': {
      after: { spec: near },
      has: 'hints are for the zone a',
      lacks: '10.1.2.2:8080',
    },
    'spec.type': { after: { spec: nodePort }, has: '-A KUBE-NODEPORTS' },
    'status.loadBalancer.ingress[].ip': {
      before: { spec: balanced },
      after: { spec: balanced, status: ingress({ ip: '198.51.100.9' }) },
      has: '-d 198.51.100.9',
    },
    'status.loadBalancer.ingress[].ipMode': {
      before: {
        spec: balanced,
        status: ingress({ ip: '198.51.100.9', ipMode: 'VIP' }, { ip: '198.51.100.10' }),
      },
      after: {
        spec: balanced,
        status: ingress({ ip: '198.51.100.9', ipMode: 'Proxy' }, { ip: '198.51.100.10' }),
      },
      lacks: '-d 198.51.100.9',
    },
    'status.loadBalancer.ingress[].hostname': {
      before: { spec: balanced },
      after: { spec: balanced, status: ingress({ hostname: 'a.example' }) },
    },
  }
  const rows = rowsBelow('Fields of a Service')

  it('has its row in docs, and each row is tried', () => {
    const paths = rows.map(({ path }) => path)
    const fields = leaves(serviceSpec, 'spec').map(path =>
      path.replace(/^(spec\.sessionAffinityConfig)\..*/, '$1'),
    )
    expect(paths.filter(path => path.startsWith('spec.')).toSorted()).toEqual(fields.sort())
    expect(Object.keys(cases).sort()).toEqual(paths.toSorted())
  })

  const run = ({ metadata = {}, spec = {}, status }: Fields = {}) =>
    rules(
      json('service', {
        apiVersion: 'v1',
        kind: 'List',
        items: [
          ...[node('n1', 'a'), node('n2', 'b'), pod('p', 'n1'), pod('pp', 'n2'), pod('ppp', 'n1', false)],
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name: 'web', ...metadata },
            spec: {
              ...{
                clusterIP: '10.96.0.1',
                selector: { app: 'web' },
                ports: [{ port: 80, targetPort: 'http' }],
              },
              ...spec,
            },
            ...(status === undefined ? {} : { status }),
          },
        ],
      }),
      ...['--node-name', 'n1'],
    )

  it.each(rows)('$path: $does', async ({ path, does, text }) => {
    const { before, after, has, lacks } = cases[path]!
    const with_ = await run(after)
    const without = await run(before)
    const note = `${path} has no meaning for rules: `
    if (does === 'no meaning') {
      expect(with_.notes).toBe(`${note}${text} (default/web)\n`)
      expect(with_.out).toBe(without.out)
      return
    }
    expect(does).toBe('counts')
    expect(with_.notes).not.toContain(note)
    if (has !== undefined) expect([with_.out.includes(has), without.out.includes(has)]).toEqual([true, false])
    if (lacks !== undefined)
      expect([with_.out.includes(lacks), without.out.includes(lacks)]).toEqual([false, true])
    expect(has ?? lacks).toBeDefined()
  })

  it('says what is no address for a load balancer', async () => {
    const { notes } = await run({ spec: { type: 'LoadBalancer', loadBalancerIP: 'a-name' } })
    expect(notes).toBe(
      'spec.loadBalancerIP has no meaning for rules: what is no IP address means something to some load balancers only (default/web)\n',
    )
  })
})
