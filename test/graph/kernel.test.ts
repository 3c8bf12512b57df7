import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Graph } from '../../src/graph/graph.ts'
import type { PlaceChains } from '../../src/graph/lab-rules.ts'
import { openSession } from '../labs/cli.ts'

const text = `name: small
title: Two nodes
networks: {lan: {}}
overlay: {network: 10.244.0.0/16, backend: vxlan}
nodes:
  one:
    interfaces: {eth0: {network: lan, address: 192.168.1.11/24}}
    gateway: 192.168.1.1
    sysctls: {net.ipv4.ip_forward: 1}
    pods: {web: {address: 10.244.1.11/24, serve: 8080, labels: {app: web}}}
  two:
    interfaces: {eth0: {network: lan, address: 192.168.1.12/24}}
    gateway: 192.168.1.1
    sysctls: {net.ipv4.ip_forward: 1}
    pods: {client: 10.244.2.11/24, web-2: {address: 10.244.2.12/24, serve: 8080, labels: {app: web}}}
machines:
  router: {interfaces: {eth0: {network: lan, address: 192.168.1.1/24}}}
services:
  - {name: web, clusterIP: 10.96.0.10, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`

function marksIn(json: string): string[] {
  const { places, segments, links, services } = JSON.parse(json) as Graph
  return [...places, ...segments, ...links, ...services].flatMap(({ marks }) =>
    marks.map(({ words }) => words),
  )
}

test('marks what somebody did by hand, and nothing any more when it is undone', async () => {
  const session = openSession()
  const file = join(session.folder, 'lab.yaml')
  writeFileSync(file, text)
  const run = async (...argv: string[]) => {
    const { code, stdout, stderr } = await session.netlab(...argv)
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    return stdout
  }
  const inside = (...commands: string[]) => run('exec', '--', 'sh', '-ec', commands.join('; '))
  const marks = async () => marksIn(await run('graph', '--format', 'json'))
  await run('up', file, '--quiet')
  expect(await marks()).toEqual([])

  const veth = (await inside('ip -n one -br link show master cni0')).split(/[@ ]/)[0]
  await inside(
    'ip -n two route del 10.244.1.0/24',
    `ip -n one link set ${veth} nomaster`,
    'ip -n client address add 10.244.2.99/24 dev eth0',
    'ip netns exec two iptables -t nat -F KUBE-SERVICES',
    'ip link set lan down',
  )
  expect((await marks()).toSorted()).toEqual(
    [
      'eth0 got 10.244.2.99/24',
      'lan is down',
      'lost the route 10.244.1.0/24 via 10.244.1.0',
      'nat KUBE-SERVICES lacks 2 rules',
      `${veth} is not plugged into cni0`,
    ].toSorted(),
  )
  await inside(
    'ip link set lan up',
    'ip -n two route add 10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink',
    `ip -n one link set ${veth} master cni0`,
    'ip -n client address del 10.244.2.99/24 dev eth0',
  )
  await run('pod', 'kill', 'web-2')
  expect(await marks()).toEqual(
    expect.arrayContaining(['not ready: its program has ended', 'its rules still send to web-2']),
  )
  // A sync takes it from the endpoints, and writes the rules that were flushed.
  await run('sync')
  expect(await marks()).toEqual(['not ready: it was killed'])
  await run('pod', 'start', 'web-2')
  await run('sync')
  expect(await marks()).toEqual([])
  await run('down')
})

test('counts the packets that each rule has met', async () => {
  const session = openSession()
  const file = join(session.folder, 'lab.yaml')
  writeFileSync(file, text)
  await session.netlab('up', file, '--quiet')
  const counted = async () => {
    const { stdout } = await session.netlab('graph', '--rules', '--on', 'two', '--format', 'json')
    const { places } = JSON.parse(stdout) as { places: PlaceChains[] }
    const rules = places.flatMap(({ chains }) => chains.flatMap(chain => chain.rules))
    return rules
      .filter(({ verdict, service }) => /^DNAT to/.test(verdict) && service === 'default/web')
      .reduce((sum, { packets = 0 }) => sum + packets, 0)
  }
  const before = await counted()
  const ask = 'for i in 1 2 3 4 5; do curl -s -m 5 10.96.0.10; done'
  expect((await session.netlab('exec', '--in', 'client', '--', 'sh', '-c', ask)).code).toBe(0)
  expect((await counted()) - before).toBe(5)
  // Without --rules it is meant all the same.
  for (const flags of [['--rules'], []])
    expect(await session.netlab('graph', ...flags, '--service', 'nothing')).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining('there are: default/web') },
    })
  await session.netlab('down')
})

test("marks what somebody changed in kube-proxy's table of nftables, and nothing any more after a sync", async () => {
  const session = openSession()
  const run = async (...argv: string[]) => {
    const { code, stdout, stderr } = await session.netlab(...argv)
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    return stdout
  }
  const marks = async () => marksIn(await run('graph', '--format', 'json'))
  await run('up', session.file('lab.yaml', `${text}proxy: {mode: nftables}\n`), '--quiet')
  expect(await marks()).toEqual([])

  const nft = (line: string) => run('exec', '--in', 'two', '--', 'nft', ...line.split(' '))
  await nft('flush chain ip kube-proxy services')
  await nft('delete element ip kube-proxy cluster-ips { 10.96.0.10 }')
  const found = (await marks()).toSorted()
  expect(found).toEqual(['kube-proxy cluster-ips lacks 1 element', 'kube-proxy services lacks 2 rules'])
  await run('sync')
  expect(await marks()).toEqual([])

  // A chain cannot be hung elsewhere: it is deleted, and made anew.
  await nft('flush chain ip kube-proxy nat-output')
  await nft('delete chain ip kube-proxy nat-output')
  await nft('add chain ip kube-proxy nat-output { type nat hook output priority -90 ; }')
  await nft('add rule ip kube-proxy nat-output jump services')
  await nft('flush chain ip kube-proxy nat-prerouting')
  await nft('delete chain ip kube-proxy nat-prerouting')
  await nft('add chain ip kube-proxy nat-prerouting')
  await nft('add rule ip kube-proxy nat-prerouting jump services')
  await nft('add chain ip kube-proxy filter-forward { policy drop ; }')
  expect((await marks()).toSorted()).toEqual([
    'kube-proxy filter-forward has the policy drop',
    'kube-proxy nat-output hangs elsewhere: type nat hook output priority -90',
    'kube-proxy nat-prerouting hangs nowhere',
  ])
  await run('sync')
  expect(await marks()).toEqual([])
})

test('says so where a lab has no rules, as in ebpf mode without a service for anybody outside', async () => {
  const session = openSession()
  const file = session.file('lab.yaml', text.replace('services:', 'proxy: {mode: ebpf}\nservices:'))
  expect(await session.netlab('graph', file, '--rules')).toMatchObject({
    code: 0,
    stdout: 'small has no rules: netlab rules, with its file, prints what its services take\n',
  })
  session.file(
    'lab.yaml',
    text
      .replace('port: 80,', 'port: 80, nodePort: 30080,')
      .replace(
        'services:\n  - {name: web,',
        'proxy: {mode: ebpf}\nservices:\n  - {name: web, type: NodePort,',
      ),
  )
  expect((await session.netlab('graph', file, '--rules')).stdout).toContain('30080 → KUBE-EXT-')
})
