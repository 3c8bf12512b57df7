import { describe, expect, it } from 'vitest'
import type { NodeView, RuleStep } from '../../../src/dataplane/dataplane.ts'
import { ebpf } from '../../../src/dataplane/ebpf/ebpf.ts'
import type { KernelState } from '../../../src/dataplane/ebpf/rules.ts'
import { iptables } from '../../../src/dataplane/iptables/iptables.ts'
import { modeChange } from '../../../src/dataplane/mode-change.ts'
import { nftables } from '../../../src/dataplane/nftables/nftables.ts'
import { contentsAfter, isSocketLbCommand } from '../../../src/dataplane/socket-commands.ts'
import { listText } from '../../../src/dataplane/socket-list.ts'
import { contentsText, readContents } from '../../../src/dataplane/socket-maps.ts'
import type { EndpointSlice, Service } from '../../../src/model/kubernetes.ts'
import { foldsOf } from '../../../src/plan/folds.ts'
import { defaultProxySettings } from '../../../src/read/proxy-settings.ts'
import { service, slice } from '../iptables/fixtures.ts'

const view = (services: Service[], slices: EndpointSlice[]): NodeView => ({
  services,
  slices,
  settings: { ...defaultProxySettings, mode: 'ebpf' },
  node: { name: 'n1', addresses: ['192.0.2.1'] },
  family: 'ipv4',
})
const web = service({ name: 'web', clusterIPs: ['10.96.0.2'], sessionAffinity: 'ClientIP' })
const udp = service({
  name: 'dns',
  type: 'NodePort',
  clusterIPs: ['10.96.0.10'],
  internalTrafficPolicy: 'Local',
  ports: [{ name: '', protocol: 'UDP', port: 53, targetPort: 53, nodePort: 30_053 }],
})
const one = slice(['10.1.0.2'])
const two = slice(['10.1.0.2', '10.1.0.3'])
const empty = readContents('')
const kernelOf = (of: NodeView) => ebpf.synced(of, ebpf.readBack()) as KernelState
const mapsOf = (of: NodeView) => kernelOf(of).sockets
const lines = (commands: readonly { argv: readonly string[] }[]) => commands.map(({ argv }) => argv.join(' '))

describe('commands for a socket load balancer', () => {
  it('say in words what the maps get, and lead to what is compiled', () => {
    const all = view([service(), web, udp], [two, slice(['10.1.0.4'], { service: 'web' })])
    const steps = ebpf.steps(undefined, ebpf.compile(all)).filter(isSocketLbCommand)
    expect(lines(steps)).toEqual([
      'netlab socket-lb set shop/cart --at 10.96.0.1:80 --to 10.1.0.2:8080 --to 10.1.0.3:8080',
      'netlab socket-lb set shop/dns --protocol UDP --local --at 10.96.0.10:53',
      'netlab socket-lb set shop/dns --protocol UDP --at 192.0.2.1:30053 --at-node 127.0.0.1:30053',
      'netlab socket-lb set shop/web --affinity 10800 --at 10.96.0.2:80 --to 10.1.0.4:8080',
    ])
    const made = contentsAfter(
      empty,
      steps.map(({ argv }) => ({ argv, in: 'n1' })),
    )
    expect(made).toEqual(mapsOf(all))
    expect(readContents(contentsText(made))).toEqual(made)
    expect(listText(made, ['n1'])).toBe(`10.96.0.10:53 UDP → refused
10.96.0.1:80 TCP → 10.1.0.2:8080, 10.1.0.3:8080
10.96.0.2:80 TCP → 10.1.0.4:8080; stays for 10800 s
127.0.0.1:30053 UDP (from the node itself) → refused
192.0.2.1:30053 UDP → refused
`)
    const gone = ebpf.steps(ebpf.compile(all), undefined).filter(isSocketLbCommand)
    expect(
      contentsAfter(
        made,
        gone.map(({ argv }) => ({ argv, in: 'n1' })),
      ),
    ).toEqual(empty)
  })

  it.each([
    ['netlab socket-lb set shop/cart --at 10.96.0.1:80 --to 10.1.0.2'],
    ['netlab socket-lb set shop/cart --at 10.96.0.1:99999'],
    ['netlab socket-lb set shop/cart --at 10.96.0.1:80 --affinity x'],
    ['netlab socket-lb set shop/cart --at fd00::1:80'],
    ['netlab socket-lb set shop/cart'],
    ['netlab socket-lb put shop/cart --at 10.96.0.1:80'],
    ['netlab socket-lb set shop/cart --at 10.96.0.1:80 --from 10.0.0.1'],
  ])('are refused where they cannot be: %s', line => {
    expect(() => contentsAfter(empty, [{ argv: line.split(' '), in: 'n1' }])).toThrow(
      'netlab socket-lb does not understand',
    )
  })
})

describe('a sync', () => {
  const change = (
    before: NodeView | undefined,
    after: NodeView | undefined,
    kernel: KernelState = ebpf.readBack() as KernelState,
    full = false,
  ) => {
    const { commands, ...rest } = ebpf.sync(before, after, kernel, full)
    return { ...rest, commands: lines(commands) }
  }
  const before = view([service(), web], [one])

  it('sets the services that differ', () => {
    expect(change(before, view([service(), web], [two]), kernelOf(before))).toMatchObject({
      how: 'partial',
      rules: 1,
      more: 0,
      services: ['shop/cart'],
      commands: ['netlab socket-lb set shop/cart --at 10.96.0.1:80 --to 10.1.0.2:8080 --to 10.1.0.3:8080'],
    })
    expect(change(before, before, kernelOf(before))).toMatchObject({ how: 'none', commands: [] })
  })

  it('deletes those that go, and sets those again that somebody has taken away', () => {
    expect(change(before, view([web], []), kernelOf(before))).toMatchObject({
      how: 'partial',
      more: -1,
      commands: ['netlab socket-lb delete shop/cart --at 10.96.0.1:80'],
    })
    expect(change(before, before, kernelOf(view([web], [])))).toMatchObject({
      how: 'partial',
      flushed: true,
      commands: ['netlab socket-lb set shop/cart --at 10.96.0.1:80 --to 10.1.0.2:8080'],
    })
  })

  it('keeps a service that gets another port or address', () => {
    const moved = service({
      clusterIPs: ['10.96.0.9'],
      ports: [{ name: '', protocol: 'TCP', port: 81, targetPort: 8080 }],
    })
    const one = view([service()], [slice(['10.1.0.2'])])
    const other = view([moved], [slice(['10.1.0.2'])])
    const { commands } = ebpf.sync(one, other, kernelOf(one), false)
    expect(lines(commands)).toEqual(['netlab socket-lb set shop/cart --at 10.96.0.9:81 --to 10.1.0.2:8080'])
    expect(contentsAfter(mapsOf(one), commands)).toEqual(mapsOf(other))
  })

  it.each([
    ['is called by another name', 'shop/a', 'shop/z'],
    ['is called by another name, the later one first', 'shop/z', 'shop/a'],
  ])('keeps the address of a service that %s', (_, ...names) => {
    const of = (full: string) => {
      const name = full.slice('shop/'.length)
      return view([service({ name })], [slice(['10.1.0.2'], { service: name })])
    }
    const [one, other] = names.map(of)
    const { commands } = ebpf.sync(one, other, kernelOf(one!), false)
    expect(contentsAfter(mapsOf(one!), commands)).toEqual(mapsOf(other!))
  })

  it('keeps an external address that goes from one of two services to the other', () => {
    const both = (a: string[], z: string[]) =>
      view(
        [
          service({ name: 'a', clusterIPs: ['10.96.0.1'], externalIPs: a }),
          service({ name: 'z', clusterIPs: ['10.96.0.2'], externalIPs: z }),
        ],
        [slice(['10.1.0.1'], { service: 'a' }), slice(['10.1.0.2'], { service: 'z' })],
      )
    const [one, other] = [both([], ['198.51.100.7']), both(['198.51.100.7'], [])]
    for (const [before, after] of [
      [one, other],
      [other, one],
    ] as const) {
      const { commands } = ebpf.sync(before, after, kernelOf(before), false)
      expect(contentsAfter(mapsOf(before), commands.filter(isSocketLbCommand))).toEqual(mapsOf(after))
    }
  })

  it('sets all after a failure', () => {
    expect(change(before, before, kernelOf(before), true)).toMatchObject({ how: 'full', rules: 2 })
    expect(change(undefined, before)).toMatchObject({ how: 'first', rules: 2, more: 2 })
    expect(change(before, undefined, kernelOf(before))).toMatchObject({ how: 'last', rules: 2, more: -2 })
  })
})

describe('beside the program', () => {
  const exposed = service({ type: 'NodePort', ports: [tcpPort(80, 30_080)], externalTrafficPolicy: 'Local' })
  const alone = view([service({ name: 'inner', clusterIPs: ['10.96.0.3'] })], [one])
  const both = view([...alone.services, exposed], [one])
  const rulesIn = (change: readonly { argv: readonly string[] }[]) =>
    change.filter(command => !isSocketLbCommand(command)).map(({ argv }) => argv.join(' '))

  it('there are rules of kube-proxy for the services that are asked from beyond the node, and for no other', () => {
    expect(rulesIn(ebpf.steps(undefined, ebpf.compile(alone)))).toEqual([])
    const beside = ebpf.steps(ebpf.compile(alone), ebpf.compile(both))
    const asKubeProxy = iptables.steps(
      undefined,
      iptables.compile({
        ...both,
        services: [exposed],
        settings: { ...both.settings, iptables: { ...both.settings.iptables, localhostNodePorts: false } },
      }),
    )
    expect(rulesIn(beside)).toEqual(rulesIn(asKubeProxy))
    expect(rulesIn(beside).filter(line => line.includes('10.96.0.3'))).toEqual([])
    // A lesson folds what comes with the first of them.
    const folds = new Set(foldsOf(beside))
    expect(folds).toEqual(new Set([undefined, 'what every node has, whatever its services']))
    expect(rulesIn(ebpf.steps(ebpf.compile(both), ebpf.compile(alone)))).toEqual(
      rulesIn(iptables.steps(iptables.compile({ ...both, services: [exposed] }), undefined)),
    )
  })

  it('one for SCTP, for which the kernel asks no program', () => {
    const sctp = view([service({ ports: [{ name: '', protocol: 'SCTP', port: 9, targetPort: 9 }] })], [])
    expect(rulesIn(ebpf.steps(undefined, ebpf.compile(sctp))).length).toBeGreaterThan(0)
  })

  it('a sync makes them, brings them on, and makes those anew that somebody has taken away', () => {
    const first = ebpf.sync(alone, both, kernelOf(alone), false)
    expect(first.commands.filter(isSocketLbCommand)).toHaveLength(1)
    expect(first).toMatchObject({ how: 'partial' })
    expect(rulesIn(first.commands)[0]).toBe('iptables-restore --wait 5 --noflush')
    const jumps = rulesIn(ebpf.steps(ebpf.compile(alone), ebpf.compile(both))).filter(line =>
      line.includes(' -I '),
    )
    expect(new Set(rulesIn(first.commands).slice(1))).toEqual(
      new Set([...jumps, 'iptables -t filter -N KUBE-FIREWALL']),
    )
    const more = view([...both.services], [two])
    expect(rulesIn(ebpf.sync(both, more, kernelOf(both), false).commands)).toEqual([
      'iptables-restore --wait 5 --noflush',
    ])
    const { sockets } = kernelOf(both)
    const flushed = { sockets, packets: kernelOf(alone).packets }
    expect(ebpf.sync(both, both, flushed, false)).toMatchObject({ how: 'full', flushed: true })
    // What is told of both is what weighs more.
    expect(ebpf.sync(both, more, flushed, false)).toMatchObject({ how: 'full' })
    expect(ebpf.sync(both, both, kernelOf(both), false)).toMatchObject({ how: 'none', commands: [] })
  })

  it('what somebody, or a change that broke off, has left goes, and what is gone is not taken away once more', () => {
    const { sockets } = kernelOf(alone)
    const saved = (...lines: string[]) => ({
      sockets,
      packets: iptables.readBack(['*nat', ':OUTPUT ACCEPT [0:0]', ...lines, 'COMMIT', ''].join('\n')),
    })
    const halfMade = saved(
      ':KUBE-SERVICES - [0:0]',
      ':KUBE-SEP-ABCDEFGHIJKLMNOP - [0:0]',
      '-A OUTPUT -j KUBE-SERVICES',
    )
    const gone = ebpf.sync(alone, alone, halfMade, true)
    expect(rulesIn(gone.commands)).toEqual([
      'iptables -t nat -D OUTPUT -m comment --comment kubernetes service portals -j KUBE-SERVICES',
      'iptables -t nat -F KUBE-SERVICES',
      'iptables -t nat -F KUBE-SEP-ABCDEFGHIJKLMNOP',
      'iptables -t nat -X KUBE-SERVICES',
      'iptables -t nat -X KUBE-SEP-ABCDEFGHIJKLMNOP',
    ])
    const [load, ...others] = ebpf
      .sync(alone, both, halfMade, false)
      .commands.filter(command => !isSocketLbCommand(command))
    expect(load?.input).toContain('-X KUBE-SEP-ABCDEFGHIJKLMNOP\n')
    const jumpsTo = (chain: string) => others.filter(({ argv }) => argv[3] === '-I' && argv.includes(chain))
    // The one from OUTPUT is there.
    expect(jumpsTo('KUBE-SERVICES').map(({ argv }) => `${argv[2]} ${argv[4]}`)).toEqual([
      'filter FORWARD',
      'filter OUTPUT',
      'nat PREROUTING',
    ])
    expect(rulesIn(ebpf.sync(both, alone, saved(':KUBE-SERVICES - [0:0]'), false).commands)).toEqual([
      'iptables -t nat -F KUBE-SERVICES',
      'iptables -t nat -X KUBE-SERVICES',
    ])
  })

  it('a change of mode serves the node and its pods throughout, and clients beyond the node again at its end', () => {
    const order = (commands: readonly { argv: readonly string[] }[]) =>
      [...new Set(commands.map(({ argv: [program, verb] }) => (program === 'netlab' ? verb : program)))].join(
        ' ',
      )
    const inIptables = iptables.compile(both)
    const ofMode = (mode: typeof ebpf | typeof iptables, commands: readonly RuleStep[]) => ({
      mode,
      commands,
    })
    expect(
      order(
        modeChange(
          ofMode(iptables, iptables.steps(inIptables, undefined)),
          ofMode(ebpf, ebpf.steps(undefined, ebpf.compile(both))),
        ),
      ),
    ).toBe('socket-lb iptables')
    expect(
      order(
        modeChange(
          ofMode(ebpf, ebpf.steps(ebpf.compile(both), undefined)),
          ofMode(iptables, iptables.steps(undefined, inIptables)),
        ),
      ),
    ).toBe('iptables socket-lb')
    const inNftables = nftables.steps(undefined, nftables.compile(both))
    expect(
      order(
        modeChange(
          { mode: ebpf, commands: ebpf.steps(ebpf.compile(both), undefined) },
          { mode: nftables, commands: inNftables },
        ),
      ),
    ).toBe('nft socket-lb iptables')
  })
})

it('promises the node and its pods what is compiled, and others what the rules do with their packets', () => {
  const exposed = service({ type: 'NodePort', ports: [tcpPort(80, 30_080)] })
  const inner = service({ name: 'inner', clusterIPs: ['10.96.0.3'] })
  const model = ebpf.model(view([exposed, inner, udp], [two, slice(['10.1.0.4'], { service: 'inner' })]))
  const cart = { service: 'shop/cart', portName: '', protocol: 'TCP' as const }
  const ask = (from: 'node' | 'pod' | 'outside', port = cart) =>
    model(port, 'node port', { from, address: '10.1.0.9' })
  const endpoints = ['10.1.0.2:8080', '10.1.0.3:8080']
  expect(ask('pod')).toEqual({ kind: 'spread', endpoints, client: 'kept' })
  expect(ask('node')).toEqual(ask('pod'))
  expect(ask('outside')).toEqual({ kind: 'spread', endpoints, client: 'masqueraded' })
  expect(
    model({ ...cart, service: 'shop/inner' }, 'cluster IP', { from: 'outside', address: '' })?.kind,
  ).toBe('unserved')
  const dns = { service: 'shop/dns', portName: '', protocol: 'UDP' as const }
  expect(model(dns, 'cluster IP', { from: 'pod', address: '10.1.0.9' })?.kind).toBe('refused')
  // No program is asked about SCTP, and none looks at source ranges.
  const balanced = service({
    type: 'LoadBalancer',
    loadBalancerIPs: ['198.51.100.9'],
    loadBalancerSourceRanges: ['192.0.2.0/24'],
    ports: [tcpPort(80, 30_080), { name: 'sctp', protocol: 'SCTP', port: 9, targetPort: 8080 }],
  })
  const ports = [
    { name: '', protocol: 'TCP', port: 8080 },
    { name: 'sctp', protocol: 'SCTP', port: 8080 },
  ] as const
  const ofBoth = ebpf.model(view([balanced], [slice(['10.1.0.2'], { ports })]))
  const sctp = { service: 'shop/cart', portName: 'sctp', protocol: 'SCTP' as const }
  expect(ofBoth(sctp, 'cluster IP', { from: 'pod', address: '10.1.0.9' })).toMatchObject({
    kind: 'spread',
    client: 'masqueraded',
  })
  const ranged = (from: 'pod' | 'outside', address: string) =>
    ofBoth(cart, 'load balancer IP', { from, address })?.kind
  expect([
    ranged('pod', '10.1.0.9'),
    ranged('outside', '192.0.2.7'),
    ranged('outside', '203.0.113.7'),
  ]).toEqual(['spread', 'spread', 'dropped'])
  expect(model(dns, 'node port', { from: 'outside', address: '198.51.100.1' })?.kind).toBe('refused')
})

function tcpPort(port: number, nodePort: number) {
  return { name: '', protocol: 'TCP' as const, port, targetPort: 8080, nodePort }
}
