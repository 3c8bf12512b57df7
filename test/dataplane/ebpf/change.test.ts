import { describe, expect, it } from 'vitest'
import type { NodeView } from '../../../src/dataplane/dataplane.ts'
import { ebpf } from '../../../src/dataplane/ebpf/ebpf.ts'
import { contentsAfter } from '../../../src/dataplane/socket-commands.ts'
import { listText } from '../../../src/dataplane/socket-list.ts'
import { contentsText, readContents } from '../../../src/dataplane/socket-maps.ts'
import { ruleSetContents } from '../../../src/dataplane/socket-services.ts'
import type { EndpointSlice, Service } from '../../../src/model/kubernetes.ts'
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
const kernelOf = (of: NodeView) => ruleSetContents([ebpf.compile(of) as never])
const lines = (commands: readonly { argv: readonly string[] }[]) => commands.map(({ argv }) => argv.join(' '))

describe('commands for a socket load balancer', () => {
  it('say in words what the maps get, and lead to what is compiled', () => {
    const all = view([service(), web, udp], [two, slice(['10.1.0.4'], { service: 'web' })])
    const steps = ebpf.steps(undefined, ebpf.compile(all))
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
    expect(made).toEqual(kernelOf(all))
    expect(readContents(contentsText(made))).toEqual(made)
    expect(listText(made, ['n1'])).toBe(`10.96.0.10:53 UDP → refused
10.96.0.1:80 TCP → 10.1.0.2:8080, 10.1.0.3:8080
10.96.0.2:80 TCP → 10.1.0.4:8080; stays for 10800 s
127.0.0.1:30053 UDP (from the node itself) → refused
192.0.2.1:30053 UDP → refused
`)
    const gone = ebpf.steps(ebpf.compile(all), undefined)
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
    kernel = empty,
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
    expect(contentsAfter(kernelOf(one), commands)).toEqual(kernelOf(other))
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
    expect(contentsAfter(kernelOf(one!), commands)).toEqual(kernelOf(other!))
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
      expect(contentsAfter(kernelOf(before), commands)).toEqual(kernelOf(after))
    }
  })

  it('sets all after a failure', () => {
    expect(change(before, before, kernelOf(before), true)).toMatchObject({ how: 'full', rules: 2 })
    expect(change(undefined, before)).toMatchObject({ how: 'first', rules: 2, more: 2 })
    expect(change(before, undefined, kernelOf(before))).toMatchObject({ how: 'last', rules: 2, more: -2 })
  })
})

it('promises the node and its pods what is compiled, and others nothing', () => {
  const model = ebpf.model(view([service(), udp], [two]))
  const cart = { service: 'shop/cart', portName: '', protocol: 'TCP' as const }
  const ask = (from: 'node' | 'pod' | 'outside') => model(cart, 'cluster IP', { from, address: '10.1.0.9' })
  expect(ask('pod')).toEqual({
    kind: 'spread',
    endpoints: ['10.1.0.2:8080', '10.1.0.3:8080'],
    client: 'kept',
  })
  expect(ask('node')).toEqual(ask('pod'))
  expect(ask('outside')?.kind).toBe('unserved')
  const dns = { service: 'shop/dns', portName: '', protocol: 'UDP' as const }
  expect(model(dns, 'cluster IP', { from: 'pod', address: '10.1.0.9' })?.kind).toBe('refused')
})
