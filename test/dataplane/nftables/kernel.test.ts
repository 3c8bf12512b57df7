import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Tables } from '../../../src/command/iptables-save.ts'
import { parseNftTable } from '../../../src/command/nft-list.ts'
import { NftState } from '../../../src/command/nft-state.ts'
import { withNftTable } from '../../../src/dataplane/nft-tables.ts'
import { compileServices } from '../../../src/dataplane/nftables/compile.ts'
import { isChanged, readListed } from '../../../src/dataplane/nftables/kernel-table.ts'
import { nftables } from '../../../src/dataplane/nftables/nftables.ts'
import { scriptText } from '../../../src/dataplane/nftables/print.ts'
import type { RuleSet } from '../../../src/dataplane/nftables/rules.ts'
import {
  emptyKernel,
  fullSync,
  kernelTableOf,
  linesOf,
  partialSync,
  type Sync,
} from '../../../src/dataplane/nftables/sync.ts'
import { defaultProxySettings } from '../../../src/read/proxy-settings.ts'
import { type GoldenCase, goldenInput } from '../golden-input.ts'
import { service, slice } from '../iptables/fixtures.ts'
import { compile, viewOf } from './fixtures.ts'
import { inNamespace, nftWorks } from './in-namespace.ts'

const load = (lines: readonly string[]) => `nft -f - <<'END'\n${lines.join('\n')}\nEND\n`
const printed = (rules: RuleSet) => load(scriptText(rules, { explain: true }).split('\n'))
const atOnce = ({ parts }: Sync) => load(linesOf(parts))
const partByPart = ({ parts }: Sync) => parts.map(part => load(linesOf([part]))).join('')

type Json = Record<string, unknown>

/** What the kernel has after a script, without handles and the order in which things were made; the rules of a chain in theirs. */
function kernelAfter(...scripts: string[]): Record<string, unknown> {
  const { nftables } = JSON.parse(inNamespace([...scripts, 'nft -j list ruleset'].join('\n'))) as {
    nftables: Record<string, Json>[]
  }
  const found: Record<string, unknown> = {}
  for (const [[kind = '', { handle: _, ...object } = {}] = []] of nftables.map(each =>
    Object.entries(each),
  )) {
    if (kind === 'metainfo') continue
    if (kind === 'rule') {
      const place = `rules of ${String(object.chain)}`
      found[place] = [...((found[place] ?? []) as unknown[]), object]
    } else {
      const { elem, ...rest } = object
      const elements = ((elem ?? []) as unknown[]).map(each => JSON.stringify(each)).sort()
      found[`${kind} ${String(object.name)}`] = { ...rest, elements }
    }
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const everything = (addresses: string[], settings: Parameters<typeof compile>[2] = {}) =>
  compile(
    [
      service({
        type: 'LoadBalancer',
        ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 30_080 }],
        externalIPs: ['198.51.100.7'],
        loadBalancerIPs: ['198.51.100.9'],
        // The second is inside the first, and the third has the node.
        loadBalancerSourceRanges: ['203.0.113.0/24', '203.0.113.128/25', '192.0.2.0/24'],
        externalTrafficPolicy: 'Local',
        sessionAffinity: 'ClientIP',
      }),
      service({ name: 'empty', clusterIPs: ['10.96.0.2'] }),
      service({ name: 'n'.repeat(63), namespace: 's'.repeat(63), clusterIPs: ['10.96.0.3'] }),
    ],
    [slice(addresses, { ports: [{ name: 'http', protocol: 'TCP', port: 8080 }] })],
    { clusterCIDR: '10.1.0.0/16', ...settings },
    { serviceCIDRs: ['10.96.0.0/16', '10.98.0.0/16'] },
  )

const ipv6 = compile(
  [
    service({
      type: 'LoadBalancer',
      clusterIPs: ['fd00::1'],
      sessionAffinity: 'ClientIP',
      externalTrafficPolicy: 'Local',
      externalIPs: ['fd00:1::1'],
      loadBalancerIPs: ['fd00:1::9'],
      loadBalancerSourceRanges: ['2001:db8:1::/64', '::ffff:192.0.2.0/120', '2001:db8:1:0:1::/80'],
    }),
  ],
  [slice(['fd00:10::1', 'fd00:10::2'], { addressType: 'IPv6' })],
  { clusterCIDR: 'fd00:10::/64' },
  { family: 'ipv6', serviceCIDRs: ['10.96.0.0/16', 'fd00::/112'] },
)

describe.skipIf(!nftWorks)('on the kernel, in a namespace of its own', () => {
  const [few, more] = [everything(['10.1.0.2']), everything(['10.1.0.2', '10.1.0.3', '10.1.0.4'])]

  it('what is printed loads, and a full sync leaves the same', () => {
    const there = kernelAfter(printed(more))
    expect(Object.keys(there).filter(name => name.startsWith('chain endpoint-'))).toHaveLength(3)
    expect(kernelAfter(atOnce(fullSync(more)))).toEqual(there)
    expect(kernelAfter(partByPart(fullSync(more)))).toEqual(there)
  })

  it.each([
    ['at once', atOnce],
    ['part by part', partByPart],
  ])('a partial sync, %s, and the next one leave the same as a full one', (_, run) => {
    const sync = partialSync(more, few)
    expect(sync.stale).toHaveLength(2)
    const kernel = kernelTableOf(few)
    const stale = sync.stale.map(name => [name, []] as const)
    const next = partialSync(few, few, { ...kernel, chains: new Map([...kernel.chains, ...stale]) })
    expect(next.parts).toEqual([])
    expect(kernelAfter(printed(more), run(sync), load(linesOf([{ commands: next.cleanup }])))).toEqual(
      kernelAfter(printed(few)),
    )
    expect(kernelAfter(printed(few), run(partialSync(few, more)))).toEqual(kernelAfter(printed(more)))
  })

  it('a full sync makes good what other settings have left', () => {
    const other = everything(['10.1.0.2'], { nodePortAddresses: ['0.0.0.0/0'], clusterCIDR: '' })
    const sync = fullSync(other, kernelTableOf(few))
    expect(kernelAfter(printed(few), atOnce(sync))).toEqual(kernelAfter(printed(other)))
    expect(kernelAfter(printed(few), partByPart(sync))).toEqual(kernelAfter(printed(other)))
  })

  it('a full sync hangs chains back where they were, with their policy', () => {
    const chain = (name: string) => `chain ip kube-proxy ${name}`
    const changed = load([
      ...['nat-output', 'nat-prerouting'].flatMap(name => [`flush ${chain(name)}`, `delete ${chain(name)}`]),
      `add ${chain('nat-output')} { type nat hook output priority -90 ; }`,
      'add rule ip kube-proxy nat-output jump services',
      `add ${chain('nat-prerouting')}`,
      'add rule ip kube-proxy nat-prerouting jump services',
      `add ${chain('filter-forward')} { policy drop ; }`,
    ])
    const kernel = readListed(inNamespace([printed(more), changed, 'nft list ruleset ip'].join('\n')))
    expect(isChanged(kernelTableOf(more), kernel)).toBe(true)
    for (const run of [atOnce, partByPart])
      expect(kernelAfter(printed(more), changed, run(fullSync(more, kernel)))).toEqual(
        kernelAfter(printed(more)),
      )
  })

  it('what nft lists is read as it was written', () => {
    const listed = inNamespace([printed(more), 'nft list ruleset ip'].join('\n'))
    const { chains, ...others } = readListed(listed)
    const { chains: made, ...rest } = kernelTableOf(more)
    expect(others).toEqual(rest)
    expect([...chains.keys()].sort()).toEqual([...made.keys()].sort())
    expect(readListed(inNamespace('nft add table ip other; nft list ruleset ip'))).toEqual(emptyKernel)
  })

  const families = {
    'source ranges': more,
    'many endpoints': everything(Array.from({ length: 40 }, (_, at) => `10.1.0.${at + 2}`)),
    'no detector, all addresses': everything(['10.1.0.2'], {
      ...{ clusterCIDR: '', nodePortAddresses: ['0.0.0.0/0'] },
    }),
    'a bridge': everything(['10.1.0.2'], {
      ...{ detectLocalMode: 'BridgeInterface' },
      detectLocal: { bridgeInterface: 'br1', interfaceNamePrefix: '' },
    }),
    'a prefix': everything(['10.1.0.2'], {
      ...{ detectLocalMode: 'InterfaceNamePrefix' },
      detectLocal: { bridgeInterface: '', interfaceNamePrefix: 'veth_' },
    }),
    'all masqueraded, by another mark': everything(['10.1.0.2'], {
      ...{ clusterCIDR: '10.1.0.9/16' },
      nftables: { ...defaultProxySettings.nftables, masqueradeAll: true, masqueradeBit: 31 },
    }),
    IPv6: ipv6,
  }

  it.each(Object.entries(families))('a sync that finds nothing changed does nothing: %s', (_, rules) => {
    const listed = inNamespace([printed(rules), 'nft list ruleset'].join('\n'))
    expect(isChanged(kernelTableOf(rules), readListed(listed))).toBe(false)
    const last = rules.ports.flatMap(({ endpoints }) => endpoints).at(-1)!.chain.name
    const where = `${rules.family === 'ipv4' ? 'ip' : 'ip6'} kube-proxy ${last}`
    const to = rules.family === 'ipv4' ? '10.1.0.99:9' : '[fd00::99]:9'
    const change = load([
      `flush chain ${where}`,
      ...rules.ports
        .flatMap(({ endpoints }) => endpoints)
        .at(-1)!
        .chain.rules.map(({ text }) => `add rule ${where} ${text.replace(/dnat to .*/, `dnat to ${to}`)}`),
    ])
    const other = inNamespace([printed(rules), change, 'nft list ruleset'].join('\n'))
    expect(isChanged(kernelTableOf(rules), readListed(other))).toBe(true)
  })

  it('what nft lists means the same in the words of iptables as what was typed', () => {
    const name = 'ip kube-proxy'
    const state = new NftState(name)
    for (const line of linesOf(fullSync(more).parts)) state.note(['nft', line])
    const typed = withNftTable(new Map(), state.table, name)
    const listed = inNamespace([printed(more), 'nft list ruleset ip'].join('\n'))
    const kernels = withNftTable(new Map(), parseNftTable(listed, name), name)
    const plain = (tables: Tables) =>
      [...tables].flatMap(([table, chains]) =>
        [...chains.values()]
          .toSorted((one, other) => (one.name < other.name ? -1 : 1))
          .flatMap(({ rules, ...chain }) => [
            `${table} ${JSON.stringify(chain)}`,
            ...rules.map(({ argv }) => argv.join(' ')),
          ]),
      )
    expect(plain(typed)).toEqual(plain(kernels))
    const all = [...(typed.get('nat')?.values() ?? [])].flatMap(({ rules }) => rules)
    expect(all.length).toBeGreaterThan(40)
    // What iptables has no word for would be taken for a rule that no packet meets.
    expect(all.filter(({ argv }) => argv.includes('0.0.0.0/0,::/0'))).toEqual([])
  })

  it('IPv6', () => {
    expect(kernelAfter(partByPart(fullSync(ipv6)))).toEqual(kernelAfter(printed(ipv6)))
  })

  it('names of interfaces, whatever they are', () => {
    const names = ['br1', 'cni', 'ip6', 'ip', 'veth_', 'br-lan.10', '0abc', 'rt0', 'cali', 'dead', 'a1']
    const rules = (name: string, detectLocalMode: 'BridgeInterface' | 'InterfaceNamePrefix') =>
      compile([service()], [slice(['10.1.0.2'])], {
        detectLocalMode,
        detectLocal: { bridgeInterface: name, interfaceNamePrefix: name },
      })
    const read = "nft list ruleset | sed -n 's/.*iifname != \\([^ ]*\\) .*/\\1/p'"
    const loadEach = (mode: 'BridgeInterface' | 'InterfaceNamePrefix') =>
      names.map(name => inNamespace(printed(rules(name, mode)) + read).trim())
    expect(loadEach('BridgeInterface')).toEqual(names.map(name => `"${name}"`))
    expect(loadEach('InterfaceNamePrefix')).toEqual(names.map(name => `"${name}*"`))
  })

  it('many services, which one message cannot take, part by part', () => {
    const count = 300
    const services = Array.from({ length: count }, (_, at) =>
      service({ name: `svc${at}`, clusterIPs: [`10.96.${at >> 8}.${at & 255}`] }),
    )
    const slices = Array.from({ length: count }, (_, at) =>
      slice(['10.1.0.1', '10.1.0.2'], { service: `svc${at}` }),
    )
    const { parts } = fullSync(compile(services, slices))
    expect(() => inNamespace(load(linesOf(parts)))).toThrow('Message too long')
    const view = viewOf(services, slices)
    const { commands } = nftables.sync(undefined, view, emptyKernel, true)
    expect(commands.length).toBeGreaterThan(1)
    const counted = inNamespace(
      [
        ...commands.map(({ input }) => load([input ?? ''])),
        "nft list ruleset | grep -c 'chain endpoint-'",
      ].join('\n'),
    )
    expect(counted.trim()).toBe(String(2 * count))
  })
})

const folder = join(process.env.NETLAB_KUBE_PROXY_GOLDEN ?? '', 'nftables')
const there = process.env.NETLAB_KUBE_PROXY_GOLDEN !== undefined && existsSync(folder)

describe.skipIf(!there || !nftWorks)("kube-proxy's own test cases, as the kernel takes them", () => {
  const cases = there
    ? readdirSync(folder).filter(file => file.endsWith('.json') && !/^0[36]-/.test(file))
    : []
  const linesOf = (file: string) => readFileSync(join(folder, file), 'utf8').split('\n')

  it.each(cases)('%s', file => {
    const golden = JSON.parse(readFileSync(join(folder, file), 'utf8')) as GoldenCase
    const rules = compileServices(goldenInput(golden))
    expect(kernelAfter(printed(rules))).toEqual(
      kernelAfter(load(inLoadOrder(linesOf(file.replace('.json', '.rules'))))),
    )
  })
})

/** The golden files have things before what they lead to. */
function inLoadOrder(lines: string[]): string[] {
  const rank = (line: string) =>
    ['table', 'set', 'map', 'chain', 'rule', 'element'].indexOf(line.split(' ')[1] ?? '')
  return lines.filter(line => line.startsWith('add ')).sort((a, b) => rank(a) - rank(b))
}

it.skipIf(nftWorks)('the kernel was not asked: no nft, or no user namespaces here', () => {})
