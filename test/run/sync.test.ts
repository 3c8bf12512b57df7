import { expect, test } from 'vitest'
import { openSession, Printed, type Session, type User, users } from '../labs/cli.ts'
import { kernelState } from '../labs/kernel-state.ts'
import { head, nodeCommand, small, udpAnswer } from './changing-labs.ts'

async function fine(session: Session, ...argv: string[]) {
  const ended = await session.netlab(...argv)
  expect({ argv, ...ended }).toMatchObject({ code: 0 })
  return ended
}

interface Verified {
  ok: boolean
  services: { failed: number; expectedShare: Record<string, number>; ok: boolean }[]
}

async function verified(session: Session): Promise<Verified> {
  const { stdout } = await session.netlab('verify', '--requests', '60', '--from', 'host', '--json')
  return JSON.parse(stdout)
}

// At once, because a check of the dead pod is tried for seconds.
test('a dead pod keeps its share until a sync takes it out, whoever runs netlab', () =>
  Promise.all(users.map(outAndIn)))

async function outAndIn(user: User): Promise<void> {
  const session = openSession(user)
  await fine(session, 'up', session.file('web.yaml', small), ...(user === 'this user' ? [] : ['--no-batch']))
  const killed = await fine(session, 'pod', 'kill', 'b')
  expect(killed.stdout).toContain('b is killed\n')
  expect(killed.stdout).toContain('its rules still send to it for default/web, until netlab sync web')
  expect((await fine(session, 'status')).stdout).toMatch(/b +10\.0\.0\.12 +main +killed\n/)
  const sick = await verified(session)
  expect(sick).toMatchObject({ ok: false, services: [{ expectedShare: { a: 0.5, b: 0.5 } }] })
  expect(sick.services.every(({ failed }) => failed > 0)).toBe(true)

  const { stdout } = await fine(session, 'sync')
  expect(stdout).toContain('kubelet: b is not ready: it was killed\n')
  expect(stdout).toContain('endpoint controller: default/web has 1 endpoint: a\n')
  expect(stdout).toMatch(
    /kube-proxy: partial sync, 3 rules changed, 1 stale chain gone in .*: default\/web\n/,
  )
  const well = await verified(session)
  expect(well).toMatchObject({ ok: true, services: [{ expectedShare: { a: 1 }, failed: 0 }] })

  await fine(session, 'pod', 'start', 'b')
  expect((await fine(session, 'sync')).stdout).toContain('kubelet: b is ready\n')
  const even = await verified(session)
  expect(even).toMatchObject({ ok: true, services: [{ expectedShare: { a: 0.5, b: 0.5 } }] })
  expect((await fine(session, 'sync')).stdout).toContain('kube-proxy: its rules stay as they are\n')
}

test('the last endpoint that stops leaves a service that refuses', async () => {
  const session = openSession()
  await fine(session, 'up', session.file('web.yaml', small))
  await fine(session, 'pod', 'stop', 'a')
  await fine(session, 'pod', 'stop', 'b')
  const { stdout } = await fine(session, 'sync', '--json')
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    endpoints: { 'default/web': [] },
    notReady: { a: 'it was stopped', b: 'it was stopped' },
    rules: { sync: 'partial', services: ['default/web'] },
  })
  const refused = await session.netlab('exec', '--', 'curl', '-sS', '--max-time', '2', '10.96.0.10:80')
  expect(refused.stderr).toContain('Failed to connect')
  expect((await fine(session, 'pod', 'stop', 'b')).stdout).toContain('b is stopped already')
})

test('probes over HTTP and TCP move endpoints out and in', async () => {
  const session = openSession()
  const broken = nodeCommand(
    `require('node:http').createServer((q, r) => r.writeHead(require('node:fs').existsSync('/tmp/broken') ? 503 : 200).end('x')).listen(80)`,
  )
  const lab = `${head}pods:
  a: {address: 10.0.0.11/24, command: ${broken}, labels: {app: web}, readiness: {httpGet: {path: /healthz, port: 80}}}
  b: {address: 10.0.0.12/24, command: ${broken}, labels: {app: web}, readiness: {tcpSocket: {port: 80}}}
  c: {address: 10.0.0.13/24, command: sleep 1000, labels: {app: web}, readiness: {tcpSocket: {port: 80}}}
services:
  - {name: web, clusterIP: 10.96.0.10, selector: {app: web}, ports: [{port: 80}]}
`
  await fine(session, 'up', session.file('web.yaml', lab))
  const first = await fine(session, 'sync')
  expect(first.stdout).toContain('kubelet: c is not ready: connection refused\n')
  expect(first.stdout).toContain('endpoint controller: default/web has 2 endpoints: a, b\n')
  await fine(session, 'exec', '--', 'touch', '/tmp/broken')
  const second = await fine(session, 'sync')
  expect(second.stdout).toContain('kubelet: a is not ready: HTTP status 503\n')
  expect(second.stdout).toContain('endpoint controller: default/web has 1 endpoint: b\n')
  expect((await fine(session, 'status')).stdout).toContain('not ready: HTTP status 503')
  await fine(session, 'exec', '--', 'rm', '/tmp/broken')
  expect((await fine(session, 'sync')).stdout).toContain('default/web has 2 endpoints: a, b\n')
  // A program that ends by itself is seen as well.
  await fine(session, 'exec', '--', 'sh', '-c', 'kill -9 $(ip netns pids b)')
  expect((await fine(session, 'sync')).stdout).toContain('kubelet: b is not ready: its program has ended\n')
  await fine(session, 'pod', 'start', 'b')
  expect((await fine(session, 'sync')).stdout).toContain('kubelet: b is ready\n')
})

test('UDP connections to a pod that died are flushed', async () => {
  const session = openSession()
  const lab = `${head}pods:
  a: {address: 10.0.0.11/24, command: ${udpAnswer('a')}, ports: {dns: 53/UDP}, labels: {app: dns}}
services:
  - {name: dns, clusterIP: 10.96.0.10, selector: {app: dns}, ports: [{port: 53, protocol: UDP}]}
`
  await fine(session, 'up', session.file('web.yaml', lab))
  const ask = `const s = require('node:dgram').createSocket('udp4'); s.on('message', () => s.close()); s.send('?', 53, '10.96.0.10')`
  await fine(session, 'exec', '--', process.execPath, '-e', ask)
  const entries = async () =>
    (await fine(session, 'exec', '--', 'conntrack', '-L', '-p', 'udp', '--orig-dst', '10.96.0.10')).stdout
  expect(await entries()).toContain('src=10.0.0.11')
  await fine(session, 'pod', 'kill', 'a')
  expect((await fine(session, 'sync')).stdout).toContain('kube-proxy: 1 UDP connection flushed: conntrack -D')
  expect(await entries()).toBe('')
})

test('rules that somebody flushed come back', async () => {
  const session = openSession()
  await fine(session, 'up', session.file('web.yaml', small))
  const rules = async () => {
    const state = await kernelState(async argv => (await fine(session, 'exec', '--', ...argv)).stdout)
    return state.places.host?.iptables
  }
  const before = await rules()
  await fine(
    session,
    'exec',
    '--',
    'sh',
    '-c',
    'for t in nat filter; do iptables -t $t -F; iptables -t $t -X; done',
  )
  expect((await fine(session, 'sync')).stdout).toContain(
    'kube-proxy: somebody took rules away or changed them; full sync',
  )
  // The lab's own rules for the bridge are not kube-proxy's to bring back.
  const own = (table: unknown) =>
    (table as string[])
      .join('\n')
      .split('\n')
      .filter(line => /KUBE/.test(line))
      .sort()
  expect(own(await rules())).toEqual(own(before))
})

test('kube-proxy of each node syncs its own rules', async () => {
  const session = openSession()
  const node = (number: number) => `  n${number}:
    interfaces: {eth0: {network: lan, address: 10.4.7.2${number}/24}}
    gateway: 10.4.7.1
    sysctls: {net.ipv4.ip_forward: 1}
    pods: {web-${number}: {address: 172.7.${number}.2/24, serve: 80, labels: {app: web}, readiness: {tcpSocket: {port: 80}}}}
`
  const lab = `name: two
networks: {lan: {}}
overlay: {network: 172.7.0.0/16, backend: host-gw}
nodes:
${node(1)}${node(2)}machines: {router: {interfaces: {eth0: {network: lan, address: 10.4.7.1/24}}}}
services: [{name: web, clusterIP: 10.96.0.10, selector: {app: web}, ports: [{port: 80}]}]
`
  const rulesOf = async (place: string) =>
    (await fine(session, 'exec', '--in', place, '--', 'iptables-save', '-t', 'nat')).stdout
  await fine(session, 'up', session.file('two.yaml', lab), '--quiet')
  const before = [await rulesOf('n1'), await rulesOf('n2')]
  await fine(session, 'pod', 'kill', 'web-2')
  expect((await fine(session, 'sync')).stdout).toContain('default/web has 1 endpoint: web-1')
  for (const place of ['n1', 'n2']) {
    const rules = await rulesOf(place)
    expect(rules).toContain('--to-destination 172.7.1.2:80')
    expect(rules).not.toContain('172.7.2.2')
  }
  expect((await fine(session, 'exec', '--in', 'n2', '--', 'curl', '-sS', '10.96.0.10')).stdout).toContain(
    'web-1',
  )
  await fine(session, 'pod', 'start', 'web-2')
  await fine(session, 'sync')
  await fine(session, 'exec', '--in', 'n2', '--', 'iptables', '-t', 'nat', '-F')
  expect((await fine(session, 'sync')).stdout).toContain(
    'kube-proxy: somebody took rules away or changed them; full sync',
  )
  const own = (text: string) =>
    text
      .split('\n')
      .filter(line => line.startsWith('-A') && line.includes('KUBE'))
      .sort()
  expect([own(await rulesOf('n1')), own(await rulesOf('n2'))]).toEqual(before.map(own))
})

test('up --watch goes on syncing until Ctrl-C, and the lab stays', async () => {
  const session = openSession()
  const running = session.start(['up', session.file('web.yaml', small), '--watch'])
  const printed = new Printed(running)
  await printed.shows('watching web; Ctrl-C ends the watching, and the lab stays up')
  const killed = await fine(session, 'pod', 'kill', 'a')
  expect(killed.stdout).toContain('web is watched: the endpoints of default/web, and their rules, follow')
  expect(killed.stdout).not.toContain('nobody has told')
  await printed.shows('kubelet: a is not ready: it was killed')
  await printed.shows('default/web has 1 endpoint: b')
  const started = await fine(session, 'pod', 'start', 'a')
  expect(started.stdout).toContain('web is watched: it is an endpoint again as soon as it is ready')
  await printed.shows('default/web has 2 endpoints: a, b')
  running.kill('SIGINT')
  expect((await running).exitCode).toBe(130)
  expect(printed.text).toContain('nobody watches web any more, and its rules live on')
  await fine(session, 'verify', '--requests', '40', '--from', 'host')
  expect((await fine(session, 'pod', 'kill', 'a')).stdout).toContain('nobody has told kube-proxy')
})

test('a watcher ends with its lab', async () => {
  const session = openSession()
  await fine(session, 'up', session.file('web.yaml', small))
  const running = session.start(['sync', '--watch'])
  await new Printed(running).shows('watching web')
  await fine(session, 'down')
  expect(await running).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('web is down') })
})

test('pods that are not there, or run nothing, are told', async () => {
  const session = openSession()
  await fine(session, 'up', session.file('web.yaml', small.replace('pods:', 'pods:\n  probe: 10.0.0.9/24')))
  expect(await session.netlab('pod', 'kill', 'nobody')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('those that run one are: a, b, e'),
  })
  expect(await session.netlab('pod', 'stop', 'probe')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('pod probe runs no program'),
  })
  expect(await session.netlab('sync', 'nolab')).toMatchObject({ code: 2 })
  expect(await session.netlab('pod')).toMatchObject({ code: 2 })
})

test('a machine on a network is no pod, and is told as what it is', async () => {
  const session = openSession()
  const lab = `name: lan
networks: {lan: {}}
machines: {pc: {interfaces: {eth0: {network: lan, address: 10.1.1.9/24}}, serve: 80}}
`
  await fine(session, 'up', session.file('lan.yaml', lab), '--quiet')
  const { code, stderr } = await session.netlab('pod', 'kill', 'pc')
  expect(code).toBe(2)
  expect(stderr).toContain('pc is a machine: only pods are killed, stopped and started')
  expect(stderr).toContain('netlab exec lan --in pc -- COMMAND')
})
