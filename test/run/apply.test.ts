import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isLoaded } from '../../src/sandbox/bpf/bpf-call.ts'
import { socketLbLack } from '../../src/sandbox/bpf/socket-lb-control.ts'
import { loadedObjects } from '../../src/sandbox/bpf/socket-lb-order.ts'
import { openSession, Printed, type Session, users } from '../labs/cli.ts'
import { differences } from '../labs/differences.ts'
import { type KernelState, kernelState } from '../labs/kernel-state.ts'
import { echo, head, nodeCommand, other, small, udpAnswer } from './changing-labs.ts'

/** No kernel is known that gives IPVS to a user namespace. */
const hasIpvs =
  spawnSync('unshare', ['--user', '--map-root-user', '--net', '--', 'ipvsadm', '-L', '-n']).status === 0

/** The kernel's state of a lab, but for the numbers that a bridge gives its ports as they are plugged in. */
async function stateOf(session: Session, lab: string): Promise<KernelState> {
  const state = await kernelState(async argv => (await fine(session, 'exec', lab, '--', ...argv)).stdout)
  return JSON.parse(JSON.stringify(state), (key, value) => (key === 'id' || key === 'no' ? undefined : value))
}

async function expectAlike(session: Session, one: string, other: string): Promise<void> {
  const [state, expected] = await Promise.all([stateOf(session, one), stateOf(session, other)])
  expect(differences(state, expected)).toEqual([])
}

async function fine(session: Session, ...argv: string[]) {
  const ended = await session.netlab(...argv)
  expect({ argv, ...ended }).toMatchObject({ code: 0 })
  return ended
}

test.each(users)('what has changed in the lab file is changed in the lab, for %s', async user => {
  const session = openSession(user)
  const file = session.file('web.yaml', small)
  await fine(session, 'up', file, ...(user === 'this user' ? [] : ['--no-batch']))
  const before = await stateOf(session, 'web')
  session.file('web.yaml', other)
  const [{ stdout }] = await Promise.all([
    fine(session, 'apply', 'web'),
    fine(session, 'up', file, '--name', 'fresh', '-q'),
  ])
  expect(stdout).toContain('- pod a\n')
  expect(stdout).toContain('+ pod c: 10.0.0.13/24 on br1; serves 8080, 9090\n')
  expect(stdout).toContain('↻ pod e is restarted: programs serves 7070 → serves 7070, 7071\n')
  expect(stdout).toContain('± pod b is replaced: address 10.0.0.12/24 → 10.0.0.22/24\n')
  expect(stdout).toContain(
    '~ service default/web: ports 80/TCP to 8080 → 81/TCP to 8080; endpoints a, b → b, c\n',
  )
  expect(stdout).toContain('\n    $ ip netns add c\n')
  await expectAlike(session, 'web', 'fresh')

  const [listed] = await Promise.all([
    fine(session, 'status', 'web', '--json'),
    fine(session, 'verify', 'web', '--requests', '50', '--from', 'host', 'client'),
    fine(session, 'down', 'fresh'),
  ])
  const status = JSON.parse(listed.stdout)
  expect(status.pods.map((pod: { name: string }) => pod.name)).toEqual(['b', 'c', 'd', 'e'])
  expect((await fine(session, 'apply')).stdout).toContain('nothing to do')

  session.file('web.yaml', small)
  await fine(session, 'apply')
  expect(differences(await stateOf(session, 'web'), before)).toEqual([])
})

test('what goes with a lab that was changed is counted as of one that came up like that', async () => {
  const session = openSession()
  const file = session.file('web.yaml', small)
  await fine(session, 'up', file)
  const without = small.replace(/services:.*/s, '')
  for (const text of [other, without, other]) {
    session.file('web.yaml', text)
    await fine(session, 'apply', 'web')
  }
  // What a sync takes out of the rules, the next one brings back.
  for (const argv of [['pod', 'stop', 'c'], ['sync'], ['pod', 'start', 'c'], ['sync']])
    await fine(session, ...argv)
  await fine(session, 'up', file, '--name', 'fresh')
  const counted = async (lab: string) => JSON.parse((await fine(session, 'down', lab, '--json')).stdout)[0]
  const { pods, links, rules } = await counted('fresh')
  expect(rules).toBeGreaterThan(10)
  expect(await counted('web')).toMatchObject({ pods, links, rules })
})

test('the first service brings kube-proxy, the last one takes it along', async () => {
  const session = openSession()
  const without = small.replace(/services:.*/s, '')
  const file = session.file('web.yaml', without)
  await fine(session, 'up', file)
  const before = await stateOf(session, 'web')
  session.file('web.yaml', small)
  await fine(session, 'apply')
  await fine(session, 'verify', '--requests', '50', '--from', 'host')
  session.file('web.yaml', without)
  await fine(session, 'apply')
  const { host } = (await stateOf(session, 'web')).places
  expect(differences(host?.iptables, before.places.host?.iptables)).toEqual([])
})

const nodes = (more: string, machines: string) => `name: growing
networks: {lan: {}, office: {}}
overlay: {network: 172.7.0.0/16, backend: vxlan}
proxy: {clusterCIDR: 172.7.0.0/16}
nodes:
  n1:
    interfaces: {eth0: {network: lan, address: 10.4.7.21/24}}
    gateway: 10.4.7.1
    sysctls: {net.ipv4.ip_forward: 1}
    pods: {a: {address: 172.7.1.2/24, serve: 80, labels: {app: web}}}
${more}
machines:
${machines}
services: [{name: web, clusterIP: 10.96.0.10, selector: {app: web}, ports: [{port: 80}]}]
`
const node = (number: number, pods: string, more = '') => `  n${number}:
    interfaces: {eth0: {network: lan, address: 10.4.7.2${number}/24}}
    gateway: 10.4.7.1
    subnet: 172.7.${number}.0/24
    sysctls: {net.ipv4.ip_forward: 1}
    pods: {${pods}}
${more}`
const router = (eth1: string) =>
  `  router: {interfaces: {eth0: {network: lan, address: 10.4.7.1/24}${eth1}}, sysctls: {net.ipv4.ip_forward: 1}}`
const pc = '  pc: {interfaces: {eth0: {network: office, address: 192.0.2.9/24}}, serve: 80}'

const two = nodes(
  node(2, 'b: {address: 172.7.2.2/24, serve: 80, labels: {app: web}}, e: 172.7.2.3/24'),
  `${router('')}\n${pc}`,
)
const grown = nodes(
  [
    node(
      2,
      'b: {address: 172.7.2.2/24, serve: 80, labels: {app: web}}',
      '    routes: [{to: 192.0.2.0/24, via: 10.4.7.1}]',
    ),
    node(3, 'c: {address: 172.7.3.2/24, serve: 80, labels: {app: web}}, e: 172.7.3.3/24'),
  ].join('\n'),
  `${router(', eth1: {network: office, address: 192.0.2.1/24}')}\n${pc}\n  far: {interfaces: {eth0: {network: office, address: 192.0.2.7/24}}}`,
)

test('nodes and machines come and go, with their pods, ways and rules', async () => {
  const session = openSession()
  const file = session.file('growing.yaml', two)
  await fine(session, 'up', file, '-q')
  const before = await stateOf(session, 'growing')
  session.file('growing.yaml', grown)
  const { stdout } = await fine(session, 'apply', 'growing')
  expect(stdout).toContain('+ node n3: 10.4.7.23\n')
  expect(stdout).toContain('+ machine far: 192.0.2.7\n')
  expect(stdout).toContain('± machine router is replaced: interfaces ')
  expect(stdout).toContain('~ node n2: routes none → 192.0.2.0/24 via 10.4.7.1\n')
  expect(stdout).toContain('± pod e is replaced: address 172.7.2.3/24 → 172.7.3.3/24; node n2 → n3')
  await fine(session, 'up', file, '--name', 'fresh', '-q')
  await expectAlike(session, 'growing', 'fresh')
  await fine(session, 'down', 'fresh')
  await fine(session, 'verify', 'growing', '--requests', '50', '--from', 'n1', 'n3')

  session.file('growing.yaml', two)
  await fine(session, 'apply', 'growing')
  expect(differences(await stateOf(session, 'growing'), before)).toEqual([])
})

test('what nodes of a running lab cannot be given is refused with what to do, and nothing is done', async () => {
  const session = openSession()
  await fine(session, 'up', session.file('growing.yaml', two), '-q')
  const before = await stateOf(session, 'growing')
  const refused = async (text: string) => {
    session.file('growing.yaml', text)
    const { code, stderr } = await session.netlab('apply', 'growing')
    expect(code).not.toBe(0)
    return stderr.replaceAll(/\s+/g, ' ')
  }
  expect(await refused(two.replace('10.4.7.22', '10.4.7.28'))).toContain(
    'node n2: interfaces eth0 10.4.7.22/24 on lan → eth0 10.4.7.28/24 on lan; its pods would be cut off',
  )
  expect(await refused(two.replace('backend: vxlan', 'backend: host-gw'))).toContain(
    'overlay: the ways between nodes are made with them',
  )
  expect(await refused(two.replace('sysctls: {net.ipv4.ip_forward: 1}', 'sysctls: {}'))).toContain(
    'sysctls of n1: what net.ipv4.ip_forward was before is not known; write the value that it is to have',
  )
  expect(await refused(two.replace('  n2:', '  n9:'))).toContain(
    'node n9: it has an address of n2, which is there yet; take that away in an apply of its own',
  )
  expect(differences(await stateOf(session, 'growing'), before)).toEqual([])
})

test("other settings of kube-proxy's lead to a full sync that leaves what a fresh start would", async () => {
  const session = openSession()
  const file = session.file('web.yaml', small)
  await fine(session, 'up', file)
  session.file(
    'web.yaml',
    `${small}proxy: {clusterCIDR: 10.0.0.0/24, iptables: {localhostNodePorts: false}}\n`,
  )
  const [{ stdout }] = await Promise.all([
    fine(session, 'apply', 'web'),
    fine(session, 'up', file, '--name', 'fresh', '-q'),
  ])
  expect(stdout).toContain("kube-proxy's full sync")
  const rules = async (lab: string) => (await stateOf(session, lab)).places.host?.iptables
  const [here, there] = await Promise.all([rules('web'), rules('fresh')])
  expect(differences(here, there)).toEqual([])
})

test('more services than one message of iptables-nft takes are synced', async () => {
  const session = openSession()
  const lab = (count: number, endpoint: string) => `${head}pods:
  a: {address: 10.0.0.11/24, serve: 8080}
  b: {address: 10.0.0.12/24, serve: 8080}
services:
${Array.from({ length: count }, (_, at) => `  - {name: s${at}, clusterIP: 10.96.${at >> 8}.${at & 255}, endpoints: [${at === 7 ? endpoint : 'a'}], ports: [{port: 80, targetPort: 8080}]}\n`).join('')}`
  const file = session.file('web.yaml', lab(400, 'a'))
  await fine(session, 'up', file)
  session.file('web.yaml', lab(400, 'b'))
  expect((await fine(session, 'apply')).stdout).toContain("kube-proxy's partial sync: 5 rules changed\n")
  session.file('web.yaml', lab(401, 'b'))
  const [{ stdout }] = await Promise.all([
    fine(session, 'apply', 'web'),
    fine(session, 'up', file, '--name', 'fresh', '-q'),
  ])
  expect(stdout).toContain("kube-proxy's partial sync: 4 rules changed\n")
  await expectAlike(session, 'web', 'fresh')
})

test('a manifest changes its services and no other', async () => {
  const session = openSession()
  await fine(session, 'up', session.file('web.yaml', small))
  const manifest = session.file(
    'change.yaml',
    `kind: Service
apiVersion: v1
metadata: {name: web}
spec: {clusterIP: 10.96.0.10, selector: {app: web}, ports: [{port: 8888, targetPort: 8080}]}
---
kind: Service
apiVersion: v1
metadata: {name: second}
spec: {clusterIP: 10.96.0.12, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
kind: EndpointSlice
apiVersion: discovery.k8s.io/v1
metadata: {name: second-1, labels: {kubernetes.io/service-name: second}}
addressType: IPv4
ports: [{port: 8080, protocol: TCP}]
endpoints: [{addresses: [10.0.0.12]}]
`,
  )
  const { stdout } = await fine(session, 'apply', '-f', manifest)
  expect(stdout).toContain('+ service default/second: 10.96.0.12 80/TCP to 8080; endpoints b\n')
  expect(stdout).toContain('~ service default/web: ports 80/TCP to 8080 → 8888/TCP to 8080\n')
  expect(stdout).not.toContain('ip netns')
  const answer = await fine(session, 'exec', '--', 'curl', '-sS', '10.96.0.12:80')
  expect(answer.stdout).toContain('you are talking to b ')
  await fine(session, 'verify', '--requests', '50', '--from', 'host')
})

test('one more pod is asked, known by its name, and gets its share', async () => {
  const session = openSession()
  const file = session.file('web.yaml', small)
  await fine(session, 'up', file)
  const more = '  c: {address: 10.0.0.13/24, serve: 8080, labels: {app: web}}\nservices:\n'
  session.file('web.yaml', small.replace('services:\n', more))
  await fine(session, 'apply')
  const { stdout } = await fine(session, 'verify', '--from', 'client', '--json')
  expect(JSON.parse(stdout).services).toMatchObject([
    { expectedShare: { a: 1 / 3, b: 1 / 3, c: 1 / 3 }, ok: true },
  ])
})

test('a dry run tells all and does nothing', async () => {
  const session = openSession()
  await fine(session, 'up', session.file('web.yaml', small))
  const before = await stateOf(session, 'web')
  const file = session.file('other.yaml', other)
  const { stdout } = await fine(session, 'apply', '-f', file, '--dry-run', '--json')
  const report = JSON.parse(stdout)
  expect(report).toMatchObject({ lab: 'web', ok: true, dryRun: true })
  expect(report.changes).toContainEqual({ kind: 'pod', name: 'a', change: 'removed', details: [] })
  expect(report.steps.flatMap((step: { commands: string[] }) => step.commands)).toContain('ip netns add c')
  expect((await fine(session, 'apply', '-f', file, '--dry-run')).stdout).toContain('nothing has been done')
  expect(differences(await stateOf(session, 'web'), before)).toEqual([])
  expect(JSON.parse((await fine(session, 'apply', '-f', file, '--json')).stdout).ok).toBe(true)
})

test('what a running lab cannot be given is said, and nothing is done', async () => {
  const session = openSession()
  await fine(session, 'up', session.file('web.yaml', small))
  const before = await stateOf(session, 'web')
  const file = session.file(
    'web.yaml',
    other.replace('10.0.0.1/24,', '10.0.0.2/24,').replace('ip_forward: 1, ', ''),
  )
  const { code, stderr } = await session.netlab('apply')
  expect(code).toBe(1)
  expect(stderr).toContain('web cannot be changed like that while it runs')
  expect(stderr).toContain('bridges: ')
  expect(stderr).toContain('sysctls: ')
  expect(stderr).toContain('netlab down web, then netlab up')
  expect(differences(await stateOf(session, 'web'), before)).toEqual([])

  session.file('web.yaml', small.replace('selector: {app: web}', 'selector: {app: wep}'))
  expect(await session.netlab('apply')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`${file}:12:`),
  })
  const manifest = session.file('none.yaml', 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: x}\n')
  expect(await session.netlab('apply', '-f', manifest)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('there is no Service in'),
  })
  expect(await session.netlab('apply', '-f', 'gone.yaml')).toMatchObject({ code: 2 })
  expect(await session.netlab('apply', 'nolab')).toMatchObject({ code: 2 })
})

test('an apply that fails half-way says so, and another one goes on from there', async () => {
  const session = openSession()
  const file = session.file('web.yaml', small)
  await fine(session, 'up', file)
  await fine(session, 'exec', '--', 'ip', 'link', 'add', 'veth_c', 'type', 'bridge')
  session.file('web.yaml', other)
  const failed = await session.netlab('apply')
  expect(failed.code).toBe(1)
  expect(failed.stderr).toContain('$ ip link add name veth_c type veth')
  expect(failed.stderr).toContain('step 1 of 6 failed')
  expect(failed.stderr).toContain('netlab apply web goes on from here')
  const [{ stdout }] = await Promise.all([
    fine(session, 'apply', 'web'),
    fine(session, 'up', file, '--name', 'fresh', '-q'),
  ])
  expect(stdout).toContain('Sweep what a broken-off apply left')
  await expectAlike(session, 'web', 'fresh')
})

test('names that an apply has changed before it failed are brought back by the next, a sync in between or not', async () => {
  const session = openSession()
  const another = `${small}  - {name: api, clusterIP: 10.96.0.11, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}\n`
  await fine(session, 'up', session.file('web.yaml', another))
  const inside = async (...argv: string[]) => (await fine(session, 'exec', '--', ...argv)).stdout
  const before = await inside('cat', '/etc/netns/b/hosts')
  // The chain of the service cannot go while somebody else jumps to it.
  const chain = /KUBE-SVC-\w+(?= .*default\/api)/.exec(await inside('iptables', '-t', 'nat', '-S'))?.[0] ?? ''
  await inside('iptables', '-t', 'nat', '-A', 'OUTPUT', '-j', chain)
  session.file('web.yaml', small)
  expect(await session.netlab('apply')).toMatchObject({ code: 1 })
  await inside('iptables', '-t', 'nat', '-D', 'OUTPUT', '-j', chain)
  expect(before).toContain('\tapi')
  expect(await inside('cat', '/etc/netns/b/hosts')).not.toContain('\tapi')
  await fine(session, 'sync')
  session.file('web.yaml', another)
  await fine(session, 'apply')
  expect(await inside('cat', '/etc/netns/b/hosts')).toBe(before)
})

test('a connection to a pod that stays lives through an apply', async () => {
  const session = openSession()
  const pods = (...names: string[]) =>
    names.map(
      (pod, at) =>
        `  ${pod}: {address: 10.0.0.1${at}${pod === 'a' ? 1 : 2}/24, command: ${echo(pod)}, labels: {app: echo}}\n`,
    )
  const lab = (...names: string[]) =>
    `${head}pods:\n${pods(...names).join('')}services:\n  - {name: echo, clusterIP: 10.96.0.20, selector: {app: echo}, ports: [{port: 7}]}\n`
  await fine(session, 'up', session.file('web.yaml', lab('a', 'b')))
  // Connects until pod a answers, then talks to it whenever a file asks for it.
  const client = `
const net = require('node:net'), fs = require('node:fs')
const connect = () => {
  const socket = net.connect(7, '10.96.0.20', () => socket.write('first'))
  socket.once('data', data => {
    if (String(data) !== 'a first') { socket.destroy(); connect(); return }
    console.log('a first')
    const timer = setInterval(() => {
      if (!fs.existsSync('/tmp/go')) return
      clearInterval(timer)
      socket.write('second')
    }, 20)
    socket.once('data', answer => { console.log(String(answer)); socket.end() })
  })
  socket.on('error', error => { console.log(error.code); process.exit(1) })
}
connect()`
  const running = session.start(['exec', '--in', 'client', '--', process.execPath, '-e', client])
  await new Printed(running).shows('a first')
  session.file('web.yaml', lab('a', 'c'))
  const { stdout } = await fine(session, 'apply')
  expect(stdout).toMatch(/- pod b/)
  await fine(session, 'exec', '--', 'touch', '/tmp/go')
  expect(await running).toMatchObject({ exitCode: 0, stdout: 'a first\na second\n' })
})

test('UDP connections to an endpoint that goes are flushed from conntrack', async () => {
  const session = openSession()
  const lab = (...pods: string[]) =>
    `${head}pods:
${pods.map((pod, at) => `  ${pod}: {address: 10.0.0.1${at + 1}/24, command: ${udpAnswer(pod)}, ports: {dns: 53/UDP}, labels: {app: dns}}\n`).join('')}services:
  - {name: dns, clusterIP: 10.96.0.10, endpoints: [${pods.at(-1)}], ports: [{port: 53, protocol: UDP}]}\n`
  await fine(session, 'up', session.file('web.yaml', lab('a', 'b')))
  const ask = nodeCommand(
    `const s = require('node:dgram').createSocket('udp4'); s.on('message', m => { console.log(String(m)); s.close() }); s.bind(5353, () => s.send('?', 53, '10.96.0.10'))`,
  )
  const asked = () => fine(session, 'exec', '--', ...(JSON.parse(ask) as string[]))
  const entries = async () =>
    (await fine(session, 'exec', '--', 'conntrack', '-L', '-p', 'udp', '--orig-dst', '10.96.0.10')).stdout
  expect((await asked()).stdout).toBe('b\n')
  expect(await entries()).toContain('src=10.0.0.12')
  session.file('web.yaml', lab('a'))
  const { stdout } = await fine(session, 'apply')
  expect(stdout).toContain(
    '1 UDP connection flushed: conntrack -D --orig-dst 10.96.0.10 --dst-nat 10.0.0.12 -p udp',
  )
  expect(await entries()).toBe('')
  // The same source port: its old entry would have led it to the pod that is gone.
  expect((await asked()).stdout).toBe('a\n')
})

test('kube-proxy changes its mode in a running lab, there and back, and leaves nothing of the other', async () => {
  const session = openSession()
  const inMode = (mode: string) => small.replace(/^services:/m, `proxy: {mode: ${mode}}\nservices:`)
  const file = session.file('web.yaml', inMode('iptables'))
  await fine(session, 'up', file, '-q')
  const rules = async () =>
    (await fine(session, 'exec', 'web', '--', 'sh', '-c', 'iptables-save; nft list ruleset')).stdout
  expect(await rules()).toContain('KUBE-SVC-')
  session.file('web.yaml', inMode('nftables'))
  await fine(session, 'apply', 'web')
  expect(await rules()).toMatch(/^(?![\s\S]*KUBE-S)[\s\S]*table ip kube-proxy/)
  await fine(session, 'verify', 'web', '--requests', '20', '--from', 'host')
  expect((await fine(session, 'apply', 'web')).stdout).toContain('nothing to do')
  await fine(session, 'exec', 'web', '--', 'nft', 'delete', 'table', 'ip', 'kube-proxy')
  expect((await fine(session, 'sync', 'web')).stdout).toContain(
    'somebody took rules away or changed them; full sync',
  )
  expect(await rules()).toContain('table ip kube-proxy')
  session.file('web.yaml', inMode('iptables'))
  await fine(session, 'apply', 'web')
  expect(await rules()).toMatch(/^(?![\s\S]*table ip kube-proxy)[\s\S]*KUBE-SVC-/)
})

test.each([
  ...(hasIpvs ? [] : [['ipvs', 'this user', 'there is no IPVS for labs here'] as const]),
  ...(users.length > 1
    ? [['ebpf', 'an ordinary user', 'this lab needs a program in the kernel'] as const]
    : []),
])('the mode %s that %s cannot have is refused before anything is changed', async (mode, user, words) => {
  const session = openSession(user)
  await fine(session, 'up', session.file('web.yaml', small), '-q')
  const before = await stateOf(session, 'web')
  session.file('web.yaml', other.replace(/^services:/m, `proxy: {mode: ${mode}}\nservices:`))
  const refused = await session.netlab('apply', 'web')
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining(words) })
  expect(differences(await stateOf(session, 'web'), before)).toEqual([])
  // Nothing is half done: there is all to do for the next one.
  session.file('web.yaml', small)
  expect((await fine(session, 'apply', 'web')).stdout).toContain('nothing to do')
})

test.runIf(socketLbLack() === undefined)(
  'a socket load balancer comes and goes in a running lab, and follows its services and pods',
  async () => {
    const session = openSession()
    const inMode = (mode: string, lab = small) =>
      lab.replace(/^services:/m, `proxy: {mode: ${mode}}\nservices:`)
    await fine(session, 'up', session.file('web.yaml', inMode('nftables')), '-q')
    const ruleset = async () => (await fine(session, 'exec', 'web', '--', 'nft', 'list', 'ruleset')).stdout
    const state = (name: string) => join(session.stateDir, 'web', name)
    session.file('web.yaml', inMode('ebpf'))
    await fine(session, 'apply', 'web')
    expect(await ruleset()).not.toContain('kube-proxy')
    await fine(session, 'verify', 'web', '--requests', '20', '--from', 'host', 'e')
    expect((await fine(session, 'apply', 'web')).stdout).toContain('nothing to do')
    session.file('web.yaml', inMode('ebpf', other))
    await fine(session, 'apply', 'web')
    expect((await fine(session, 'socket-lb', 'list', '--lab', 'web')).stdout).toBe(
      '10.96.0.10:81 TCP → 10.0.0.13:8080, 10.0.0.22:8080\n10.96.0.11:80 TCP → 10.0.0.13:8080, 10.0.0.22:8080\n',
    )
    await fine(session, 'verify', 'web', '--requests', '20', '--from', 'host', 'c')
    const loaded = loadedObjects(join(session.stateDir, 'web'))
    expect(loaded).not.toEqual([])
    expect(loaded.filter(isLoaded)).toEqual(loaded)
    session.file('web.yaml', inMode('iptables'))
    await fine(session, 'apply', 'web')
    expect(loaded.filter(isLoaded)).toEqual([])
    expect([state('socket-lb'), state('socket-lb.json')].filter(existsSync)).toEqual([])
    expect(await ruleset()).toContain('KUBE-SVC-')
    await fine(session, 'verify', 'web', '--requests', '20', '--from', 'host')
  },
)
