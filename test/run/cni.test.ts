import { expect, it } from 'vitest'
import { openSession, type Session } from '../labs/cli.ts'

const leases = '/var/lib/cni/networks/pods'

function conflist(subnet: string, plugin: object = { type: 'bridge', isGateway: true }): string {
  const ipam = { type: 'host-local', subnet, rangeEnd: subnet.replace('0/24', '4') }
  return JSON.stringify({ cniVersion: '1.0.0', name: 'pods', plugins: [{ ...plugin, ipam }] })
}

function labOf(session: Session, pods: string, more = ''): string {
  session.file('pods.conflist', conflist('10.244.4.0/24'))
  return session.file(
    'lab.yaml',
    `name: runtime\nsysctls: {net.ipv4.ip_forward: 1}\ncni: {conflist: pods.conflist}\npods:\n${pods}\n${more}`,
  )
}

const twoPods = '  a: {serve: 8080}\n  b: {serve: 8080}'

async function leased(session: Session, place = 'host'): Promise<string[]> {
  const { stdout } = await session.netlab('exec', '--in', place, 'runtime', '--', 'ls', leases)
  return stdout.split('\n').filter(name => /^[\d.]+$/.test(name))
}

it('down calls DEL for every pod, and no lease is left', async () => {
  const session = openSession()
  expect(await session.netlab('up', labOf(session, twoPods))).toMatchObject({ code: 0 })
  expect(await leased(session)).toEqual(['10.244.4.2', '10.244.4.3'])
  const { code, stdout } = await session.netlab('down', '--json')
  expect({ code, reports: JSON.parse(stdout) }).toMatchObject({
    code: 0,
    reports: [{ lab: 'runtime', cni: { pods: ['b', 'a'], leases: [], complaints: [] } }],
  })
  expect(session.leftFiles()).toEqual([])
})

it('down tells of a lease that is nobody of the lab, and of a DEL that fails, and ends the lab all the same', async () => {
  const session = openSession()
  await session.netlab('up', labOf(session, twoPods))
  const hurt = `echo stranger > ${leases}/10.244.4.4; echo oops > /var/lib/cni/results/pods-a-eth0`
  await session.netlab('exec', 'runtime', '--', 'sh', '-c', hurt)
  const { code, stdout } = await session.netlab('down')
  expect(code).toBe(0)
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    'runtime: DEL for b; host-local still holds 10.244.4.2 and 10.244.4.4',
  )
  expect(stdout).toContain('the plugin bridge did not do DEL of a')
  expect(stdout).toContain('nothing is left')
  expect(session.leftFiles()).toEqual([])
})

it('apply gives back what a pod had that goes, and gives it to the next one', async () => {
  const session = openSession()
  await session.netlab('up', labOf(session, twoPods))
  labOf(session, '  a: {serve: 8080}\n  c: {serve: 8080}\n  d: 10.244.4.4/24')
  const applied = await session.netlab('apply', '--quiet')
  expect(applied).toMatchObject({ code: 0 })
  expect(await leased(session)).toEqual(['10.244.4.2', '10.244.4.3', '10.244.4.4'])
  const { stdout } = await session.netlab('exec', 'runtime', '--', 'cat', `${leases}/10.244.4.3`)
  expect(stdout).toMatch(/^c\s/)
  expect(await session.netlab('verify', '--json')).toMatchObject({ code: 0 })
  labOf(session, '  a: {serve: 8080}')
  expect(await session.netlab('apply', '--quiet')).toMatchObject({ code: 0 })
  expect(await leased(session)).toEqual(['10.244.4.2'])
})

it('an ADD that gives another address than the lab says ends the step, and says so', async () => {
  const session = openSession()
  const take = `sh -c 'mkdir -p ${leases} && echo stranger > ${leases}/10.244.4.2'`
  const steps = `steps:\n  - {title: Pods, build: network, run: ["${take}"]}\n  - {title: Plugins, build: [cni, servers]}\n`
  const { code, stderr } = await session.netlab('up', labOf(session, twoPods, steps))
  expect(code).toBe(1)
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain('a got 10.244.4.3/24, and by the lab it has 10.244.4.2/24')
})

it("a plugin's error object is told, with the call", async () => {
  const session = openSession()
  const take = `sh -c 'mkdir -p ${leases} && cd ${leases} && for i in 2 3 4; do echo stranger > 10.244.4.$i; done'`
  const steps = `steps:\n  - {title: Pods, build: network, run: ["${take}"]}\n  - {title: Plugins, build: [cni, servers]}\n`
  const { code, stderr } = await session.netlab('up', labOf(session, twoPods, steps))
  expect(code).toBe(1)
  expect(stderr).toContain('CNI_COMMAND=ADD CNI_CONTAINERID=a')
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
    'the plugin bridge did not do ADD of a: failed to allocate for range 0: no IP addresses available in range set: 10.244.4.1-10.244.4.4',
  )
})

it('a plugin that this machine lacks is told before anything starts', async () => {
  const session = openSession()
  session.file('calico.conflist', conflist('10.244.4.0/24', { type: 'netlab-no-such-plugin' }))
  const file = session.file('lab.yaml', 'name: runtime\ncni: {conflist: calico.conflist}\npods: {a: {}}\n')
  const { code, stderr } = await session.netlab('up', file)
  expect({ code, stderr }).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('this machine lacks /opt/cni/bin/netlab-no-such-plugin'),
  })
  expect(session.leftFiles()).toEqual([])
})

it('a pod with a pause process is wired alike, and its containers find the address', async () => {
  const session = openSession()
  const pods = '  a: {serve: 8080}\n  b: {pause: true, containers: {web: {serve: 8080}, side: {serve: 9090}}}'
  expect(await session.netlab('up', labOf(session, pods))).toMatchObject({ code: 0 })
  const asked = await session.netlab('exec', '--in', 'a', 'runtime', '--', 'curl', '-s', '10.244.4.3:9090')
  expect(asked).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('talking to b (10.244.4.3), you are 10.244.4.2'),
  })
  const { stdout } = await session.netlab('down', '--json')
  expect(JSON.parse(stdout)).toMatchObject([{ cni: { pods: ['b', 'a'], leases: [], complaints: [] } }])
})

it('each node has leases and a conflist of its own, by the paths that people know', async () => {
  const session = openSession()
  session.file('one.conflist', conflist('10.244.1.0/24'))
  session.file('two.conflist', conflist('10.244.2.0/24', { type: 'ptp' }))
  const node = (name: string, number: number) =>
    `  ${name}: {interfaces: {eth0: {network: lan, address: 10.4.7.${number}/24}}, cni: {conflist: ${name}.conflist}, pods: {${name}-pod: {serve: 8080}}}\n`
  const file = session.file(
    'lab.yaml',
    `name: runtime\nnetworks: {lan: {}}\nnodes:\n${node('one', 1)}${node('two', 2)}`,
  )
  expect(await session.netlab('up', file)).toMatchObject({ code: 0 })
  for (const [name, number] of [
    ['one', 1],
    ['two', 2],
  ]) {
    expect(await leased(session, `${name}`)).toEqual([`10.244.${number}.2`])
    const { stdout } = await session.netlab('exec', '--in', `${name}`, '--', 'ls', '/etc/cni/net.d')
    expect(stdout).toBe(`${name}.conflist\n`)
  }
  const { stdout } = await session.netlab('down', '--json')
  expect(JSON.parse(stdout)).toMatchObject([{ cni: { pods: ['two-pod', 'one-pod'], leases: [] } }])
})
