import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hasSocketLb, socketLbLack } from '../../src/sandbox/bpf/socket-lb-control.ts'
import { openSession, type Session } from '../labs/cli.ts'
import { processesOf } from '../labs/processes.ts'

const lab = `name: balanced
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}}
  dns: {address: 10.0.0.12/24, serve: 53/UDP, labels: {app: dns}}
outside: {client: 192.0.2.10/24}
proxy: {mode: ebpf}
services:
  - {name: web, clusterIP: 10.100.0.1, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
  - {name: dns, clusterIP: 10.100.0.2, selector: {app: dns}, ports: [{port: 53, protocol: UDP}]}
steps:
  - title: The service answers
    check: [{curl: "10.100.0.1:80", from: a, expect: {backend: a}}]
`
const listed = '10.100.0.1:80 TCP → 10.0.0.11:8080\n10.100.0.2:53 UDP → 10.0.0.12:53\n'
const ended = "the lab's socket load balancer has ended"
const mend = 'netlab sync balanced'

async function openLab(): Promise<Session> {
  const session = openSession()
  expect(await session.netlab('up', session.file('balanced.yaml', lab), '-q')).toMatchObject({ code: 0 })
  return session
}

const balancers = ({ stateDir }: Session) =>
  processesOf(stateDir).filter(({ command }) => command.includes('socket-lb.js'))

async function killBalancer(session: Session): Promise<void> {
  process.kill(balancers(session)[0]!.pid, 'SIGKILL')
  await expect.poll(() => hasSocketLb(join(session.stateDir, 'balanced')), { timeout: 60_000 }).toBe(false)
}

describe.runIf(socketLbLack() === undefined)('a lab whose socket load balancer was killed', () => {
  it('is not well, which verify and status say at once', async () => {
    const session = await openLab()
    await killBalancer(session)
    const verify = await session.netlab('verify', '--json')
    expect(JSON.parse(verify.stdout)).toMatchObject({
      ...{ ok: false, services: [] },
      socketLb: { headline: expect.stringContaining(ended), mend },
    })
    expect(verify.code).toBe(1)
    const { stdout } = await session.netlab('verify', '-q')
    expect(stdout).toMatch(new RegExp(`^✘ services were not asked\n  ${ended}.*: ${mend}\n`))
    expect(stdout).toContain('balanced is not well: its socket load balancer does not answer')
    expect((await session.netlab('status')).stdout).toMatch(new RegExp(`${ended}.*: ${mend}\n`))
    const status = JSON.parse((await session.netlab('status', '--json')).stdout)
    expect(status).toMatchObject({ state: 'up', socketLb: { mend } })
  })

  it('says so to whoever lists or changes it, starts none without its services, and gets it back by a sync', async () => {
    const session = await openLab()
    expect(await session.netlab('socket-lb', 'list')).toMatchObject({ code: 0, stdout: listed })
    await killBalancer(session)
    const set = ['set', 'default/web', '--at', '10.100.0.1:80', '--to', '10.0.0.11:8080']
    for (const words of [['list'], ['dump'], set, ['delete', 'default/web', '--at', '10.100.0.1:80']]) {
      const { code, stdout, stderr } = await session.netlab('socket-lb', ...words)
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toContain(ended)
      expect(stderr).toContain(mend)
    }
    expect(balancers(session)).toEqual([])
    expect(await session.netlab('sync')).toMatchObject({ code: 0 })
    expect(await session.netlab('socket-lb', 'list')).toMatchObject({ code: 0, stdout: listed })
    await killBalancer(session)
    const changed = lab.replace('10.0.0.11/24', '10.0.0.13/24')
    expect(await session.netlab('apply', session.file('balanced.yaml', changed))).toMatchObject({ code: 0 })
    expect(await session.netlab('socket-lb', 'list')).toMatchObject({
      code: 0,
      stdout: listed.replace('10.0.0.11', '10.0.0.13'),
    })
  })
})

describe.runIf(socketLbLack() === undefined)('a lab whose socket load balancer was stopped', () => {
  const stopped = "the lab's socket load balancer is stopped"

  it('is not well, which whoever asks is told without waiting for it, and a sync lets it go on', async () => {
    const session = await openLab()
    const [balancer] = balancers(session)
    process.kill(balancer!.pid, 'SIGSTOP')
    const verified = async () => JSON.parse((await session.netlab('verify', '--json')).stdout)
    expect(await verified()).toMatchObject({
      ...{ ok: false, services: [] },
      socketLb: { headline: expect.stringContaining(stopped), mend },
    })
    expect((await session.netlab('status')).stdout).toMatch(new RegExp(`${stopped}.*: ${mend}\n`))
    const set = ['set', 'default/web', '--at', '10.100.0.1:80', '--to', '10.0.0.11:8080']
    for (const words of [['list'], ['dump'], set]) {
      const { code, stdout, stderr } = await session.netlab('socket-lb', ...words)
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toContain('load balancer')
      expect(stderr).toContain(`is stopped`)
      expect(stderr).toContain(mend)
    }

    // What fails may have any cause while nobody can be asked.
    await session.netlab('pod', 'kill', 'a')
    const { checks } = await verified()
    expect(checks.at(-1)).toMatchObject({
      ...{ target: '10.100.0.1:80', ok: false },
      evidence: { headline: expect.stringContaining(stopped), mend },
    })
    await session.netlab('pod', 'start', 'a')
    expect(await session.netlab('sync')).toMatchObject({ code: 0 })
    expect(await session.netlab('socket-lb', 'list')).toMatchObject({ code: 0, stdout: listed })
    expect(balancers(session)).toMatchObject([{ pid: balancer!.pid }])
    expect(await verified()).toMatchObject({ ok: true })
  })

  it('is taken down whole', async () => {
    const session = await openLab()
    process.kill(balancers(session)[0]!.pid, 'SIGSTOP')
    expect(await session.netlab('down')).toMatchObject({ code: 0 })
    expect(balancers(session)).toEqual([])
  })
})

it.runIf(socketLbLack() === undefined)('a change by hand that cannot be meant is told', async () => {
  const session = await openLab()
  const change = (...words: string[]) => session.netlab('socket-lb', ...words)
  expect(await change('set', 'a/b', '--at', '10.1.1.1:80', '--to', '[fd00::1]:80')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      '10.1.1.1:80 is an address of IPv4, and [fd00::1]:80 is an address of IPv6',
    ),
  })
  expect(await change('delete', 'no/such', '--at', '10.100.0.1:80')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('host has no such service: no/such --at 10.100.0.1:80'),
  })
  expect(await change('list')).toMatchObject({ stdout: listed })
  const set = ['set', 'a/b', '--at', '10.100.0.1:80', '--to', '10.0.0.12:8080']
  expect(await change(...set)).toMatchObject({
    code: 0,
    stderr: "10.100.0.1:80 was default/web's until now\n",
  })
  expect(await change(...set)).toMatchObject({ code: 0, stderr: '' })
  expect(await change('delete', 'a/b', '--at', '10.100.0.1:80')).toMatchObject({ code: 0, stderr: '' })
})
