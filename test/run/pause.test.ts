import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSession, Session, users } from '../labs/cli.ts'
import { processesOf } from '../labs/processes.ts'

const text = (pods: string) => `name: paused
title: Pods with a pause process
sysctls: {net.ipv4.ip_forward: 1, net.bridge.bridge-nf-call-iptables: 1}
bridge: {name: br1, address: 10.0.0.1/24, hairpin: true}
outside: {client: 192.0.2.10/24}
pods:
  plain: {address: 10.0.0.10/24, serve: 8080, labels: {app: web}}
${pods}
services:
  - {name: web, clusterIP: 10.96.0.10, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`
const shop =
  '  shop: {address: 10.0.0.11/24, labels: {app: web}, pause: true, containers: {web: {serve: 8080}, side: {command: sleep 86400}}}\n'
const pods = `${shop}
  apart: {address: 10.0.0.12/24, pause: true, command: sleep 86400}
  together: {address: 10.0.0.13/24, shareProcessNamespace: true, containers: {one: {command: sleep 86400}, two: {command: sleep 1000}}}
  jobs: {address: 10.0.0.14/24, restartPolicy: OnFailure, containers: {done: {command: "true"}, fails: {command: sh -c "echo run $$; exit 3"}}}
`

interface Container {
  name: string
  state: string
  pid?: number
  restartCount: number
  lastExitCode?: number
}

interface PausedPod {
  name: string
  pause: { pid?: number; restarts: number }
  containerStatuses: Container[]
}

class Paused {
  readonly session: Session

  constructor(session: Session) {
    this.session = session
  }

  async fine(...argv: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.session.netlab(...argv)
    expect({ argv, code, stderr }).toEqual({ argv, code: 0, stderr: expect.anything() })
    return stdout
  }

  /** What a line of shell prints on the lab's host. */
  inside(script: string): Promise<string> {
    return this.fine('exec', '--', 'sh', '-c', script)
  }

  async pod(name: string): Promise<PausedPod> {
    const { pods } = JSON.parse(await this.fine('status', '--json')) as { pods: PausedPod[] }
    return pods.find(pod => pod.name === name)!
  }

  async container(pod: string, name: string): Promise<Container> {
    return (await this.pod(pod)).containerStatuses.find(each => each.name === name)!
  }

  /** Waits until a container runs that has been started again so often. */
  async restarted(pod: string, name: string, times: number): Promise<Container> {
    const seen = () => this.container(pod, name)
    await expect
      .poll(seen, poll)
      .toMatchObject({ state: 'running', restartCount: times, pid: expect.any(Number) })
    return seen()
  }

  /** The namespaces of a process of the lab, by kind. */
  async namespaces(pid: number): Promise<Record<string, string>> {
    const listed = await this.inside(
      `cd /proc/${pid}/ns; for kind in *; do echo $kind $(readlink $kind); done`,
    )
    return Object.fromEntries(
      listed
        .trim()
        .split('\n')
        .map(line => line.split(' ')),
    )
  }
}

const poll = { timeout: 60_000, interval: 100 }

describe('pods with a pause process', () => {
  let lab: Paused
  beforeAll(async () => {
    lab = new Paused(new Session())
    await lab.fine('up', lab.session.file('paused.yaml', text(pods)))
  })
  afterAll(() => lab.session.end())

  it('hold the namespaces that their containers share, each of which has others of its own', async () => {
    const { pause } = await lab.pod('shop')
    const [web, side] = (await lab.pod('shop')).containerStatuses
    const [held, ofWeb, ofSide] = await Promise.all(
      [pause.pid!, web!.pid!, side!.pid!].map(pid => lab.namespaces(pid)),
    )
    const host = await lab.namespaces(1)
    for (const kind of ['net', 'ipc', 'uts']) {
      expect(new Set([held![kind], ofWeb![kind], ofSide![kind]]).size).toBe(1)
      expect(held![kind]).not.toBe(host[kind])
    }
    for (const kind of ['mnt', 'pid'])
      expect(new Set([host[kind], held![kind], ofWeb![kind], ofSide![kind]]).size).toBe(4)
    expect(held!.net).toBe(`net:[${(await lab.inside('stat -L -c %i /run/netns/shop')).trim()}]`)
    expect(await lab.inside('lsns --type net --output PID,COMMAND')).toMatch(
      new RegExp(`^ *${pause.pid} sh /etc/pods/pause shop holds$`, 'm'),
    )
    // Nothing else is in there: what started them has stayed outside. Pause is a shell that sleeps.
    expect((await lab.inside('ip netns pids shop')).trim().split('\n')).toHaveLength(4)
  })

  it('have the processes of all containers in one PID namespace, pause first, where they say so', async () => {
    const { pause, containerStatuses } = await lab.pod('together')
    const all = [pause.pid!, ...containerStatuses.map(({ pid }) => pid!)]
    const kinds = await Promise.all(all.map(pid => lab.namespaces(pid)))
    expect(new Set(kinds.map(({ pid }) => pid)).size).toBe(1)
    expect(new Set(kinds.map(({ mnt }) => mnt)).size).toBe(3)
    const seen = await lab.fine('exec', '--in', 'together', '-c', 'two', '--', 'ps', '-e', '-o', 'pid,args')
    expect(seen).toMatch(/^ *1 sh \/etc\/pods\/pause together holds$/m)
    expect(seen).toMatch(/^ *\d+ sleep 86400$/m)
    expect(seen).toMatch(/^ *\d+ sleep 1000$/m)
  })

  it('have their orphans waited for by pause where it is their process 1, and by nobody where that is a program', async () => {
    const states = (pod: string, container: string) =>
      lab.fine(
        'exec',
        '--in',
        pod,
        '-c',
        container,
        '--',
        'sh',
        '-c',
        'grep -h -A 1 ^Name:.date /proc/[0-9]*/status; :',
      )
    // A shell that ends without waiting; one that becomes the program itself might have waited before.
    for (const [pod, container] of [
      ['apart', 'main'],
      ['together', 'one'],
    ] as const)
      await lab.fine('exec', '--in', pod, '-c', container, '--', 'sh', '-c', 'date > /dev/null &')
    await expect.poll(() => states('apart', 'main'), poll).toMatch(/date\nState:\tZ \(zombie\)/)
    await expect.poll(() => states('together', 'one'), poll).toBe('')
  })

  it('bring a container back that was killed, with the pod as it was', async () => {
    const before = await lab.pod('shop')
    const web = await lab.container('shop', 'web')
    const side = await lab.container('shop', 'side')
    const held = await lab.namespaces(before.pause.pid!)
    await lab.inside(`nsenter --target ${side.pid} --ipc -- ipcmk --queue`)
    expect(await lab.fine('pod', 'kill', 'shop', '-c', 'web')).toContain('container web of shop was killed')
    const again = await lab.restarted('shop', 'web', web.restartCount + 1)
    expect(again.lastExitCode).toBe(137)
    expect(again.pid).not.toBe(web.pid)
    const after = await lab.pod('shop')
    expect(after.pause).toEqual(before.pause)
    expect(await lab.container('shop', 'side')).toEqual(side)
    const now = await lab.namespaces(again.pid!)
    expect([now.net, now.ipc, now.uts]).toEqual([held.net, held.ipc, held.uts])
    expect(await lab.inside(`nsenter --target ${again.pid} --ipc -- ipcs --queues`)).toMatch(/^0x/m)
    await expect
      .poll(
        async () =>
          (await lab.session.netlab('exec', '--in', 'plain', '--', 'curl', '-s', '10.0.0.11:8080')).stdout,
        poll,
      )
      .toContain('you are talking to shop (10.0.0.11)')
    expect(await lab.fine('status')).toMatch(
      /shop\/web +runs +pid \d+ +restarted \w+.*, last exit code 137\n/,
    )
  })

  it('come back around a new pause where that is killed, and so does each container', async () => {
    const before = await lab.pod('together')
    await lab.inside(`kill -KILL ${before.pause.pid}`)
    for (const { name, restartCount } of before.containerStatuses)
      await lab.restarted('together', name, restartCount + 1)
    const after = await lab.pod('together')
    expect(after.pause).toEqual({ pid: expect.any(Number), restarts: before.pause.restarts + 1 })
    expect(after.pause.pid).not.toBe(before.pause.pid)
  })

  it('start again what fails, ever later, and leave what has done its work; logs are kept apart', async () => {
    const done = await lab.container('jobs', 'done')
    expect(done).toEqual({ name: 'done', state: 'ended', restartCount: 0, lastExitCode: 0 })
    const failing = () => lab.container('jobs', 'fails')
    await expect.poll(async () => (await failing()).restartCount, poll).toBeGreaterThan(1)
    expect(await failing()).toMatchObject({ lastExitCode: 3 })
    // The run before has printed all that it will; this one may be about to.
    expect(await lab.fine('logs', 'jobs', '-c', 'fails', '--previous')).toBe('run 1\n')
    await expect.poll(() => lab.fine('logs', 'jobs', '-c', 'fails'), poll).toBe('run 1\n')
    await expect.poll(() => lab.fine('logs', 'jobs'), poll).toBe('==> done <==\n==> fails <==\nrun 1\n')
  })

  it.each([
    [['pod', 'kill', 'shop', '-c', 'nobody'], /shop has no container named nobody[\s\S]*web, side/],
    [['pod', 'kill', 'plain', '-c', 'main'], /plain[\s\S]*no pause process[\s\S]*pause: true/],
    [
      ['exec', '--in', 'plain', '-c', 'main', '--', 'true'],
      /plain has no containers with namespaces of their own/,
    ],
    [['exec', '-c', 'main', '--', 'true'], /host has no containers with namespaces of their own/],
    [['exec', '--in', 'shop', '-c', 'nobody', '--', 'true'], /shop has no container named nobody/],
    [['logs', 'shop', '-c', 'nobody'], /shop has no container named nobody/],
    [['logs', 'plain', '--previous'], /plain has no pause process/],
  ])('%j is refused with what to write', async (argv, message) => {
    expect(await lab.session.netlab(...argv)).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(message),
    })
  })

  it('show a container as it sees itself: process 1, the name of its pod, a /proc that it cannot write', async () => {
    const script = 'hostname; cat /proc/1/comm; echo 1 > /proc/sys/net/ipv4/ip_forward || echo read-only'
    const seen = await lab.fine('exec', '--in', 'shop', '-c', 'side', '--', 'sh', '-c', script)
    expect(seen).toBe('shop\nsleep\nread-only\n')
    expect(await lab.fine('exec', '--in', 'shop', '-c', 'pause', '--', 'cat', '/proc/1/comm')).toBe('sh\n')
  })
})

it('what becomes of a container is followed by readiness, endpoints and rules', async () => {
  const lab = new Paused(openSession())
  const probed =
    '  shop: {address: 10.0.0.11/24, labels: {app: web}, restartPolicy: Never, containers: {web: {serve: 8080, readiness: {tcpSocket: {port: 8080}}}, side: {command: sleep 86400}}}'
  await lab.fine('up', lab.session.file('paused.yaml', text(probed)))
  expect(await lab.fine('sync')).toContain('2 pods, ready as before')
  await lab.fine('pod', 'kill', 'shop', '-c', 'side')
  const sick = await lab.fine('sync')
  expect(sick).toContain('kubelet: shop is not ready: container side has ended (exit code 137)')
  expect(sick).toContain('default/web has 1 endpoint: plain')
  await lab.fine('pod', 'start', 'shop')
  expect(await lab.fine('status')).toMatch(/shop\/side +has ended/)
  await lab.fine('pod', 'stop', 'shop')
  expect(await lab.fine('sync')).toContain('not ready: shop (it was stopped)')
  await lab.fine('pod', 'start', 'shop')
  expect(await lab.fine('sync')).toContain('default/web has 2 endpoints: plain, shop')
})

it('a container that was started again is ready only when its probe has said so', async () => {
  const lab = new Paused(openSession())
  const probe = 'readiness: {tcpSocket: {port: 8080}, successThreshold: 1}'
  const late = 'sh -c "while [ -e /tmp/late ]; do sleep 0.1; done; exec netlab serve 8080 --name shop"'
  const probed = `  shop: {address: 10.0.0.11/24, labels: {app: web}, pause: true, containers: {web: {command: ${JSON.stringify(late)}, ports: {http: 8080}, ${probe}}}}`
  await lab.fine('up', lab.session.file('paused.yaml', text(probed)))
  await expect.poll(() => lab.fine('sync'), poll).toContain('2 pods, ready as before')
  await lab.inside('touch /tmp/late')
  await lab.fine('pod', 'kill', 'shop', '-c', 'web')
  await lab.restarted('shop', 'web', 1)
  expect(await lab.fine('sync')).toContain('kubelet: shop is not ready: connection refused')
  await lab.inside('rm /tmp/late')
  await expect.poll(() => lab.fine('sync'), poll).toContain('kubelet: shop is ready')
})

describe.each(users)('whatever is killed in a lab of %s', user => {
  it('pods start again where netlab is asked to, and nothing is left of it after all', async () => {
    const lab = new Paused(openSession(user))
    await lab.fine('up', lab.session.file('paused.yaml', text(shop)))
    const { pause } = await lab.pod('shop')
    await lab.inside('pkill -KILL -f [k]ubelet.js')
    expect(await lab.fine('status')).toContain("netlab's kubelet has ended")
    expect(await lab.fine('sync')).toContain("shop is not ready: netlab's kubelet has ended")
    // It has nobody who would start anything again, and lives on.
    expect(await lab.inside(`cat /proc/${pause.pid}/comm`)).toBe('sh\n')
    await lab.fine('pod', 'start', 'shop')
    expect((await lab.pod('shop')).pause.pid).not.toBe(pause.pid)
    expect(await lab.fine('sync')).toContain('kubelet: shop is ready')
    await lab.inside('kill -KILL $(ip netns pids shop) $(pgrep -f "[s]him unshare") 2> /dev/null; true')
    // What has ended with another need not be killed. How often each is started depends on which end is heard of first.
    await expect
      .poll(async () => (await lab.pod('shop')).containerStatuses, poll)
      .toEqual(
        ['web', 'side'].map(name => expect.objectContaining({ name, state: 'running', lastExitCode: 137 })),
      )
    await lab.inside('pkill -STOP -f [k]ubelet.js')
    expect(await lab.session.netlab('sync')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("netlab's kubelet does not answer"),
    })
    expect(await lab.fine('down')).toContain('nothing is left')
    expect(processesOf(lab.session.stateDir)).toEqual([])
    expect(lab.session.leftFiles()).toEqual([])
  })
})

it('a program that is not there fails the lab, and says which', async () => {
  const session = openSession()
  const wrong = '  shop: {address: 10.0.0.11/24, pause: true, command: sh -c "exec /no/such/program"}'
  const { code, stderr } = await session.netlab('up', session.file('paused.yaml', text(wrong)))
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(
      /sh \/etc\/pods\/container shop main own[\s\S]*\/no\/such\/program: not found/,
    ),
  })
  expect(session.leftFiles()).toEqual([])
})

it('apply starts, changes and takes away pods with a pause process while the lab runs', async () => {
  const lab = new Paused(openSession())
  const file = lab.session.file('paused.yaml', text(''))
  await lab.fine('up', file)
  const change = (pods: string) => {
    lab.session.file('paused.yaml', text(pods))
    return lab.fine('apply')
  }
  await change(shop)
  const first = await lab.pod('shop')
  expect(first.containerStatuses.map(({ state }) => state)).toEqual(['running', 'running'])
  expect(await change(shop.replace('side: {command: sleep 86400}', 'other: {command: sleep 86400}'))).toMatch(
    /containers web, side → web, other/,
  )
  const second = await lab.pod('shop')
  expect(second.containerStatuses.map(({ name }) => name)).toEqual(['web', 'other'])
  expect(second.pause.pid).not.toBe(first.pause.pid)
  await change(shop.replace('pause: true', 'pause: false'))
  expect(await lab.inside('ls /run/pods; ip netns pids shop | wc -l')).toBe('1\n')
  await change(shop)
  await change('')
  expect(await lab.inside('ls /run/pods; pgrep -f "[p]ods/pause" | wc -l')).toBe('0\n')
})
