import { expect, test } from 'vitest'
import { openSession } from '../labs/cli.ts'

/** The first address of a pod may be of either family; a UDP server is known by nothing but where conntrack says that it went. */
const before = `
name: two-families
sysctls: {net.ipv4.ip_forward: 1, net.ipv6.conf.all.forwarding: 1}
bridge: {name: br1, addresses: [10.0.0.1/24, "fd00::1/64"], hairpin: true}
pods:
  a: {addresses: [10.0.0.11/24, "fd00::b/64"], serve: 8080, labels: {app: web}, readiness: {tcpSocket: {port: 8080}}}
  echo:
    addresses: ["fd00::e/64", 10.0.0.14/24]
    command: [node, -e, "for (const kind of ['udp4', 'udp6']) { const s = require('dgram').createSocket({type: kind, ipv6Only: kind === 'udp6'}); s.on('message', (m, r) => s.send(m, r.port, r.address)); s.bind(5300) }"]
    ports: {echo: 5300/UDP}
    labels: {app: echo}
outside: {client: {addresses: [192.0.2.10/24, "2001:db8::a/64"]}}
services:
  - name: web
    clusterIPs: ["fd00:96::a", 10.96.0.10]
    ipFamilyPolicy: PreferDualStack
    selector: {app: web}
    ports: [{port: 80, targetPort: 8080}]
  - name: echo
    clusterIPs: [10.96.0.11, "fd00:96::b"]
    ipFamilyPolicy: RequireDualStack
    selector: {app: echo}
    ports: [{port: 5300, protocol: UDP}]
`

const after = before
  .replace(
    'outside:',
    `  b: {addresses: ["fd00::c/64", 10.0.0.12/24], serve: 8080, labels: {app: web}}
  c: {address: "fd00::d/64", serve: 8080, labels: {app: web}}
outside:`,
  )
  .replace('"fd00::e/64"', '"fd00::f/64"')

interface Told {
  ok: boolean
  services: { service: string; clusterIP: string; from: string; backends: Record<string, number> }[]
}

test('what changes in a lab of both families is changed in both', async () => {
  const session = openSession()
  const fine = async (...argv: string[]) => {
    const ended = await session.netlab(...argv)
    expect({ argv, ...ended }).toMatchObject({ code: 0 })
    return ended.stdout
  }
  /** Who answers at each cluster IP. */
  const answering = async () => {
    const { ok, services } = JSON.parse(await fine('verify', '--requests', '40', '--json')) as Told
    expect(ok).toBe(true)
    const seen = new Map<string, Set<string>>()
    for (const { clusterIP, backends } of services) {
      const pods = seen.get(clusterIP) ?? new Set()
      for (const [pod, answers] of Object.entries(backends)) if (answers > 0) pods.add(pod)
      seen.set(clusterIP, pods)
    }
    return Object.fromEntries([...seen].map(([address, pods]) => [address, [...pods].sort().join(' ')]))
  }
  const file = session.file('two-families.yaml', before)
  await fine('up', file, '--quiet')
  expect(await answering()).toEqual({
    ...{ 'fd00:96::a': 'a', '10.96.0.10': 'a', '10.96.0.11': 'echo', 'fd00:96::b': 'echo' },
  })

  session.file('two-families.yaml', after)
  const applied = await fine('apply', 'two-families')
  expect(applied).toContain('+ pod b: fd00::c/64 and 10.0.0.12/24 on br1; serves 8080\n')
  expect(applied).toContain(
    '± pod echo is replaced: address fd00::e/64 and 10.0.0.14/24 → fd00::f/64 and 10.0.0.14/24\n',
  )
  // c has no address of IPv4, and so is no endpoint there.
  expect(await answering()).toEqual({
    ...{ 'fd00:96::a': 'a b c', '10.96.0.10': 'a b', '10.96.0.11': 'echo', 'fd00:96::b': 'echo' },
  })

  await fine('pod', 'stop', 'a')
  await fine('sync', 'two-families')
  expect(await answering()).toMatchObject({ 'fd00:96::a': 'b c', '10.96.0.10': 'b' })
  expect(await fine('status', 'two-families')).toContain('10.0.0.11 fd00::b')
  expect(await session.netlab('down')).toMatchObject({ stdout: expect.stringContaining('nothing is left') })
})

test('the rules of a lab of both families are printed for both programs, or for the one that is named', async () => {
  const session = openSession()
  const file = session.file('two-families.yaml', before)
  const translated = (text: string) => text.match(/--to-destination \S+:8080/g)
  const both = await session.netlab('rules', file)
  expect(both).toMatchObject({ code: 0, stdout: expect.stringMatching(/^# IPv4: iptables\n\*filter\n/) })
  expect(translated(both.stdout)).toEqual([
    '--to-destination 10.0.0.11:8080',
    '--to-destination [fd00::b]:8080',
  ])
  const one = await session.netlab('rules', file, '--family', 'ipv6')
  expect(translated(one.stdout)).toEqual(['--to-destination [fd00::b]:8080'])
  expect(one.stdout).toMatch(/^\*filter\n/)
  const json = JSON.parse((await session.netlab('rules', file, '--format', 'json')).stdout) as object
  expect(Object.keys(json)).toEqual(['ipv4', 'ipv6'])
})
