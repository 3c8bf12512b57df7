import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { rulesCommand } from '../../src/cli/rules.ts'
import { type GoldenCase, normalisedRestore } from '../dataplane/golden-input.ts'

const golden = process.env.NETLAB_KUBE_PROXY_GOLDEN ?? ''
const there = golden !== '' && existsSync(golden)
afterEach(() => vi.restoreAllMocks())

/** A golden case as the objects that a cluster's API would give. */
function manifest({ services, endpointSlices = [] }: GoldenCase, serviceCIDRs: readonly string[] = []) {
  const items = [
    ...serviceCIDRs.map(cidr => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name: cidr.replace(/[:/]/g, '-') },
      spec: { cidrs: [cidr] },
    })),
    ...services.map(({ namespace, name, loadBalancerIngress, sessionAffinityTimeoutSeconds, ...spec }) => ({
      apiVersion: 'v1',
      kind: 'Service',
      // What a cluster has taken in has a uid, and all that it needs.
      metadata: { namespace, name, uid: `${namespace}-${name}` },
      spec: {
        ...spec,
        ...(sessionAffinityTimeoutSeconds === undefined
          ? {}
          : { sessionAffinityConfig: { clientIP: { timeoutSeconds: sessionAffinityTimeoutSeconds } } }),
      },
      ...(loadBalancerIngress === undefined
        ? {}
        : { status: { loadBalancer: { ingress: loadBalancerIngress.map(ip => ({ ip })) } } }),
    })),
    ...endpointSlices.map(({ namespace, service, addressType, ports, endpoints }, index) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { namespace, name: `${service}-${index}`, labels: { 'kubernetes.io/service-name': service } },
      addressType,
      ports,
      endpoints: endpoints.map(({ addresses, nodeName, ready, serving, terminating }) => ({
        addresses,
        ...(nodeName === undefined ? {} : { nodeName }),
        conditions: { ready, serving, terminating },
      })),
    })),
  ]
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)
}

/** Its settings as command-line options. */
function options({ settings }: GoldenCase, mode: 'iptables' | 'nftables'): string[] {
  const others = settings.nodeAddresses.map(address => address.replace(/\/.*/, ''))
  const nodeIPs = [settings.nodeIP, ...others.filter(address => address !== settings.nodeIP)]
  return [
    ...(settings.localDetector.cidr === undefined ? [] : ['--cluster-cidr', settings.localDetector.cidr]),
    ...['--node-name', settings.nodeName],
    ...nodeIPs.filter(address => !/^(127\.|::1$)/.test(address)).flatMap(address => ['--node-ip', address]),
    ...(settings.masqueradeAll ? ['--masquerade-all'] : []),
    ...(settings.nodePortAddresses.length === 0
      ? []
      : ['--nodeport-addresses', settings.nodePortAddresses.join(',')]),
    ...(mode === 'iptables' ? [`--iptables-localhost-nodeports=${settings.localhostNodePorts}`] : []),
    ...(mode === 'iptables' && !settings.randomFully ? ['--no-random-fully'] : []),
    ...['--mode', mode, '--family', settings.ipFamily.toLowerCase()],
  ]
}

describe.skipIf(!there)("netlab rules -f on kube-proxy's own test cases (NETLAB_KUBE_PROXY_GOLDEN)", () => {
  // Where all tests are skipped nothing would remove it.
  const folder = there ? mkdtempSync(join(tmpdir(), 'netlab-rules-golden-')) : ''
  afterAll(() => rmSync(folder, { recursive: true }))

  const casesOf = (mode: 'iptables' | 'nftables', leftOut: RegExp) =>
    there
      ? readdirSync(join(golden, mode))
          .filter(file => file.endsWith('.rules') && !leftOut.test(file))
          .map(file => file.replace('.rules', ''))
      : []
  const read = (...path: string[]) => readFileSync(join(golden, ...path), 'utf8')

  /** What the command prints for a manifest. */
  async function printed(text: string, ...args: string[]): Promise<string> {
    const file = join(folder, 'manifest.json')
    writeFileSync(file, text)
    let out = ''
    vi.spyOn(process.stdout, 'write').mockImplementation(text => {
      out += String(text)
      return true
    })
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
    await rulesCommand()
      .exitOverride()
      .parseAsync(['-f', file, ...args], { from: 'user' })
    return out
  }

  // 21 and 22 are what a partial sync sends; 24 needs a kernel with nfacct, which is nothing that a manifest says.
  it.each(casesOf('iptables', /^(21|22|24)-/))('iptables: %s', async id => {
    const input = JSON.parse(read('iptables', `${id}.json`)) as GoldenCase
    const out = await printed(manifest(input), ...options(input, 'iptables'))
    expect(normalisedRestore(out)).toEqual(normalisedRestore(read('iptables', `${id}.rules`)))
  })

  // 03 and 06 have chains that a partial sync has emptied.
  it.each(casesOf('nftables', /^0[36]-/))('nftables: %s', async id => {
    const input = JSON.parse(read('nftables', `${id}.json`)) as GoldenCase
    const { serviceCIDRs = [] } = input.settings
    const expected = commandsByChain(read('nftables', `${id}.rules`))
    const asObjects = await printed(manifest(input, serviceCIDRs), ...options(input, 'nftables'))
    expect(commandsByChain(asObjects)).toEqual(expected)
    const cidrs = ['--service-cidr', serviceCIDRs.join(',')]
    const asOption = await printed(manifest(input), ...options(input, 'nftables'), ...cidrs)
    expect(commandsByChain(asOption)).toEqual(expected)
  })
})

/** The commands of a script for `nft -f`, the rules of each chain in their order, all else sorted. */
function commandsByChain(text: string): Record<string, string[]> {
  const found: Record<string, string[]> = {}
  for (const line of text.split('\n').filter(line => line.startsWith('add '))) {
    const [, chain = ''] = /^add rule \S+ \S+ (\S+)/.exec(line) ?? []
    found[chain] = [...(found[chain] ?? []), line]
  }
  return { ...found, '': (found[''] ?? []).sort() }
}
