import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { rulesCommand } from '../../src/cli/rules.ts'
import { type GoldenCase, normalisedRestore } from '../dataplane/iptables/golden-input.ts'

const golden = process.env.NETLAB_KUBE_PROXY_GOLDEN ?? ''
const there = golden !== '' && existsSync(golden)
afterEach(() => vi.restoreAllMocks())

/** A golden case as the objects that a cluster's API would give. */
function manifest({ services, endpointSlices = [] }: GoldenCase) {
  const items = [
    ...services.map(({ namespace, name, loadBalancerIngress, sessionAffinityTimeoutSeconds, ...spec }) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name },
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
function options({ settings }: GoldenCase): string[] {
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
    `--iptables-localhost-nodeports=${settings.localhostNodePorts}`,
    ...(settings.randomFully ? [] : ['--no-random-fully']),
    ...['--family', settings.ipFamily.toLowerCase()],
  ]
}

describe.skipIf(!there)("netlab rules -f on kube-proxy's own test cases (NETLAB_KUBE_PROXY_GOLDEN)", () => {
  // Where all tests are skipped nothing would remove it.
  const folder = there ? mkdtempSync(join(tmpdir(), 'netlab-rules-golden-')) : ''
  afterAll(() => rmSync(folder, { recursive: true }))

  // 21 and 22 are what a partial sync sends; 24 needs a kernel with nfacct, which is nothing that a manifest says.
  const leftOut = /^(21|22|24)-/
  const cases = there
    ? readdirSync(join(golden, 'iptables'))
        .filter(file => file.endsWith('.rules') && !leftOut.test(file))
        .map(file => file.replace('.rules', ''))
    : []

  it.each(cases)('%s', async id => {
    const read = (ending: string) => readFileSync(join(golden, 'iptables', `${id}.${ending}`), 'utf8')
    const input = JSON.parse(read('json')) as GoldenCase
    const file = join(folder, `${id}.json`)
    writeFileSync(file, manifest(input))
    let printed = ''
    vi.spyOn(process.stdout, 'write').mockImplementation(text => {
      printed += String(text)
      return true
    })
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
    await rulesCommand()
      .exitOverride()
      .parseAsync(['-f', file, ...options(input)], { from: 'user' })
    expect(normalisedRestore(printed)).toEqual(normalisedRestore(read('rules')))
  })
})
