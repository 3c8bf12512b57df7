import { describe, expect, it } from 'vitest'
import { ipvs } from '../../../src/dataplane/ipvs/ipvs.ts'
import type { KernelState } from '../../../src/dataplane/ipvs/kernel-state.ts'
import type { EndpointSlice, Service } from '../../../src/model/kubernetes.ts'
import { service, slice } from '../iptables/fixtures.ts'
import { viewOf } from './fixtures.ts'

const endpoints = (...addresses: string[]): EndpointSlice[] => [
  slice(addresses.map(address => ({ addresses: [address], nodeName: 'n1' }))),
]
const cart = (fields: Partial<Service> = {}) => service({ clusterIPs: ['10.96.0.1'], ...fields })

const one = viewOf([cart()], endpoints('10.1.0.2'))
const two = viewOf([cart()], endpoints('10.1.0.2', '10.1.0.3'))

/** The kernel as a full sync of `two` leaves it, with so many connections of 10.1.0.3, and its weight. */
function kernelWith(connections: number, weight: string, of = two): KernelState {
  const listed = [
    '## servers ipv4',
    'IP Virtual Server version 1.2.1 (size=4096)',
    'Prot LocalAddress:Port Scheduler Flags',
    '  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn',
    'TCP  10.96.0.1:80 rr',
    '  -> 10.1.0.2:8080                Masq    1      0          0         ',
    `  -> 10.1.0.3:8080                Masq    ${weight}      0          ${connections}         `,
    'TCP  [fd00::1]:80 rr',
    '',
  ].join('\n')
  return { ...(ipvs.synced(of, ipvs.readBack('')) as KernelState), servers: serversOf(listed) }
}

function serversOf(listed: string): KernelState['servers'] {
  return (ipvs.readBack(`## rules ipv4\n${listed}`) as KernelState).servers
}

const inputs = (change: ReturnType<typeof ipvs.sync>) => change.commands.map(({ input }) => input)

describe('a sync sends what differs', () => {
  it('one endpoint more: an entry of a set, and a real server of each virtual one', () => {
    const change = ipvs.sync(one, two, ipvs.synced(one, ipvs.readBack('')), false)
    expect(change).toMatchObject({ how: 'partial', more: 2, services: ['shop/cart'], flushed: false })
    expect(change.commands.map(({ argv }) => argv.slice(0, 2))).toEqual([
      ['ipset', 'restore'],
      ['sh', '-c'],
    ])
    expect(inputs(change)).toEqual([
      'add KUBE-LOOP-BACK 10.1.0.3,tcp:8080,10.1.0.3\n',
      '-a -t 10.96.0.1:80 -r 10.1.0.3:8080 -m -w 1\n',
    ])
  })

  it('the first service of all: rules, sets, virtual servers, and its address last', () => {
    const change = ipvs.sync(undefined, one, ipvs.readBack(''), false)
    expect(change.how).toBe('first')
    const programs = change.commands.map(({ argv }) => argv.slice(0, 2).join(' '))
    expect(programs.filter((program, at) => program !== programs[at - 1])).toEqual([
      ...['ip link', 'ipset restore', 'iptables-restore --wait', 'iptables -t', 'sh -c', 'ip -batch'],
    ])
    expect(inputs(change).at(-1)).toBe('address add 10.96.0.1/32 dev kube-ipvs0\n')
  })

  it('a virtual server that somebody has deleted comes back', () => {
    const kernel = { ...kernelWith(0, '1'), servers: new Map() }
    const change = ipvs.sync(two, two, kernel, false)
    expect(change).toMatchObject({ how: 'full', flushed: true, services: ['shop/cart'] })
    expect(inputs(change)).toContain(
      [
        '-A -t 10.96.0.1:80 -s rr',
        '-a -t 10.96.0.1:80 -r 10.1.0.2:8080 -m -w 1',
        '-a -t 10.96.0.1:80 -r 10.1.0.3:8080 -m -w 1\n',
      ].join('\n'),
    )
  })

  it('nothing differs, nothing is done', () => {
    expect(ipvs.sync(two, two, kernelWith(3, '1'), false)).toMatchObject({ how: 'none', commands: [] })
  })

  it('leaves a virtual server of somebody else, by a mark, and its real servers alone', () => {
    const text =
      '## servers ipv4\nTCP  10.96.0.1:80 rr\n  -> 10.1.0.2:8080 Masq 1 0 0\nFWM  1 rr\n  -> 10.1.0.9:0 Masq 1 0 0\n'
    expect([...serversOf(text)].map(([key, { realServers }]) => [key, [...realServers.keys()]])).toEqual([
      ['TCP 10.96.0.1:80', ['10.1.0.2:8080']],
    ])
  })

  it('another scheduler: each virtual server is edited, and keeps its real servers', () => {
    const after = { ...two, settings: { ...two.settings, ipvs: { scheduler: 'lc', strictARP: false } } }
    expect(inputs(ipvs.sync(two, after, kernelWith(0, '1'), false)).at(-1)).toBe('-E -t 10.96.0.1:80 -s lc\n')
  })

  it('session affinity: ipvsadm has it with its seconds, and so it is read back', () => {
    const sticky = viewOf([cart({ sessionAffinity: 'ClientIP', sessionAffinityTimeout: 600 })], [])
    expect(inputs(ipvs.sync(viewOf([cart()], []), sticky, ipvs.readBack(''), false)).at(-2)).toBe(
      '-A -t 10.96.0.1:80 -s rr -p 600\n',
    )
    const listed = '## servers ipv4\nTCP  10.96.0.1:80 rr persistent 600\n'
    expect(serversOf(listed).get('TCP 10.96.0.1:80')).toMatchObject({ scheduler: 'rr', persistent: 600 })
  })
})

describe('an endpoint that goes', () => {
  it.each([
    ['has no connections: it is deleted', 0, '1', '-d -t 10.96.0.1:80 -r 10.1.0.3:8080'],
    ['has some: no new ones for it', 2, '1', '-e -t 10.96.0.1:80 -r 10.1.0.3:8080 -m -w 0'],
    ['waits, and its connections have ended: it is deleted', 0, '0', '-d -t 10.96.0.1:80 -r 10.1.0.3:8080'],
  ])('%s', (_, connections, weight, line) => {
    expect(inputs(ipvs.sync(two, one, kernelWith(connections, weight), false)).at(-1)).toBe(`${line}\n`)
  })

  it('waits, while its connections have not ended', () => {
    const kernel = kernelWith(2, '0', one)
    expect(ipvs.sync(one, one, kernel, false)).toMatchObject({ how: 'none' })
    expect(ipvs.synced(one, kernel)).toEqual(kernel)
  })

  it('waits, and is an endpoint again: it is made anew', () => {
    expect(inputs(ipvs.sync(one, two, kernelWith(2, '0', one), false)).at(-1)).toBe(
      '-d -t 10.96.0.1:80 -r 10.1.0.3:8080\n-a -t 10.96.0.1:80 -r 10.1.0.3:8080 -m -w 1\n',
    )
  })

  it.each([
    ['UDP', '-u'],
    ['SCTP', '--sctp-service'],
  ] as const)('of %s is deleted at once', (protocol, option) => {
    const service = cart({ ports: [{ name: 'http', protocol, port: 80, targetPort: 8080 }] })
    const slices = (...addresses: string[]) =>
      endpoints(...addresses).map(each => ({
        ...each,
        ports: [{ name: 'http', protocol, port: 8080 }],
      }))
    const before = viewOf([service], slices('10.1.0.2', '10.1.0.3'))
    const after = viewOf([service], slices('10.1.0.2'))
    const kernel = {
      ...(ipvs.synced(before, ipvs.readBack('')) as KernelState),
      servers: serversOf(
        `## servers ipv4\n${protocol.padEnd(4)} 10.96.0.1:80 rr\n  -> 10.1.0.2:8080 Masq 1 0 0\n  -> 10.1.0.3:8080 Masq 1 0 5\n`,
      ),
    }
    expect(inputs(ipvs.sync(before, after, kernel, false)).at(-1)).toBe(
      `-d ${option} 10.96.0.1:80 -r 10.1.0.3:8080\n`,
    )
  })
})

describe('a node with both families', () => {
  const families = ['ipv4', 'ipv6'] as const
  const of = (family: 'ipv4' | 'ipv6') =>
    viewOf([cart({ clusterIPs: ['10.96.0.1', 'fd00::1'] })], [], {}, { family, families })

  it('has one kube-ipvs0, which the first family makes and the last one takes away', () => {
    const argvs = (before: 'ipv4' | 'ipv6' | undefined, after: 'ipv4' | 'ipv6' | undefined) =>
      ipvs
        .sync(before && of(before), after && of(after), ipvs.readBack(''), false)
        .commands.map(({ argv }) => argv.join(' '))
    const [made, gone] = ['ip link add kube-ipvs0 type dummy', 'ip link delete kube-ipvs0']
    expect(argvs(undefined, 'ipv4')).toContain(made)
    expect(argvs(undefined, 'ipv6')).not.toContain(made)
    expect(argvs('ipv4', undefined)).not.toContain(gone)
    expect(argvs('ipv6', undefined)).toContain(gone)
  })

  it('lists the sets and virtual servers of both, of which each family reads its own', () => {
    const text = (family: string) =>
      [
        ...[`## rules ${family}`, `## sets ${family}`, 'create KUBE-CLUSTER-IP hash:ip,port family inet'],
        ...['add KUBE-CLUSTER-IP 10.96.0.1,tcp:80', 'create KUBE-6-CLUSTER-IP hash:ip,port family inet6'],
        ...['add KUBE-6-CLUSTER-IP fd00::1,tcp:80', `## servers ${family}`, 'TCP  10.96.0.1:80 rr'],
        ...['TCP  [fd00::1]:80 rr', '  -> [fd00:1::2]:8080 Masq 1 0 0', ''],
      ].join('\n')
    const read = ipvs.readBack(text('ipv6')) as KernelState
    expect([...read.sets]).toEqual([['KUBE-6-CLUSTER-IP', new Set(['fd00::1,tcp:80'])]])
    expect([...read.servers.keys()]).toEqual(['TCP [fd00::1]:80'])
    expect(
      (ipvs.readBack(text('ipv4')) as KernelState).servers.get('TCP 10.96.0.1:80')?.realServers.size,
    ).toBe(0)
  })
})
