import { afterEach, describe, expect, it, vi } from 'vitest'
import type { LabError } from '../../src/text/problem.ts'
import { manifestFiles, rules } from './rules-verb.ts'

const file = manifestFiles()
afterEach(() => vi.restoreAllMocks())

const web = file(
  'web.yaml',
  `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, clusterIP: 10.96.0.1, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: c}]}
`,
)
const head = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n'
const config = (text: string, name = 'config.yaml') => file(name, head + text)
/** As kubectl prints the ConfigMap that kubeadm makes. */
const configMap = (text: string) => `apiVersion: v1
data:
  config.conf: |-
${`${head}${text}`.trimEnd().replace(/^/gm, '    ')}
  kubeconfig.conf: |-
    apiVersion: v1
kind: ConfigMap
metadata: {name: kube-proxy, namespace: kube-system}
`

/** What kubeadm 1.34 writes where nobody says anything, but for `clusterCIDR`. */
const kubeadms = `bindAddress: 0.0.0.0
bindAddressHardFail: false
clientConnection: {acceptContentTypes: "", burst: 0, contentType: "", kubeconfig: /var/lib/kube-proxy/kubeconfig.conf, qps: 0}
clusterCIDR: 10.244.0.0/16
configSyncPeriod: 0s
conntrack:
  {maxPerCore: null, min: null, tcpBeLiberal: false, tcpCloseWaitTimeout: null, tcpEstablishedTimeout: null, udpStreamTimeout: 0s, udpTimeout: 0s}
detectLocal: {bridgeInterface: "", interfaceNamePrefix: ""}
detectLocalMode: ""
enableProfiling: false
healthzBindAddress: ""
hostnameOverride: ""
iptables: {localhostNodePorts: null, masqueradeAll: false, masqueradeBit: null, minSyncPeriod: 0s, syncPeriod: 0s}
ipvs:
  {excludeCIDRs: null, minSyncPeriod: 0s, scheduler: "", strictARP: false, syncPeriod: 0s, tcpFinTimeout: 0s, tcpTimeout: 0s, udpTimeout: 0s}
logging: {flushFrequency: 0, options: {json: {infoBufferSize: "0"}, text: {infoBufferSize: "0"}}, verbosity: 0}
metricsBindAddress: ""
mode: ""
nftables: {masqueradeAll: false, masqueradeBit: null, minSyncPeriod: 0s, syncPeriod: 0s}
nodePortAddresses: null
oomScoreAdj: null
portRange: ""
showHiddenMetricsForVersion: ""
winkernel: {enableDSR: false, forwardHealthCheckVip: false, networkName: "", rootHnsEndpointName: "", sourceVip: ""}
`

describe('netlab rules --config', () => {
  it('reads what kubeadm writes: what is empty says nothing, and what changes nothing is told', async () => {
    const path = config(kubeadms, 'kubeadm.yaml')
    const { out, notes } = await rules(web, '--config', path)
    expect(out).toBe((await rules(web, '--cluster-cidr', '10.244.0.0/16')).out)
    expect(notes).toBe(
      `${path}:1: clientConnection.kubeconfig has no meaning for rules: it is about how kube-proxy talks to the API server\n`,
    )
  })

  it('reads the ConfigMap in which it is kept, and tells mistakes by its lines', async () => {
    const path = file('map.yaml', configMap('mode: nftables\nclusterCIDR: 10.7.0.0/16\n'))
    expect((await rules(web, '--config', path)).out).toContain('ip saddr != 10.7.0.0/16 jump')
    const wrong = file('wrong-map.yaml', configMap('mode: nftables\nclusterCidr: 10.7.0.0/16\n'))
    await expect(rules(web, '--config', wrong)).rejects.toMatchObject({
      problems: [
        expect.objectContaining({
          ...{ file: wrong, line: 7, message: 'unknown key "clusterCidr"' },
          fix: 'did you mean "clusterCIDR"?',
        }),
      ],
    })
    const json = JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-proxy', namespace: 'kube-system' } },
      data: { 'config.conf': `${head}mod: ipvs\n` },
    })
    const inJson = file('map.json', json)
    await expect(rules(web, '--config', inJson)).rejects.toMatchObject({
      problems: [expect.objectContaining({ file: `config.conf in ${inJson}`, line: 3 })],
    })
  })

  it('reads it among the manifests of a cluster, and says so', async () => {
    const path = file('dump.yaml', configMap('mode: nftables\n'))
    const { out, notes } = await rules('-f', web, '-f', path)
    expect(out).toMatch(/^add table ip kube-proxy/)
    expect(notes).toContain(`kube-proxy's settings are those of ${path}:4; options go before them\n`)
    const other = await rules('-f', web, '-f', path, '--config', config('mode: ipvs\n'))
    expect(other.out).toContain('kube-ipvs0')
    expect(other.notes).toContain(`kube-proxy's settings in ${path}:4 are left out: --config says others\n`)
    const foreign = configMap('mode: nftables\n').replace('kube-system', 'default')
    expect((await rules('-f', web, '-f', file('foreign.yaml', foreign))).notes).toBe(
      'left out, since they say nothing about Services and their pods: ConfigMap\n',
    )
  })

  it('tells mistakes of settings among the manifests where they count, and leaves them out where others do', async () => {
    const path = file('newer.yaml', configMap('mode: nftables\nnewerSetting: 1\n'))
    await expect(rules('-f', web, '-f', path)).rejects.toMatchObject({
      problems: [expect.objectContaining({ file: path, message: 'unknown key "newerSetting"' })],
    })
    const { out, notes } = await rules('-f', web, '-f', path, '--config', config('mode: ipvs\n'))
    expect(out).toContain('kube-ipvs0')
    expect(notes).toContain(
      'left out, since they say nothing about Services and their pods: KubeProxyConfiguration\n',
    )
  })

  it('lets options go before it', async () => {
    const path = config(
      'mode: nftables\nclusterCIDR: 10.7.0.0/16\nhostnameOverride: n1\niptables: {masqueradeBit: 3}\n',
    )
    const { out } = await rules(web, '--config', path, '--mode', 'iptables', '--cluster-cidr', '10.8.0.0/16')
    expect(out).toContain('! -s 10.8.0.0/16 -j KUBE-MARK-MASQ')
    expect(out).toContain('-A KUBE-MARK-MASQ -j MARK --or-mark 0x8\n')
    await expect(rules(web, '--config', path, '--jumps')).rejects.toThrow(
      '--jumps is for iptables, ipvs and ebpf mode',
    )
  })

  it('names settings that count in another mode, or by another way to tell pods', async () => {
    const path = config(
      'mode: nftables\ndetectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: cni0}\nclusterCIDR: 10.7.0.0/16\n' +
        'iptables: {masqueradeBit: 3, localhostNodePorts: false}\nnftables: {masqueradeBit: 4}\nipvs: {scheduler: lc}\n',
      'modes.yaml',
    )
    expect((await rules(web, '--config', path, '--node-ip', '192.0.2.1')).notes).toBe(
      `${path}:1: iptables.masqueradeBit, iptables.localhostNodePorts, ipvs.scheduler have no meaning for rules: the mode is nftables\n` +
        `${path}:1: clusterCIDR has no meaning for rules: pods are told by BridgeInterface\n`,
    )
    const ebpf = await rules(web, '--config', path, '--mode', 'ebpf', '--node-ip', '192.0.2.1')
    // The rules beside its program masquerade.
    expect(ebpf.notes).toContain(
      'iptables.localhostNodePorts, ipvs.scheduler, nftables.masqueradeBit have no meaning for rules: the mode is ebpf\n',
    )
  })

  it('takes only a whole zero for nothing', async () => {
    const path = config(
      'detectLocal: {bridgeInterface: 0br}\nconfigSyncPeriod: 0h30m\niptables: {syncPeriod: 0h0m0s, minSyncPeriod: "0"}\n',
      'zeros.yaml',
    )
    expect((await rules(web, '--config', path)).notes).toBe(
      `${path}:1: detectLocal.bridgeInterface has no meaning for rules: pods are told by ClusterCIDR\n` +
        `${path}:1: configSyncPeriod has no meaning for rules: it is about when kube-proxy writes, not what\n`,
    )
  })

  it('gives --diff the settings of the node', async () => {
    const path = config('clusterCIDR: 10.7.0.0/16\niptables: {masqueradeBit: 3}\n')
    const { out } = await rules(web, '--config', path, '--jumps')
    const kept = out.replace(/^# .*\n/gm, '').replace(/^-I (\S+) 1 /gm, '-A $1 ')
    const saved = file('node.txt', kept)
    const told = await rules(web, '--config', path, '--diff', saved, '--format', 'json')
    expect(
      JSON.parse(told.out).differences.filter(({ kind }: { kind: string }) => kind === 'changed'),
    ).toEqual([])
    const others = await rules(web, '--diff', saved, '--format', 'json')
    expect(JSON.parse(others.out).differences.map(({ chain }: { chain: string }) => chain)).toContain(
      'KUBE-MARK-MASQ',
    )
    await expect(
      rules(web, '--config', config('mode: ipvs\n', 'ipvs.yaml'), '--diff', saved),
    ).rejects.toThrow('--diff compares rules of iptables mode, and not of ipvs mode')
    process.exitCode = undefined
  })

  it('gives --explain of what a node has its settings, and tells which change nothing', async () => {
    const marked = config('iptables: {masqueradeBit: 3}\nconfigSyncPeriod: 1m\n', 'marked.yaml')
    const { out } = await rules(web, '--config', marked, '--jumps')
    const saved = file('explained.txt', out.replace(/^# .*\n/gm, '').replace(/^-I (\S+) 1 /gm, '-A $1 '))
    const explained = await rules('--explain', saved, '--config', marked)
    expect(explained.out).toMatch(/^# .*\n-A KUBE-MARK-MASQ -j MARK --or-mark 0x8$/m)
    expect(explained.notes).toBe(
      `${marked}:1: configSyncPeriod has no meaning for rules: it is about when kube-proxy writes, not what\n`,
    )
    await expect(
      rules('--explain', saved, '--config', config('mode: nftables\n', 'nft.yaml')),
    ).rejects.toMatchObject({
      message: '--explain takes rules of iptables mode, and not of nftables mode',
      fix: 'say "--mode iptables" where kube-proxy is in that mode on the node',
    })
  })

  it('says what else is in its file', async () => {
    const path = file(
      'kubeadm-all.yaml',
      `${head}---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 1}]}\n`,
    )
    expect((await rules(web, '--config', path)).notes).toBe(
      'left out, since they say nothing about Services and their pods: ClusterConfiguration\n' +
        `of ${path} only kube-proxy's settings are read: -f reads Services, pods and Nodes\n`,
    )
  })

  it.each([
    ['no settings', 'apiVersion: v1\nkind: Secret\n', /^there is no KubeProxyConfiguration in /],
    ['several', `${head}---\n${head}`, /^there are several KubeProxyConfigurations: .*:1, .*:4$/],
  ])('refuses %s', async (what, text, message) => {
    const path = file(`${what.replaceAll(' ', '-')}.yaml`, text)
    await expect(rules(web, '--config', path)).rejects.toThrow(message)
  })

  it('refuses another version of it, and what is none inside the ConfigMap', async () => {
    const message = async (text: string) => {
      const path = file('no-config.yaml', text)
      const error = await rules(web, '--config', path).catch((thrown: unknown) => thrown)
      return (error as LabError).problems.map(problem => problem.message)
    }
    expect(await message(head.replace('v1alpha1', 'v1beta1'))).toEqual([
      'KubeProxyConfiguration of kubeproxy.config.k8s.io/v1beta1 is not read',
    ])
    expect(await message(configMap('').replace('kind: KubeProxy', 'kind: Kubelet'))).toEqual([
      'this is no KubeProxyConfiguration',
    ])
  })

  it('refuses to read two things from standard input, and settings of a lab', async () => {
    await expect(rules('-f', '-', '--config', '-')).rejects.toThrow(
      "both the manifests and kube-proxy's settings would come from standard input",
    )
    await expect(rules('clusterip', '--config', config(''))).rejects.toThrow('--config is for manifests')
  })

  it.each(['userspace', 'kernelspace', 'constructor', 'IPVS'])('refuses the mode %s', async mode => {
    const error = await rules(web, '--config', config(`mode: ${mode}\n`)).catch((thrown: unknown) => thrown)
    const { problems } = error as LabError
    expect(problems.map(({ line, message }) => [line, message])).toEqual([
      [3, expect.stringMatching(new RegExp(mode))],
    ])
    expect(problems[0]?.fix).toBe(
      mode === 'IPVS' ? 'did you mean "ipvs"?' : 'write one of: iptables, nftables, ipvs',
    )
  })

  it('lets no setting write a rule of its own', async () => {
    for (const text of [
      'hostnameOverride: "a\\n-A INPUT -j ACCEPT"\n',
      'detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: "br0\\n-A"}\n',
      'detectLocalMode: InterfaceNamePrefix\ndetectLocal: {interfaceNamePrefix: "v; drop"}\n',
      'clusterCIDR: "10.0.0.0/8\\n-A INPUT"\n',
      'ipvs: {scheduler: "rr\\n-A"}\n',
      'nodePortAddresses: ["10.0.0.0/8\\n"]\n',
    ])
      await expect(rules(web, '--config', config(text))).rejects.toHaveProperty('problems')
    const { notes } = await rules(web, '--config', config('featureGates: {"\\e[31m": true}\n'))
    expect(notes).not.toContain('\u001b')
  })
})
